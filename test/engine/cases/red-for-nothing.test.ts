import { iotda } from "../behaviours/iotda";
import { northbound } from "../behaviours/northbound";
import { taskText } from "../behaviours/program";
import type { Wing } from "../behaviours/wing";
import { wings } from "../behaviours/wings";
import { pushes } from "../stack";
import { changesFromNow, fails, passes, platformTime, story, type Story, there } from "../story";

/* Commands that have nothing to complain of, and end well. */

const AT_ONCE = { waitSeconds: 0, upgradeSeconds: 0 };
const DAY = 24 * 3600;

/** Neither a nightly refresh nor one that is applied finds anything to tell. */
async function expectNoDrift({ stack }: Story): Promise<void> {
  await passes(stack.drift());
  await passes(stack.refresh());
}

async function expectSettled(tale: Story): Promise<void> {
  await passes(tale.stack.up());
  await expectNoDrift(tale);
  await passes(tale.stack.preview("--expect-no-changes"));
}

describe("iotda: after a red update of a task", () => {
  const tale = story({ behaviour: AT_ONCE, anew: true });
  test.each([
    ["confirmed", [1], "needConfirm: true", () => "needConfirm: true, confirmed: true", "confirm"],
    ["retryFailed", [19, 20], "", () => `retryFailed: "${platformTime(tale.simulator)}"`, "retry"],
  ])(
    "by %s there is no drift, and the next `up` fulfils it",
    async (_field, devices, before, after, call) => {
      tale.stack.program(taskText(iotda, "pilot", { devices, more: before }));
      await passes(tale.stack.up());
      tale.simulator.clock.advance(10);
      tale.stack.program(taskText(iotda, "pilot", { devices, more: after() }));
      const path = `**/batchtasks/*/${call}`;
      tale.simulator.addFault({ kind: "proxyNotFound", method: "POST", path, times: 9 });
      await fails(tale.stack.up());
      await expectNoDrift(tale);

      tale.simulator.clearFaults();
      const changed = changesFromNow(tale.simulator);
      expect(await passes(tale.stack.preview())).toMatch(/FirmwareUpgradeTask pilot update/);
      await passes(tale.stack.up());
      expect(changed()).toEqual([`POST batchtasks/${call}`]);
      await passes(tale.stack.preview("--expect-no-changes"));
      expect(pushes(tale.simulator)).toBe(1);
    },
  );
});

describe.each(wings)("$name: after a red update of a package", (wing) => {
  const program = (onDelete: string): string =>
    `new ${wing.name}.VersionPackage("firmware", { ...${wing.declaredPackage}, onDelete: "${onDelete}" })`;
  const tale = story({ program: program("keep") });

  test("there is no drift, and a revert needs no `up`", async () => {
    await passes(tale.stack.up());
    tale.stack.program(program("delete"));
    tale.simulator.addFault({ kind: "proxyNotFound", method: "GET", times: 99 });
    await fails(tale.stack.up());
    tale.simulator.clearFaults();
    await expectNoDrift(tale);
    tale.stack.program(program("keep"));
    await passes(tale.stack.up());
    await expectSettled(tale);
  });
});

describe.each(wings)("$name: a task that adopt names", (wing) => {
  const tale = story({ program: taskText(wing, "pilot"), behaviour: AT_ONCE });

  test("stays settled with adopt in the program once its record is purged", async () => {
    await passes(tale.stack.up());
    const { id = "", urn } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    await passes(tale.stack.pulumi("state", "delete", urn, "--yes"));
    tale.stack.program(taskText(wing, "pilot", { more: `adopt: "${id}"` }));
    await passes(tale.stack.up());
    tale.simulator.clock.advance(2 * DAY);
    await passes(tale.stack.refresh());
    tale.simulator.purgeTask(id);
    await passes(tale.stack.refresh());
    await expectSettled(tale);
    expect(pushes(tale.simulator)).toBe(1);
  });
});

/** Program text: what is left as it is by default, spelled out. */
const DEFAULTS: Readonly<Record<string, string>> = {
  northbound: "retryType: false",
  iotda: "needConfirm: false",
};

/** A task that was to begin in an hour and has a `rerunAfter`. */
function nightly(wing: Wing, tale: Story) {
  const begin = new Date(tale.simulator.clock.now().getTime() + 3_600_000);
  const window = wing.beginsAt(begin);
  const spelledOut =
    wing.name === "northbound"
      ? window.replace(" }", `, ${DEFAULTS["northbound"] ?? ""} }`)
      : `${window}, ${DEFAULTS["iotda"] ?? ""}`;
  const rerun = `rerunAfter: "${platformTime(tale.simulator, -60)}"`;
  const text = (more: string): string => taskText(wing, "pilot", { more });
  return { text, window, spelledOut, rerun };
}

describe.each(wings)(
  "$name: a settled task whose window has passed and whose package is gone",
  (wing) => {
    const tale = story({ behaviour: AT_ONCE });

    test("is unchanged, also without its rerunAfter and with a default spelled out", async () => {
      const { text, window, spelledOut, rerun } = nightly(wing, tale);
      tale.stack.program(text(`${window}, ${rerun}`));
      await passes(tale.stack.up());
      tale.simulator.clock.advance(3 * DAY);
      await passes(tale.stack.refresh());
      tale.simulator.deletePackage(wing.packages.firmware);
      for (const more of [`${window}, ${rerun}`, window, spelledOut]) {
        tale.stack.program(text(more));
        await passes(tale.stack.preview("--expect-no-changes"));
        await passes(tale.stack.up());
      }
      await expectSettled(tale);
      expect(pushes(tale.simulator)).toBe(1);
    });

    test("is unchanged once its record is purged, too", async () => {
      const { id = "" } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
      tale.simulator.purgeTask(id);
      await passes(tale.stack.refresh());
      await expectSettled(tale);
      expect(pushes(tale.simulator)).toBe(1);
    });
  },
);

describe.each(wings)(
  "$name: a tainted package with a settled task whose window has passed",
  (wing) => {
    const tale = story({ behaviour: AT_ONCE });

    test.each(["versionPackage: firmware", `${wing.packageField}: firmware.id`])(
      "is no mistake in the preview, as in the `up`, with %s",
      async (which) => {
        const isOfPackage = which.startsWith("versionPackage");
        const { window } = nightly(wing, tale);
        const begun = pushes(tale.simulator);
        const task = taskText(wing, "pilot", {
          ...(isOfPackage ? { versionPackage: "firmware" } : { of: "firmware.id" }),
          devices: isOfPackage ? [1] : [2],
          more: window,
        });
        tale.stack.program(
          `const firmware = new ${wing.name}.VersionPackage("firmware", ${wing.declaredPackage});\n${task};`,
        );
        await passes(tale.stack.up());
        tale.simulator.clock.advance(3 * DAY);
        await passes(tale.stack.refresh());
        const { urn } = there(await tale.stack.resource("VersionPackage", "firmware"));
        await passes(tale.stack.pulumi("state", "taint", urn, "--yes"));
        await passes(tale.stack.preview());
        await passes(tale.stack.up());
        await expectSettled(tale);
        expect(pushes(tale.simulator)).toBe(begun + 1);
      },
    );
  },
);

describe("northbound: a package of which more is asserted later", () => {
  const program = (more: string): string =>
    `new northbound.VersionPackage("firmware", { fileId: "${northbound.packages.firmware}", ${more} })`;
  const tale = story({ program: program("") });

  test("is unchanged, also after a refresh", async () => {
    await passes(tale.stack.up());
    tale.stack.program(program('model: "NBM1", version: "V1.4"'));
    await expectSettled(tale);
    tale.stack.program(program(""));
    await expectSettled(tale);
  });
});

describe.each(wings)("$name: a tainted package that is deleted before it is replaced", (wing) => {
  const tale = story({
    behaviour: AT_ONCE,
    program: `
    const firmware = new ${wing.name}.VersionPackage("firmware", { ...${wing.declaredPackage}, onDelete: "keep" }, { deleteBeforeReplace: true });
    ${taskText(wing, "pilot", { versionPackage: "firmware", more: 'onDelete: "keep"' })};`,
  });

  test("takes its task along and gets it back, however old that is", async () => {
    await passes(tale.stack.up());
    const { id } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    tale.simulator.clock.advance(3 * DAY);
    await passes(tale.stack.refresh());
    const { urn } = there(await tale.stack.resource("VersionPackage", "firmware"));
    await passes(tale.stack.pulumi("state", "taint", urn, "--yes"));
    await passes(tale.stack.up());
    expect(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).toMatchObject({ id });
    await expectSettled(tale);
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe.each(wings)("$name: a package that is destroyed with what depends on it", (wing) => {
  const program = (adopt: string): string => `
    const firmware = new ${wing.name}.VersionPackage("firmware", { ...${wing.declaredPackage}, onDelete: "keep" });
    ${taskText(wing, "pilot", { versionPackage: "firmware", more: `onDelete: "keep", ${adopt}` })};`;
  const tale = story({ behaviour: AT_ONCE });

  test("warns of no push, and takes a task that adopt names along", async () => {
    tale.stack.program(program(""));
    await passes(tale.stack.up());
    const { id = "" } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    tale.stack.program(program(`adopt: "${id}"`));
    await passes(tale.stack.up());
    const { urn } = there(await tale.stack.resource("VersionPackage", "firmware"));
    const destroyed = await passes(tale.stack.destroy("--target", urn, "--target-dependents"));
    expect(destroyed).not.toContain("will be pushed");
    expect(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).toBeUndefined();
    expect(pushes(tale.simulator)).toBe(1);
  });
});
