import { CancelledError, messageOf, OtaError } from "../errors";
import { type HookContext, PartialFailure, type Properties } from "../pulumi/kind";
import type { TaskRecord } from "../upgrade/platform";
import { callContextOf, tryToLook } from "./accounts";
import { declaredIn } from "./declared";
import { REACH } from "./task-reach";
import { type KnownTaskState, stateOf, taskState, type TaskState } from "./task-state";
import {
  type TaskAccount,
  type TaskInputs,
  type TaskWing,
  type Wish,
  WishUndone,
} from "./task-wing";

/** What a wing makes of a declaration and of a package is nothing to its wishes. */
type Wishing<
  Inputs extends TaskInputs,
  Task extends TaskRecord,
  Account extends TaskAccount,
> = Pick<
  TaskWing<Inputs, never, Task, never, Account>,
  "accounts" | "driftOf" | "inputNames" | "resolvedTimes" | "told" | "wishes"
> & {
  tasks(
    account: Account,
    context: ReturnType<typeof callContextOf>,
  ): Pick<ReturnType<TaskWing<Inputs, never, Task, never, Account>["tasks"]>, "failures" | "read">;
};

/** @param state - `undefined` for a task that was made or taken over just now */
export function newWishes<
  Inputs extends TaskInputs,
  Task extends TaskRecord,
  Account extends TaskAccount,
>(
  wing: Wishing<Inputs, Task, Account>,
  inputs: Inputs,
  state: KnownTaskState | undefined,
  task: Task | "gone" | undefined,
): Wish<Inputs, Task, Account>[] {
  const record = typeof task === "object" ? task : undefined;
  return wing.wishes.filter((wish) => wish.isNew(inputs, state, record));
}

/** Whether an earlier `up` tried one of them in vain. */
export function isUnfulfilled(
  wanted: readonly { readonly field: string }[],
  { unfulfilled = {} }: KnownTaskState,
): boolean {
  return wanted.some(({ field }) => field in unfulfilled);
}

/** Tells a reviewer what is asked, and throws where it cannot be asked yet. */
export async function announce<
  Inputs extends TaskInputs,
  Task extends TaskRecord,
  Account extends TaskAccount,
>(
  wing: Wishing<Inputs, Task, Account>,
  wanted: readonly Wish<Inputs, Task, Account>[],
  id: string,
  inputs: Inputs,
  context: HookContext,
): Promise<void> {
  for (const wish of wanted) {
    let early: ReturnType<NonNullable<typeof wish.tooEarly>>;
    await tryToLook(wish.field, wing.accounts, context, async (account) => {
      early = wish.tooEarly?.(inputs, account.now());
      if (early === undefined) return;
      // Only an answer tells the platform's time.
      await wing.tasks(account, callContextOf(context)).read(id);
      early = wish.tooEarly?.(inputs, account.now());
    });
    if (early !== undefined) throw new OtaError(`${early.path} ${early.reason}`);
    const warning = wish.warning?.(inputs);
    if (warning !== undefined) context.report.warn(warning);
  }
}

/** Fulfils what is asked of a task; what fails is known to the next `up`. */
export async function fulfilled<
  Inputs extends TaskInputs,
  Task extends TaskRecord,
  Account extends TaskAccount,
>(
  wing: Wishing<Inputs, Task, Account>,
  wanted: readonly Wish<Inputs, Task, Account>[],
  task: Task,
  state: TaskState,
  account: Account,
  context: HookContext,
  before: Properties = {},
): Promise<TaskState> {
  if (wanted.length === 0) return state;
  const open = new Map<string, unknown>(wanted.map(({ field }) => [field, before[field] ?? true]));
  const soFar = (now: TaskState): TaskState => ({
    ...now,
    unfulfilled: open.size === 0 ? undefined : Object.fromEntries(open),
  });
  for (const wish of wanted) {
    try {
      await wish.fulfil(task, account, context, before[wish.field]);
      open.delete(wish.field);
    } catch (error) {
      if (error instanceof WishUndone) open.set(wish.field, error.progress);
      const said = `${wish.field} of upgrade task ${task.id}: ${messageOf(error)}`;
      if (error instanceof CancelledError) {
        context.report.warn(`${said} The next \`pulumi up\` resumes it.`);
        return soFar(state);
      }
      throw new PartialFailure(task.id, soFar(state), [said]);
    }
  }
  const now = await wing
    .tasks(account, callContextOf(context))
    .read(task.id)
    .catch(() => undefined);
  if (now === undefined) return soFar(state);
  const known = taskState.parse(state);
  const declared = declaredIn(known, [...wing.inputNames, REACH]);
  return soFar(await stateOf(wing, declared, now, known, account, context));
}
