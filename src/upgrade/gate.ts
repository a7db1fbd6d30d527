import type { Verdict } from "./outcome";

/** What a package is for on every platform, and a rollout pushes: firmware of a device or its software. */
export type PackageKind = "firmware" | "software";

/** What a task pushes: on IoTDA a module of a device, too. */
export type UpgradeKind = PackageKind | "module";

/** What has to have gone well before something else may begin. A leaf may be unknown in a preview. */
export interface Gate {
  /** `"succeeded"` opens it, any other word keeps it closed. */
  readonly outcome?: string | undefined;
  /** The version that the outcome is of. */
  readonly version?: string | undefined;
  /** The package that the outcome is of. */
  readonly packageId?: string | undefined;
  readonly packageKind?: string | undefined;
  /** When it may open at the earliest, ISO 8601, where that is known. */
  readonly openAt?: string | undefined;
}

/** What is to begin behind a gate. */
export interface Wanted {
  readonly version?: string | undefined;
  readonly packageId?: string | undefined;
  readonly packageKind: UpgradeKind;
}

/**
 * `unknown` is no objection in a preview, and a refusal at apply, when nothing will become known any
 * more. `because` is a sentence that stands alone.
 */
export type GateStanding =
  | { readonly kind: "open" }
  | {
      readonly kind: "closed";
      readonly because: string;
      /** Whether it may open without anybody changing what is declared. */
      readonly mayOpen?: boolean;
    }
  | { readonly kind: "unknown"; readonly because: string };

const GOOD: Verdict = "succeeded";

type IsKnown = (leaf: unknown) => boolean;

const WHOLE_UP =
  "run `pulumi up` without --target and --exclude, so that what the gate waits for is part of it";

/**
 * Whether what is wanted may begin: after a good outcome that is of this very version or package. Of
 * another kind of package only the outcome counts.
 *
 * @param isKnown - whether a leaf is a value, and not what a preview puts in its place
 */
export function standingOf(gate: Gate, wanted: Wanted, isKnown: IsKnown): GateStanding {
  const { outcome } = gate;
  const isJudged = isGiven(outcome) && isKnown(outcome);
  const match = matchOf(gate, wanted, isKnown);
  if (isJudged && outcome !== GOOD) {
    const mayOpen = match !== "other" && match !== "nameless";
    return { ...closed(notSucceeded(gate, isKnown)), mayOpen };
  }
  if (match === "other") {
    const [there, here] = namesOf(gate, wanted, isKnown);
    return closed(
      isJudged
        ? `The gate in onlyAfter succeeded for ${there}; this is ${here}. To let it succeed for ${here} first, ${WHOLE_UP}.`
        : `The gate in onlyAfter is for ${there}; this is ${here}. Give both the same package, and ${WHOLE_UP}.`,
    );
  }
  if (!isGiven(outcome)) {
    return closed(
      `The gate in onlyAfter came without an outcome, so nothing is known to have succeeded: ${WHOLE_UP}.`,
    );
  }
  if (match === "nameless") {
    return closed(
      "The gate in onlyAfter does not say for which version it succeeds, so it opens for none: give its UpgradeCompletion task, or version or packageId beside the task's id.",
    );
  }
  if (!isJudged || match === "unknown") {
    return unknown(
      `It is not known whether the gate in onlyAfter has succeeded for what is to begin: ${WHOLE_UP}.`,
    );
  }
  return { kind: "open" };
}

function notSucceeded(gate: Gate, isKnown: IsKnown): string {
  const told = (leaf: unknown): boolean => isGiven(leaf) && isKnown(leaf);
  const what = told(gate.version) ? ` for ${String(gate.version)}` : "";
  const next = told(gate.openAt)
    ? `run \`pulumi up\` again after ${String(gate.openAt)}`
    : "run `pulumi up` again once it has succeeded";
  return `The gate in onlyAfter has not succeeded${what}, its outcome is "${String(gate.outcome)}": ${next}.`;
}

function matchOf(
  gate: Gate,
  wanted: Wanted,
  isKnown: IsKnown,
): "same" | "other" | "unknown" | "nameless" {
  const { packageKind } = gate;
  if (isGiven(packageKind)) {
    if (!isKnown(packageKind)) return "unknown";
    if (packageKind !== wanted.packageKind) return "same";
  }
  if (!isGiven(gate.version) && !isGiven(gate.packageId)) return "nameless";
  const version = compare(gate.version, wanted.version, isKnown);
  const packageId = compare(gate.packageId, wanted.packageId, isKnown);
  if (packageId === "same") return "same";
  // A package has one version: where that differs, the ids differ too. One that was built anew has the
  // version of the one before.
  if (version === "other" || packageId === "other") return "other";
  return version === "same" ? "same" : "unknown";
}

function compare(
  there: unknown,
  here: unknown,
  isKnown: IsKnown,
): "same" | "other" | "unknown" | "absent" {
  if (!isGiven(there) || !isGiven(here)) return "absent";
  if (!isKnown(there) || !isKnown(here)) return "unknown";
  return there === here ? "same" : "other";
}

function isGiven(leaf: unknown): boolean {
  return leaf !== undefined && leaf !== null;
}

/** Both by the leaf in which they differ. */
function namesOf(gate: Gate, wanted: Wanted, isKnown: IsKnown): [string, string] {
  return compare(gate.version, wanted.version, isKnown) === "other"
    ? [String(gate.version), String(wanted.version)]
    : [`package ${String(gate.packageId)}`, `package ${String(wanted.packageId)}`];
}

function closed(because: string): GateStanding & { readonly kind: "closed" } {
  return { kind: "closed", because };
}

function unknown(because: string): GateStanding {
  return { kind: "unknown", because };
}
