import { fails, passes } from "../story";
import { DEVICES, wings } from "./fleet";
import { rolloutText } from "./program";
import { tale } from "./tale";

describe.each(wings)("$name: a fleet that changes", (wing) => {
  const waves = `[{ name: "lab", ${wing.groups}: ["lab"] }, { name: "rest" }]`;
  // Of eighteen one may be asleep for ever.
  const more = "minSuccessPercent: 90,";
  const meters = tale(wing, { waves, more });
  const { declare } = meters;

  test("fails the first preview where a device or a group does not exist, or there are too many", async () => {
    declare({ more: `${more} fleet: { ${wing.groups}: ["meters", "deadbeef"] },` });
    expect(await fails(meters.stack.preview())).toContain(
      "deadbeef, which the platform does not know",
    );
    declare({
      more: `${more} fleet: { devices: ["${wing.device(99)}"], ${wing.groups}: ["meters"] },`,
    });
    expect(await fails(meters.stack.preview())).toContain(
      `does not know device ${wing.device(99)}`,
    );
    declare({ more: `${more} maxDevices: 19,` });
    expect(await fails(meters.stack.preview())).toContain("has 20 devices, and maxDevices is 19");
    declare({});
    expect(meters.pushes()).toBe(0);
  });

  test("who joins before the last wave begins is in it, who leaves is not pushed, who sleeps is waited for", async () => {
    wing.putDevice(meters.simulator, 20, { groups: [] });
    await passes(meters.stack.up());
    wing.putDevice(meters.simulator, 20, { groups: ["meters"] });
    wing.putDevice(meters.simulator, 19, { groups: [] });
    wing.putDevice(meters.simulator, 18, { online: false });
    meters.pass();
    await passes(meters.stack.up());
    expect(meters.pushedTo(19)).toEqual([]);
    meters.pass();
    await passes(meters.stack.up());
    // All but the sleeper.
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded" });
    expect(meters.pushedTo(18)).toEqual(["V1.5"]);
    wing.putDevice(meters.simulator, 18, { online: true });
    meters.pass();
    await passes(meters.stack.drift());
  });

  test("a task of somebody else is drift, once, and pushes nobody", async () => {
    const task = `new ${wing.name}.FirmwareUpgradeTask("by-hand", { versionPackage: ${wing.packageOf("V1.6")}, ${wing.more}
      targets: { devices: ["${wing.device(5)}"] } })`;
    meters.stack.program(`${rolloutText(wing, { waves, more })}; ${task};`);
    await passes(meters.stack.up());
    meters.pass();
    const before = meters.pushes();
    expect(await fails(meters.stack.drift())).toMatch(
      /1 device are on V1\.6 by operation|1 device is on V1\.6 by operation/,
    );
    await passes(meters.stack.refresh());
    expect(await passes(meters.stack.up())).toContain(
      "This is noted now; nothing was pushed for it.",
    );
    await passes(meters.stack.drift());
    expect(meters.pushes()).toBe(before);
  });

  test("a joiner of a continuous rollout is shown, and pushed by the next up", async () => {
    const text = { waves, more: `${more} targetSelection: "continuous",` };
    meters.stack.program(rolloutText(wing, text));
    await passes(meters.stack.up());
    wing.putDevice(meters.simulator, 19, { groups: ["meters"] });
    const preview = await passes(meters.stack.preview());
    expect(preview).toContain("this up pushes them, as the wave joiners");
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
    expect(meters.pushedTo(19)).toEqual(["V1.5"]);
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded" });
    expect(meters.pushes()).toBeLessThanOrEqual(DEVICES + 2);
  });
});
