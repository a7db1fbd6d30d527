import type { PackageKind } from "../gate";
import { type Entry, isTried } from "./book";
import type { RolloutDeclaration } from "./declaration";
import type { DeviceFacts } from "./platform";

/**
 * What came of the last push of a version: `stopped` by us or at the end of its window, `recordGone`
 * where the platform has forgotten it; `none` as long as it is not known.
 */
export const LAST_RESULTS = [
  "none",
  "succeeded",
  "failed",
  "unreached",
  "stopped",
  "stoppedByOthers",
  "recordGone",
] as const;

export type LastResult = (typeof LAST_RESULTS)[number];

/** An unfinished task that holds a device. */
export interface Hold {
  readonly task: string;
  readonly packageKind: PackageKind;
  /** Absent where it cannot be told: that is a push of the declared version. */
  readonly version: string | undefined;
  readonly createdAt: number;
  /** Whether the device has begun with it. */
  readonly hasBegun: boolean;
}

/** All that is known of a device. */
export interface DeviceView {
  readonly isExcluded: boolean;
  readonly isMember: boolean;
  /** Absent where the platform does not know it, or it is in nothing that was looked at. */
  readonly facts: DeviceFacts | undefined;
  /** Whether the declaration lists it, and the platform does not know it. */
  readonly isUnknown: boolean;
  readonly entry: Entry | undefined;
  readonly holds: readonly Hold[];
  /** When its wave began. */
  readonly beganAt: number | undefined;
}

export type LeftOutReason = "otherKind" | "sourceVersion" | "frozen" | "fromVersions";

export type StandingName =
  | "excluded"
  | "gone"
  | "done"
  | "failed"
  | "leftOut"
  | "busy"
  | "underWay"
  | "unreached"
  | "toPush";

export interface Standing {
  readonly name: StandingName;
  /** What it counts as in its wave; `none`: nothing. */
  readonly counts: "succeeded" | "failed" | "unreached" | "open" | "none";
  readonly leftOut?: LeftOutReason;
  /** What holds it. */
  readonly hold?: Hold;
  /** When what holds it is waited for no more. */
  readonly deadline?: number;
  /** Whether its deadline has passed. */
  readonly isLate?: boolean;
}

type Declared = Pick<
  RolloutDeclaration,
  | "packageKind"
  | "version"
  | "reportedVersion"
  | "sourceVersions"
  | "fromVersions"
  | "deadlineSeconds"
  | "maxAttempts"
  | "rerunAfter"
>;

/** Where a device stands for the declared version: the first line of the contract's list that fits. */
export function standingOf(view: DeviceView, declared: Declared, now: number): Standing {
  const { entry, facts, holds, isMember } = view;
  const { version, reportedVersion, rerunAfter } = declared;
  const tried = entry !== undefined && isTried(entry, version, rerunAfter) ? entry : undefined;
  const hasFailed =
    tried !== undefined &&
    (isUsedUp(tried, declared) || (tried.attempts > 0 && tried.result !== "succeeded"));
  if (view.isExcluded) return { name: "excluded", counts: "none" };
  const gone: Standing = { name: "gone", counts: hasFailed ? "failed" : "none" };
  if (view.isUnknown || (!isMember && !wasPushed(view, tried))) return gone;
  if (tried?.result === "succeeded") return { name: "done", counts: "succeeded" };
  if (tried !== undefined && isUsedUp(tried, declared)) return { name: "failed", counts: "failed" };
  const leftOut = facts === undefined ? undefined : leftOutOf(facts, declared);
  if (leftOut !== undefined) return { name: "leftOut", counts: "none", leftOut };
  const busy = holds.find((hold) => !isPushOf(hold, declared));
  if (busy !== undefined) {
    const deadline = deadlineFrom(view.beganAt ?? now, declared);
    const isLate = view.beganAt !== undefined && now >= deadline;
    return {
      ...{ name: "busy", counts: isLate ? "unreached" : "open", hold: busy },
      ...{ isLate, ...(view.beganAt === undefined ? {} : { deadline }) },
    };
  }
  const hold = holds.at(-1);
  if (hold !== undefined) {
    const deadline = deadlineFrom(hold.createdAt, declared);
    const isLate = now >= deadline;
    const late = hold.hasBegun ? "failed" : "unreached";
    return { name: "underWay", counts: isLate ? late : "open", hold, isLate, deadline };
  }
  if (facts?.version === reportedVersion) return { name: "done", counts: "succeeded" };
  if (tried?.result === "unreached") return { name: "unreached", counts: "unreached" };
  return isMember ? { name: "toPush", counts: "open" } : gone;
}

/** From an instant on, but never from before `rerunAfter`. */
export function deadlineFrom(
  instant: number,
  { deadlineSeconds, rerunAfter }: Pick<Declared, "deadlineSeconds" | "rerunAfter">,
): number {
  return Math.max(instant, rerunAfter ?? -Infinity) + deadlineSeconds * 1000;
}

/** Whether it pushes what is declared; a version that cannot be told does. */
export function isPushOf(
  task: { readonly packageKind: PackageKind; readonly version?: string | undefined },
  declared: Pick<Declared, "packageKind" | "version">,
): boolean {
  return (
    task.packageKind === declared.packageKind &&
    (task.version === undefined || task.version === declared.version)
  );
}

/** Why nobody takes it; who runs the version already is not asked what it came from. */
function leftOutOf(
  { isOfKind, isFrozen, version }: DeviceFacts,
  { sourceVersions, fromVersions, reportedVersion }: Declared,
): LeftOutReason | undefined {
  if (!isOfKind) return "otherKind";
  const isOnIt = version === reportedVersion;
  const isAccepted = (versions: readonly string[] | undefined): boolean =>
    isOnIt || versions === undefined || (version !== undefined && versions.includes(version));
  if (!isAccepted(sourceVersions)) return "sourceVersion";
  if (isFrozen) return "frozen";
  return isAccepted(fromVersions) ? undefined : "fromVersions";
}

function isUsedUp(entry: Entry, { maxAttempts }: Declared): boolean {
  return entry.result === "stoppedByOthers" || entry.attempts >= maxAttempts;
}

function wasPushed({ entry, holds }: DeviceView, tried: Entry | undefined): boolean {
  const hasResult = tried !== undefined && tried.result !== "none";
  return hasResult || entry?.task !== undefined || holds.length > 0;
}
