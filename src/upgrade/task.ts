import type { Clock } from "../clock";
import { LostReplyError, messageOf, OtaError } from "../errors";
import type { TaskRecord, UpgradePlatform } from "./platform";
import { searchFor, throwIfCancelled } from "./search";
import { decide, madeSince } from "./same-task";
import { createTurns } from "./turns";

export interface StartTask<Declaration> {
  readonly declaration: Declaration;
  /** Milliseconds since the epoch. */
  readonly rerunAfter: number | undefined;
  /** When the task was made that this one replaces; milliseconds since the epoch. */
  readonly replacedAt?: number | undefined;
  /** Last look at what is declared, right before it is sent; throws when it can no longer be. */
  readonly beforeCreate: () => void;
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** Starts declared tasks: each once, however often it is asked. */
export interface TaskStarter {
  /** The id of the task that is now the declared one, made or taken over. */
  start<Declaration, Task extends TaskRecord>(
    platform: UpgradePlatform<Declaration, Task>,
    request: StartTask<Declaration>,
  ): Promise<string>;
}

export function createTaskStarter(clock: Clock): TaskStarter {
  // Two resources of one program that declare the same task must not both find nothing.
  const inTurn = createTurns();
  return {
    start: (platform, request) =>
      inTurn(platform.keyOf(request.declaration), () => startOnce(platform, clock, request)),
  };
}

async function startOnce<Declaration, Task extends TaskRecord>(
  platform: UpgradePlatform<Declaration, Task>,
  clock: Clock,
  request: StartTask<Declaration>,
): Promise<string> {
  const { declaration, rerunAfter, replacedAt } = request;
  const found = await platform.findSame(declaration, { fresh: false });
  const decision = decide(found, rerunAfter, platform.now(), replacedAt);
  if (decision.action === "stop") throw new OtaError(decision.reason);
  if (decision.action === "adopt") {
    if (decision.warning !== undefined) request.warn(decision.warning);
    return decision.task.id;
  }
  if (rerunAfter !== undefined) await untilPlatformReaches(rerunAfter, platform, clock, request);
  request.beforeCreate();
  try {
    return await platform.create(declaration);
  } catch (error) {
    if (!(error instanceof LostReplyError)) throw error;
    return searchAfterLostReply(platform, clock, request, error);
  }
}

/** A task must not be older than its own `rerunAfter`: it would not be found again. */
async function untilPlatformReaches<Declaration, Task extends TaskRecord>(
  instant: number,
  platform: UpgradePlatform<Declaration, Task>,
  clock: Clock,
  request: StartTask<Declaration>,
): Promise<void> {
  const ahead = instant - platform.now();
  if (ahead <= 0) return;
  if (ahead > 60_000) {
    throw new OtaError(
      `rerunAfter lies ${String(Math.ceil(ahead / 1000))} s in the future of the platform's clock, so a task made now would not count as the new one. Nothing was pushed; set it to an instant that has passed.`,
    );
  }
  await clock.sleep(ahead + 1_000, request.signal);
  throwIfCancelled(request.signal, "the task");
}

async function searchAfterLostReply<Declaration, Task extends TaskRecord>(
  platform: UpgradePlatform<Declaration, Task>,
  clock: Clock,
  request: StartTask<Declaration>,
  lost: LostReplyError,
): Promise<string> {
  const { rerunAfter, replacedAt } = request;
  const { found, unsearched } = await searchFor({
    clock,
    signal: request.signal,
    thing: "the task",
    async find() {
      const same = await platform.findSame(request.declaration, { fresh: true });
      const tasks = madeSince(same.tasks, rerunAfter, replacedAt);
      return tasks.length === 0 ? undefined : { ...same, tasks };
    },
  });
  if (found !== undefined) {
    const [task] = found.tasks;
    if (task !== undefined && found.tasks.length === 1 && found.doubt === undefined) return task.id;
    const decision = decide(found, rerunAfter, platform.now());
    throw new OtaError(
      `${lost.message} ${decision.action === "stop" ? decision.reason : ""}`.trim(),
    );
  }
  if (unsearched !== undefined) {
    throw new OtaError(
      `${lost.message} It could not be searched for either: ${messageOf(unsearched)} Nothing was sent again. Run \`pulumi up\` once more: it searches before it creates.`,
    );
  }
  throw new OtaError(
    `${lost.message} The platform lists no such task a minute later, so most likely it was not made; nothing was sent again. Run \`pulumi up\` once more: it searches before it creates.`,
  );
}
