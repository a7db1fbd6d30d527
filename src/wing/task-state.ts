import * as z from "zod/mini";

import { formatInstant, parseInstant } from "../instant";
import type { CallContext } from "../http/endpoint";
import type { HookContext, Properties } from "../pulumi/kind";
import type { DeviceCounts, DeviceFailure, TaskRecord } from "../upgrade/platform";
import { remembered } from "./declared";
import { type Acknowledgeable, AS_DECLARED } from "./drift";
import { stable } from "./task-changes";
import type { TaskAccount, TaskInputs, TaskWing } from "./task-wing";
import { callContextOf, keyToKeep } from "./accounts";

/** What the state of a task says in every wing, beside what is declared. */
export interface TaskState extends Acknowledgeable {
  readonly status: string;
  readonly createTime: string | undefined;
  readonly deviceCounts: DeviceCounts | undefined;
  readonly failures: readonly DeviceFailure[] | undefined;
  readonly recordGone: true | undefined;
  readonly account: string;
  /** Wishes that failed or were interrupted, by their inputs, and how far they got. */
  readonly unfulfilled: Properties | undefined;
}

/** What a state holds; tolerant of the states of other releases. */
export const taskState = z.looseObject({
  rerunAfter: remembered(z.string()),
  onDelete: remembered(z.string()),
  status: remembered(z.string()),
  createTime: remembered(z.string()),
  deviceCounts: z.optional(z.unknown()),
  failures: remembered(z.array(z.unknown())),
  recordGone: remembered(z.boolean()),
  account: remembered(z.string()),
  platformState: remembered(z.string()),
  acknowledged: remembered(z.string()),
  unfulfilled: remembered(z.record(z.string(), z.unknown())),
});

export type KnownTaskState = z.output<typeof taskState>;

const MOST_FAILURES = 20;

/** What a wing makes of a declaration and of a package is nothing to a state. */
type Telling<
  Inputs extends TaskInputs,
  Task extends TaskRecord,
  Account extends TaskAccount,
> = Pick<TaskWing<Inputs, never, Task, never, Account>, "driftOf" | "resolvedTimes" | "told"> & {
  tasks(
    account: Account,
    context: CallContext,
  ): { failures(id: string, most: number): Promise<readonly DeviceFailure[]> };
};

/**
 * The state of a task that is known to exist: what is declared, and what the platform says of it.
 *
 * @param before - the state so far; `undefined` for a task that was made or taken over just now
 */
export async function stateOf<
  Inputs extends TaskInputs,
  Task extends TaskRecord,
  Account extends TaskAccount,
>(
  wing: Telling<Inputs, Task, Account>,
  declared: Properties,
  task: Task,
  before: KnownTaskState | undefined,
  account: Account,
  context: HookContext,
): Promise<TaskState> {
  const times =
    before === undefined
      ? wing.resolvedTimes(declared as unknown as Inputs, task)
      : { resolvedPolicy: before["resolvedPolicy"] };
  return {
    ...declared,
    ...times,
    ...wing.told(task),
    status: task.status,
    createTime:
      task.createdAt === undefined
        ? (before?.createTime ?? formatInstant(account.now()))
        : formatInstant(task.createdAt),
    deviceCounts: task.counts,
    failures: await failuresOf(wing, task, before, account, context),
    recordGone: undefined,
    account: await keyToKeep(before?.account, account),
    platformState: AS_DECLARED,
    // What was so when the resource began is no drift.
    acknowledged:
      before === undefined ? wing.driftOf(task, { ...declared, ...times }) : before.acknowledged,
    unfulfilled: undefined,
  };
}

/** The devices' own reasons, once the task has ended badly; those that are known already are kept. */
async function failuresOf<
  Inputs extends TaskInputs,
  Task extends TaskRecord,
  Account extends TaskAccount,
>(
  wing: Telling<Inputs, Task, Account>,
  task: Task,
  before: KnownTaskState | undefined,
  account: Account,
  context: HookContext,
): Promise<readonly DeviceFailure[] | undefined> {
  if (before?.failures !== undefined && stable(before.deviceCounts) === stable(task.counts)) {
    return before.failures as DeviceFailure[];
  }
  const failed = task.counts && task.counts.fail + task.counts.timeout;
  const endedBadly =
    task.phase !== "unfinished" && (task.phase === "failed" ? failed !== 0 : (failed ?? 0) > 0);
  if (!endedBadly) return undefined;
  const asked = wing.tasks(account, callContextOf(context)).failures(task.id, MOST_FAILURES);
  // A task that exists must not be lost for its reasons.
  return before === undefined ? asked.catch(() => undefined) : asked;
}

/** A task of which the platform keeps no record: what is known of it stays. */
export function withoutRecord(state: KnownTaskState): TaskState {
  return { ...(state as unknown as TaskState), recordGone: true };
}

/**
 * A record that is gone says nothing of a task that was over; of one that was not, it is news: nobody
 * knows how it ended.
 */
export function goneDrift(
  state: KnownTaskState,
  isOver: (status: string | undefined) => boolean,
): string | undefined {
  return isOver(state.status)
    ? undefined
    : `not over when it was last seen (${state.status ?? "unknown"}), and its record is gone from the platform`;
}

export function createdAt(state: KnownTaskState): number | undefined {
  return parseInstant(state.createTime ?? "");
}
