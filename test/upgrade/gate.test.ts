import { type Gate, standingOf, type Wanted } from "../../src/upgrade/gate";

const LATER = "not known yet";
const isKnown = (leaf: unknown): boolean => leaf !== LATER;

const V15: Wanted = { version: "V1.5", packageId: "p-15", packageKind: "firmware" };
const V16: Wanted = { version: "V1.6", packageId: "p-16", packageKind: "firmware" };
const good: Gate = { outcome: "succeeded", ...V16 };

describe("A gate", () => {
  it.each<[string, Gate, Wanted, string]>([
    ["of this version and package", good, V16, "open"],
    ["of this version, its package unsaid", { ...good, packageId: undefined }, V16, "open"],
    ["of this package, its version unsaid", { ...good, version: undefined }, V16, "open"],
    ["of this version in a package built anew", { ...good, packageId: "p-16b" }, V16, "closed"],
    ["of this version, the package not known", { ...good, packageId: LATER }, V16, "open"],
    [
      "of this version, its package not known here",
      good,
      { ...V16, packageId: LATER, version: "V1.6" },
      "open",
    ],
    ["of another version", { outcome: "succeeded", ...V15 }, V16, "closed"],
    ["of another version, without packages", { ...good, packageId: undefined }, V15, "closed"],
    [
      "of another version, the package not known here",
      { outcome: "succeeded", ...V15 },
      { ...V16, packageId: LATER },
      "closed",
    ],
    ["of another package, without versions", { ...good, version: undefined }, V15, "closed"],
    ["of another version, with no outcome yet", { ...V15, outcome: LATER }, V16, "closed"],
    ["of another version, with no outcome at all", { ...V15 }, V16, "closed"],
    ["of no version", { outcome: "succeeded", packageKind: "firmware" }, V16, "closed"],
    ["of nothing but a good outcome", { outcome: "succeeded" }, V16, "closed"],
    ["that failed", { ...good, outcome: "failed" }, V16, "closed"],
    ["that is open still", { ...good, outcome: "open" }, V16, "closed"],
    ["that is in progress", { ...good, outcome: "inProgress" }, V16, "closed"],
    ["whose outcome is empty", { ...good, outcome: "" }, V16, "closed"],
    ["whose outcome is not known yet", { ...good, outcome: LATER }, V16, "unknown"],
    ["whose version is not known yet", { outcome: "succeeded", version: LATER }, V16, "unknown"],
    ["of a kind that is not known yet", { ...good, packageKind: LATER }, V15, "unknown"],
    ["for what is not known yet", good, { version: LATER, packageKind: "firmware" }, "unknown"],
    ["for what nobody tells", good, { packageKind: "firmware" }, "unknown"],
    ["that came without an outcome", { ...V16 }, V16, "closed"],
    ["that came as nothing", {}, V16, "closed"],
    ["of another kind of package and version", { ...good, packageKind: "software" }, V15, "open"],
    [
      "of another kind, of no version",
      { outcome: "succeeded", packageKind: "software" },
      V15,
      "open",
    ],
    ["of another kind that failed", { outcome: "failed", packageKind: "software" }, V15, "closed"],
    [
      "of another kind, whose outcome is not known yet",
      { outcome: LATER, packageKind: "software" },
      V15,
      "unknown",
    ],
    ["of another kind, without an outcome", { packageKind: "software" }, V15, "closed"],
  ])("%s", (_what, gate, wanted, kind) => {
    expect(standingOf(gate, wanted, isKnown).kind).toBe(kind);
  });

  it.each<[Gate, Wanted, string]>([
    [
      { outcome: "succeeded", ...V15 },
      V16,
      "The gate in onlyAfter succeeded for V1.5; this is V1.6. To let it succeed for V1.6 first, run `pulumi up` without --target and --exclude, so that what the gate waits for is part of it.",
    ],
    [
      { outcome: "succeeded", packageId: "p-15", packageKind: "firmware" },
      V16,
      "The gate in onlyAfter succeeded for package p-15; this is package p-16. To let it succeed for package p-16 first, run `pulumi up` without --target and --exclude, so that what the gate waits for is part of it.",
    ],
    [
      { ...good, packageId: "p-16b" },
      V16,
      "The gate in onlyAfter succeeded for package p-16b; this is package p-16. To let it succeed for package p-16 first, run `pulumi up` without --target and --exclude, so that what the gate waits for is part of it.",
    ],
    [
      { outcome: LATER, ...V15 },
      V16,
      "The gate in onlyAfter is for V1.5; this is V1.6. Give both the same package, and run `pulumi up` without --target and --exclude, so that what the gate waits for is part of it.",
    ],
    [
      { ...good, outcome: "failed" },
      V16,
      'The gate in onlyAfter has not succeeded for V1.6, its outcome is "failed": run `pulumi up` again once it has succeeded.',
    ],
    [
      { ...good, version: LATER, outcome: "inProgress", openAt: "2026-05-02T08:00:00Z" },
      V16,
      'The gate in onlyAfter has not succeeded, its outcome is "inProgress": run `pulumi up` again after 2026-05-02T08:00:00Z.',
    ],
    [
      { outcome: "succeeded" },
      V16,
      "The gate in onlyAfter does not say for which version it succeeds, so it opens for none: give its UpgradeCompletion task, or version or packageId beside the task's id.",
    ],
    [
      {},
      V16,
      "The gate in onlyAfter came without an outcome, so nothing is known to have succeeded: run `pulumi up` without --target and --exclude, so that what the gate waits for is part of it.",
    ],
    [
      { ...good, outcome: LATER },
      V16,
      "It is not known whether the gate in onlyAfter has succeeded for what is to begin: run `pulumi up` without --target and --exclude, so that what the gate waits for is part of it.",
    ],
  ])("says in a sentence why it is not open (%j)", (gate, wanted, because) => {
    expect(standingOf(gate, wanted, isKnown)).toMatchObject({ because });
  });
});
