import { pushes, type Stack } from "./stack";
import { changes, namesInState, story, there } from "./story";

/** The tasks and packages in these programs are the same throughout; what is done to them is not. */
const declare = (name: string, options = "{}"): string => `
    const firmware = new northbound.VersionPackage("${name}", { fileId: V14, onDelete: "delete" }, ${options});
    new northbound.FirmwareUpgradeTask("${name}", { fileId: firmware.id, targets: { devices: ["meter-001"] } }, ${options});`;

async function urnOf(stack: Stack, type: string, name: string): Promise<string> {
  return there(await stack.resource(type, name)).urn;
}

describe("a task that is marked for replacement by hand", () => {
  const tale = story({ program: declare("pilot") });

  test("is found again and not pushed again when it is tainted", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    const urn = await urnOf(tale.stack, "FirmwareUpgradeTask", "pilot");
    expect(await tale.stack.pulumi("state", "taint", urn, "--yes")).toMatchObject({ code: 0 });
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(/1 replaced/);
    expect(up.output).toMatch(
      /warning: Operation \S+ \(made at \S+, status \w+\) is exactly what is declared, so it was taken over; nothing more was pushed\./,
    );
    expect(pushes(tale.simulator)).toBe(1);
    const [operation] = tale.simulator.books().tasks;
    expect(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).toMatchObject({
      id: operation?.operationId,
    });
  });

  test("is found again and not pushed again by `up --replace`, though it is over by now", async () => {
    tale.simulator.clock.advance(60);
    const urn = await urnOf(tale.stack, "FirmwareUpgradeTask", "pilot");
    const up = await tale.stack.up("--replace", urn);
    expect(up.code).toBe(0);
    expect(up.output).toMatch(
      /warning: Operation \S+ \(.*status success\) did exactly what is declared within the last hour, so it was taken over; nothing was pushed\. To push again, set rerunAfter to an instant after it, such as "\S+Z"\./,
    );
    expect(pushes(tale.simulator)).toBe(1);
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("keeps its package, which the replacement has taken over, from being deleted", async () => {
    const urn = await urnOf(tale.stack, "VersionPackage", "pilot");
    const up = await tale.stack.up("--replace", urn);
    expect(up.code).toBe(0);
    expect(up.output).toContain(
      "Version package firmware-nbm1-v1.4 stays: another resource of this program has just taken it over.",
    );
    expect(changes(tale.simulator)).toHaveLength(1);
    expect(tale.simulator.books().packages.map(({ fileId }) => fileId)).toContain(
      "firmware-nbm1-v1.4",
    );
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("stops an `up --replace` that comes much later, with the two ways on", async () => {
    tale.simulator.clock.advance(2 * 3600);
    const urn = await urnOf(tale.stack, "FirmwareUpgradeTask", "pilot");
    const up = await tale.stack.up("--replace", urn);
    expect(up.code).not.toBe(0);
    expect(up.output).toMatch(
      /Operation \S+ \(made at \S+, status success\) did exactly what is declared\. Nothing was pushed\. To go on with \S+, set adopt to its id; to push again, set rerunAfter to an instant after it\./,
    );
    expect(pushes(tale.simulator)).toBe(1);
    expect(await namesInState(tale.stack)).toEqual(["pilot", "pilot"]);
  });
});

describe("resources that are renamed", () => {
  const tale = story({ program: declare("old") });

  test("stay what they are when an alias says who they were", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    tale.stack.program(declare("new", '{ aliases: [{ name: "old" }] }'));
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(await namesInState(tale.stack)).toEqual(["new", "new"]);
    expect(changes(tale.simulator)).toHaveLength(1);
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
  });

  test("are taken over without one: nothing is pushed again, and no package is deleted", async () => {
    tale.stack.program(declare("newest"));
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(/2 created/);
    expect(up.output).toMatch(/2 deleted/);
    expect(up.output).toContain("so it was taken over; nothing more was pushed.");
    expect(up.output).toContain(
      "Version package firmware-nbm1-v1.4 stays: another resource of this program has just taken it over.",
    );
    expect(changes(tale.simulator)).toHaveLength(1);
    expect(await namesInState(tale.stack)).toEqual(["newest", "newest"]);
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });
});
