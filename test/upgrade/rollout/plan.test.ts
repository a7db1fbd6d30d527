import { type HintFacts, planHints } from "../../../src/upgrade/rollout/describe-plan";
import { draw } from "../../../src/upgrade/rollout/draw";
import { planKey, planMark, planOf, plannedDevices } from "../../../src/upgrade/rollout/plan";
import { declared, device, ids, look } from "./declared";

const WAVES = [
  { name: "lab", selection: { devices: [], groups: ["lab"] } },
  { name: "canary", untilPercent: 1 },
  { name: "early", untilPercent: 10, needsApproval: true },
  { name: "rest", needsApproval: true },
];
const SEEN = look({ meters: ids(400), lab: ids(12) }, [device("d20", { version: "V0" })]);
const FIRST = declared({ waves: WAVES });

function plan(declaration = FIRST, seen = SEEN, before?: ReturnType<typeof planOf>) {
  const drawn = draw(declaration, seen, { isFirst: true });
  return planOf(declaration, drawn, before === undefined ? {} : { before });
}

describe("A plan", () => {
  it("is one string a wave, with its members and their digest, but for the last, and what is not approved", () => {
    expect(plan()).toEqual({
      from: ["V0", "V1"],
      waves: [
        expect.stringMatching(/^lab: 12 devices \([0-9a-f]{8}\)$/) as string,
        expect.stringMatching(/^canary: 4 devices \([0-9a-f]{8}\)$/) as string,
        expect.stringMatching(/^early: 35 devices \([0-9a-f]{8}\), not approved$/) as string,
        "rest: 349 devices, not approved",
      ],
      reaches: 16,
    });
  });

  it("reaches the waves that are approved for this version, wherever they stand", () => {
    const approved = { version: "V2", waves: ["rest"] };
    expect(plan(declared({ waves: WAVES, approved })).reaches).toBe(16 + 349);
    const old = { version: "V1", waves: ["rest"] };
    expect(plan(declared({ waves: WAVES, approved: old })).reaches).toBe(16);
  });

  it("keeps the strings of waves that were approved before, and gives who joined them to the next one", () => {
    const approved = { version: "V2", waves: ["early"] };
    const later = look({ meters: ids(420), lab: ids(14) });
    const after = plan(declared({ waves: WAVES, approved }), later, plan());
    expect(after.waves.slice(0, 2)).toEqual(plan().waves.slice(0, 2));
    expect(after.waves[2]).toMatch(/^early: 39 devices \([0-9a-f]{8}\)$/);
    expect(after.reaches).toBe(12 + 4 + 39);
  });

  it("has the same digest for the same devices, in whatever order they are listed", () => {
    const turned = look({ meters: ids(400).reverse(), lab: ids(12).reverse() });
    expect(plan(FIRST, turned).waves).toEqual(plan().waves);
    const other = look({ meters: ids(400), lab: ids(12, 1) });
    expect(plan(FIRST, other).waves[0]).not.toBe(plan().waves[0]);
  });

  it("tells who joined a continuous rollout as one string more", () => {
    const drawn = draw(FIRST, SEEN, { isFirst: false });
    const { waves, reaches } = planOf(FIRST, drawn, { joiners: ["d1", "d2"] });
    expect(waves[4]).toMatch(/^joiners: 2 devices \([0-9a-f]{8}\)$/);
    expect(reaches).toBe(18);
  });

  it("gives back the numbers of its strings, with a colon in a name, too", () => {
    const waves = [{ name: "a: b", untilPercent: 10, needsApproval: true }, { name: "c" }];
    expect(plannedDevices(plan(declared({ waves })))).toEqual(
      new Map([
        ["a: b", 40],
        ["c", 360],
      ]),
    );
  });

  it("holds as long as what makes it is the same, whatever is approved", () => {
    const key = planKey(FIRST);
    const approved = { version: "V2", waves: ["early"] };
    expect(planKey({ ...FIRST, approved })).toBe(key);
    expect(planKey({ ...FIRST, paused: true, maxAttempts: 3, minSuccessPercent: 1 })).toBe(key);
    const later = { ...FIRST, approved };
    expect(planMark({ declaration: later, plan: plan(later) })).toBe(
      planMark({ declaration: FIRST, plan: plan() }),
    );
    for (const other of [
      { seed: "other" },
      { rerunAfter: 1 },
      { fromVersions: ["V1"] },
      { version: "V3" },
      { waves: WAVES.slice(1) },
      { exclude: { devices: ["d1"], groups: [] } },
    ]) {
      expect(planKey({ ...FIRST, ...other })).not.toBe(key);
    }
  });
});

describe("The way back, as a plan foretells it", () => {
  const hints = (
    seen: ReturnType<typeof look>,
    packageBefore?: HintFacts["packageBefore"],
  ): string => planHints(FIRST, draw(FIRST, seen, { isFirst: true }), { packageBefore }).join("\n");
  const same = look({ meters: ids(400), lab: ids(12) });

  it("tells whom a revert would return after each wave but the last", () => {
    expect(hints(same)).toContain(
      ": a revert to V1 returns 12 devices after lab, 16 after canary, 51 after early.",
    );
  });

  it.each([
    ["exists", "51 after early; its package still exists."],
    ["isDeleted", "51 after early; its package is deleted by this very up."],
    ["isGone", "51 after early; its package is not on the platform any more."],
  ] as const)("tells that the package it needs %s", (packageBefore, end) => {
    expect(hints(same, packageBefore)).toContain(end);
  });

  it("leaves out who runs the version already, and says nothing of several versions", () => {
    const ready = look({ meters: ids(400), lab: ids(12) }, [device("d1", { version: "V2" })]);
    expect(hints(ready)).toContain("returns 11 devices after lab, 15 after canary");
    const mixed = look({ meters: ids(400), lab: ids(12) }, [device("d1", { version: "V0" })]);
    expect(hints(mixed)).not.toContain("a revert to");
  });
});
