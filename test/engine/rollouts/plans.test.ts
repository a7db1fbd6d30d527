import { join } from "node:path";

import { fails, passes } from "../story";
import { DEVICES, wings } from "./fleet";
import { approvedText } from "./program";
import { tale } from "./tale";

describe.each(wings)("$name: a saved plan", (wing) => {
  const waves = `[
    { name: "lab", ${wing.groups}: ["lab"], bakeSeconds: 3600 },
    { name: "rest", needsApproval: true },
  ]`;
  const meters = tale(wing, { waves });
  const { declare } = meters;
  const file = (): string => join(meters.stack.directory, "plan.json");
  const save = () => passes(meters.stack.preview("--save-plan", file()));
  const apply = () => meters.stack.up("--plan", file());

  test("that could not draw holds to what the up draws, which pushes nobody while it cannot", async () => {
    meters.simulator.addFault({ kind: "proxyNotFound", path: wing.membersPath, times: 1_000 });
    expect(await save()).toMatch(/warning: meters: who is in which wave could not be drawn: /);
    expect(await fails(apply())).not.toContain("unknown property");
    expect(meters.pushes()).toBe(0);
    meters.simulator.clearFaults();
    await passes(apply());
    expect(meters.pushes()).toBe(2);
  });

  test("that was saved in a bake is applied after it", async () => {
    meters.pass();
    const up = await passes(meters.stack.up());
    expect(up).toMatch(
      /lab bakes until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: run `pulumi up` again after that/,
    );
    expect(await meters.waves()).toBe("lab baking, rest waiting");
    await save();
    meters.pass(3700);
    await passes(apply());
    expect(await meters.waves()).toBe("lab over, rest waiting");
  });

  test("that approves holds although a device left in between, and is refused where the draw is another", async () => {
    declare({ approved: approvedText("V1.5", "rest") });
    await save();
    wing.putDevice(meters.simulator, 9, { groups: [] });
    // The last wave has no digest, but a number of devices.
    expect(await fails(apply())).toMatch(/violates plan/);
    expect(meters.pushes()).toBe(2);
    await save();
    await passes(apply());
    expect(meters.pushes()).toBe(DEVICES - 1);
    expect(meters.pushedTo(9)).toEqual([]);
  });
});
