import type { TaskRecord } from "../upgrade/platform";
import type { IsEnough } from "./pages";

/** How a platform lists tasks by status, and the statuses that its pages name. */
export interface TasksByStatus<Task extends TaskRecord> {
  /** All with that status, or with any. */
  readonly list: (
    status: string | undefined,
    isEnough?: IsEnough<Task>,
  ) => Promise<readonly Task[]>;
  /** How many there are; `undefined` when the platform does not say. */
  readonly count: (status: string | undefined) => Promise<number | undefined>;
  /** In the order in which a task goes through them. */
  readonly unfinished: readonly string[];
  readonly over: readonly string[];
  readonly pageSize: number;
}

/**
 * All tasks that are not over, without reading those that are: old ones may be thousands. Of a task
 * whose status no page names it must be thought that it is not over, and no filter shows it; that
 * there is one is told by the totals.
 */
export async function unfinishedTasks<Task extends TaskRecord>({
  list,
  count,
  unfinished,
  over,
  pageSize,
}: TasksByStatus<Task>): Promise<readonly Task[]> {
  const isOpen = ({ phase }: Task): boolean => phase === "unfinished";
  // Where reading all costs no more than asking by status does.
  const few = (unfinished.length + over.length + 2) * pageSize;
  let isCut = false as boolean;
  const newest = await list(undefined, (_read, total) => {
    isCut = (total ?? 0) > few;
    return isCut;
  });
  if (!isCut) return newest.filter(isOpen);

  // Backwards, and all of them last: a task that goes on meanwhile is counted too rarely, never twice.
  const counts: (number | undefined)[] = [];
  for (const status of over) counts.push(await count(status));
  const found = new Map<string, Task>();
  for (const status of unfinished.toReversed()) {
    const listed = await list(status);
    counts.push(listed.length);
    for (const task of listed) found.set(task.id, task);
  }
  const named = counts.reduce<number>((sum, one) => sum + (one ?? Number.NaN), 0);
  const others = ((await count(undefined)) ?? Number.NaN) - named;
  if (others === 0) return [...found.values()].filter(isOpen);

  const names = new Set([...unfinished, ...over]);
  const all = await list(undefined, (read) => {
    const unnamed = [...read.values()].filter(({ status }) => !names.has(status));
    return others > 0 && unnamed.length >= others;
  });
  for (const task of all) found.set(task.id, task);
  return [...found.values()].filter(isOpen);
}
