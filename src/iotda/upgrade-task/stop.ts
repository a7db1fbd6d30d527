import { OtaError, PlatformError } from "../../errors";
import type { HookContext } from "../../pulumi/hooks";
import { describeProgress } from "../../upgrade/outcome";
import { untilRound } from "../../upgrade/rounds";
import { callContextOf } from "../../wing/accounts";
import type { Project } from "../api/platform";
import type { OperationRecord } from "../api/wire";
import { nameOf } from "./kind";

const PATIENCE_MILLISECONDS = 10 * 60_000;
const PAUSES_SECONDS = [1, 1, 1, 2, 2, 5, 5, 10];

/** Stops a task, waits until it has stopped, and deletes its record. */
export async function stopAndDelete(
  id: string,
  project: Project,
  context: HookContext,
): Promise<void> {
  const tasks = project.tasks(callContextOf(context));
  const { report } = context;
  const before = await tasks.read(id);
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
  const { clock } = project;
  const tasks = project.tasks(callContextOf(context));
  const until = clock.now() + PATIENCE_MILLISECONDS;
  let refused: PlatformError | undefined;
  if (task.status !== "Stopping") {
    try {
      await tasks.stop(task.id);
    } catch (error) {
      // It may have ended by itself meanwhile; how it stands decides.
      if (!(error instanceof PlatformError)) throw error;
      refused = error;
    }
  }
  for (let looks = 0; ; looks += 1) {
    const now = await tasks.poll(task.id, task);
    if (now?.phase !== "unfinished") return now ?? task;
    if (refused !== undefined && now.status !== "Stopping") throw refused;
    context.report.progress(`stopping: ${describeProgress(now.counts)}`);
    if (clock.now() >= until) {
      throw new OtaError(
        `${nameOf(task.id)} was told to stop and is still ${now.status} after 10 minutes: ${describeProgress(now.counts)}. Its record can be deleted once it has stopped: run it again.`,
      );
    }
    await clock.sleep(untilRound(PAUSES_SECONDS, looks, clock.now()), context.signal);
    if (context.signal.aborted) {
      throw new OtaError(
        `${nameOf(task.id)} was told to stop, and waiting for that was interrupted. Run it again: it goes on.`,
      );
    }
  }
}
