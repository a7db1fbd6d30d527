import { packageText } from "../behaviours/program";
import type { Wing } from "../behaviours/wing";
import { wings } from "../behaviours/wings";
import { pushes } from "../stack";
import { fails, passes, story } from "../story";
import { chainText, FLEET, PILOT } from "./chain";
import { pushesPerDevice } from "./pushed";

/* What leaves the wait for a pilot out of an `up` does not lead the fleet past it. */

const AT_ONCE = { waitSeconds: 0, upgradeSeconds: 0 };

function urnOf(wing: Wing, kind: string, name: string): string {
  return `urn:pulumi:dev::test::pulumi-nodejs:dynamic/huawei-ota/${wing.name}:${kind}::${name}`;
}

describe.each(wings)("$name: a fleet behind a pilot that was good for the last version", (wing) => {
  const { firmware, other } = wing.packages;
  const tale = story({ program: chainText(wing, JSON.stringify(other)), behaviour: AT_ONCE });
  const completion = urnOf(wing, "UpgradeCompletion", "done");
  const fleet = urnOf(wing, "FirmwareUpgradeTask", "fleet");
  const CLOSED =
    /onlyAfter is closed: The gate in onlyAfter (succeeded|is) for \S+; this is \S+\. .*run `pulumi up` without --target and --exclude/;
  // Where the old pilot is deleted first, the engine makes the wait that is left out anew, with its old task.
  const REFUSED = wing.keepsTasks ? CLOSED : new RegExp(`${CLOSED.source}|has no upgrade task`);

  test("is pushed after it", async () => {
    await passes(tale.stack.up());
    expect(pushes(tale.simulator)).toBe(2);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test.each([
    ["the fleet alone is meant", ["--target", fleet]],
    ["the fleet and what depends on it are meant", ["--target", fleet, "--target-dependents"]],
    ["the wait and what depends on it are meant", ["--target", completion, "--target-dependents"]],
    ["the wait is left out", ["--exclude", completion]],
  ])("is not pushed the next version where %s, and the preview says so", async (_what, args) => {
    tale.simulator.clock.advance(60);
    tale.stack.program(chainText(wing, JSON.stringify(firmware)));
    expect(await fails(tale.stack.preview(...args))).toMatch(CLOSED);
    expect(await fails(tale.stack.up(...args))).toMatch(REFUSED);
    expect(pushesPerDevice(tale.simulator)[wing.device(FLEET)]).toBe(1);
  });

  test("is pushed the next version by the whole `up`, after its pilot", async () => {
    await passes(tale.stack.up());
    expect(pushesPerDevice(tale.simulator)).toEqual({
      [wing.device(PILOT)]: 2,
      [wing.device(FLEET)]: 2,
    });
    await passes(tale.stack.preview("--expect-no-changes"));
  });
});

describe.each(wings)("$name: a fleet behind a pilot that fails", (wing) => {
  const tale = story({
    program: chainText(wing, JSON.stringify(wing.packages.firmware)),
    behaviour: AT_ONCE,
  });
  const completion = urnOf(wing, "UpgradeCompletion", "done");
  const fleet = urnOf(wing, "FirmwareUpgradeTask", "fleet");

  test("is not pushed, however the `up` is narrowed", async () => {
    wing.putDevice(tale.simulator, wing.device(PILOT), { outcome: "fail" });
    for (const args of [["--continue-on-error"], ["--exclude", completion], ["--target", fleet]]) {
      await fails(tale.stack.up(...args));
    }
    expect(pushesPerDevice(tale.simulator)).toEqual({ [wing.device(PILOT)]: 1 });
  });
});

describe.each(wings)("$name: a fleet of a stack that has no pilot yet", (wing) => {
  const firmware = `const firmware = ${packageText(wing, "firmware")};`;
  const tale = story({
    program: firmware + chainText(wing, "firmware"),
    behaviour: AT_ONCE,
  });

  test("is no mistake in the first preview, in which nothing is known", async () => {
    const preview = await passes(tale.stack.preview());
    expect(preview).not.toContain("closed");
    expect(preview).toMatch(/5 to create/);
  });

  test("is refused where the wait is left out", async () => {
    const completion = urnOf(wing, "UpgradeCompletion", "done");
    expect(await fails(tale.stack.up("--exclude", completion))).toMatch(
      /onlyAfter is closed: .* came without an outcome, so nothing is known to have succeeded: run `pulumi up` without --target and --exclude/,
    );
    expect(pushesPerDevice(tale.simulator)).toEqual({ [wing.device(PILOT)]: 1 });
  });

  test("is pushed by the whole `up`", async () => {
    await passes(tale.stack.up());
    expect(pushesPerDevice(tale.simulator)).toEqual({
      [wing.device(PILOT)]: 1,
      [wing.device(FLEET)]: 1,
    });
  });
});
