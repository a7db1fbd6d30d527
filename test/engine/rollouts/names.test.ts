import { fails, passes } from "../story";
import { wings } from "./fleet";
import { rolloutText } from "./program";
import { tale } from "./tale";

describe.each(wings)("$name: a rollout whose first wave runs", (wing) => {
  const meters = tale(wing, { anew: true });

  test("goes on under another name with an alias, and moves nobody to another wave", async () => {
    await passes(meters.stack.up());
    const before = await meters.outputs();
    meters.stack.program(
      rolloutText(wing, { name: "water", options: '{ aliases: [{ name: "meters" }] }' }),
    );
    const up = await passes(meters.stack.up());
    expect(up).not.toContain("delete");
    expect(meters.pushes()).toBe(2);
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.outputs("water")).toMatchObject({ plan: before["plan"], seed: "meters" });
    expect(await meters.waves("water")).toBe("lab over, canary running, rest waiting");
    expect(meters.pushes()).toBe(4);
  });

  test("without an alias is taken over by the new one, and the old one stops nobody", async () => {
    await passes(meters.stack.up());
    meters.stack.program(rolloutText(wing, { name: "water" }));
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
    // The laboratory was under way all the time, and was pushed once.
    expect([1, 2].map(meters.pushedTo)).toEqual([["V1.5"], ["V1.5"]]);
    expect(await meters.waves("water")).toBe("lab over, canary running, rest waiting");
  });

  test("is made anew by --replace without a push, and without a stop", async () => {
    await passes(meters.stack.up());
    const urn = (await meters.stack.resource("FirmwareRollout", "meters"))?.urn ?? "";
    await passes(meters.stack.up("--replace", urn));
    expect(meters.pushes()).toBe(2);
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.waves()).toBe("lab over, canary running, rest waiting");
    expect([1, 2].map(meters.pushedTo)).toEqual([["V1.5"], ["V1.5"]]);
  });

  test("tells when it is removed how many stay where, and is not to be had by an id", async () => {
    await passes(meters.stack.up());
    meters.stack.program("");
    const up = await passes(meters.stack.up());
    expect(up).toContain(
      "The rollout is forgotten here, as it was last seen: 0 devices stay on V1.5, 2 devices are under way to it, 18 devices were not upgraded.",
    );
    expect(up.includes("was told to stop 2 devices")).toBe(wing.canStop);
    meters.stack.program(rolloutText(wing, { options: '{ id: "meters" }' }));
    expect(await fails(meters.stack.preview())).toContain("cannot be read by its id");
    expect(meters.pushes()).toBe(2);
  });
});
