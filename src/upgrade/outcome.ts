import type { DeviceCounts, DeviceFailure, TaskPhase, TaskRecord } from "./platform";

/** What is good enough. With neither, every device must have been upgraded. */
export interface Thresholds {
  /** At most so many devices may not be upgraded. */
  readonly maxFailedDevices?: number | undefined;
  /** At least so many of a hundred devices must be upgraded. */
  readonly minSuccessPercent?: number | undefined;
}

export type Verdict = "succeeded" | "failed" | "open";

/** Judges a task by its devices, because its status alone does not tell a mixed result. */
export function judge(
  phase: TaskPhase,
  counts: DeviceCounts | undefined,
  thresholds: Thresholds,
): Verdict {
  if (phase === "unfinished") return "open";
  if (counts === undefined) return phase === "succeeded" ? "succeeded" : "failed";
  const open = counts.wait + counts.processing;
  if (phase === "stopped" || open === 0) {
    return isGoodEnough(counts, counts.success, thresholds) ? "succeeded" : "failed";
  }
  // The status says that it is over while devices go on: final only when they cannot mend it.
  const canStillBeGood = isGoodEnough(counts, counts.success + open, thresholds);
  return phase === "failed" && !canStillBeGood ? "failed" : "open";
}

function isGoodEnough(counts: DeviceCounts, success: number, thresholds: Thresholds): boolean {
  const { total, fail, timeout, stop } = counts;
  const { maxFailedDevices, minSuccessPercent } = thresholds;
  if (total === 0) return minSuccessPercent === 0;
  // Figures that contradict each other count for the worse.
  const notUpgraded = Math.max(total - success, fail + timeout + stop);
  if (maxFailedDevices === undefined && minSuccessPercent === undefined) return notUpgraded <= 0;
  return (
    notUpgraded <= (maxFailedDevices ?? total) && success * 100 >= total * (minSuccessPercent ?? 0)
  );
}

/** `12 of 40 done, 1 failed` */
export function describeProgress(counts: DeviceCounts | undefined): string {
  if (counts === undefined) return "waiting for the platform's first figures";
  const failed = counts.fail + counts.timeout;
  const parts = [`${String(doneOf(counts))} of ${String(counts.total)} done`];
  if (failed > 0) parts.push(`${String(failed)} failed`);
  if (counts.stop > 0) parts.push(`${String(counts.stop)} stopped`);
  return parts.join(", ");
}

export function doneOf(counts: DeviceCounts): number {
  return counts.success + counts.fail + counts.timeout + counts.stop;
}

/** One sentence with the counts, and what was demanded. */
export function describeOutcome(
  id: string,
  { status, counts, statusDesc = "" }: Pick<TaskRecord, "status" | "counts" | "statusDesc">,
  thresholds: Thresholds,
): string {
  const result =
    counts === undefined
      ? "the platform gave no figures"
      : `${String(counts.success)} of ${String(counts.total)} devices were upgraded` +
        [
          [counts.fail, "failed"],
          [counts.timeout, "timed out"],
          [counts.stop, "were stopped"],
          [counts.wait + counts.processing, "never finished"],
        ]
          .filter(([count]) => Number(count) > 0)
          .map(([count, word]) => `, ${String(count)} ${String(word)}`)
          .join("");
  const why = statusDesc.trim() === "" ? "" : ` The platform says: "${statusDesc.trim()}"`;
  return `Upgrade task ${id} ended with status ${status}: ${result} (${demand(thresholds)}).${why}`;
}

function demand({ maxFailedDevices, minSuccessPercent }: Thresholds): string {
  const demands: string[] = [];
  if (maxFailedDevices !== undefined) {
    demands.push(`at most ${String(maxFailedDevices)} may fail`);
  }
  if (minSuccessPercent !== undefined) {
    demands.push(`at least ${String(minSuccessPercent)} % must succeed`);
  }
  return demands.length === 0 ? "all must succeed" : demands.join(", ");
}

export function describeFailures(
  failures: readonly DeviceFailure[],
  counts: DeviceCounts | undefined,
): string[] {
  const lines = failures.map(({ deviceId, reason }) => `${deviceId}: ${reason}`);
  const all = counts === undefined ? 0 : counts.fail + counts.timeout;
  if (all > failures.length && failures.length > 0) {
    lines.push(`and ${String(all - failures.length)} more`);
  }
  return lines;
}

/** The first five in one line: `d1: The battery is low. (IOTDA.014999); and 3 more` */
export function listFailures(failures: readonly DeviceFailure[]): string {
  const some = failures.slice(0, 5).map(({ deviceId, reason }) => `${deviceId}: ${reason}`);
  const more = failures.length > some.length ? `; and ${failures.length - some.length} more` : "";
  return some.join("; ") + more;
}
