import { LostReplyError, PlatformError } from "../../errors";
import type { HookContext } from "../../pulumi/kind";
import { describeProgress, listFailures } from "../../upgrade/outcome";
import type { DeviceFailure } from "../../upgrade/platform";
import { callContextOf } from "../../wing/accounts";
import type { Project } from "../api/platform";
import type { OperationRecord } from "../api/wire/task";
import { nameOf } from "../../wing/upgrade-task";
import { wait } from "./wait";

/** Deletes the record of a task that is over, and forgets one that runs, for it cannot be stopped. */
export async function deleteIfOver(
  id: string,
  project: Project,
  context: HookContext,
  madeAt?: number,
): Promise<void> {
  const task = await recordOf(id, project, context, madeAt);
  if (task === undefined) return;
  if (task.phase === "unfinished") {
    context.report.warn(
      `${nameOf(id)} is not over (${task.status}: ${describeProgress(task.counts)}), and is forgotten here: the platform goes on with it, for it stops no upgrade of a module.`,
    );
    return;
  }
  await deleteRecord(task, "over already", project, context);
}

/** Stops a task, waits until it has stopped, and deletes its record. */
export async function stopAndDelete(
  id: string,
  project: Project,
  context: HookContext,
  madeAt?: number,
): Promise<void> {
  const task = await recordOf(id, project, context, madeAt);
  if (task === undefined) return;
  const isUnfinished = task.phase === "unfinished";
  const end = isUnfinished ? await stop(task, project, context) : task;
  await deleteRecord(
    end,
    isUnfinished ? "stopped on the platform" : "over already",
    project,
    context,
  );
}

async function recordOf(
  id: string,
  project: Project,
  context: HookContext,
  madeAt: number | undefined,
): Promise<OperationRecord | undefined> {
  const task = await project.tasks(callContextOf(context)).read(id, madeAt);
  if (task === undefined) {
    context.report.info(
      `${nameOf(id)}: the platform keeps no record of it any more; nothing was to do.`,
    );
  }
  return task;
}

async function deleteRecord(
  { id, status, counts }: OperationRecord,
  was: string,
  project: Project,
  context: HookContext,
): Promise<void> {
  await project.tasks(callContextOf(context)).delete(id);
  context.report.info(
    `${nameOf(id)} was ${was} (${status}: ${describeProgress(counts)}), and its record was deleted.`,
  );
}

async function stop(
  task: OperationRecord,
  project: Project,
  context: HookContext,
): Promise<OperationRecord> {
  const tasks = project.tasks(callContextOf(context));
  let failed: PlatformError | LostReplyError | undefined;
  let notStopped: readonly DeviceFailure[] = [];
  if (task.status !== "Stopping") {
    try {
      notStopped = await tasks.stop(task.id);
    } catch (error) {
      // It may have ended by itself meanwhile, or stop all the same; how it stands decides.
      if (!(error instanceof PlatformError || error instanceof LostReplyError)) throw error;
      failed = error;
    }
  }
  const end = await wait(
    {
      look: () => tasks.poll(task.id, task),
      isOver: ({ phase, status, counts }) => {
        if (phase !== "unfinished") return true;
        if (failed !== undefined && status !== "Stopping") throw failed;
        context.report.progress(`stopping: ${describeProgress(counts)}`);
        return false;
      },
      patienceMinutes: 10,
      tooLong: ({ status, counts }) =>
        `${nameOf(task.id)} was told to stop and is still ${status} after 10 minutes: ${describeProgress(counts)}.${notStopped.length === 0 ? "" : ` The platform did not stop ${listFailures(notStopped)}.`} Its record can be deleted once it has stopped: run it again.`,
      interrupted: `${nameOf(task.id)} was told to stop, and waiting for that was interrupted. Run it again: it goes on.`,
    },
    project,
    context,
  );
  return end ?? task;
}
