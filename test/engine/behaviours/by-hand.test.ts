import { pushes, type Stack } from "../stack";
import { changes, fails, namesInState, passes, story, there } from "../story";
import { rolloutText } from "./program";
import { wings } from "./wings";

const STAYS = "stays: another resource of this program has it.";

async function urnOf(stack: Stack, type: string, name: string): Promise<string> {
  return there(await stack.resource(type, name)).urn;
}

describe.each(wings)("$name: a task that is marked for replacement by hand", (wing) => {
  const tale = story({ program: rolloutText(wing, "pilot") });
  let made: string[] = [];

  test("is found again and not pushed again when it is tainted", async () => {
    await passes(tale.stack.up());
    made = changes(tale.simulator);
    const urn = await urnOf(tale.stack, "FirmwareUpgradeTask", "pilot");
    await passes(tale.stack.pulumi("state", "taint", urn, "--yes"));
    const up = await passes(tale.stack.up());
    expect(up).toMatch(/1 replaced/);
    expect(up).toMatch(
      /warning: pilot: Operation \S+ \(made at \S+, status \w+\) is exactly what is declared, so it was taken over; nothing more was pushed\./,
    );
    expect(changes(tale.simulator)).toEqual(made);
    const [task] = wing.tasks(tale.simulator.books());
    expect(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).toMatchObject({
      id: task?.id,
    });
  });

  test("is found again and not pushed again by `up --replace`, though it is over by now", async () => {
    tale.simulator.clock.advance(60);
    const urn = await urnOf(tale.stack, "FirmwareUpgradeTask", "pilot");
    const up = await passes(tale.stack.up("--replace", urn));
    expect(up).toMatch(
      /warning: pilot: Operation \S+ \(.*status success\) did exactly what is declared within the last hour, so it was taken over; nothing was pushed\. To push again, set rerunAfter to an instant after it, such as "\S+Z"\./i,
    );
    expect(changes(tale.simulator)).toEqual(made);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("keeps its package, which the replacement has taken over, from being deleted", async () => {
    const { urn, id } = there(await tale.stack.resource("VersionPackage", "pilot"));
    const up = await passes(tale.stack.up("--replace", urn));
    expect(up).toContain(`Version package ${id ?? ""} stays: this resource has it all the same.`);
    expect(changes(tale.simulator)).toEqual(made);
    expect(wing.packagesOf(tale.simulator.books())).toContain(id);
  });

  test("stops an `up --replace` that comes much later, with the two ways on", async () => {
    tale.simulator.clock.advance(2 * 3600);
    const urn = await urnOf(tale.stack, "FirmwareUpgradeTask", "pilot");
    const up = await fails(tale.stack.up("--replace", urn));
    expect(up).toMatch(
      /Operation \S+ \(made at \S+, status success\) did exactly what is declared\. Nothing was pushed\. To go on with \S+, set adopt to its id; to push again, set rerunAfter to an instant after it\./i,
    );
    expect(changes(tale.simulator)).toEqual(made);
    expect(await namesInState(tale.stack)).toEqual(["pilot", "pilot"]);
  });
});

describe.each(wings)("$name: resources that are renamed", (wing) => {
  const tale = story({ program: rolloutText(wing, "old") });
  let made: string[] = [];

  test("stay what they are when an alias says who they were", async () => {
    await passes(tale.stack.up());
    made = changes(tale.simulator);
    tale.stack.program(rolloutText(wing, "new", { options: '{ aliases: [{ name: "old" }] }' }));
    await passes(tale.stack.preview("--expect-no-changes"));
    await passes(tale.stack.up());
    expect(await namesInState(tale.stack)).toEqual(["new", "new"]);
    expect(changes(tale.simulator)).toEqual(made);
    await passes(tale.stack.drift());
  });

  test("are taken over without one: nothing is pushed again, and nothing is deleted", async () => {
    const { id } = there(await tale.stack.resource("VersionPackage", "new"));
    tale.stack.program(rolloutText(wing, "newest"));
    const up = await passes(tale.stack.up());
    expect(up).toMatch(/2 created/);
    expect(up).toMatch(/2 deleted/);
    expect(up).toContain("so it was taken over; nothing more was pushed.");
    expect(up).toContain(`Version package ${id ?? ""} ${STAYS}`);
    expect(changes(tale.simulator)).toEqual(made);
    expect(pushes(tale.simulator)).toBe(1);
    expect(await namesInState(tale.stack)).toEqual(["newest", "newest"]);
    await passes(tale.stack.preview("--expect-no-changes"));
  });
});
