import { fails, passes, platformTime } from "../story";
import { DEVICES, wings } from "./fleet";
import { tale } from "./tale";

describe.each(wings)("$name: a canary that fails", (wing) => {
  const canary = (name: string, more = "") =>
    `[{ name: "${name}", devices: ["${wing.device(3)}", "${wing.device(4)}"], ${more} }, { name: "rest" }]`;
  const meters = tale(wing, { waves: canary("canary") });
  const { declare } = meters;
  let reason: string;

  beforeAll(() => {
    wing.putDevice(meters.simulator, 3, { outcome: "fail" });
  });

  test("stops the rollout there, with its devices, their reasons and the ways on", async () => {
    await passes(meters.stack.up());
    meters.pass();
    const up = await fails(meters.stack.up());
    expect(up).toContain(
      "The wave canary has failed for V1.5: 1 of 2 devices succeeded, 1 failed (at least 95 % of those reached must succeed).",
    );
    [, reason = ""] = new RegExp(`${wing.device(3)}: (.*?)\\. Nothing more`).exec(up) ?? [];
    expect(reason).not.toBe("it failed");
    expect(reason).not.toBe("");
    expect(up).toContain(
      "It is mended by rerunAfter (to push again), a threshold or maxAttempts, exclude or another version.",
    );
    expect(meters.pushes()).toBe(2);
  });

  test("stays red at each up, says so in each preview, and is no drift", async () => {
    await passes(meters.stack.drift());
    const preview = await passes(meters.stack.preview("--save-plan", "plan.json"));
    expect(preview).toMatch(/~ 1 to update/);
    expect(preview).toMatch(/canary failed/);
    const up = await fails(meters.stack.up("--plan", "plan.json"));
    expect(up).toContain("The wave canary has failed for V1.5");
    expect(up).toContain(`${wing.device(3)}: ${reason}`);
    expect(up).not.toContain("violates plan");
    expect(meters.pushes()).toBe(2);
  });

  test("cannot be got round by another name or by taking the wave away", async () => {
    declare({ waves: canary("trial") });
    expect(await fails(meters.stack.preview())).toContain(
      "The wave canary has begun and is not over, so it can be neither removed nor renamed",
    );
    declare({ waves: '[{ name: "rest" }]' });
    expect(await fails(meters.stack.up())).toContain("it can be neither removed nor renamed");
    expect(meters.pushes()).toBe(2);
  });

  test("is mended by a threshold, in a plan that was saved while it was red, and goes on", async () => {
    declare({ waves: canary("canary", "minSuccessPercent: 50") });
    await passes(meters.stack.preview("--save-plan", "plan.json"));
    await passes(meters.stack.up("--plan", "plan.json"));
    expect(meters.pushes()).toBe(DEVICES);
    expect(meters.pushedTo(3)).toEqual(["V1.5"]);
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES - 1 });
  });

  test("of the next version is mended by rerunAfter once the device is", async () => {
    declare({ version: "V1.6" });
    await passes(meters.stack.up());
    meters.pass();
    await fails(meters.stack.up());
    wing.putDevice(meters.simulator, 3, { outcome: "success" });
    const rerunAfter = `rerunAfter: "${platformTime(meters.simulator)}",`;
    meters.pass(1);
    declare({ version: "V1.6", more: rerunAfter });
    await passes(meters.stack.up());
    expect(meters.pushedTo(3)).toEqual(["V1.5", "V1.6", "V1.6"]);
    expect(meters.pushedTo(4)).toEqual(["V1.5", "V1.6"]);
    meters.pass();
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES });
  });

  test("of a third version is mended by excluding the device", async () => {
    wing.putDevice(meters.simulator, 3, { outcome: "fail" });
    const exclude = `{ ${wing.groups}: ["meters"], exclude: { devices: ["${wing.device(3)}"] } }`;
    declare({ version: "V1.5" });
    await passes(meters.stack.up());
    meters.pass();
    await fails(meters.stack.up());
    declare({ version: "V1.5", more: `fleet: ${exclude},` });
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded" });
    expect(meters.pushedTo(3)).toEqual(["V1.5", "V1.6", "V1.6", "V1.5"]);
  });
});

describe.each(wings)("$name: a red rollout of which the merge is reverted", (wing) => {
  const waves = `[{ name: "canary", devices: ["${wing.device(3)}", "${wing.device(4)}"] }, { name: "rest" }]`;
  const meters = tale(wing, { waves, anew: true });
  const { declare } = meters;

  test.each([false, true])(
    "goes back to whom it had reached, with a refresh before it: %s",
    async (refreshes) => {
      declare({ version: "V1.4" });
      await passes(meters.stack.up());
      expect(await meters.outputs()).toMatchObject({ outcome: "succeeded" });
      wing.putDevice(meters.simulator, 3, { outcome: "fail" });
      declare({ version: "V1.5" });
      await passes(meters.stack.up());
      meters.pass();
      await fails(meters.stack.up());
      if (refreshes) await passes(meters.stack.refresh());
      declare({ version: "V1.4" });
      expect(await passes(meters.stack.preview())).toMatch(/~ 1 to update/);
      await passes(meters.stack.up());
      expect(meters.pushedTo(4)).toEqual(["V1.5", "V1.4"]);
      meters.pass();
      await passes(meters.stack.up());
      expect(await meters.outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES });
      // The one that failed runs V1.4 still.
      expect(meters.pushedTo(3)).toEqual(["V1.5"]);
      expect(meters.pushes()).toBe(3);
    },
  );
});
