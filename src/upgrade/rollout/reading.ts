import type { Book } from "./book";
import type { RolloutDeclaration } from "./declaration";
import { selectionOf } from "./draw";
import type { Look, RolloutPlatform, RolloutTask } from "./platform";
import type { Facts } from "./records";

/**
 * Reads the platform for one decision: tasks first, so that a device that reports what a task brought
 * is never older than the task's own word.
 *
 * @param known - what was looked at before, where that will do
 */
export async function readFacts(
  platform: RolloutPlatform,
  declaration: RolloutDeclaration,
  book: Book | undefined,
  known?: Look,
): Promise<Facts> {
  const listed = await platform.tasks(book?.readUntil);
  // Only an answer tells the platform's time.
  const now = platform.now();
  const tasks = new Map<string, RolloutTask>(listed.map((task) => [task.id, task]));
  for (const id of openTasks(book)) {
    if (tasks.has(id)) continue;
    const task = await platform.task(id);
    if (task !== undefined) tasks.set(id, task);
  }
  const closed = new Set(book?.tasks.filter((memo) => memo.isClosed).map(({ id }) => id));
  const read: Facts["tasks"][number][] = [];
  for (const task of tasks.values()) {
    if (closed.has(task.id) && !task.isUnfinished) continue;
    read.push({ ...task, devices: await platform.devicesOf(task) });
  }
  const look = known ?? (await platform.look(selectionOf(declaration), { fresh: true }));
  return { now, look, tasks: read };
}

/** The tasks in which a device of the book is, as far as it knows. */
function openTasks(book: Book | undefined): Set<string> {
  return new Set(
    book === undefined ? [] : [...book.entries.values()].flatMap(({ task }) => task ?? []),
  );
}

/** Equal for two listings that tell of the same tasks. */
export function listingOf(
  tasks: readonly RolloutTask[],
  { packageKind }: RolloutDeclaration,
): string {
  return tasks
    .filter((task) => task.packageKind === packageKind)
    .map(({ id }) => id)
    .sort()
    .join(" ");
}
