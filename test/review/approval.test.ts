import { proposalFor, withApproval } from "../../src/review/approval";
import { rolloutAsked, rolloutTold } from "../../src/review/shapes";

type Wave = readonly [name: string, state: string];

function proposal(
  outcome: string,
  waves: readonly Wave[],
  more: Readonly<Record<string, unknown>> = {},
): ReturnType<typeof proposalFor> {
  const asked = rolloutAsked({
    versionPackage: { version: "V1.5" },
    waves: waves.map(([name]) => ({ name, needsApproval: name !== "lab" })),
    ...more,
  });
  const told = rolloutTold({
    ...{ version: "V1.5", outcome, since: "2026-03-02T08:00:00Z", from: ["V1.4"] },
    progress: waves.map(([wave, state]) => ({ wave, state })),
    failures: [{ deviceId: "meter-07", reason: "no answer" }],
  });
  if (told === undefined) throw new Error("The outputs are not in the shape of a rollout's.");
  return proposalFor("meters", asked, told);
}

const OVER: Wave = ["lab", "over"];

test("a wave is proposed where it alone waits, with the failures that were tolerated", () => {
  const { approved, title, body } = proposal("held", [OVER, ["early", "waiting"]]) ?? {};
  expect(approved).toEqual({ version: "V1.5", waves: ["early"] });
  expect(title).toBe("Approve early of meters for V1.5");
  expect(body).toContain("- meter-07 failed: no answer");
});

test("what was approved for the version stays, and for another one goes", () => {
  const waves: Wave[] = [OVER, ["early", "over"], ["rest", "waiting"]];
  const of = (version: string) =>
    proposal("held", waves, { approved: { version, waves: ["early"] } })?.approved.waves;
  expect(of("V1.5")).toEqual(["early", "rest"]);
  expect(of("V1.4")).toEqual(["rest"]);
});

test.each<[string, string, Wave[], object]>([
  [
    "a wave runs",
    "inProgress",
    [
      ["lab", "running"],
      ["early", "waiting"],
    ],
    {},
  ],
  [
    "a wave bakes",
    "inProgress",
    [
      ["lab", "baking"],
      ["early", "waiting"],
    ],
    {},
  ],
  [
    "a wave has failed",
    "failed",
    [
      ["lab", "failed"],
      ["early", "waiting"],
    ],
    {},
  ],
  ["it is paused", "held", [OVER, ["early", "waiting"]], { paused: true }],
  ["nothing has shown anything yet", "held", [["early", "waiting"]], {}],
  [
    "the wave needs none",
    "held",
    [
      ["early", "over"],
      ["lab", "waiting"],
    ],
    {},
  ],
  [
    "it is approved",
    "held",
    [OVER, ["early", "waiting"]],
    { approved: { version: "V1.5", waves: ["early"] } },
  ],
  ["all is over", "succeeded", [OVER, ["early", "over"]], {}],
])("nothing is proposed while %s", (_what, outcome, waves, more) => {
  expect(proposal(outcome, waves, more as Record<string, unknown>)).toBeUndefined();
});

describe("the file of approvals", () => {
  const approved = { version: "V1.5", waves: ["early"] };

  test("changes in its two lines, and in no other", () => {
    const file = "# Who may.\nversion: V1.4 # the last one\nwaves: [] # none\n";
    expect(withApproval(file, approved)).toBe(
      "# Who may.\nversion: V1.5 # the last one\nwaves: [early] # none\n",
    );
    expect(
      withApproval("version: V1.5\nwaves: [lab]\n", { ...approved, waves: ["lab", "early"] }),
    ).toBe("version: V1.5\nwaves: [lab, early]\n");
  });

  test("quotes what YAML would take for something else", () => {
    const odd = { version: "1.5", waves: ["on", "7", "a b", "wave-1"] };
    expect(withApproval("version: x\nwaves: []", odd)).toBe(
      'version: "1.5"\nwaves: ["on", "7", "a b", wave-1]',
    );
  });

  test("is refused in another form", () => {
    expect(() => withApproval("waves:\n  - lab\nversion: V1.4\n", approved)).toThrow(
      "must have a line `version: ...` and a line `waves: [...]`",
    );
  });
});
