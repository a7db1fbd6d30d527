import { percentOf } from "./percent";
import type { DeviceCounts, DeviceFailure, TaskRecord } from "./platform";

/** What is good enough. With neither, every device must have been upgraded. */
export interface Thresholds {
  /** At most so many devices may not be upgraded. */
  readonly maxFailedDevices?: number | undefined;
  /** At least so many of a hundred devices must be upgraded. */
  readonly minSuccessPercent?: number | undefined;
}

/** What is good enough, and when it is judged: once it cannot turn any more, or at the task's end. */
export interface Demand extends Thresholds {
  /** Default: `"decided"`. */
  readonly waitFor?: "decided" | "over" | undefined;
}

export type Verdict = "succeeded" | "failed" | "open";

/** How many devices stand where. */
export interface Tally {
  readonly succeeded: number;
  /** For good: nobody tries them again. */
  readonly failed: number;
  readonly open: number;
  readonly total: number;
}

/**
 * Good as soon as the thresholds cannot be missed, bad as soon as they cannot be met. With nothing
 * open it is never open. Figures that contradict each other count for the worse.
 */
export function decide(tally: Tally, thresholds: Thresholds): Verdict {
  const { succeeded, failed, open, total } = tally;
  const most = mostNotUpgraded(total, thresholds);
  if (Math.max(failed + open, total - succeeded) <= most) return "succeeded";
  return Math.max(failed, total - succeeded - open) > most ? "failed" : "open";
}

/** Of nobody nobody was upgraded: good only where none need be. */
function mostNotUpgraded(total: number, thresholds: Thresholds): number {
  const { maxFailedDevices, minSuccessPercent } = thresholds;
  if (total === 0 && minSuccessPercent !== 0) return -1;
  if (maxFailedDevices === undefined && minSuccessPercent === undefined) return 0;
  const spared = total - percentOf(minSuccessPercent ?? 0, total);
  return Math.min(maxFailedDevices ?? total, spared);
}

/** What a task is judged by. */
export type Standing = Pick<TaskRecord, "phase" | "counts" | "openFailures" | "isUnclear">;

/** Judges a task by its devices, because its status alone does not tell a mixed result. */
export function judge(task: Standing, demand: Demand): Verdict {
  const { phase, counts } = task;
  const isOver = phase !== "unfinished";
  if (!isOver && (demand.waitFor === "over" || task.isUnclear === true)) return "open";
  if (counts === undefined) {
    if (!isOver) return "open";
    return phase === "succeeded" || anythingGoes(demand) ? "succeeded" : "failed";
  }
  const { success: succeeded, total } = counts;
  if (isOver) return decide({ succeeded, failed: failedOf(counts), open: 0, total }, demand);
  if (total === 0) return "open";
  const failed = Math.max(0, failedOf(counts) - (task.openFailures ?? 0));
  // Devices that the platform counts nowhere yet are open, too.
  return decide(
    { succeeded, failed, open: Math.max(0, total - succeeded - failed), total },
    demand,
  );
}

/** Whether even a task that failed as a whole is good enough. */
export function anythingGoes({ maxFailedDevices, minSuccessPercent }: Thresholds): boolean {
  return minSuccessPercent === 0 && maxFailedDevices === undefined;
}

function failedOf({ fail, timeout, stop }: DeviceCounts): number {
  return fail + timeout + stop;
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
  return counts.success + failedOf(counts);
}

/** One sentence with the counts, and what was demanded. */
export function describeOutcome(
  id: string,
  task: Pick<TaskRecord, "phase" | "status" | "counts" | "statusDesc">,
  thresholds: Thresholds,
): string {
  const { phase, status, counts, statusDesc = "" } = task;
  const isOver = phase !== "unfinished";
  const result =
    counts === undefined
      ? "the platform gave no figures"
      : `${String(counts.success)} of ${String(counts.total)} devices were upgraded` +
        [
          [counts.fail, "failed"],
          [counts.timeout, "timed out"],
          [counts.stop, "were stopped"],
          [counts.wait + counts.processing, isOver ? "never finished" : "are under way"],
        ]
          .filter(([count]) => Number(count) > 0)
          .map(([count, word]) => `, ${String(count)} ${String(word)}`)
          .join("");
  const why = statusDesc.trim() === "" ? "" : ` The platform says: "${statusDesc.trim()}"`;
  const end = isOver
    ? `ended with status ${status}`
    : `can reach no good outcome any more, though it goes on with status ${status}`;
  return `Upgrade task ${id} ${end}: ${result} (${demanded(thresholds)}).${why}`;
}

function demanded({ maxFailedDevices, minSuccessPercent }: Thresholds): string {
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
