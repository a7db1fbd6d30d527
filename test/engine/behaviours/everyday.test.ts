import { pushes } from "../stack";
import { changes, fails, namesInState, passes, story, there } from "../story";
import { packageText, taskText, waitText } from "./program";
import { wings } from "./wings";

describe.each(wings)("$name: a package, a task and its completion", (wing) => {
  const tale = story({
    behaviour: { waitSeconds: 0, upgradeSeconds: 0 },
    program: `
    const firmware = ${packageText(wing, "meter-1.4")};
    const task = ${taskText(wing, "pilot", { versionPackage: "firmware", devices: "pilot" })};
    const completion = ${waitText(wing, "pilot", "task.id")};
    exports.ids = { firmware: firmware.${wing.packageField}, task: task.${wing.taskField} };
    exports.counts = completion.deviceCounts;`,
  });
  let made = 0;

  test("a preview passes although the task's package is not there yet", async () => {
    const preview = await passes(tale.stack.preview("--diff"));
    const [, shown] = new RegExp(`${wing.packageField}\\s*: (.*)`).exec(preview) ?? [];
    expect(shown).toBe(wing.declaredId);
    expect(preview).toMatch(new RegExp(`version\\s*: "${wing.declaredVersion}"`));
    expect(preview).toMatch(new RegExp(`${wing.taskField}\\s*: \\[unknown\\]`));
    expect(preview).toMatch(/4 to create/);
    expect(preview).not.toContain("warning");
    expect(preview).not.toMatch(/__urn|__provider/);
    expect(changes(tale.simulator)).toEqual([]);
  });

  test("an up pushes once and waits for the devices", async () => {
    const up = await passes(tale.stack.up());
    expect(up).not.toContain("warning");
    expect(pushes(tale.simulator)).toBe(1);
    made = changes(tale.simulator).length;
    const [task] = wing.tasks(tale.simulator.books());
    const { resources = [] } = (await tale.stack.state()).deployment;
    const named = (end: string) => resources.find(({ urn }) => urn.endsWith(end));
    const firmware = named("VersionPackage::meter-1.4");
    expect(wing.packagesOf(tale.simulator.books())).toContain(firmware?.id);
    expect(firmware).toMatchObject({
      inputs: { platformState: "asDeclared" },
      outputs: { account: wing.accountKey },
    });
    expect(named("FirmwareUpgradeTask::pilot")).toMatchObject({
      id: task?.id,
      inputs: { [wing.packageField]: firmware?.id },
      outputs: { account: wing.accountKey },
    });
    expect(named("FirmwareUpgradeTask::pilot")?.outputs).not.toHaveProperty("recordGone");
    expect(JSON.parse(await passes(tale.stack.pulumi("stack", "output", "ids", "--json")))).toEqual(
      { firmware: firmware?.id, task: task?.id },
    );
    expect(named("UpgradeCompletion::pilot")).toMatchObject({
      id: task?.id,
      outputs: {
        outcome: "succeeded",
        status: wing.status.success,
        deviceCounts: { total: 5, success: 5 },
      },
    });
  });

  test("what a resource costs in the state is its data and a loader of at most 200 bytes", async () => {
    const { resources = [] } = (await tale.stack.state()).deployment;
    const loaders = resources.flatMap(({ outputs }) => outputs?.["__provider"] ?? []);
    expect(loaders).toHaveLength(3);
    for (const loader of loaders) expect(JSON.stringify(loader).length).toBeLessThanOrEqual(200);
  });

  test("nothing is to be done the second time, and a nightly refresh finds no drift", async () => {
    await passes(tale.stack.preview("--expect-no-changes"));
    const again = await passes(tale.stack.up());
    expect(again).toMatch(/4 unchanged/);
    await passes(tale.stack.drift());
    expect(changes(tale.simulator)).toHaveLength(made);
  });

  test("a destroy leaves nothing in the state, and on the platform what nothing can delete", async () => {
    const { id: firmware } = there(await tale.stack.resource("VersionPackage", "meter-1.4"));
    const [task] = wing.tasks(tale.simulator.books());
    const destroy = await passes(tale.stack.destroy());
    expect(destroy).toContain(`Version package ${firmware ?? ""} was deleted on the platform`);
    expect(destroy).toContain(`Upgrade task ${there(task).id} ${wing.deleted.over}`);
    expect(await namesInState(tale.stack)).toEqual([]);
    expect(wing.packagesOf(tale.simulator.books())).not.toContain(firmware);
    expect(wing.tasks(tale.simulator.books())).toHaveLength(wing.keepsTasks ? 1 : 0);
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe.each(wings)("$name: software", (wing) => {
  const tale = story({
    program: taskText(wing, "metering", {
      kind: "Software",
      of: JSON.stringify(wing.packages.software),
    }),
  });

  test("is pushed once, and nothing is to be done the second time", async () => {
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(1);
    const [post] = tale.simulator.books().requests.filter(({ createdTask }) => createdTask);
    expect(`${post?.path ?? ""} ${JSON.stringify(post?.body)}`).toContain("softwareUpgrade");
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("that is still under way is said to be so by the destroy", async () => {
    const [task] = wing.tasks(tale.simulator.books());
    const destroy = await passes(tale.stack.destroy());
    expect(destroy).toContain(`Upgrade task ${there(task).id} ${wing.deleted.underWay}`);
  });
});

describe.each(wings)("$name: a rollout in waves", (wing) => {
  const program = (firstWave: string): string => `
    let before;
    const wave = (name, task, thresholds) => {
      before = new ${wing.name}.UpgradeCompletion(name, { ${wing.taskField}: task.id, timeoutSeconds: 60, ...thresholds });
    };
    wave("pilot", ${taskText(wing, "pilot", { devices: [19, 20] })}, ${firstWave});
    wave("fleet", ${taskText(wing, "fleet", { devices: [6], options: "{ dependsOn: before }" })}, {});`;
  const tale = story({
    behaviour: { waitSeconds: 0, upgradeSeconds: 0 },
    program: program("{}"),
  });

  test("a wave that fails stops the later ones", async () => {
    const up = await fails(tale.stack.up());
    expect(up).toMatch(
      /Upgrade task \S+ ended with status \w+: 1 of 2 devices were upgraded, 1 failed \(all must succeed\)\./,
    );
    expect(pushes(tale.simulator)).toBe(1);
    expect(await namesInState(tale.stack)).toEqual(["pilot", "pilot"]);
  });

  test("the preview after it says that the wave is judged again and the next one waits", async () => {
    const preview = await passes(tale.stack.preview());
    expect(preview).toMatch(/2 to create\n\s+~ 1 to update/);
  });

  test("once it is good enough the next up goes on with the next wave", async () => {
    tale.stack.program(program("{ maxFailedDevices: 1 }"));
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(2);
    expect(await namesInState(tale.stack)).toEqual(["pilot", "pilot", "fleet", "fleet"]);
  });
});
