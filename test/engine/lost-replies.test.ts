import type { FaultOptions, Simulator } from "../../src/simulator";
import { taskIds } from "./platform-client";
import { newStack, pushes, type Stack, startPlatform } from "./stack";

/*
 * What an `up` does when the reply to its push is lost. A search in vain lasts a minute, so there is
 * one test of that here; its other cases are quick tests with a clock of their own.
 */

const PUSH = { method: "POST", path: "**/*Upgrade" } as const;

let simulator: Simulator;
let stack: Stack;

beforeEach(async () => {
  simulator = await startPlatform();
  stack = await newStack({
    simulator,
    program: `new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { deviceGroups: ["pilot"], ...kind } });`,
    environment: { HUAWEI_OTA_NORTHBOUND_REPLY_TIMEOUT_SECONDS: "2" },
  });
});
afterEach(async () => {
  stack.remove();
  await simulator.close();
});

async function expectPushedOnceByThisUp(): Promise<void> {
  const result = await stack.up();
  expect(result).toMatchObject({ code: 0 });
  expect(result.output).not.toContain("warning");
  expect(simulator.books().counts.taskPosts).toBe(1);
  expect(pushes(simulator)).toBe(1);
  const task = await stack.resource("FirmwareUpgradeTask", "pilot");
  expect(task?.id).toBe(taskIds(simulator)[0]);
}

const losses: readonly (readonly [string, FaultOptions])[] = [
  ["the connection ends without it", { kind: "drop", takesEffect: true }],
  ["it breaks off in the middle", { kind: "cutReply" }],
  ["it is a page of HTML", { kind: "notJson" }],
  ["it is a 500 and the task was made", { kind: "serverError", takesEffect: true }],
  ["it is a 504 and the task was made", { kind: "serverError", status: 504, takesEffect: true }],
  ["it comes later than it may", { kind: "slowReply", seconds: 30 }],
];

describe("the same `up` finds its task, and pushes no other, when the reply is lost:", () => {
  test.each(losses)("%s", async (_how, fault) => {
    simulator.addFault({ ...PUSH, ...fault });
    await expectPushedOnceByThisUp();
  });
});

test("the same `up` finds its task when lists show it only seconds later", async () => {
  simulator.setBehaviour({ listLagSeconds: 5 });
  simulator.addFault({ ...PUSH, kind: "drop", takesEffect: true });
  await expectPushedOnceByThisUp();
});

test("pushes that never took effect are errors and not sent again, and the next `up` pushes each once", async () => {
  stack.program(`
    new northbound.FirmwareUpgradeTask("dropped", { fileId: V14, targets: { devices: ["meter-001"] } });
    new northbound.FirmwareUpgradeTask("cut", { fileId: V14, targets: { devices: ["meter-002"] } });
    new northbound.FirmwareUpgradeTask("html", { fileId: V14, targets: { devices: ["meter-003"] } });
    new northbound.FirmwareUpgradeTask("slow", { fileId: V14, targets: { devices: ["meter-004"] } });
    new northbound.SoftwareUpgradeTask("refused", { fileId: "software-nbm1-v2.0", targets: { devices: ["meter-005"] } });
  `);
  const names = ["dropped", "cut", "html", "slow", "refused"];
  const firmware = { method: "POST", path: "**/firmwareUpgrade", takesEffect: false } as const;
  simulator.addFault({ ...firmware, kind: "drop" });
  simulator.addFault({ ...firmware, kind: "cutReply" });
  simulator.addFault({ ...firmware, kind: "notJson" });
  simulator.addFault({ ...firmware, kind: "slowReply", seconds: 30 });
  simulator.addFault({ ...PUSH, path: "**/softwareUpgrade", kind: "serverError" });

  const failed = await stack.up();

  expect(failed.code).not.toBe(0);
  for (const name of names) {
    const [, message] = new RegExp(`UpgradeTask \\(${name}\\):\\n\\s+error: (.*)`).exec(
      failed.output,
    ) ?? ["", ""];
    expect(message).toMatch(
      /^The reply to creating the (firmware|software) upgrade task was lost: [^.]+\. The platform lists no such task a minute later, so most likely it was not made; nothing was sent again\. Run `pulumi up` once more: it searches before it creates\.$/,
    );
  }
  expect(simulator.books().counts.taskPosts).toBe(5);
  expect(pushes(simulator)).toBe(0);

  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(simulator.books().counts.taskPosts).toBe(10);
  expect(pushes(simulator)).toBe(5);
});
