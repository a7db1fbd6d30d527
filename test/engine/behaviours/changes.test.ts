import { pushes } from "../stack";
import { namesInState, passes, platformTime, story, there } from "../story";
import { taskText } from "./program";
import { wings } from "./wings";

describe.each(wings)("$name: a task that goes on", (wing) => {
  const tale = story({ program: taskText(wing, "pilot", { devices: [1, 2] }) });

  async function expectNoChanges(): Promise<void> {
    const preview = await tale.stack.preview("--expect-no-changes");
    expect(preview.output).not.toContain("warning");
    expect(preview).toMatchObject({ code: 0 });
  }

  test("is unchanged by the order and the repetition of its devices, an adopt that names it and an earlier rerunAfter", async () => {
    await passes(tale.stack.up());
    const [task] = wing.tasks(tale.simulator.books());
    tale.stack.program(
      taskText(wing, "pilot", {
        devices: [2, 1, 2],
        more: `adopt: "${task?.id ?? ""}", rerunAfter: "${platformTime(tale.simulator, -60)}"`,
      }),
    );
    await expectNoChanges();
    await passes(tale.stack.up());
    tale.stack.program(taskText(wing, "pilot", { devices: [1, 2] }));
    await expectNoChanges();
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is replaced by other devices, and the preview shows which and what that means", async () => {
    tale.stack.program(taskText(wing, "pilot", { devices: [1, 3] }));
    const preview = await passes(tale.stack.preview("--diff"));
    expect(preview).toMatch(/\+-.*FirmwareUpgradeTask: \(replace\)/);
    expect(preview).toMatch(
      new RegExp(
        `~ targets\\s*: \\{\\s+~ devices: \\[\\s+~ \\[1\\]: "${wing.device(2)}" => "${wing.device(3)}"`,
      ),
    );
    const [task] = wing.tasks(tale.simulator.books());
    expect(preview).toContain(
      `warning: pilot: A change of targets makes a new task: firmware ${wing.versions.pushed} will be pushed again to devices ${wing.device(1)}, ${wing.device(3)}. ${wing.replacesUnfinished(there(task).id)}`,
    );
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("gives way to its replacement, which is pushed once", async () => {
    const up = await passes(tale.stack.up());
    expect(up).toMatch(/1 replaced/);
    expect(pushes(tale.simulator)).toBe(2);
    const tasks = wing.tasks(tale.simulator.books());
    expect(tasks).toHaveLength(wing.keepsTasks ? 2 : 1);
    expect(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).toMatchObject({
      id: tasks.at(-1)?.id,
      inputs: { targets: { devices: [wing.device(1), wing.device(3)] } },
    });
    expect(await namesInState(tale.stack)).toEqual(["pilot"]);
    await expectNoChanges();
  });
});

describe.each(wings)("$name: a task that is over", (wing) => {
  const of = (id: string): string => JSON.stringify(id);
  const before = taskText(wing, "pilot", { of: of(wing.packages.other) });
  const after = (more = ""): string => taskText(wing, "pilot", { more });
  const tale = story({ program: before, behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });

  test("is replaced by another package, also where no refresh has said that it is over", async () => {
    await passes(tale.stack.up());
    tale.simulator.clock.advance(60);
    tale.stack.program(after());
    const preview = await passes(tale.stack.preview());
    expect(preview).toMatch(
      new RegExp(`replace\\s+\\[diff: ~${wing.packageField},reach,versionPackage\\]; warning:`),
    );
    expect(preview).toMatch(
      new RegExp(
        `A change of ${wing.packageField} makes a new task: firmware \\S+ -> \\S+( a downgrade,)? will be pushed to devices ${wing.device(1)} \\(1 device when last counted\\)\\.`,
      ),
    );
    expect(preview).not.toContain("which is not over");
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("is pushed again by a rerunAfter that is later than it, once", async () => {
    tale.simulator.clock.advance(2 * 3600);
    tale.stack.program(after(`rerunAfter: "${platformTime(tale.simulator, -60)}"`));
    const up = await passes(tale.stack.up());
    expect(up).toContain("A change of rerunAfter makes a new task");
    expect(pushes(tale.simulator)).toBe(3);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("stays when the rerunAfter that made it is taken away", async () => {
    tale.stack.program(after());
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(3);
  });
});
