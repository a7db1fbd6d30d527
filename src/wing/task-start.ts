import { OtaError, WrongInputError } from "../errors";
import { parseInstant } from "../instant";
import type { HookContext } from "../pulumi/kind";
import type { TaskRecord } from "../upgrade/platform";
import { callContextOf } from "./accounts";
import { digest, madeTooEarly } from "./task-changes";
import { gateFailures } from "./task-gates";
import { aimOf, noteStart, runKnowledge, takeOver } from "./task-run";
import type { PackageLeaves, TaskAccount, TaskInputs, TaskWing } from "./task-wing";

/** The task that is now the declared one, and what is known of its package. */
export interface Begun<Task> {
  readonly id: string;
  /** As it was read for `adopt`; others are told by what the platform answered and listed. */
  readonly task?: Task;
  readonly leaves: PackageLeaves | undefined;
  readonly isMade: boolean;
}

/** Makes the task that is declared, or takes it over. */
export async function madeOrTakenOver<
  Inputs extends TaskInputs,
  Declaration,
  Task extends TaskRecord,
  Package,
  Account extends TaskAccount,
>(
  wing: TaskWing<Inputs, Declaration, Task, Package, Account>,
  inputs: Inputs,
  account: Account,
  context: HookContext,
): Promise<Begun<Task>> {
  const tasks = wing.tasks(account, callContextOf(context));
  if (inputs.adopt !== undefined) {
    const { task, leaves } = await adoptNamed(wing, inputs, account, context);
    await takeOver(wing, { ...inputs, versionPackage: leaves }, account, context, task.id);
    return { id: task.id, task, leaves, isMade: false };
  }
  const { found, failures } = await wing.findPackage(inputs, account, context);
  const [failure] = failures;
  if (failure !== undefined) throw new OtaError(`${failure.path} ${failure.reason}`);
  if (found === undefined) throw new OtaError("The package could not be looked at.");
  const whole = { ...inputs, versionPackage: wing.leavesOf(found) };
  const declaration = wing.declare(inputs, found, context.urn);
  const key = digest(tasks.keyOf(declaration));
  const what = { ...aimOf(wing, whole, context.urn), key };
  const started = await account.starter
    .start(tasks, {
      declaration,
      rerunAfter: parseInstant(inputs.rerunAfter ?? ""),
      run: await runKnowledge(wing, whole, account, context),
      onAdopt: (id) => takeOver(wing, whole, account, context, id),
      beforeCreate: () => {
        const [wrong] = [
          ...gateFailures(wing, whole, "apply"),
          wing.wrongTime(inputs, account.now()),
        ].filter((one) => one !== undefined);
        if (wrong !== undefined) throw new OtaError(`${wrong.path} ${wrong.reason}`);
      },
      onFound: (id) => noteStart(account, { id, isMade: true }, what, context),
      warn: (text) => {
        context.report.warn(text);
      },
      signal: context.signal,
    })
    .catch(async (error: unknown) => {
      throw await wing.explainRefusal(error, inputs, account, context);
    });
  if (started.isMade) await noteStart(account, started, what, context);
  return { ...started, leaves: wing.leavesOf(found) };
}

/**
 * The task that `adopt` names, which must be what is declared as far as the platform tells: taking
 * over another one would show a push that never was.
 */
export async function adoptNamed<
  Inputs extends TaskInputs,
  Declaration,
  Task extends TaskRecord,
  Package,
  Account extends TaskAccount,
>(
  wing: TaskWing<Inputs, Declaration, Task, Package, Account>,
  inputs: Inputs,
  account: Account,
  context: HookContext,
): Promise<{ readonly task: Task; readonly leaves: PackageLeaves | undefined }> {
  const id = inputs.adopt ?? "";
  const what = `adopt names ${wing.noun} ${id}`;
  const task = await wing.tasks(account, callContextOf(context)).read(id);
  if (task === undefined) {
    throw new WrongInputError(
      `${what}, which ${wing.accounts.noun} ${await account.key()} does not have (${wing.goneCode}). Check the id, or take adopt away to push.`,
    );
  }
  // The package of a task that is over may be gone.
  const { found } = await wing.findPackage(inputs, account, context);
  const tooEarly = madeTooEarly(inputs.rerunAfter, task.createdAt);
  const differences = [
    ...wing.otherwise(task, inputs, found),
    ...(tooEarly === undefined ? [] : [tooEarly]),
  ];
  if (differences.length > 0) {
    throw new WrongInputError(
      `${what}, which is not what is declared: ${differences.join("; ")}. Correct the declaration or adopt; nothing was pushed.`,
    );
  }
  return { task, leaves: found && wing.leavesOf(found) };
}
