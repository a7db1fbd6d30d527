import type { Simulator } from "../../src/simulator";
import { kind, platformTime, taskMadeElsewhere } from "./platform-client";
import { newStack, pushes, type Stack, startPlatform } from "./stack";

/*
 * Tasks have no names here, so a task that somebody else made may be the declared one, too.
 */

const NOTHING_PUSHED = "Nothing was pushed.";

let simulator: Simulator;
let stack: Stack;

beforeEach(async () => {
  simulator = await startPlatform({ clock: { speed: 0 } });
  stack = await newStack({ simulator, program: pilot() });
});
afterEach(async () => {
  stack.remove();
  await simulator.close();
});

function pilot(more = ""): string {
  return `new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { deviceGroups: ["pilot"], ...kind }, ${more} });`;
}

async function taskInState(): Promise<string | undefined> {
  return (await stack.resource("FirmwareUpgradeTask", "pilot"))?.id;
}

test("a task that somebody else made is taken over with a warning", async () => {
  const made = await taskMadeElsewhere(simulator);

  const result = await stack.up();

  expect(result).toMatchObject({ code: 0 });
  expect(result.output).toContain("is exactly what is declared, so it was taken over");
  expect(pushes(simulator)).toBe(1);
  expect(await taskInState()).toBe(made);
});

test("several tasks that are what is declared stop the create, which names them all", async () => {
  const made = [await taskMadeElsewhere(simulator), await taskMadeElsewhere(simulator)];

  const stopped = await stack.up();

  expect(stopped.code).not.toBe(0);
  expect(stopped.output).toContain("The platform has 2 tasks that are exactly what is declared");
  for (const id of made) expect(stopped.output).toContain(`${id} (made at `);
  expect(stopped.output).toContain(NOTHING_PUSHED);
  expect(pushes(simulator)).toBe(2);
  expect(await taskInState()).toBeUndefined();

  stack.program(pilot(`adopt: "${made[1] ?? ""}"`));
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(pushes(simulator)).toBe(2);
  expect(await taskInState()).toBe(made[1]);
});

test("two packages of the version that a found task pushes stop the create, which names them", async () => {
  simulator.putPackage(
    { fileId: "firmware-nbm1-v1.4-again", version: "V1.4", fileType: "firmwarePackage", ...kind },
    "waterworks",
  );
  const made = await taskMadeElsewhere(simulator, "firmware-nbm1-v1.4-again");

  const stopped = await stack.up();

  expect(stopped.code).not.toBe(0);
  expect(stopped.output).toContain(`Operation ${made} (made at `);
  expect(stopped.output).toContain("may be this task, but there are 2 packages of version V1.4");
  expect(stopped.output).toContain("firmware-nbm1-v1.4 (firmwarePackage V1.4");
  expect(stopped.output).toContain("firmware-nbm1-v1.4-again (firmwarePackage V1.4");
  expect(stopped.output).toContain(NOTHING_PUSHED);
  expect(pushes(simulator)).toBe(1);

  simulator.clock.advance(10);
  stack.program(pilot(`rerunAfter: "${platformTime(simulator)}"`));
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(pushes(simulator)).toBe(2);
});

test("two stacks that declare the same task push it once", async () => {
  expect(await stack.up()).toMatchObject({ code: 0 });
  const other = await newStack({ simulator, program: pilot() });
  try {
    expect(await other.up()).toMatchObject({ code: 0 });
    const adopted = await other.resource("FirmwareUpgradeTask", "pilot");
    expect(adopted?.id).toBe(await taskInState());
  } finally {
    other.remove();
  }
  expect(pushes(simulator)).toBe(1);
});
