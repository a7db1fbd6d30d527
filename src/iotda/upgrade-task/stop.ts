import { LostReplyError, PlatformError } from "../../errors";
import type { HookContext } from "../../pulumi/hooks";
import { describeProgress, listFailures } from "../../upgrade/outcome";
import type { DeviceFailure } from "../../upgrade/platform";
import { callContextOf } from "../../wing/accounts";
import type { Project } from "../api/platform";
import type { OperationRecord } from "../api/wire/task";
import { nameOf } from "../../wing/upgrade-task";
import { wait } from "./wait";

/** Stops a task, waits until it has stopped, and deletes its record. */
export async function stopAndDelete(
  id: string,
  project: Project,
  context: HookContext,
  madeAt?: number,
): Promise<void> {
  const tasks = project.tasks(callContextOf(context));
  const { report } = context;
  const before = await tasks.read(id, madeAt);
  if (before === undefined) {
    report.info(`${nameOf(id)}: the platform keeps no record of it any more; nothing was to do.`);
    return;
  }
  const end = before.phase === "unfinished" ? await stop(before, project, context) : before;
  await tasks.delete(id);
  const was = before.phase === "unfinished" ? "stopped on the platform" : "over already";
  report.info(
    `${nameOf(id)} was ${was} (${end.status}: ${describeProgress(end.counts)}), and its record was deleted.`,
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
