import { fails, passes } from "../story";
import { DEVICES, wings } from "./fleet";
import { approvedText } from "./program";
import { tale } from "./tale";

describe.each(wings)("$name: a rollout in four waves", (wing) => {
  const waves = (early: string) => `[
    { name: "lab", ${wing.groups}: ["lab"] },
    { name: "canary", untilPercent: 10 },
    { name: "early", untilPercent: ${early}, needsApproval: true },
    { name: "rest", needsApproval: true },
  ]`;
  const meters = tale(wing, { waves: waves("50") });
  const { declare } = meters;

  test("the first preview knows who is in which wave, and how far the merge reaches", async () => {
    const preview = await passes(meters.stack.preview("--diff"));
    expect(preview).toContain(
      "meters: V1.4 -> V1.5 on 20 devices: lab 2 (all must succeed), canary 2 (all must succeed), early 7 (all must succeed), rest 9 (all must succeed); approved: none. This merge reaches at most 4 devices.",
    );
    expect(preview).toMatch(/\[0\]: "lab: 2 devices \([0-9a-f]{8}\)"/);
    expect(preview).toMatch(/\[2\]: "early: 7 devices \([0-9a-f]{8}\), not approved"/);
    expect(preview).toMatch(/\[3\]: "rest: 9 devices, not approved"/);
    expect(preview).toMatch(/reaches: 4\n/);
    expect(meters.pushes()).toBe(0);
  });

  test("an up begins with the first wave, and no second up pushes it again", async () => {
    const up = await passes(meters.stack.up());
    expect(up).toContain("lab is not decided yet (0 of 2 done, 0 failed): run `pulumi up` again");
    expect([1, 2, 3].map(meters.pushedTo)).toEqual([["V1.5"], ["V1.5"], []]);
    await passes(meters.stack.drift());
    await passes(meters.stack.up());
    expect(meters.pushes()).toBe(2);
  });

  test("each wave begins once the one before it went well, and what needs approval waits for it", async () => {
    meters.pass();
    await passes(meters.stack.up());
    expect(meters.pushes()).toBe(4);
    meters.pass();
    const held = await passes(meters.stack.up());
    expect(held).toContain("The wave early waits for its approval");
    expect(await meters.outputs()).toMatchObject({ outcome: "held", onVersion: 4 });
    await passes(meters.stack.preview("--expect-no-changes"));
    await passes(meters.stack.drift());
  });

  test("an approval of another version approves nothing, one of a wave that is not there is refused, one behind a gap waits", async () => {
    declare({ approved: approvedText("V1.4", "early") });
    await passes(meters.stack.up());
    declare({ approved: approvedText("V1.5", "earlier") });
    expect(await fails(meters.stack.preview())).toContain(
      'approved.waves[0] is "earlier", and no wave has that name: there are lab, canary, early and rest.',
    );
    declare({ approved: approvedText("V1.5", "rest") });
    await passes(meters.stack.up());
    expect(meters.pushes()).toBe(4);
  });

  test("an approval shows as the text of its wave, and pushes that wave", async () => {
    declare({ approved: approvedText("V1.5", "early") });
    const preview = await passes(meters.stack.preview("--diff"));
    expect(preview).toMatch(
      /\[2\]: "early: 7 devices \(([0-9a-f]{8})\), not approved" => "early: 7 devices \(\1\)"/,
    );
    await passes(meters.stack.up());
    expect(meters.pushes()).toBe(11);
  });

  test("one that is taken back stops nothing that was pushed, and lets nothing more begin", async () => {
    declare({});
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
    expect(meters.pushes()).toBe(11);
    expect(await meters.waves()).toBe("lab over, canary over, early over, rest waiting");
  });

  test("a wave that is over is not judged by what is edited later", async () => {
    declare({ approved: approvedText("V1.5", "early", "rest"), waves: waves("30") });
    await passes(meters.stack.up());
    meters.pass();
    await passes(meters.stack.up());
    expect(await meters.outputs()).toMatchObject({ outcome: "succeeded", onVersion: DEVICES });
    expect(meters.pushes()).toBe(DEVICES);
  });

  test("once it is through, a preview asks the platform nothing, and a refresh finds nothing", async () => {
    const before = meters.simulator.books().requests.length;
    await passes(meters.stack.preview("--expect-no-changes"));
    expect(meters.simulator.books().requests).toHaveLength(before);
    await passes(meters.stack.drift());
    expect(meters.pushes()).toBe(DEVICES);
  });
});
