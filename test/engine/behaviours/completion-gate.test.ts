import type { Stack } from "../stack";
import { passes, story, there } from "../story";
import { taskText, waitText } from "./program";
import { wings } from "./wings";

/** What the program makes of a gate, as the last `up` left it. */
async function gateOf(stack: Stack): Promise<unknown> {
  return JSON.parse(await passes(stack.pulumi("stack", "output", "gate", "--json")));
}

describe.each(wings)("$name: the gate of a completion", (wing) => {
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });
  const { firmware, other } = wing.packages;
  const program = (of: string, more = ""): void => {
    tale.stack.program(`
    const task = ${taskText(wing, "pilot", { of: JSON.stringify(of) })};
    const done = new ${wing.name}.UpgradeCompletion("pilot", { task, timeoutSeconds: 60, ${more} });
    exports.gate = done.gate;`);
  };
  const leaf = (name: string, value: string): RegExp => new RegExp(`${name}\\s*: ${value}`);

  test("tells the package in the first preview, and not the outcome", async () => {
    program(firmware);
    const preview = await passes(tale.stack.preview());
    expect(preview).toMatch(leaf("packageId", `"${firmware}"`));
    expect(preview).toMatch(leaf("packageKind", '"firmware"'));
    expect(preview).toMatch(leaf("outcome", String.raw`\[unknown\]`));
  });

  test("opens with a good outcome", async () => {
    await passes(tale.stack.up());
    const gate = { outcome: "succeeded", packageId: firmware, packageKind: "firmware" };
    expect(await gateOf(tale.stack)).toMatchObject(gate);
    const { id, outputs } = there(await tale.stack.resource("UpgradeCompletion", "pilot"));
    expect(outputs).toMatchObject({ [wing.taskField]: id, ...gate });
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("tells the package while an update is to come", async () => {
    program(firmware, "maxFailedDevices: 1");
    const preview = await passes(tale.stack.preview());
    expect(preview).toMatch(/UpgradeCompletion pilot update/);
    expect(preview).not.toMatch(/packageId.*unknown/);
    await passes(tale.stack.up());
  });

  test("follows the task", async () => {
    program(other);
    await passes(tale.stack.up());
    expect(await gateOf(tale.stack)).toMatchObject({ outcome: "succeeded", packageId: other });
  });
});

describe.each(wings)("$name: a completion", (wing) => {
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });

  const program = (version: string): void => {
    const told = `version: "${version}", packageId: "p-9", packageKind: "software"`;
    tale.stack.program(`
    const task = ${taskText(wing, "pilot")};
    exports.gate = ${waitText(wing, "pilot", "task.id", told)}.gate;`);
  };
  const rest = { outcome: "succeeded", packageId: "p-9", packageKind: "software" };

  test("of an id alone may be told what its task pushes", async () => {
    program("V9");
    expect(await passes(tale.stack.preview())).toMatch(/version\s*: "V9"/);
    await passes(tale.stack.up());
    expect(await gateOf(tale.stack)).toEqual({ ...rest, version: "V9" });
  });

  test("that is left out keeps the version that succeeded, whatever is declared", async () => {
    program("V10");
    const { urn } = there(await tale.stack.resource("UpgradeCompletion", "pilot"));
    await passes(tale.stack.up("--exclude", urn));
    expect(await gateOf(tale.stack)).toEqual({ ...rest, version: "V9" });
    await passes(tale.stack.up());
    expect(await gateOf(tale.stack)).toEqual({ ...rest, version: "V10" });
  });

  test("takes a task or its id, not both", async () => {
    tale.stack.program(`
    const task = ${taskText(wing, "pilot")};
    ${waitText(wing, "pilot", "task.id", "task")};`);
    const { code, output } = await tale.stack.preview();
    expect(code).not.toBe(0);
    expect(output).toContain(
      `UpgradeCompletion pilot has both task and ${wing.taskField}: the task tells its ${wing.taskField}. Leave one of them out.`,
    );
  });
});
