import { LostReplyError, OtaError } from "../../errors";
import { parseInstant } from "../../instant";
import type { HookContext } from "../../pulumi/hooks";
import { callContextOf } from "../../wing/accounts";
import type { Project } from "../api/platform";
import type { OperationRecord } from "../api/wire";
import { nameOf } from "./kind";
import type { UpgradeTaskInputs, UpgradeTaskState } from "./schema";

/** Whether a retry is asked for that was not done yet. */
export function isNewRetry(retryFailed: unknown, state: UpgradeTaskState): boolean {
  if (typeof retryFailed !== "string" || retryFailed === state.retryFailed) return false;
  const asked = parseInstant(retryFailed);
  const done = parseInstant(state.retryFailed ?? "");
  return asked !== undefined && (done === undefined || asked > done);
}

export function isNewConfirmation(confirmed: unknown, state: UpgradeTaskState): boolean {
  return confirmed === true && state.confirmed !== true;
}

/** Retries the devices on which the task failed; the platform tells which. */
export async function retryFailed(
  task: OperationRecord,
  project: Project,
  context: HookContext,
): Promise<void> {
  const { report } = context;
  if (task.phase === "succeeded") {
    report.info(`${nameOf(task.id)} succeeded on every device: there is nothing to retry.`);
    return;
  }
  if (task.phase === "stopped" || task.status === "Stopping") {
    throw new OtaError(
      `${nameOf(task.id)} was stopped, and the platform retries no stopped task. To push again, set rerunAfter to an instant after it was made, or take retryFailed away.`,
    );
  }
  try {
    const retried = await project.tasks(callContextOf(context)).retry(task.id);
    const what = retried === 1 ? "1 failed device is" : `${retried} failed devices are`;
    report.info(`${nameOf(task.id)}: ${what} tried again.`);
  } catch (error) {
    if (!(error instanceof LostReplyError)) throw error;
    // Those that the lost call reached have failed no more: the next `up` retries the others only.
    throw new OtaError(
      `${error.message} The next \`pulumi up\` retries the devices that are still failed.`,
    );
  }
}

/** Confirms every device that waits for it. */
export async function confirm(
  task: OperationRecord,
  project: Project,
  context: HookContext,
): Promise<void> {
  if (task.phase !== "unfinished") {
    context.report.info(
      `${nameOf(task.id)} is over (${task.status}): there is nothing to confirm.`,
    );
    return;
  }
  await project.tasks(callContextOf(context)).confirm(task.id);
  context.report.info(`${nameOf(task.id)}: all waiting devices are confirmed.`);
}

/** What an `up` asks of a task that exists. */
export function changesInPlace(inputs: UpgradeTaskInputs, state: UpgradeTaskState): boolean {
  return (
    isNewRetry(inputs.retryFailed, state) ||
    isNewConfirmation(inputs.confirmed, state) ||
    (inputs.onDelete ?? "stop") !== (state.onDelete ?? "stop")
  );
}
