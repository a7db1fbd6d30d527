import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

import { parse } from "yaml";

import { type Simulator, type SimulatorData, startSimulator } from "../../src/simulator";
import { newExampleStack, setConfig } from "../engine/example";
import type { Stack } from "../engine/stack";
import { type ObjectStore, startObjectStore } from "./object-store";

const ROOT = resolve(__dirname, "../..");
const REGION = "ap-southeast-1";
const BUCKET = "waterworks-firmware";

/** Two builds under one version. */
const BUILDS = ["the first build of 1.4", "the second build of 1.4"].map((text) => {
  const bytes = Buffer.from(text.repeat(1_000));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { bytes, sha256, key: `nbm1/1.4-${sha256.slice(0, 12)}.bin` };
});

/** The world that is shipped, whose OBS has what the builds upload. */
function data(): SimulatorData {
  const sample = readFileSync(join(ROOT, "examples/simulator-data.json"), "utf8");
  const { iotda, ...rest } = JSON.parse(sample) as SimulatorData;
  if (iotda === undefined) throw new Error("The sample has no part for IoTDA.");
  const objects = BUILDS.map(({ bytes, sha256, key }) => {
    return { region: REGION, bucket: BUCKET, key, sha256, size: bytes.length };
  });
  return { ...rest, iotda: { ...iotda, objects: [...(iotda.objects ?? []), ...objects] } };
}

describe("The firmware that a build made", () => {
  let store: ObjectStore;
  let simulator: Simulator;
  let stack: Stack;

  beforeAll(async () => {
    store = await startObjectStore();
    simulator = await startSimulator({
      data: data(),
      clock: { speed: 0 },
      behaviour: { waitSeconds: 0, upgradeSeconds: 0, iotdaInitializingSeconds: 0 },
    });
    stack = await newExampleStack("iotda-from-build", "dev", {
      simulator,
      environment: { HUAWEI_OTA_LIST_SETTLE_SECONDS: "0" },
    });
    await setConfig(stack, "waitSeconds", "0");
    aws("s3", "mb", `s3://${BUCKET}`);
  });
  afterAll(async () => {
    stack.remove();
    await simulator.close();
    await store.close();
  });

  function command(name: string, args: readonly string[], environment = {}): Buffer {
    const { status, stdout, stderr } = spawnSync(name, args, {
      cwd: stack.directory,
      env: {
        ...stack.environment,
        PATH: [store.commands, stack.environment["PATH"]].join(delimiter),
        ...{ BUCKET, REGION, OBS_ENDPOINT: store.url },
        ...environment,
      },
    });
    if (status !== 0) throw new Error(`${name} ${args.join(" ")} failed: ${String(stderr)}`);
    return stdout;
  }

  function aws(...args: string[]): Buffer {
    return command("aws", args, {
      AWS_ENDPOINT_URL: store.url,
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_DEFAULT_REGION: REGION,
    });
  }

  function publish(bytes: Buffer): unknown {
    writeFileSync(join(stack.directory, "firmware.bin"), bytes);
    command("./publish.sh", ["firmware.bin", "1.4"]);
    return parse(readFileSync(join(stack.directory, "release.yaml"), "utf8"));
  }

  const stored = (key: string): Buffer => aws("s3", "cp", `s3://${BUCKET}/${key}`, "-");

  test("the program compiles", () => {
    command(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", "."]);
  });

  test("goes to OBS, is checked against its checksum, and begins with the canary", async () => {
    const [build] = BUILDS as [(typeof BUILDS)[0]];
    expect(publish(build.bytes)).toEqual({
      version: "1.4",
      objectKey: build.key,
      sha256: build.sha256,
    });
    expect(stored(build.key).equals(build.bytes)).toBe(true);
    expect(await stack.up()).toMatchObject({ code: 0 });
    const { packages = [], tasks = [] } = simulator.books().iotda ?? {};
    const made = packages.find(({ version }) => version === "1.4");
    expect(made?.file_location?.obs_location).toMatchObject({
      object_key: build.key,
      sign: build.sha256,
    });
    expect(tasks.map(({ task_details }) => task_details.length)).toEqual([4]);
  });

  test("is another object when the version is built again, and no other meter gets that under the old name", async () => {
    const [first, second] = BUILDS as [(typeof BUILDS)[0], (typeof BUILDS)[0]];
    expect(publish(second.bytes)).toMatchObject({ objectKey: second.key, sha256: second.sha256 });
    expect(stored(first.key).equals(first.bytes)).toBe(true);
    expect(await stack.preview()).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /warning: meters: The package of 1\.4 is made anew\. Unless it turns out to be \w+, of which devices were pushed, this up fails here/,
      ) as unknown,
    });
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toContain("give the rebuild a version of its own");
    expect(simulator.books().counts.taskPostsInEffect).toBe(1);
  });
});
