import { northbound } from "../behaviours/northbound";
import { taskText } from "../behaviours/program";
import { pushes } from "../stack";
import { changesFromNow, fails, passes, story, there } from "../story";

/* Devices that are named by their ids say it all: what is said of their kind beside them is a check. */

describe.each([
  ["a task that goes on", 1_000_000, 60],
  ["a task that has been over for hours", 0, 3 * 3600],
])("northbound: %s", (_what, upgradeSeconds, secondsLater) => {
  const program = (attributes: string, more = ""): string =>
    taskText(northbound, "pilot", {
      more: `targets: { devices: ["meter-001"], ${attributes} }, ${more}`,
    });
  const tale = story({ program: program(""), behaviour: { waitSeconds: 0, upgradeSeconds } });

  test("is unchanged by deviceType, model and manufacturerName beside its devices", async () => {
    await passes(tale.stack.up());
    tale.simulator.clock.advance(secondsLater);
    const changed = changesFromNow(tale.simulator);
    tale.stack.program(program("...kind"));
    expect(await passes(tale.stack.preview())).not.toMatch(/pushed again|replace/);
    await passes(tale.stack.up());
    await passes(tale.stack.refresh());
    await passes(tale.stack.preview("--expect-no-changes"));
    tale.stack.program(program('model: "NBM1"'));
    await passes(tale.stack.up());
    expect(changed()).toEqual([]);
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is what adopt names, whatever is said of its devices", async () => {
    const { id = "", urn } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    await passes(tale.stack.pulumi("state", "delete", urn, "--yes"));
    tale.stack.program(program("...kind", `adopt: "${id}"`));
    await passes(tale.stack.up());
    expect(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).toMatchObject({ id });
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is not made anew for a kind that its package is not for", async () => {
    const { urn } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    await passes(tale.stack.pulumi("state", "delete", urn, "--yes"));
    tale.stack.program(program('model: "NBM2"'));
    expect(await fails(tale.stack.up())).toContain(
      'targets.model is "NBM2", but package firmware-nbm1-v1.4 is for "NBM1" (123016).',
    );
    expect(pushes(tale.simulator)).toBe(1);
  });
});
