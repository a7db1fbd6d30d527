import { CancelledError, OtaError } from "../../errors";
import type { HookContext } from "../../pulumi/kind";
import { untilRound } from "../../upgrade/rounds";
import type { Project } from "../api/platform";
import type { OperationRecord } from "../api/wire/task";

const PAUSES_SECONDS = [1, 1, 1, 2, 2, 5, 5, 10];

export interface Wait {
  /** How the task stands; `undefined`: the platform keeps no record of it any more. */
  readonly look: () => Promise<OperationRecord | undefined>;
  readonly isOver: (task: OperationRecord) => boolean;
  readonly patienceMinutes: number;
  /** What is said when it takes longer. */
  readonly tooLong: (task: OperationRecord) => string;
  /** What is said when it is interrupted. */
  readonly interrupted: string;
}

/** Looks at a task until it is as it shall be, or until there is no record of it. */
export async function wait(
  { look, isOver, patienceMinutes, tooLong, interrupted }: Wait,
  { clock }: Project,
  { signal }: HookContext,
): Promise<OperationRecord | undefined> {
  const until = clock.elapsed() + patienceMinutes * 60_000;
  for (let looks = 0; ; looks += 1) {
    const task = await look();
    if (task === undefined || isOver(task)) return task;
    if (clock.elapsed() >= until) throw new OtaError(tooLong(task));
    await clock.sleep(untilRound(PAUSES_SECONDS, looks, clock.now()), signal);
    if (signal.aborted) throw new CancelledError(interrupted);
  }
}
