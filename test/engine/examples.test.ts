import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Simulator } from "../../src/simulator";
import { newExampleStack, outputsOf, setConfig } from "./example";
import { pushes, type Stack, startPlatform } from "./stack";

const TYPESCRIPT = require.resolve("typescript/bin/tsc");

let simulator: Simulator;
let stack: Stack;

/** Devices are done as soon as they are asked, except the one that is offline at first. */
function example(name: string, options: { readonly knowsAccount: boolean }): void {
  beforeAll(async () => {
    simulator = await startPlatform({
      clock: { speed: 0 },
      behaviour: { waitSeconds: 0, upgradeSeconds: 0, callsPerMinute: null },
    });
    stack = await newExampleStack(name, "dev", options.knowsAccount ? { simulator } : {});
  });
  afterAll(async () => {
    stack.remove();
    await simulator.close();
  });

  test("it compiles", () => {
    const { status, stdout } = spawnSync(process.execPath, [TYPESCRIPT, "-p", "."], {
      cwd: stack.directory,
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });
}

async function expectNothingToDo(): Promise<void> {
  const before = pushes(simulator);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  const again = await stack.up();
  expect(again).toMatchObject({ code: 0 });
  expect(again.output).toMatch(/Resources:\n {4}\d+ unchanged\n/);
  expect(pushes(simulator)).toBe(before);
}

async function expectDestroyed(): Promise<void> {
  const before = pushes(simulator);
  expect(await stack.destroy()).toMatchObject({ code: 0 });
  expect((await stack.state()).deployment.resources ?? []).toEqual([]);
  const { counts } = simulator.books();
  expect(counts.taskPosts).toBe(before);
  expect(counts.byMethod["DELETE"] ?? 0).toBe(0);
}

describe("quick-start", () => {
  example("quick-start", { knowsAccount: true });

  test("a preview says which version goes to the fleet, and after which outcome", async () => {
    const { code, output } = await stack.preview("--diff");
    expect(code).toBe(0);
    const [, fleet] = output.split("FirmwareUpgradeTask::fleet]");
    expect(output.indexOf("UpgradeCompletion::pilot-done]")).toBeLessThan(
      output.indexOf("FirmwareUpgradeTask::fleet]"),
    );
    expect(fleet).toMatch(/onlyAfter[^}]*packageKind: "firmware"\s+version {4}: "V1\.4"/);
    expect(fleet).toMatch(/versionPackage: \{[^}]*version {9}: "V1\.4"/);
  });

  test("up pushes to the pilot and then to the fleet, and tells their ids", async () => {
    const { code, output } = await stack.up();
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/pilot-done created [\s\S]* fleet creating /);
    const [pilot, fleet, ...others] = simulator.books().tasks;
    expect(others).toEqual([]);
    expect(pilot?.status).toBe("success");
    expect(fleet?.targets).toMatchObject({ deviceGroups: ["fleet"] });
    expect(await outputsOf(stack)).toMatchObject({
      fileId: "firmware-nbm1-v1.4",
      pilotOperationId: pilot?.operationId,
      pilotDevices: { total: 5, success: 5, fail: 0 },
      fleetOperationId: fleet?.operationId,
    });
  });

  test("a second up has nothing to do", expectNothingToDo);

  test("a mistake in the configuration fails the preview with the platform's code", async () => {
    await setConfig(stack, "retryTimes", "9");
    const { code, output } = await stack.preview();
    expect(code).not.toBe(0);
    expect(output).toMatch(/policy\.retryTimes is 9; .*\(123028\)/);
    await setConfig(stack, "retryTimes", "2");
  });

  test("destroy forgets the tasks and keeps the package", async () => {
    await expectDestroyed();
    expect(simulator.books().tasks).toHaveLength(2);
    expect(simulator.books().packages.map(({ fileId }) => fileId)).toContain("firmware-nbm1-v1.4");
  });
});

describe("adopt-by-version", () => {
  example("adopt-by-version", { knowsAccount: true });

  test("a package that is not what the program asserts is named in the preview", async () => {
    await setConfig(stack, "fileId", "software-nbm1-v2.0");
    const { output } = await stack.preview();
    expect(output).toMatch(/software-nbm1-v2\.0.*softwarePackage/s);
  });

  test("up takes over the packages and tells their ids", async () => {
    await setConfig(stack, "fileId", "firmware-nbm2-v1.4");
    expect(await stack.up()).toMatchObject({ code: 0 });
    const { fileIds, everyFirmwarePackage } = await outputsOf(stack);
    expect(fileIds).toEqual({
      running: "firmware-nbm1-v1.3",
      next: "firmware-nbm1-v1.4",
      chosen: "firmware-nbm2-v1.4",
    });
    expect((everyFirmwarePackage as { fileId: string }[]).map(({ fileId }) => fileId)).toEqual([
      "firmware-nbm1-v1.3",
      "firmware-nbm1-v1.4",
      "firmware-nbm2-v1.4",
    ]);
  });

  test("a second up has nothing to do", expectNothingToDo);

  test("destroy keeps the packages, and nothing was ever changed", async () => {
    await expectDestroyed();
    expect(pushes(simulator)).toBe(0);
    expect(simulator.books().packages).toHaveLength(5);
  });
});

describe("two-applications", () => {
  example("two-applications", { knowsAccount: true });

  test("up pushes once to each application, with its own login", async () => {
    await setConfig(stack, "--path", "abroad.endpoint", simulator.url);
    await setConfig(stack, "--path", "abroad.appId", "laboratory");
    await setConfig(stack, "--secret", "abroadSecret", "laboratory-secret");
    await setConfig(stack, "abroadVersion", "V1.5");
    await setConfig(stack, "abroadGroup", "bench");
    expect(await stack.up()).toMatchObject({ code: 0 });
    const tasks = simulator.books().tasks.map(({ appId, operationId }) => [appId, operationId]);
    const { operationIds } = await outputsOf(stack);
    const { home, abroad } = operationIds as { home: string; abroad: string };
    expect(new Set(tasks)).toEqual(
      new Set([
        ["waterworks", home],
        ["laboratory", abroad],
      ]),
    );
  });

  test("the secrets are encrypted in the state", async () => {
    const state = JSON.stringify(await stack.state());
    expect(state).not.toMatch(/waterworks-secret|laboratory-secret/);
  });

  test("a second up has nothing to do", expectNothingToDo);

  test("destroy forgets both tasks", async () => {
    await expectDestroyed();
    expect(pushes(simulator)).toBe(2);
  });
});

describe("staged-rollout", () => {
  example("staged-rollout", { knowsAccount: true });

  test("a preview says who is in which wave, and an up begins with the pilot", async () => {
    stack.environment["HUAWEI_OTA_LIST_SETTLE_SECONDS"] = "0";
    await setConfig(stack, "waitSeconds", "0");
    await setConfig(stack, "bakeSeconds", "0");
    const { code, output } = await stack.preview();
    expect(code).toBe(0);
    expect(output).toMatch(
      /meters: V1\.3 -> V1\.4 on 40 devices \(1 runs it\): pilot 5 .*, canary 4 .*, rest 31; approved: none\. This merge reaches at most 9 devices\./,
    );
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(simulator.books().tasks.map(({ subTasks }) => subTasks.length)).toEqual([5]);
    expect(await outputsOf(stack)).toMatchObject({ outcome: "inProgress" });
  });

  test("the rest waits for its approval in approved.yaml", async () => {
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect((await stack.up()).output).toContain("The wave rest waits for its approval");
    expect(simulator.books().tasks.map(({ subTasks }) => subTasks.length)).toEqual([5, 4]);
    writeFileSync(join(stack.directory, "approved.yaml"), "version: V1.4\nwaves: [rest]\n");
    expect(await stack.up()).toMatchObject({ code: 0 });
    // One of the rest runs it already.
    expect(simulator.books().tasks.map(({ subTasks }) => subTasks.length)).toEqual([5, 4, 30]);
  });
});
