import {
  brokenRules as iotdaRules,
  canonical as iotdaCanonical,
  rolloutInputs as iotdaInputs,
} from "../../src/iotda/rollout/schema";
import {
  brokenRules as northboundRules,
  canonical as northboundCanonical,
  rolloutInputs as northboundInputs,
} from "../../src/northbound/rollout/schema";
import { shape } from "../../src/pulumi/inputs";
import { UNKNOWN } from "../../src/pulumi/unknown";

const wings = [
  {
    name: "northbound",
    groups: "deviceGroups",
    base: { fileId: "F1", versionPackage: { version: "V1.5" } },
    look: (given: object) => {
      const { inputs, failures = [] } = shape(northboundInputs, { ...given });
      if (inputs === undefined) return { canonical: {}, failures };
      return { canonical: northboundCanonical(inputs), failures: northboundRules(inputs) };
    },
  },
  {
    name: "iotda",
    groups: "groupIds",
    base: { packageId: "P1", versionPackage: { version: "V1.5" } },
    look: (given: object) => {
      const { inputs, failures = [] } = shape(iotdaInputs, { ...given });
      if (inputs === undefined) return { canonical: {}, failures };
      return { canonical: iotdaCanonical(inputs), failures: iotdaRules(inputs) };
    },
  },
];

describe.each(wings)("$name: a rollout", ({ groups, base, look }) => {
  const fleet = { [groups]: ["meters"] };
  const said = (given: object): string[] =>
    look({ ...base, fleet, ...given }).failures.map(({ path, reason }) => `${path} ${reason}`);
  const waves = (...list: object[]): string[] => said({ waves: list });

  it("of the contract's own waves breaks no rule, nor one without waves", () => {
    expect(
      said({
        fleet: { ...fleet, exclude: { [groups]: ["hospital"] } },
        waves: [
          { name: "lab", [groups]: ["lab"] },
          { name: "canary", untilPercent: 1, bakeSeconds: 180_000 },
          { name: "early", untilPercent: 10, minSuccessPercent: 99, needsApproval: true },
          { name: "rest", needsApproval: true },
        ],
        approved: { version: "V1.5", waves: ["early"] },
        maxDevices: 5_000,
      }),
    ).toEqual([]);
    expect(said({})).toEqual([]);
  });

  it("keeps one form for what means the same, and the order of its waves", () => {
    const given = {
      ...base,
      fleet: { devices: ["b", "a", "b"], exclude: { [groups]: [] } },
      waves: [{ name: "z", devices: ["b", "a"] }, { name: "a" }],
      approved: { version: "V1.5", waves: ["z", "a"] },
      fromVersions: ["V1.4", "V1.3"],
      rerunAfter: "2026-05-01T10:00:00+02:00",
    };
    expect(JSON.parse(JSON.stringify(look(given).canonical))).toEqual({
      ...base,
      fleet: { devices: ["a", "b"] },
      waves: [{ name: "z", devices: ["a", "b"] }, { name: "a" }],
      approved: { version: "V1.5", waves: ["a", "z"] },
      fromVersions: ["V1.3", "V1.4"],
      rerunAfter: "2026-05-01T08:00:00Z",
    });
  });

  it("names somebody, and nobody by an empty list", () => {
    expect(said({ fleet: {} })).toEqual([
      `fleet names neither devices nor ${groups}; give one of them.`,
    ]);
    expect(said({ fleet: { devices: [] } })).toEqual([
      "fleet.devices is empty; name at least one, or take it away.",
    ]);
    expect(said({ waves: [] })).toEqual([
      "waves is empty; declare a wave, or take it away: one wave, all.",
    ]);
    expect(waves({ name: "lab", [groups]: [] }, { name: "rest" })).toEqual([
      `waves[0].${groups} is empty; name at least one, or take it away.`,
    ]);
    expect(said({ fromVersions: [] })).toEqual([
      "fromVersions is empty, so nobody could be pushed; name a version, or take it away.",
    ]);
  });

  it("has waves with names of their own", () => {
    expect(waves({ name: "a", untilPercent: 5 }, { name: "a" })).toEqual([
      'waves[1].name is "a", as waves[0].name is; each wave needs its own.',
    ]);
    for (const name of ["back", "joiners"]) {
      expect(waves({ name })).toEqual([
        `waves[0].name is "${name}", a wave that a rollout makes by itself; choose another.`,
      ]);
    }
    expect(waves({ name: " " })).toEqual(["waves[0].name is empty; a wave is known by its name."]);
    expect(waves({ name: "a: b" })).toEqual([
      expect.stringMatching(/^waves\[0\]\.name is "a: b"; /),
    ]);
  });

  it("says what percentages would mean that do not rise", () => {
    expect(
      waves(
        { name: "one", untilPercent: 30 },
        { name: "two", untilPercent: 30 },
        { name: "three", untilPercent: 40 },
      ),
    ).toEqual([
      "waves[1].untilPercent is 30, and the wave before it ends at 30: untilPercent counts from the first device on, so this wave would have nobody. Waves of 30, 30 and 40 per cent are untilPercent 30, 60 and 100.",
    ]);
    expect(waves({ name: "one", untilPercent: 90 }, { name: "two", untilPercent: 50 })).toEqual([
      "waves[1].untilPercent is 50, and the wave before it ends at 90: untilPercent counts from the first device on, so this wave would have nobody.",
    ]);
    expect(
      waves(
        { name: "one", untilPercent: 0.1 },
        { name: "lab", devices: ["d"] },
        { name: "two", untilPercent: 0.2 },
        { name: "rest" },
      ),
    ).toEqual([]);
    expect(waves({ name: "one", untilPercent: 0 })).toEqual([
      "waves[0].untilPercent is 0; it must be above 0 and at most 100.",
    ]);
  });

  it("lets the last wave alone take what is left, and no wave two selectors", () => {
    expect(waves({ name: "all" }, { name: "late", untilPercent: 5 })).toEqual([
      `waves[0] takes all that is left, as it has neither devices, ${groups} nor untilPercent, so nothing would be left for the waves after it; only the last one may.`,
    ]);
    expect(waves({ name: "both", devices: ["d"], untilPercent: 5 })).toEqual([
      "waves[0].untilPercent stands beside devices; a wave takes those that it names, or a share of those that no wave names: take one of them away.",
    ]);
  });

  it("has numbers that make sense, of itself and of each wave", () => {
    const wrong = {
      minSuccessPercent: 101,
      maxFailedDevices: -1,
      minReachedPercent: -1,
      stopAtFailedPercent: 200,
      maxLostPercent: 101,
    };
    const paths = (given: object): string[] =>
      look({ ...base, fleet, ...given }).failures.map(({ path }) => path);
    expect(paths(wrong)).toEqual(Object.keys(wrong));
    expect(paths({ waves: [{ name: "all", bakeSeconds: -1, ...wrong }] })).toEqual(
      [...Object.keys(wrong), "bakeSeconds"].map((name) => `waves[0].${name}`),
    );
    const whole = { maxInProgress: 0, deadlineSeconds: 0, maxAttempts: 0, maxDevices: 0.5 };
    expect(paths({ ...whole, waitSeconds: -1 })).toEqual([...Object.keys(whole), "waitSeconds"]);
    expect(paths({ minSuccessPercent: 82.4, waitSeconds: 0, maxDevices: 0 })).toEqual([]);
  });

  it("approves waves that there are, where the version is this one", () => {
    const declared = [
      { name: "canary", untilPercent: 1 },
      { name: "rest", needsApproval: true },
    ];
    const approved = (version: string, ...names: string[]): string[] =>
      said({ waves: declared, approved: { version, waves: names } });
    expect(approved("V1.5", "canary", "rest")).toEqual([]);
    expect(approved("V1.5")).toEqual([]);
    expect(approved("V1.4", "gone")).toEqual([]);
    expect(approved("V1.5", "gone")).toEqual([
      'approved.waves[0] is "gone", and no wave has that name: there are canary and rest.',
    ]);
    expect(said({ approved: { version: "V1.5", waves: ["all"] } })).toEqual([]);
  });

  it("breaks no rule by what a preview does not know yet", () => {
    expect(
      said({
        fleet: UNKNOWN,
        waves: UNKNOWN,
        approved: UNKNOWN,
        fromVersions: UNKNOWN,
        maxDevices: UNKNOWN,
        seed: UNKNOWN,
        onlyAfter: UNKNOWN,
        rerunAfter: UNKNOWN,
        paused: UNKNOWN,
      }),
    ).toEqual([]);
    expect(
      said({
        fleet: { devices: UNKNOWN, exclude: UNKNOWN },
        waves: [
          UNKNOWN,
          { name: UNKNOWN, untilPercent: UNKNOWN },
          { name: "rest", devices: [UNKNOWN] },
        ],
        approved: { version: UNKNOWN, waves: [UNKNOWN] },
      }),
    ).toEqual([]);
  });

  it("has no field that its schema does not know", () => {
    expect(said({ waves: [{ name: "all", percent: 3 }] })).toEqual([
      expect.stringMatching(
        /^waves\[0\] has no field "percent"; it has name, untilPercent, .*\. Did you mean "untilPercent"\?$/,
      ),
    ]);
    expect(said({ rerunAfter: "soon" })).toEqual([expect.stringMatching(/^rerunAfter is "soon"/)]);
  });
});
