import { delimiter, join } from "node:path";

import type { Simulator } from "../../src/simulator";
import { ensurePythonHost } from "../../tools/engine";
import {
  editFile,
  newExampleStack,
  outputsOf,
  pushedBy,
  setConfig,
  startQuickPlatform,
} from "../engine/example";
import { pushes, type Stack } from "../engine/stack";
import { passes } from "../engine/story";
import { pythonWith } from "../python";
import { log, makeSdk, ran } from "./sdk";

/* The example in Python, run by the engine through an SDK that was made of the schema. */

const VERSION = "3.272.0";
const PACKAGES = [`pulumi==${VERSION}`, "parver==0.5", "setuptools==80.9.0"];

let simulator: Simulator;
let stack: Stack;

beforeAll(async () => {
  const host = await ensurePythonHost({ log });
  const python = await pythonWith(`pulumi-python-${VERSION}`, PACKAGES);
  simulator = await startQuickPlatform();
  stack = await newExampleStack("python", "dev", {
    simulator,
    environment: { HUAWEI_OTA_LIST_SETTLE_SECONDS: "0", PYTHONDONTWRITEBYTECODE: "1" },
  });
  const [sdk, installed] = [join(stack.directory, "sdk"), join(stack.directory, "installed")];
  await makeSdk("python", sdk);
  const offline = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check"];
  await ran(python, "-m", "pip", "install", "--quiet", ...offline, "--target", installed, sdk);
  // The host here is older than the option `virtualenv` in the project's file.
  stack.environment["PULUMI_PYTHON_CMD"] = python;
  stack.environment["PYTHONPATH"] = installed;
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
  editFile(stack, "__main__.py", before, after);
};

test("a preview of the Python program says who is in which wave, and pushes nothing", async () => {
  const preview = await passes(stack.preview("--diff"));
  expect(preview).toMatch(/fileId\s*: "firmware-nbm1-v1.4"/);
  expect(preview).toMatch(/version\s*: "V1.4"/);
  expect(preview).toMatch(/pilot 5 .*, canary 4 .*, rest 31; approved: none/);
  expect(pushes(simulator)).toBe(0);
});

test("the waves go one after the other, the last once it is approved", async () => {
  await passes(stack.up());
  await passes(stack.up());
  expect(await passes(stack.up())).toContain("The wave rest waits for its approval");
  expect(pushed()).toEqual([5, 4]);
  edit('"waves": []', '"waves": ["rest"]');
  await passes(stack.up());
  expect(pushed()).toEqual([5, 4, 30]);
  simulator.clock.advance(3_600);
  await passes(stack.up());
  expect(await outputsOf(stack)).toMatchObject({
    version: "V1.4",
    outcome: "succeeded",
    progress: [{ succeeded: 5 }, { succeeded: 4 }, { succeeded: 30 }],
  });
});

test("is refreshed and destroyed by the words of its own language", async () => {
  await passes(stack.refresh());
  await passes(stack.preview("--expect-no-changes"));
  edit('"needs_approval"', '"needsApproval"');
  edit('"until_percent": 10', '"until_percent": 0');
  const { code, output } = await stack.preview();
  expect(code).not.toBe(0);
  expect(output).toContain("waves[1].untilPercent");
  await passes(stack.destroy());
  expect(pushed()).toEqual([5, 4, 30]);
});
