import type { Clock } from "../clock";
import { type Demand, describeProgress, doneOf, judge, type Verdict } from "./outcome";
import type { TaskRecord } from "./platform";
import { untilRound } from "./rounds";

/** By how often a wait asked for nothing: often at first and while devices finish, else seldom. */
const PAUSES_SECONDS = [5, 5, 10, 10, 20, 20, 20, 60];

export interface WaitForTask<Task extends TaskRecord> {
  /** How the task stands now, which at the last look was so. */
  readonly read: (before: Task | undefined) => Promise<Task | undefined>;
  readonly demand: Demand;
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (text: string, isLast: boolean) => void;
}

export type WaitEnd<Task extends TaskRecord> =
  | { readonly reason: "outcome"; readonly task: Task; readonly verdict: Exclude<Verdict, "open"> }
  | { readonly reason: "timeout"; readonly task: Task }
  | { readonly reason: "cancelled"; readonly task: Task | undefined }
  | { readonly reason: "gone" };

/** Waits until the outcome is decided, or the task over, as is demanded; the time is up, or somebody cancels: within a second. */
export async function waitForTask<Task extends TaskRecord>(
  wait: WaitForTask<Task>,
): Promise<WaitEnd<Task>> {
  const { clock, signal, demand } = wait;
  const until = clock.elapsed() + wait.timeoutSeconds * 1000;
  let task: Task | undefined;
  let quiet = 0;
  for (;;) {
    if (signal.aborted) return { reason: "cancelled", task };
    const before = task;
    task = await wait.read(before);
    if (task === undefined) return { reason: "gone" };
    const verdict = judge(task, demand);
    wait.progress(describeProgress(task.counts), verdict !== "open");
    if (verdict !== "open") return { reason: "outcome", task, verdict };
    const left = until - clock.elapsed();
    if (left <= 0) return { reason: "timeout", task };
    if (before !== undefined) quiet = Math.max(0, hasMoved(before, task) ? quiet - 2 : quiet + 1);
    await clock.sleep(Math.min(untilRound(PAUSES_SECONDS, quiet, clock.now()), left), signal);
  }
}

function hasMoved(before: TaskRecord, now: TaskRecord): boolean {
  return before.status !== now.status || doneSoFar(before) !== doneSoFar(now);
}

function doneSoFar(task: TaskRecord): number {
  return task.counts === undefined ? 0 : doneOf(task.counts);
}
