import type { Clock } from "../clock";
import { describeProgress, doneOf, judge, type Thresholds, type Verdict } from "./outcome";
import type { TaskRecord } from "./platform";

/** How often a wait asks: often at first and while devices finish, seldom while nothing moves. */
const POLL_MILLISECONDS = { first: 5_000, longest: 60_000, growth: 1.5 };

export interface WaitForTask<Task extends TaskRecord> {
  readonly read: () => Promise<Task | undefined>;
  readonly thresholds: Thresholds;
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export type WaitEnd<Task extends TaskRecord> =
  | { readonly reason: "outcome"; readonly task: Task; readonly verdict: Exclude<Verdict, "open"> }
  | { readonly reason: "timeout"; readonly task: Task }
  | { readonly reason: "cancelled"; readonly task: Task | undefined }
  | { readonly reason: "gone" };

/** Waits until the task is over, the time is up, or somebody cancels: within a second. */
export async function waitForTask<Task extends TaskRecord>(
  wait: WaitForTask<Task>,
): Promise<WaitEnd<Task>> {
  const { clock, signal, thresholds } = wait;
  const until = clock.now() + wait.timeoutSeconds * 1000;
  let task: Task | undefined;
  let pause = POLL_MILLISECONDS.first;
  for (;;) {
    if (signal.aborted) return { reason: "cancelled", task };
    const before = task;
    task = await wait.read();
    if (task === undefined) return { reason: "gone" };
    // The last figures too: they stay on the row when the wait is over.
    wait.progress(describeProgress(task.counts));
    const verdict = judge(task.phase, task.counts, thresholds);
    if (verdict !== "open") return { reason: "outcome", task, verdict };
    const left = until - clock.now();
    if (left <= 0) return { reason: "timeout", task };
    pause = nextPause(pause, before, task);
    await clock.sleep(Math.min(pause, left), signal);
  }
}

function nextPause(pause: number, before: TaskRecord | undefined, now: TaskRecord): number {
  if (before === undefined) return POLL_MILLISECONDS.first;
  const moved = before.status !== now.status || doneSoFar(before) !== doneSoFar(now);
  const next = moved ? pause / POLL_MILLISECONDS.growth : pause * POLL_MILLISECONDS.growth;
  return Math.min(POLL_MILLISECONDS.longest, Math.max(POLL_MILLISECONDS.first, next));
}

function doneSoFar(task: TaskRecord): number {
  return task.counts === undefined ? 0 : doneOf(task.counts);
}
