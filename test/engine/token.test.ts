import type { Simulator } from "../../src/simulator";
import { taskIds } from "./platform-client";
import { APP_ID, newStack, pushes, type Stack, startPlatform, until } from "./stack";

/*
 * The token in the middle of an `up`. That a token which is always taken ends as an error, and how
 * long the pauses are, are quick tests with a clock of their own.
 */

const PUSH = { method: "POST", path: "**/firmwareUpgrade" } as const;
const TASK = `const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { deviceGroups: ["pilot"], ...kind } });`;
const WAIT = `new northbound.UpgradeCompletion("pilot", { operationId: task.id, timeoutSeconds: 120 });`;

let simulator: Simulator;
let stack: Stack;

beforeEach(async () => {
  simulator = await startPlatform({ clock: { speed: 0 } });
  stack = await newStack({ simulator, program: TASK });
});
afterEach(async () => {
  stack.remove();
  await simulator.close();
});

test.each([
  ["ends", "tokenExpired"],
  ["is ended by another client's login", "tokenTaken"],
] as const)("a task is pushed once when the token %s right before", async (_how, kind) => {
  simulator.addFault({ kind, ...PUSH });

  expect(await stack.up()).toMatchObject({ code: 0 });

  expect(simulator.books().counts).toMatchObject({ taskPosts: 2, taskPostsInEffect: 1 });
  expect(await stack.resource("FirmwareUpgradeTask", "pilot")).toMatchObject({
    id: taskIds(simulator)[0],
  });
});

test("a wait goes on when another client logs in", async () => {
  stack.program(TASK + WAIT);
  const running = stack.start("up", "--yes", "--skip-preview");
  await until("the wait has begun", () => running.output().includes("0 of 5 done"));
  simulator.loginElsewhere(APP_ID);
  simulator.finishTask(taskIds(simulator)[0] ?? "");

  expect(await running.done).toMatchObject({ code: 0 });
  expect(simulator.books().requests.some(({ errorCode }) => errorCode === "1010005")).toBe(true);
  expect(pushes(simulator)).toBe(1);
});

test("two pipelines at once, whose logins end each other's tokens, push each of their tasks once", async () => {
  const other = await newStack({ simulator, program: "" });
  const tasks = (from: number): string =>
    `for (let index = ${String(from)}; index < ${String(from + 8)}; index += 1)
       new northbound.FirmwareUpgradeTask("meter-" + index, { fileId: V14, targets: { devices: ["meter-00" + (1 + (index % 8))] }, policy: { executeType: "now", retryType: true, retryTimes: 1 + Math.floor(index / 8) } });`;
  stack.program(tasks(0));
  other.program(tasks(8));

  simulator.addFault({ kind: "hold", ...PUSH });
  const first = stack.start("up", "--yes", "--skip-preview");
  await until("the first is under way", () =>
    simulator.books().requests.some(({ outcome }) => outcome === "held"),
  );
  const second = other.start("up", "--yes", "--skip-preview");
  await until("the second has logged in", () => simulator.books().counts.logins > 1);
  simulator.releaseHeld();
  const results = await Promise.all([first.done, second.done]);
  other.remove();

  expect(results.map(({ code }) => code)).toEqual([0, 0]);
  expect(simulator.books().counts.taskPostsInEffect).toBe(16);
  expect(simulator.books().requests.some(({ errorCode }) => errorCode === "1010005")).toBe(true);
});

test("a secret that is not the application's is one clear sentence after no more than two logins", async () => {
  stack.environment["HUAWEI_OTA_NORTHBOUND_SECRET"] = "a-wrong-secret";

  const result = await stack.up();

  expect(result.code).not.toBe(0);
  expect(result.output).toMatch(
    /error: The platform refused logging in to application waterworks: "[^"]+" \(100208\)\. Check the application id and its secret\./,
  );
  expect(result.output).not.toContain("a-wrong-secret");
  expect(simulator.books().counts.logins).toBeLessThanOrEqual(2);
});
