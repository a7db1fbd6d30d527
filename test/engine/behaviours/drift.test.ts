import { pushes } from "../stack";
import { changes, fails, namesInState, passes, story, there } from "../story";
import { rolloutText, taskText } from "./program";
import { wings } from "./wings";

describe.each(wings)("$name: a task that makes its way", (wing) => {
  const tale = story({ program: taskText(wing, "pilot", { devices: [19, 20] }) });

  const outputs = async () =>
    there(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).outputs;

  test("shows no drift while its devices wait, upgrade, succeed and fail", async () => {
    await passes(tale.stack.up());
    expect(await outputs()).toMatchObject({
      status: wing.status.begun,
      deviceCounts: { total: 2, wait: 2 },
    });
    tale.simulator.clock.advance(2);
    await passes(tale.stack.drift());
    tale.simulator.clock.advance(60);
    await passes(tale.stack.drift());
  });

  test("tells its last known truth after a refresh, with the devices' own reasons", async () => {
    await passes(tale.stack.refresh());
    expect(await outputs()).toMatchObject({
      status: wing.status.someFailed,
      deviceCounts: { total: 2, success: 1, fail: 1 },
      failures: [{ deviceId: wing.device(20), reason: wing.failure }],
    });
    await passes(tale.stack.preview("--expect-no-changes"));
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe.each(wings)("$name: a task that somebody stops", (wing) => {
  const STOPPED = new RegExp(`stopped on the platform${wing.stoppedAt}`);
  const tale = story({
    program: `
    ${taskText(wing, "one", { devices: [1] })};
    ${taskText(wing, "two", { devices: [2] })};`,
  });
  const stop = async (name: string): Promise<void> => {
    const { id } = there(await tale.stack.resource("FirmwareUpgradeTask", name));
    tale.simulator.stopTask(there(id));
  };
  const said = (what: string): RegExp =>
    new RegExp(`warning: (?:one|two): Upgrade task \\S+ was ${STOPPED.source}\\. ${what}`);
  const NOTED = said("This is noted now; nothing was pushed\\.");
  const ANNOUNCED = said(
    "The next `pulumi up` takes note of it and pushes nothing; to push again, set rerunAfter\\.",
  );

  test("is drift, in words that a reviewer can read", async () => {
    await passes(tale.stack.up());
    await stop("one");
    const drift = await fails(tale.stack.drift());
    expect(drift).toMatch(STOPPED);
    expect(drift).toMatch(/one .*\[diff: .*~platformState/);
    expect(drift).not.toMatch(/two .*platformState/);
  });

  test("is announced by the preview, noted by the up with a warning, and not pushed again", async () => {
    expect(await passes(tale.stack.preview())).toMatch(ANNOUNCED);
    const up = await passes(tale.stack.up());
    expect(up).toMatch(NOTED);
    expect(up).toMatch(/1 updated/);
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("is no drift any more once it was noted", async () => {
    await passes(tale.stack.drift());
    expect(await passes(tale.stack.preview("--expect-no-changes"))).not.toContain("warning");
  });

  test("can be noted after a refresh that wrote the drift into the state", async () => {
    await stop("two");
    await passes(tale.stack.refresh());
    const platformState = expect.stringMatching(STOPPED) as unknown;
    expect(await tale.stack.resource("FirmwareUpgradeTask", "two")).toMatchObject({
      inputs: { platformState },
      outputs: { platformState, status: wing.status.stopped },
    });
    const preview = await passes(tale.stack.preview("--diff"));
    expect(preview).toMatch(new RegExp(`~ platformState: "${STOPPED.source}" => "asDeclared"`));
    expect(preview).toMatch(ANNOUNCED);
    expect(await passes(tale.stack.up())).toMatch(NOTED);
    await passes(tale.stack.drift());
    await passes(tale.stack.preview("--expect-no-changes"));
    expect(pushes(tale.simulator)).toBe(2);
  });
});

describe.each(wings)("$name: a task whose record the platform purges", (wing) => {
  const tale = story({ program: taskText(wing, "pilot") });

  test("stays in the state with what is known of it, and is not pushed again", async () => {
    await passes(tale.stack.up());
    tale.simulator.clock.advance(60);
    await passes(tale.stack.refresh());
    const { id = "" } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    tale.simulator.purgeTask(id);
    await passes(tale.stack.drift());
    expect(await passes(tale.stack.refresh())).toContain(
      `warning: pilot: Upgrade task ${id}: the platform keeps no record of it any more ${wing.noSuchTask}. What is known of it stays here, and nothing is pushed again.`,
    );
    expect(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).toMatchObject({
      id,
      outputs: { recordGone: true, status: wing.status.success, deviceCounts: { success: 1 } },
    });
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe.each(wings)("$name: a package that somebody deletes", (wing) => {
  const tale = story({ program: rolloutText(wing, "pilot") });
  let id = "";
  let made: string[] = [];

  test("is drift", async () => {
    await passes(tale.stack.up());
    made = changes(tale.simulator);
    id = there((await tale.stack.resource("VersionPackage", "pilot"))?.id);
    tale.simulator.deletePackage(id);
    expect(await fails(tale.stack.drift())).toContain(
      `Version package ${id} was deleted on the platform.`,
    );
  });

  test("is noted by the up with a warning, and is clean afterwards", async () => {
    expect(await passes(tale.stack.up())).toContain(
      `warning: pilot: Version package ${id} was deleted on the platform. This is noted now; nothing was pushed.`,
    );
    expect(await namesInState(tale.stack)).toEqual(["pilot", "pilot"]);
    await passes(tale.stack.drift());
    await passes(tale.stack.preview("--expect-no-changes"));
    expect(changes(tale.simulator)).toEqual(made);
  });
});
