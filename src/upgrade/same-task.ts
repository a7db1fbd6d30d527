import { formatInstant } from "../instant";
import type { SameTasks, TaskRecord } from "./platform";

/** What a create does after its search. */
export type Decision<Task extends TaskRecord> =
  | { readonly action: "create" }
  | { readonly action: "adopt"; readonly task: Task; readonly warning?: string }
  | {
      readonly action: "stop";
      readonly reason: string;
      /** The same in a preview. */
      readonly foretold: string;
    };

const RECENT_MILLISECONDS = 60 * 60_000;

/** A task, and when it was made. */
export type Made = Pick<TaskRecord, "id"> & Partial<Pick<TaskRecord, "createdAt">>;

/** What the run that asks for a task knows of other tasks. */
export interface RunKnowledge {
  /** The task that the same resource had before: it is never the new one. */
  readonly replacedId?: string | undefined;
  /**
   * When the last task for the same targets was made that a resource of this run is to replace; no
   * older one is the new one.
   */
  readonly replacedAt?: number | undefined;
  /** Whether whoever asks has looked at the task and wants another one. */
  readonly isSeen?: (id: string) => boolean;
  /** Whether a resource of this run has had the task, which then is this program's at any age. */
  readonly isOfThisRun?: (id: string) => boolean;
  /** Whether something of this program is known to have pushed something else over it since. */
  readonly isUndone?: (task: Made) => boolean;
  /** Whether the same resource had the same package for other targets before, as one in a list has that moves up. */
  readonly mayMoveUp?: boolean;
  /** How many resources of the program the engine has told of so far. */
  readonly toldOf?: number;
  /** Whether later resources of the program may have what is declared: the engine has not told yet. */
  readonly mayHaveMoved?: boolean;
}

/**
 * Adopt, create or ask: the table of docs/decisions/same-task.md. Times are the platform's.
 *
 * @param rerunAfter - tasks that the platform made before this instant are not the declared one
 */
export function decide<Task extends TaskRecord>(
  found: SameTasks<Task>,
  rerunAfter: number | undefined,
  now: number,
  run: RunKnowledge = {},
): Decision<Task> {
  const tasks = preferOurs(candidates(found.tasks, rerunAfter, run), run);
  const [task] = tasks;
  if (task === undefined) return { action: "create" };
  if (tasks.length > 1) {
    return stop(
      `The platform has ${String(tasks.length)} tasks that are exactly what is declared: ${tasks.map(describe).join("; ")}.`,
      waysOn("the one that is meant"),
    );
  }
  const isOurs = run.isOfThisRun?.(task.id) ?? false;
  const doubt = undoing(found, isOurs ? run.isOfThisRun : undefined) ?? found.doubt;
  if (doubt !== undefined && (!isOurs || doubt !== found.doubt)) {
    return stop(`Operation ${describe(task)} may be this task, but ${doubt}.`, waysOn(task.id));
  }
  if (task.phase === "unfinished") {
    return {
      action: "adopt",
      task,
      warning: `Operation ${describe(task)} is exactly what is declared, so it was taken over; nothing more was pushed.`,
    };
  }
  if (rerunAfter !== undefined) {
    if (task.createdAt !== undefined) {
      return task.phase === "stopped"
        ? { action: "adopt", task, warning: takenOver(task) }
        : { action: "adopt", task };
    }
    return stop(
      `Operation ${describe(task)} did exactly what is declared, and the platform does not tell whether that was before rerunAfter.`,
      "If it is the one that is meant, set adopt to its id; otherwise delete its record on the platform, or declare something that differs from it.",
    );
  }
  if (task.createdAt !== undefined && now - task.createdAt <= RECENT_MILLISECONDS) {
    return {
      action: "adopt",
      task,
      warning: `${takenOver(task, " within the last hour")} To push again, set rerunAfter to an instant after it, such as "${formatInstant(now)}".`,
    };
  }
  if (isOurs) return { action: "adopt", task, warning: takenOver(task) };
  if (run.mayMoveUp === true && found.marked?.has(task.id) === true) {
    return {
      action: "adopt",
      task,
      warning: `${takenOver(task)} To push again, set rerunAfter to an instant after it.`,
    };
  }
  return stop(`Operation ${describe(task)} ${whatItDid(task)}.`, waysOn(task.id));
}

/** What a preview says of what a create will find. */
export function foretell<Task extends TaskRecord>(decision: Decision<Task>): string | undefined {
  switch (decision.action) {
    case "create":
      return undefined;
    case "adopt":
      return `Operation ${describe(decision.task)} ${whatItDid(decision.task)}: \`pulumi up\` will take it over and push nothing.`;
    case "stop":
      return decision.foretold;
  }
}

function stop(found: string, advice: string): Decision<never> {
  return {
    action: "stop",
    reason: `${found} Nothing was pushed. ${advice}`,
    foretold: `${found} \`pulumi up\` will ask which it is, and push nothing. ${advice}`,
  };
}

/**
 * The tasks that may be the declared one: none that is older than `rerunAfter` or than what is
 * replaced. One whose time is unknown stays, for caution.
 */
export function candidates<Task extends Made>(
  tasks: readonly Task[],
  rerunAfter: number | undefined,
  run: RunKnowledge = {},
): readonly Task[] {
  const since = Math.max(rerunAfter ?? -Infinity, run.replacedAt ?? -Infinity);
  return tasks.filter(
    (task) =>
      task.id !== run.replacedId &&
      (task.createdAt ?? Infinity) >= since &&
      run.isSeen?.(task.id) !== true &&
      run.isUndone?.(task) !== true,
  );
}

/** What is known by its id needs no search, which may find an older one that was the same. */
function preferOurs<Task extends TaskRecord>(
  tasks: readonly Task[],
  { isOfThisRun = () => false }: RunKnowledge,
): readonly Task[] {
  const ours = tasks.filter(({ id }) => isOfThisRun(id));
  return ours.length === 1 ? ours : tasks;
}

/**
 * What has undone a task since, as a clause. What a resource of this run has stands beside a task of
 * another one as it did before.
 */
function undoing(
  { superseding = [] }: SameTasks<TaskRecord>,
  isOfThisRun: (id: string) => boolean = () => false,
): string | undefined {
  const later = superseding.find(({ id }) => !isOfThisRun(id));
  return (
    later && `operation ${describe(later)} has pushed something else to the same targets since`
  );
}

function takenOver(task: TaskRecord, when = ""): string {
  return `Operation ${describe(task)} ${whatItDid(task, when)}, so it was taken over; nothing was pushed.`;
}

function whatItDid({ phase }: TaskRecord, when = ""): string {
  if (phase === "unfinished") return "is exactly what is declared";
  return phase === "stopped"
    ? `is exactly what is declared and was stopped${when} before it was through`
    : `did exactly what is declared${when}`;
}

/**
 * What has pushed something else to the same targets since a task was made that is over, as after a
 * rollback by other means.
 *
 * @param others - asked when something was found: tasks of the same kind for the same targets that push something else
 */
export function supersededBy<Task extends TaskRecord>(
  found: readonly Task[],
  others: () => readonly Task[],
): readonly Task[] | undefined {
  if (found.length === 0) return undefined;
  const newest = Math.max(
    ...found.map(({ phase, createdAt = -Infinity }) =>
      phase === "unfinished" ? Infinity : createdAt,
    ),
  );
  const later = others().filter(({ createdAt = -Infinity }) => createdAt > newest);
  return later.length === 0 ? undefined : later;
}

function describe(task: TaskRecord): string {
  const made =
    task.createdAt === undefined ? "at an unknown time" : `at ${formatInstant(task.createdAt)}`;
  return `${task.id} (made ${made}, status ${task.status})`;
}

function waysOn(id: string): string {
  return `To go on with ${id}, set adopt to its id; to push again, set rerunAfter to an instant after it.`;
}
