import type { Simulator } from "../../src/simulator";
import { newStack, pushes, type Stack, startPlatform } from "./stack";

let simulator: Simulator;
let stack: Stack;
beforeEach(async () => {
  simulator = await startPlatform();
  stack = await newStack({
    simulator,
    program: `
    const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { deviceGroups: ["pilot"], ...kind } });
    exports.id = task.id;`,
  });
});
afterEach(async () => {
  stack.remove();
  await simulator.close();
});

test("a task is pushed once, and nothing is done the second time", async () => {
  expect(await stack.up()).toMatchObject({ code: 0 });
  const again = await stack.preview("--expect-no-changes");
  expect(again).toMatchObject({ code: 0 });
  expect(pushes(simulator)).toBe(1);
});
