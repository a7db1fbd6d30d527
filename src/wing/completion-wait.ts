import type { Clock } from "../clock";
import { CancelledError, messageOf, OtaError } from "../errors";
import { assertEngineAlive } from "../pulumi/engine-link";
import { type HookContext, PartialFailure } from "../pulumi/kind";
import { waitForTask } from "../upgrade/completion";
import {
  anythingGoes,
  describeFailures,
  describeOutcome,
  describeProgress,
  judge,
  type Verdict,
} from "../upgrade/outcome";
import type { DeviceCounts, DeviceFailure, TaskRecord } from "../upgrade/platform";
import { type CompletionInputs, declaredIn, DEFAULT_TIMEOUT_SECONDS } from "./completion-inputs";

const MOST_FAILURES = 20;

/** What a wait asks of an account. */
export interface AwaitedTasks<Task extends TaskRecord> {
  read(id: string): Promise<Task | undefined>;
  /** The same as `read`, together with others that are looked at in the same moment. */
  look(id: string): Promise<Task | undefined>;
  /** The same as `read`, together with others that are polled in the same moment. */
  poll(id: string, before: Task | undefined): Promise<Task | undefined>;
  failures(id: string, most: number): Promise<readonly DeviceFailure[]>;
}

/** What is declared, under its own names, and what was last seen of the task. */
interface LastSeen extends CompletionInputs {
  readonly status?: string | undefined;
  readonly deviceCounts?: DeviceCounts | undefined;
  readonly failures?: readonly DeviceFailure[] | undefined;
  readonly outcome: Verdict;
}

export interface CompletionState extends LastSeen {
  readonly account: string;
}

/** One wait for one task. */
export interface CompletionWait<Task extends TaskRecord> {
  readonly id: string;
  /** The input that names the task. */
  readonly idField: string;
  readonly inputs: CompletionInputs;
  /** Absent when the wait is new. */
  readonly before: LastSeen | undefined;
  /** Key of the account. */
  readonly account: string;
  readonly tasks: AwaitedTasks<Task>;
  readonly clock: Clock;
  readonly context: HookContext;
  /** A sentence on what a task that is not over waits for, where it is somebody's decision. */
  readonly waitsFor: ((task: Task) => string | undefined) | undefined;
  /** What can be done about a task that ended badly, as a clause. */
  readonly remedy: string;
  /** That the platform knows no such task, as a sentence; and its code for it: ` (123009)`. */
  readonly noTask: string;
  readonly goneCode: string;
}

/**
 * A good outcome is a state, and so is a wait that was interrupted, for the engine knows of that; every
 * other end is a partial failure, so that the next `up` goes on with the same task.
 */
export async function waitAndJudge<Task extends TaskRecord>(
  wait: CompletionWait<Task>,
): Promise<CompletionState> {
  const { id, inputs, before, tasks, context } = wait;
  let last: Task | undefined;

  const lastCounts = (): DeviceCounts | undefined =>
    last === undefined ? before?.deviceCounts : last.counts;
  const stateWith = (outcome: Verdict, failures = before?.failures): CompletionState => ({
    ...declaredIn(inputs, wait.idField),
    status: last === undefined ? before?.status : last.status,
    deviceCounts: lastCounts(),
    failures: outcome === "succeeded" ? undefined : failures,
    outcome,
    account: wait.account,
  });
  const interrupted = (): CompletionState => {
    context.report.warn(
      `The wait for upgrade task ${id} was interrupted: ${describeProgress(lastCounts())}. The platform goes on with it, and the next \`up\` resumes it.`,
    );
    return stateWith("open");
  };

  let end;
  try {
    end = await waitForTask<Task>({
      read: async (earlier) => {
        await assertEngineAlive();
        const task = await tasks.poll(id, earlier);
        last = task ?? last;
        return task;
      },
      demand: inputs,
      timeoutSeconds: inputs.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
      clock: wait.clock,
      signal: context.signal,
      progress: (text, isLast) => {
        context.report.progress(text, isLast);
      },
    });
  } catch (error) {
    if (error instanceof CancelledError) return interrupted();
    throw new PartialFailure(id, stateWith("open"), [
      `Waiting for upgrade task ${id} broke off: ${messageOf(error)} The next \`pulumi up\` goes on waiting.`,
    ]);
  }

  switch (end.reason) {
    case "cancelled":
      return interrupted();
    case "timeout": {
      const waited = String(inputs.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS);
      const held = wait.waitsFor?.(end.task) ?? "The platform goes on with it.";
      throw new PartialFailure(id, stateWith("open"), [
        `Upgrade task ${id} is not over after ${waited} s: ${describeProgress(end.task.counts)}. ${held} The next \`pulumi up\` goes on waiting; raise timeoutSeconds to wait longer.`,
      ]);
    }
    case "gone": {
      if (before === undefined && last === undefined) throw new OtaError(wait.noTask);
      const isGood =
        last === undefined && before !== undefined
          ? lastJudged(before, inputs) === "succeeded"
          : judge({ phase: "failed", counts: last?.counts }, inputs) === "succeeded";
      if (isGood) {
        context.report.warn(keptOutcome(id, wait.goneCode));
        return stateWith("succeeded");
      }
      throw new PartialFailure(id, stateWith("failed"), [
        `The platform keeps no record of upgrade task ${id} any more${wait.goneCode}, so its outcome cannot be known. Last known: ${describeProgress(lastCounts())}.`,
      ]);
    }
    case "outcome": {
      const { task, verdict } = end;
      if (verdict === "succeeded") return stateWith(verdict);
      const failures = await tasks.failures(id, MOST_FAILURES).catch(() => []);
      throw new PartialFailure(id, stateWith(verdict, failures), [
        `${describeOutcome(id, task, inputs)} It stays red here until the task or a threshold changes: ${wait.remedy}.`,
        ...describeFailures(failures, task.counts),
      ]);
    }
  }
}

export function keptOutcome(id: string, goneCode: string): string {
  return `Upgrade task ${id}: the platform keeps no record of it any more${goneCode}. What is known of its outcome stays here.`;
}

/** What was last seen of a task of which nothing more is to be seen, held against a demand. */
export function lastJudged(state: LastSeen, demand: CompletionInputs): Verdict {
  // Without figures a good outcome was the platform's own word, unless anything was good enough.
  const phase = state.outcome === "succeeded" && !anythingGoes(state) ? "succeeded" : "failed";
  return judge({ phase, counts: state.deviceCounts }, demand);
}
