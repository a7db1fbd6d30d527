import { LostReplyError, messageOf, OtaError } from "../../errors";
import { parseInstant } from "../../instant";
import type { HookContext } from "../../pulumi/hooks";
import { listFailures } from "../../upgrade/outcome";
import type { DeviceFailure } from "../../upgrade/platform";
import { callContextOf } from "../../wing/accounts";
import type { Project } from "../api/platform";
import { TARGETS_PER_CALL } from "../api/tasks";
import type { OperationRecord } from "../api/wire/task";
import { nameOf } from "./kind";
import type { UpgradeTaskInputs, UpgradeTaskState } from "./schema";
import { wait } from "./wait";

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
  const asked = new Set<string>();
  const refused: DeviceFailure[] = [];
  try {
    await retryAll(task.id, asked, refused, project, context);
  } catch (error) {
    if (!(error instanceof LostReplyError) && asked.size === 0) throw error;
    // Those that a call has reached have failed no more: the next `up` retries the others only.
    throw new OtaError(
      `${messageOf(error)} ${asked.size === 0 ? "" : `${devices(asked.size)} tried again so far. `}The next \`pulumi up\` retries the devices that are still failed.`,
    );
  }
  if (asked.size > 0 && refused.length === asked.size) {
    throw new OtaError(`The platform did not retry ${refusal(task.id, refused)}`);
  }
  report.info(`${nameOf(task.id)}: ${devices(asked.size - refused.length)} tried again.`);
  if (refused.length > 0) {
    report.warn(
      `The platform does not retry ${String(refused.length)} of ${String(asked.size)} failed devices: ${listFailures(refused)}.`,
    );
  }
}

/**
 * @param asked - gets the devices that a call has named
 * @param refused - gets those that the platform refused, and why
 */
async function retryAll(
  id: string,
  asked: Set<string>,
  refused: DeviceFailure[],
  project: Project,
  context: HookContext,
): Promise<void> {
  const tasks = project.tasks(callContextOf(context));
  for (;;) {
    const failed = await tasks.failedDevices(id);
    const left = failed.devices.filter((device) => !asked.has(device));
    for (let first = 0; first < left.length; first += TARGETS_PER_CALL) {
      // A task that is retried may wait for its turn, and takes no other retry until it has begun.
      if (asked.size > 0) await untilItIsNot(["Initializing", "Waitting"], id, project, context);
      const targets = left.slice(first, first + TARGETS_PER_CALL);
      refused.push(...(await tasks.retry(id, targets)));
      for (const device of targets) asked.add(device);
    }
    if (failed.isWhole || left.length === 0) return;
  }
}

/** Confirms every device that waits for it. */
export async function confirm(
  task: OperationRecord,
  project: Project,
  context: HookContext,
): Promise<void> {
  // Until it has looked up its devices, there is none that could be confirmed.
  const begun = ["Initializing", "unknown"].includes(task.status)
    ? await untilItIsNot(["Initializing"], task.id, project, context)
    : task;
  if (begun.phase !== "unfinished") {
    context.report.info(
      `${nameOf(task.id)} is over (${begun.status}): there is nothing to confirm.`,
    );
    return;
  }
  const { succeeded, failures } = await project.tasks(callContextOf(context)).confirm(task.id);
  if (failures.length > 0) {
    throw new OtaError(`The platform did not confirm ${refusal(task.id, failures)}`);
  }
  if (succeeded === 0) {
    context.report.warn(
      `${nameOf(task.id)}: the platform took the confirmation, and names no device that it confirmed. If devices go on waiting, confirm them in the console.`,
    );
    return;
  }
  context.report.info(`${nameOf(task.id)}: all waiting devices are confirmed.`);
}

async function untilItIsNot(
  statuses: readonly string[],
  id: string,
  project: Project,
  context: HookContext,
): Promise<OperationRecord> {
  const task = await wait(
    {
      look: () => project.tasks(callContextOf(context)).read(id),
      isOver: ({ status }) => !statuses.includes(status),
      patienceMinutes: 2,
      tooLong: ({ status }) => `${nameOf(id)} is still ${status} after two minutes.`,
      interrupted: `The wait until ${nameOf(id)} has begun was interrupted.`,
    },
    project,
    context,
  );
  if (task === undefined) {
    throw new OtaError(`${nameOf(id)}: the platform keeps no record of it any more (404).`);
  }
  return task;
}

function devices(count: number): string {
  return count === 1 ? "1 failed device is" : `${count} failed devices are`;
}

function refusal(id: string, refused: readonly DeviceFailure[]): string {
  const which = refused.length === 1 ? "a device" : `${refused.length} devices`;
  return `${which} of upgrade task ${id}: ${listFailures(refused)}.`;
}

/** What an `up` asks of a task that exists. */
export function changesInPlace(inputs: UpgradeTaskInputs, state: UpgradeTaskState): boolean {
  return (
    isNewRetry(inputs.retryFailed, state) ||
    isNewConfirmation(inputs.confirmed, state) ||
    (inputs.onDelete ?? "stop") !== (state.onDelete ?? "stop")
  );
}
