import type { Clock } from "../clock";
import { LostReplyError, messageOf, OtaError } from "../errors";
import type { TaskRecord, UpgradePlatform } from "./platform";
import { searchFor, throwIfCancelled } from "./search";
import { candidates, decide, type RunKnowledge } from "./same-task";
import { createTurns, type Turns } from "./turns";

export interface StartTask<Declaration> {
  readonly declaration: Declaration;
  /** Milliseconds since the epoch. */
  readonly rerunAfter: number | undefined;
  /** What the run knows by now; asked again before a question is put to a person. */
  readonly run?: () => RunKnowledge;
  /** Told of a task that is there already; throws when it is another resource's of the same program. */
  readonly onAdopt?: (id: string) => Promise<void>;
  /** Told of a task that was made although the reply to its create was lost. */
  readonly onFound?: (id: string) => Promise<void>;
  /** Last look at what is declared, right before it is sent; throws when it can no longer be. */
  readonly beforeCreate: () => void;
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal | undefined;
}

export interface StartedTask {
  readonly id: string;
  /** Whether it was made now, or was there already. */
  readonly isMade: boolean;
}

/** Starts declared tasks: each once, however often it is asked. */
export interface TaskStarter {
  /** The task that is now the declared one, made or taken over. */
  start<Declaration, Task extends TaskRecord>(
    platform: UpgradePlatform<Declaration, Task>,
    request: StartTask<Declaration>,
  ): Promise<StartedTask>;
}

/** @param inTurn - two resources that declare the same task must not both find nothing */
export function createTaskStarter(clock: Clock, inTurn: Turns = createTurns()): TaskStarter {
  return {
    start: (platform, request) =>
      inTurn(platform.keyOf(request.declaration), () => startOnce(platform, clock, request)),
  };
}

/** The engine tells of a program's resources one after the other: a later one may know more. */
export const LATER_RESOURCES_MILLISECONDS = 1_000;
/** So many pauses without a new one, and all have been told of. */
const QUIET_ROUNDS = 3;

async function startOnce<Declaration, Task extends TaskRecord>(
  platform: UpgradePlatform<Declaration, Task>,
  clock: Clock,
  request: StartTask<Declaration>,
): Promise<StartedTask> {
  const { declaration, rerunAfter } = request;
  const findAndDecide = async () => {
    const found = await platform.findSame(declaration, { fresh: false });
    const run = request.run?.();
    const isOpen = run?.mayHaveMoved === true || candidates(found.tasks, rerunAfter).length > 0;
    return {
      decision: decide(found, rerunAfter, platform.now(), run),
      isOpen,
      toldOf: run?.toldOf,
    };
  };
  let latest = await findAndDecide();
  if (latest.isOpen && request.run !== undefined) {
    // Nobody is asked before the engine has told of all resources, one of which may leave the task.
    for (let quiet = 0; quiet < QUIET_ROUNDS;) {
      const { toldOf } = latest;
      await clock.sleep(LATER_RESOURCES_MILLISECONDS, request.signal);
      throwIfCancelled(request.signal, "the task");
      latest = await findAndDecide();
      if (latest.decision.action !== "stop") break;
      quiet = latest.toldOf === toldOf ? quiet + 1 : 0;
    }
  }
  const { decision } = latest;
  if (decision.action === "stop") throw new OtaError(decision.reason);
  if (decision.action === "adopt") {
    await request.onAdopt?.(decision.task.id);
    if (decision.warning !== undefined) request.warn(decision.warning);
    return { id: decision.task.id, isMade: false };
  }
  if (rerunAfter !== undefined) await untilPlatformReaches(rerunAfter, platform, clock, request);
  request.beforeCreate();
  const id = await platform.create(declaration).catch(async (error: unknown) => {
    if (!(error instanceof LostReplyError)) throw error;
    const found = await searchAfterLostReply(platform, clock, request, error);
    await request.onFound?.(found);
    return found;
  });
  return { id, isMade: true };
}

/** A `rerunAfter` that lies ahead no further than this is waited for. */
export const LONGEST_LEAD_MILLISECONDS = 60_000;

/** A task must not be older than its own `rerunAfter`: it would not be found again. */
async function untilPlatformReaches<Declaration, Task extends TaskRecord>(
  instant: number,
  platform: UpgradePlatform<Declaration, Task>,
  clock: Clock,
  request: StartTask<Declaration>,
): Promise<void> {
  const ahead = instant - platform.now();
  if (ahead <= 0) return;
  if (ahead > LONGEST_LEAD_MILLISECONDS) {
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
  const { rerunAfter } = request;
  const { found, unsearched } = await searchFor({
    clock,
    signal: request.signal,
    thing: "the task",
    async find() {
      const same = await platform.findSame(request.declaration, { fresh: true });
      const tasks = candidates(same.tasks, rerunAfter, request.run?.());
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
