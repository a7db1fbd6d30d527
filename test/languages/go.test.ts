import { execFile } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Simulator } from "../../src/simulator";
import { PLUGINS } from "../engine/plugin/program";
import { newStack, pushes, type Stack } from "../engine/stack";
import { startQuickPlatform } from "../engine/example";
import { makeSdk } from "./sdk";

/*
 * A program in Go through an SDK that was made of the schema. The Automation API runs it in its own
 * process, for no host of Go programs can be built here.
 */

// Those of the engine's build, so that what both compile is compiled once.
const LIKE_THE_ENGINE = { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" };

let simulator: Simulator;
let stack: Stack;

beforeAll(async () => {
  simulator = await startQuickPlatform();
  stack = await newStack({
    simulator,
    program: "",
    environment: { ...LIKE_THE_ENGINE, HUAWEI_OTA_LIST_SETTLE_SECONDS: "0" },
  });
  writeFileSync(join(stack.directory, "Pulumi.yaml"), `name: test\nruntime: go\n${PLUGINS}`);
  const module = join(stack.directory, "go");
  mkdirSync(module);
  await makeSdk("go", module);
  cpSync(join(__dirname, "go"), module, { recursive: true });
  const options = ["-trimpath", "-tags", "osusergo"];
  await go("build", ...options, "-o", join(stack.directory, "program"), "./program");
  await go("build", ...options, "./...");
});
afterAll(async () => {
  stack.remove();
  await simulator.close();
});

async function go(...args: readonly string[]): Promise<void> {
  const { directory, environment } = stack;
  await promisify(execFile)("go", args, { cwd: join(directory, "go"), env: environment });
}

async function program(command: "destroy" | "preview" | "up"): Promise<string> {
  const { directory, environment } = stack;
  const given = { cwd: directory, env: environment };
  const { stdout } = await promisify(execFile)(join(directory, "program"), [command], given);
  return stdout;
}

test("a preview of the Go program shows what is known, and pushes nothing", async () => {
  const preview = await program("preview");
  expect(preview).toContain("pilot: V1.3 -> V1.4 on 1 device");
  expect(preview).toMatch(/FirmwareUpgradeTask rest create/);
  expect(pushes(simulator)).toBe(0);
});

test("its second task comes after the gate of the first, once", async () => {
  const up = await program("up");
  expect(up).toMatch(/version: "V1\.4"/);
  expect(await program("up")).toMatch(/5 unchanged/);
  expect(simulator.books().tasks.map(({ subTasks }) => subTasks[0]?.deviceId)).toEqual([
    "meter-001",
    "meter-002",
  ]);
});

test("all that it made is in its state, and is destroyed", async () => {
  const wait = await stack.resource("UpgradeCompletion", "pilot");
  expect(wait).toMatchObject({
    type: "huawei-ota:northbound:UpgradeCompletion",
    outputs: { outcome: "succeeded", gate: { outcome: "succeeded", version: "V1.4" } },
  });
  await program("destroy");
  expect((await stack.state()).deployment.resources ?? []).toEqual([]);
  expect(pushes(simulator)).toBe(2);
});
