import { rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import type { Simulator } from "../../../src/simulator";
import { ensureYamlHost } from "../../../tools/engine";
import { bundlePlugin } from "../../../tools/plugin-bundle";
import {
  editFile,
  newExampleStack,
  outputsOf,
  pushedBy,
  setConfig,
  startQuickPlatform,
} from "../example";
import { pushes, type Stack } from "../stack";
import { passes } from "../story";

let simulator: Simulator;
let stack: Stack;

beforeAll(async () => {
  const host = await ensureYamlHost({ log: (line) => process.stderr.write(`${line}\n`) });
  simulator = await startQuickPlatform();
  stack = await newExampleStack("yaml", "dev", {
    simulator,
    environment: { HUAWEI_OTA_LIST_SETTLE_SECONDS: "0" },
  });
  stack.environment["PATH"] = [host, stack.environment["PATH"]].join(delimiter);
  await setConfig(stack, "waitSeconds", "0");
  await setConfig(stack, "bakeSeconds", "0");
});
afterAll(async () => {
  stack.remove();
  await simulator.close();
});

const pushed = (): number[] => pushedBy(simulator);
const edit = (before: string, after: string): void => {
  editFile(stack, "Pulumi.yaml", before, after);
};

test("a preview of the YAML program says who is in which wave, and pushes nothing", async () => {
  const preview = await passes(stack.preview("--diff"));
  expect(preview).toMatch(/fileId\s*: "firmware-nbm1-v1.4"/);
  expect(preview).toMatch(
    /V1\.3 -> V1\.4 on 40 devices \(1 runs it\): pilot 5 .*, canary 4 .*, rest 31; approved: none/,
  );
  expect(pushes(simulator)).toBe(0);
});

test("the waves go one after the other, the last once it is approved", async () => {
  await passes(stack.up());
  expect(pushed()).toEqual([5]);
  expect(await outputsOf(stack)).toMatchObject({ version: "V1.4", outcome: "inProgress" });
  await passes(stack.refresh());
  await passes(stack.up());
  expect(await passes(stack.up())).toContain("The wave rest waits for its approval");
  expect(pushed()).toEqual([5, 4]);
  edit("waves: []", "waves: [rest]");
  await passes(stack.up());
  expect(pushed()).toEqual([5, 4, 30]);
  simulator.clock.advance(3_600);
  await passes(stack.up());
  expect(await outputsOf(stack)).toMatchObject({ outcome: "succeeded" });
  await passes(stack.preview("--expect-no-changes"));
});

test("what is wrong is said with its path and without its secret, before anything is done", async () => {
  edit("untilPercent: 10", "untilPercent: { fn::secret: 1017 }");
  const { code, output } = await stack.preview();
  expect(code).not.toBe(0);
  expect(output).toContain("waves[1].untilPercent is [secret: waves]");
  expect(output).not.toContain("1017");
  edit("untilPercent: { fn::secret: 1017 }", "untilPercent: 10");
});

test("a package is imported, with code for the program, and all is destroyed", async () => {
  const imported = await passes(
    stack.pulumi(
      ...["import", "huawei-ota:northbound:VersionPackage", "other", "software-nbm1-v2.0"],
      ...["--yes", "--protect=false", "--skip-preview"],
    ),
  );
  expect(imported).toMatch(/other:\n\s+type: huawei-ota:northbound:VersionPackage/);
  expect(imported).toMatch(/fileId: software-nbm1-v2\.0/);
  const before = pushes(simulator);
  await passes(stack.destroy());
  expect((await stack.state()).deployment.resources ?? []).toEqual([]);
  expect(pushes(simulator)).toBe(before);
});

test("the archive serves a folder that has nothing but the YAML program, which keeps a version secret", async () => {
  for (const name of ["node_modules", "package.json"]) {
    rmSync(join(stack.directory, name), { recursive: true });
  }
  const archive = await bundlePlugin();
  await passes(
    stack.pulumi("plugin", "install", "resource", "huawei-ota", "0.1.0", "--file", archive),
  );
  writeFileSync(
    join(stack.directory, "Pulumi.yaml"),
    `name: meters-in-yaml
runtime: yaml
resources:
  firmware:
    type: huawei-ota:northbound:VersionPackage
    properties: { model: NBM1, fileType: firmwarePackage, version: { fn::secret: V1.4 } }
variables:
  found:
    fn::invoke:
      function: huawei-ota:northbound:getVersionPackage
      arguments: { fileType: softwarePackage, version: V2.0 }
outputs:
  version: \${firmware.ref.version}
  software: \${found.id}
`,
  );
  await passes(stack.up());
  expect(await outputsOf(stack)).toEqual({
    version: "[secret]",
    software: "software-nbm1-v2.0",
  });
  expect(JSON.stringify(await stack.state())).not.toContain('"V1.4"');
});
