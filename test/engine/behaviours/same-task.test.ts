import { pushes } from "../stack";
import { fails, namesInState, passes, story, there } from "../story";
import { taskText } from "./program";
import { wings } from "./wings";

const HOUR = 3600;

/*
 * The table of "never twice": what a create does with a task that is exactly what is declared, here
 * one whose state was lost.
 */
describe.each(wings)("$name: a create whose task is on the platform already", (wing) => {
  const program = (more = ""): string => taskText(wing, "pilot", { more });
  const tale = story({ program: program() });
  let made = "";
  let offered = "";

  async function loseTheState(): Promise<void> {
    const { urn } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    await passes(tale.stack.pulumi("state", "delete", urn, "--yes"));
  }
  const taskInState = async () => (await tale.stack.resource("FirmwareUpgradeTask", "pilot"))?.id;

  test("takes over an unfinished one with a warning", async () => {
    await passes(tale.stack.up());
    made = there(wing.tasks(tale.simulator.books())[0]).id;
    await loseTheState();
    expect(await passes(tale.stack.up())).toMatch(
      new RegExp(
        `warning: pilot: Operation ${made} \\(made at \\S+Z, status \\w+\\) is exactly what is declared, so it was taken over; nothing more was pushed\\.`,
      ),
    );
    expect(pushes(tale.simulator)).toBe(1);
    expect(await taskInState()).toBe(made);
    await passes(tale.stack.drift());
  });

  test("takes over one of the last hour, and a warning says that nothing was pushed", async () => {
    tale.simulator.finishTask(made);
    tale.simulator.clock.advance(HOUR - 120);
    await loseTheState();
    const up = await passes(tale.stack.up());
    expect(up).toContain(`warning: pilot: Operation ${made} (made at `);
    expect(up).toContain(
      `status ${wing.status.success}) did exactly what is declared within the last hour, so it was taken over; nothing was pushed. To push again, set rerunAfter to an instant after it, such as`,
    );
    offered = there(/such as "([^"]+)"/.exec(up)?.[1]);
    expect(pushes(tale.simulator)).toBe(1);
    expect(await taskInState()).toBe(made);
  });

  test("stops at an older one, with its time, its result and two ways on", async () => {
    tale.simulator.clock.advance(2 * HOUR);
    await loseTheState();
    expect(await fails(tale.stack.up())).toMatch(
      new RegExp(
        `Operation ${made} \\(made at \\S+Z, status ${wing.status.success}\\) did exactly what is declared\\. Nothing was pushed\\. To go on with ${made}, set adopt to its id; to push again, set rerunAfter to an instant after it\\.`,
      ),
    );
    expect(pushes(tale.simulator)).toBe(1);
    expect(await taskInState()).toBeUndefined();
  });

  test("takes over the one that adopt names, which may then be taken away", async () => {
    tale.stack.program(program(`adopt: "${made}"`));
    expect(await passes(tale.stack.up())).not.toContain("warning");
    expect(pushes(tale.simulator)).toBe(1);
    expect(await taskInState()).toBe(made);
    tale.stack.program(program());
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("pushes once more after the instant that the warning has offered", async () => {
    await loseTheState();
    tale.stack.program(program(`rerunAfter: "${offered}"`));
    expect(await passes(tale.stack.up())).not.toContain("warning");
    expect(pushes(tale.simulator)).toBe(2);
    expect(await taskInState()).not.toBe(made);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("takes over one that was made after rerunAfter, however old it is", async () => {
    const again = there(await taskInState());
    tale.simulator.finishTask(again);
    tale.simulator.clock.advance(2 * HOUR);
    await loseTheState();
    expect(await passes(tale.stack.up())).not.toContain("warning");
    expect(pushes(tale.simulator)).toBe(2);
    expect(await taskInState()).toBe(again);
  });
});

describe.each(wings)("$name: a task declared twice in one program", (wing) => {
  const pilot = taskText(wing, "pilot");
  const tale = story({ program: `${pilot};\n${taskText(wing, "again")};` });
  const REFUSED =
    /is exactly what (pilot|again) of this program declares, too \(urn:\S+::\1\)\. Nothing was pushed for this one: declare it once, or something that differs\./;

  test("is refused by the preview and by the up, which pushes the other one", async () => {
    expect(await fails(tale.stack.preview())).toMatch(REFUSED);
    expect(await fails(tale.stack.up())).toMatch(REFUSED);
    expect(pushes(tale.simulator)).toBe(1);
    expect(await namesInState(tale.stack)).toHaveLength(1);
  });

  test("is refused, too, where an edit of the first makes them equal, and both tasks go on", async () => {
    const other = taskText(wing, "again", { devices: [2] });
    tale.stack.program(`${pilot};\n${other};`);
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(2);
    tale.stack.program(`${taskText(wing, "pilot", { devices: [2] })};\n${other};`);
    expect(await fails(tale.stack.up())).toMatch(REFUSED);
    expect(pushes(tale.simulator)).toBe(2);
    expect(wing.tasks(tale.simulator.books()).map(({ status }) => status)).toEqual([
      wing.status.begun,
      wing.status.begun,
    ]);
  });
});
