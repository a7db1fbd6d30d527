import { pushes } from "../stack";
import { changes, fails, namesInState, passes, story, there } from "../story";
import { rolloutText, taskText, waitText } from "./program";
import { wings } from "./wings";

const PROTECTED = "{ protect: true }";

describe.each(wings)("$name: resource options on a task", (wing) => {
  const tale = story();
  const program = (options: string, ...devices: number[]): void => {
    tale.stack.program(taskText(wing, "pilot", { devices, options }));
  };

  test("ignoreChanges keeps what it names as it was", async () => {
    program("{}", 1);
    await passes(tale.stack.up());
    program('{ ignoreChanges: ["targets.devices"] }', 2, 3);
    await passes(tale.stack.preview("--expect-no-changes"));
    const versionPackage = JSON.stringify({ id: wing.packages.software, version: "another" });
    const options = '{ ignoreChanges: ["versionPackage"] }';
    tale.stack.program(taskText(wing, "pilot", { devices: [1], options, versionPackage }));
    await passes(tale.stack.preview("--expect-no-changes"));
    program('{ ignoreChanges: ["targets"] }', 2, 3);
    const up = await passes(tale.stack.up());
    expect(up).not.toContain("warning");
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("protect refuses its replacement before anything is pushed", async () => {
    program(PROTECTED, 1);
    await passes(tale.stack.up());
    program(PROTECTED, 2);
    const up = await fails(tale.stack.up());
    expect(up).toMatch(/unable to replace resource .*protect/s);
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("protect refuses its deletion", async () => {
    const destroy = await fails(tale.stack.destroy());
    expect(destroy).toMatch(/protect/);
    expect(await namesInState(tale.stack)).toEqual(["pilot"]);
    expect(wing.tasks(tale.simulator.books())).toHaveLength(1);
  });
});

describe.each(wings)("$name: resource options on a package and a completion", (wing) => {
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });
  const program = (maxFailedDevices: number): void => {
    tale.stack.program(
      rolloutText(wing, "pilot", { options: "{ retainOnDelete: true }" }) +
        waitText(
          wing,
          "pilot",
          "task.id",
          `maxFailedDevices: ${String(maxFailedDevices)}`,
          '{ replaceOnChanges: ["maxFailedDevices"] }',
        ),
    );
  };

  test("replaceOnChanges replaces where a change would only update", async () => {
    program(1);
    await passes(tale.stack.up());
    program(2);
    const up = await passes(tale.stack.up());
    expect(up).toMatch(/1 replaced/);
    expect(up).toMatch(/UpgradeCompletion pilot .*replac/);
    expect(pushes(tale.simulator)).toBe(1);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("retainOnDelete leaves on the platform what a destroy would delete", async () => {
    const made = changes(tale.simulator);
    const { id } = there(await tale.stack.resource("VersionPackage", "pilot"));
    const destroy = await passes(tale.stack.destroy());
    expect(destroy).toMatch(/VersionPackage pilot .*retain/);
    expect(changes(tale.simulator)).toEqual(made);
    expect(wing.packagesOf(tale.simulator.books())).toContain(id);
    expect(wing.tasks(tale.simulator.books())).toHaveLength(1);
  });
});
