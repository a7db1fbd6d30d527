import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

import { type Simulator, startSimulator } from "../../src/simulator";
import { newExampleStack, outputsOf, setConfig } from "./example";
import type { Stack } from "./stack";

const TYPESCRIPT = require.resolve("typescript/bin/tsc");
const DATA = join(resolve(__dirname, "../.."), "examples/simulator-data.json");

let simulator: Simulator;
let stack: Stack;

/** The world that is shipped; devices are done as soon as they are asked. */
function example(name: string, speed: number): void {
  beforeAll(async () => {
    simulator = await startSimulator({
      data: DATA,
      clock: { speed },
      behaviour: { waitSeconds: 0, upgradeSeconds: 0, iotdaInitializingSeconds: 0 },
    });
    stack = await newExampleStack(name, "dev", { simulator });
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

const tasks = () => simulator.books().iotda?.tasks ?? [];
const packages = () => simulator.books().iotda?.packages ?? [];

async function expectNothingToDo(): Promise<void> {
  const before = simulator.books().counts.taskPostsInEffect;
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect((await stack.up()).output).toMatch(/Resources:\n {4}\d+ unchanged\n/);
  expect(simulator.books().counts.taskPostsInEffect).toBe(before);
}

describe("iotda-quick-start", () => {
  example("iotda-quick-start", 1_000);

  test("up pushes to the pilot and then to the fleet, and fails for the meter that fails", async () => {
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/ pilot-done created [\s\S]* fleet creating /);
    expect(output).toMatch(/fleet-done[\s\S]*failed/);
    expect(
      tasks()
        .map(({ status }) => status)
        .sort(),
    ).toEqual(["PartialSuccess", "Success"]);
    expect(packages().filter(({ version }) => version === "1.4")).toHaveLength(1);
  });

  test("retryFailed tries that meter again, and all is well without another task", async () => {
    await setConfig(stack, "retryFailed", new Date(Date.now() - 1_000).toISOString());
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(tasks().map(({ status }) => status)).toEqual(["Success", "Success"]);
    const ids = new Set(tasks().map(({ task_id }) => task_id));
    const { pilotTaskId, fleetTaskId } = await outputsOf(stack);
    expect(new Set([pilotTaskId, fleetTaskId])).toEqual(ids);
  });

  test("a second up has nothing to do", expectNothingToDo);

  test("destroy deletes the tasks and the package", async () => {
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(tasks()).toEqual([]);
    expect(packages().filter(({ version }) => version === "1.4")).toEqual([]);
  });
});

describe("iotda-scheduled-window", () => {
  example("iotda-scheduled-window", 1);

  test("up makes one task for the next night in that zone, which waits", async () => {
    // Its window begins in nine to ten hours by the clocks of a zone that knows no daylight saving.
    const beginsAt = new Date(simulator.clock.now().getTime() + 9 * 3_600_000);
    const hour = (beginsAt.getUTCHours() + 8) % 24;
    const twoDigits = (number: number) => String(number).padStart(2, "0");
    await setConfig(stack, "from", `${twoDigits((hour + 1) % 24)}:00`);
    await setConfig(stack, "to", `${twoDigits((hour + 4) % 24)}:00`);
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(tasks()).toHaveLength(1);
    const { taskName, begin } = await outputsOf(stack);
    expect(taskName).toMatch(/^night_shift_/);
    beginsAt.setUTCHours(beginsAt.getUTCHours() + 1, 0, 0, 0);
    expect(begin).toBe(`${beginsAt.toISOString().slice(0, 19)}Z`);
  });

  test("a second up has nothing to do", expectNothingToDo);

  test("destroy stops it and deletes it, and keeps the package that it only looked up", async () => {
    const before = packages().length;
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(tasks()).toEqual([]);
    expect(packages()).toHaveLength(before);
  });
});

describe("from-terraform", () => {
  example("from-terraform", 1);

  test("up takes over the package with queries alone", async () => {
    const before = packages().map(({ package_id }) => package_id);
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(packages().map(({ package_id }) => package_id)).toEqual(before);
    expect(before).toContain((await outputsOf(stack))["packageId"]);
    expect(simulator.books().counts.byMethod["POST"] ?? 0).toBe(0);
  });

  test("a second up has nothing to do", expectNothingToDo);
});

describe("iotda-staged-rollout", () => {
  example("iotda-staged-rollout", 0);

  test("the first preview knows the waves although the package is still to be made, and an up begins", async () => {
    stack.environment["HUAWEI_OTA_LIST_SETTLE_SECONDS"] = "0";
    await setConfig(stack, "waitSeconds", "0");
    const { code, output } = await stack.preview();
    expect(code).toBe(0);
    expect(output).toMatch(
      /meters: .* -> 1\.4 on 40 devices \(1 runs it\): pilot 5 .*, canary 4 .*, rest 31;/,
    );
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(tasks().map(({ task_details }) => task_details.length)).toEqual([5]);
  });
});
