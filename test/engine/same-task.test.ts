import type { Simulator } from "../../src/simulator";
import { kind, platformTime, taskIds, taskMadeElsewhere } from "./platform-client";
import { newStack, pushes, type Stack, startPlatform } from "./stack";

/*
 * The table of "never twice": what a create does with tasks that are exactly what is declared. They
 * were made by somebody else, which to a create is the same as by a run whose state was lost.
 */

const HOUR = 3600;
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

test("a task that only others of before rerunAfter resemble is pushed", async () => {
  const before = await taskMadeElsewhere(simulator);
  simulator.finishTask(before);
  simulator.clock.advance(10);
  stack.program(pilot(`rerunAfter: "${platformTime(simulator)}"`));

  const result = await stack.up();

  expect(result).toMatchObject({ code: 0 });
  expect(result.output).not.toContain("warning");
  expect(pushes(simulator)).toBe(2);
  expect(await taskInState()).not.toBe(before);
});

test("an unfinished task is taken over with a warning", async () => {
  const made = await taskMadeElsewhere(simulator);

  const result = await stack.up();

  expect(result).toMatchObject({ code: 0 });
  expect(result.output).toMatch(
    new RegExp(
      `warning: Operation ${made} \\(made at \\S+Z, status \\w+\\) is exactly what is declared, so it was taken over; nothing more was pushed\\.`,
    ),
  );
  expect(pushes(simulator)).toBe(1);
  expect(await taskInState()).toBe(made);
  expect(await stack.drift()).toMatchObject({ code: 0 });
});

test("a finished task that was made after rerunAfter is taken over, however old it is", async () => {
  const rerunAfter = platformTime(simulator);
  const made = await taskMadeElsewhere(simulator);
  simulator.finishTask(made);
  simulator.clock.advance(2 * HOUR);
  stack.program(pilot(`rerunAfter: "${rerunAfter}"`));

  const result = await stack.up();

  expect(result).toMatchObject({ code: 0 });
  expect(result.output).not.toContain("warning");
  expect(pushes(simulator)).toBe(1);
  expect(await taskInState()).toBe(made);
});

test("a task that finished within the last hour is taken over, and a warning says that nothing was pushed", async () => {
  const made = await taskMadeElsewhere(simulator);
  simulator.finishTask(made);
  simulator.clock.advance(HOUR - 120);

  const result = await stack.up();

  expect(result).toMatchObject({ code: 0 });
  expect(result.output).toContain(`warning: Operation ${made} (made at `);
  expect(result.output).toContain(
    "status success) did exactly what is declared within the last hour, so it was taken over; nothing was pushed. To push again, set rerunAfter to an instant after it, such as",
  );
  expect(pushes(simulator)).toBe(1);
  expect(await taskInState()).toBe(made);

  // The instant that the warning offers does what it says.
  const offered = /such as "([^"]+)"/.exec(result.output)?.[1] ?? "";
  stack.program(pilot(`rerunAfter: "${offered}"`));
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(pushes(simulator)).toBe(2);
});

describe("an older finished task stops the create", () => {
  let made: string;
  beforeEach(async () => {
    made = await taskMadeElsewhere(simulator);
    simulator.finishTask(made);
    simulator.clock.advance(2 * HOUR);
  });

  test("with its time, its result and two ways on, of which adopt takes it over", async () => {
    const stopped = await stack.up();

    expect(stopped.code).not.toBe(0);
    expect(stopped.output).toMatch(
      new RegExp(
        `Operation ${made} \\(made at \\S+Z, status success\\) did exactly what is declared\\. ${NOTHING_PUSHED} To go on with ${made}, set adopt to its id; to push again, set rerunAfter to an instant after it\\.`,
      ),
    );
    expect(pushes(simulator)).toBe(1);
    expect(await taskInState()).toBeUndefined();

    stack.program(pilot(`adopt: "${made}"`));
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(pushes(simulator)).toBe(1);
    expect(await taskInState()).toBe(made);

    stack.program(pilot());
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("and rerunAfter pushes it again, once", async () => {
    expect((await stack.up()).code).not.toBe(0);

    stack.program(pilot(`rerunAfter: "${platformTime(simulator)}"`));
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(pushes(simulator)).toBe(2);
    expect(await taskInState()).not.toBe(made);
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });
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

test("a task declared twice in one program is pushed once", async () => {
  stack.program(pilot() + pilot().replace('"pilot",', '"again",'));

  const result = await stack.up();

  expect(result).toMatchObject({ code: 0 });
  expect(result.output).toContain("so it was taken over; nothing more was pushed.");
  expect(taskIds(simulator)).toHaveLength(1);
});
