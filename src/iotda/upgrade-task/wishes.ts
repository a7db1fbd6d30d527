import { LostReplyError, messageOf, OtaError } from "../../errors";
import { parseInstant } from "../../instant";
import type { HookContext, Properties } from "../../pulumi/kind";
import type { UpgradeKind } from "../../upgrade/gate";
import { listFailures } from "../../upgrade/outcome";
import type { DeviceFailure } from "../../upgrade/platform";
import { searchFor } from "../../upgrade/search";
import { callContextOf } from "../../wing/accounts";
import type { Project } from "../api/platform";
import { TARGETS_PER_CALL } from "../api/tasks";
import type { OperationRecord } from "../api/wire/task";
import { inTheFuture } from "../../wing/task-changes";
import { type Wish, WishUndone } from "../../wing/task-wing";
import { nameOf } from "../../wing/upgrade-task";
import type { UpgradeTaskInputs } from "./schema";
import { wait } from "./wait";

type TaskWish = Wish<UpgradeTaskInputs, OperationRecord, Project>;

/** Confirms every device of a task that waits for it. */
export const confirmation: TaskWish = {
  field: "confirmed",
  isNew: ({ confirmed }, state) =>
    confirmed === true && (state?.["confirmed"] !== true || isOpen("confirmed", state)),
  fulfil: confirm,
};

/** Retries the devices on which a task failed. */
export function retry(packageKind: UpgradeKind): TaskWish {
  const field = "retryFailed";
  return {
    field,
    isNew(inputs, state, task) {
      const asked = parseInstant(inputs.retryFailed ?? "");
      if (asked === undefined) return false;
      // On a task that was made or found just now, only what failed before can be meant.
      if (state === undefined) return asked > (task?.createdAt ?? Infinity);
      if (isOpen(field, state)) return true;
      const before = state[field];
      const done = typeof before === "string" ? parseInstant(before) : undefined;
      return done === undefined || asked > done;
    },
    warning: () => `retryFailed pushes ${packageKind} again to the devices that failed.`,
    tooEarly: (inputs, now) => inTheFuture(field, inputs.retryFailed, now),
    fulfil: retryFailed,
  };
}

function isOpen(field: string, { unfulfilled }: Properties): boolean {
  return typeof unfulfilled === "object" && unfulfilled !== null && field in unfulfilled;
}

/** Retries the devices on which the task failed; the platform tells which. */
async function retryFailed(
  task: OperationRecord,
  project: Project,
  context: HookContext,
  progress: unknown,
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
  const before = Array.isArray(progress) ? progress.filter((one) => typeof one === "string") : [];
  const asked = new Set<string>(before);
  const refused: DeviceFailure[] = [];
  try {
    await retryAll(task.id, asked, refused, project, context);
  } catch (error) {
    if (asked.size === 0 || error instanceof WishUndone) throw error;
    // Those that a call has reached are not asked again, whether they fail once more or not.
    throw new WishUndone(
      `${messageOf(error)} ${devices(asked.size)} tried again so far. The next \`pulumi up\` retries the others.`,
      [...asked],
    );
  }
  const now = asked.size - before.length;
  if (now > 0 && refused.length === now) {
    throw new OtaError(`The platform did not retry ${refusal(task.id, refused)}`);
  }
  report.info(`${nameOf(task.id)}: ${devices(now - refused.length)} tried again.`);
  if (refused.length > 0) {
    report.warn(
      `The platform does not retry ${String(refused.length)} of ${String(now)} failed devices: ${listFailures(refused)}.`,
    );
  }
}

/**
 * @param asked - devices that a call has named; gets those of this run
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
      try {
        refused.push(...(await tasks.retry(id, targets)));
      } catch (error) {
        if (!(error instanceof LostReplyError)) throw error;
        await untilRetryIsSeen(id, targets, asked, error, project, context);
      }
      for (const device of targets) asked.add(device);
    }
    if (failed.isWhole || left.length === 0) return;
  }
}

/**
 * After a lost reply: a device that has failed no more was retried. One that has still failed may have
 * failed again, so it is not asked a second time unless somebody says so.
 */
async function untilRetryIsSeen(
  id: string,
  targets: readonly string[],
  asked: ReadonlySet<string>,
  lost: LostReplyError,
  project: Project,
  context: HookContext,
): Promise<void> {
  const { found } = await searchFor({
    clock: project.clock,
    signal: context.signal,
    thing: "the retry",
    async find() {
      const { devices: failed } = await project.tasks(callContextOf(context)).failedDevices(id);
      return targets.some((device) => !failed.includes(device)) ? true : undefined;
    },
  });
  if (found === true) return;
  throw new WishUndone(
    `${lost.message} The devices have still failed a minute later, so most likely they were not retried; nothing was sent again. Set retryFailed to a new instant to retry them.`,
    [...asked, ...targets],
  );
}

/** Confirms every device that waits for it. */
async function confirm(
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
