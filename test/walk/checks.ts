import type { RequestRecord } from "../../src/simulator";
import { type Held, type Holdings, isSame, type Outcome, overlap, wordsFor } from "./model";
import type { Declaration } from "./program";
import { Stumble } from "./stumble";
import type { PlatformTask, Push } from "./wings";

/** A task in the state. */
export interface StateTask {
  readonly address: string;
  readonly id: string;
}

type PlatformTasks = ReadonlyMap<string, PlatformTask>;

/** Each task of the program is in the state once, and the platform has it as it is declared. */
export function compareState(
  state: readonly StateTask[],
  platform: PlatformTasks,
  holdings: Holdings,
): void {
  const found = state.map(({ address }) => address).sort();
  const expected = [...holdings.keys()].sort();
  if (found.join() !== expected.join()) {
    throw new Stumble("STATE", `The state has ${found.join()} instead of ${expected.join()}`);
  }
  for (const { address, id } of state) {
    const held = holdings.get(address);
    const task = platform.get(id);
    if (held === undefined) continue;
    const what = `the task of ${address}, ${wordsFor(held)},`;
    if (task === undefined) throw new Stumble("DELETED", `${what} is gone from the platform`);
    if (!isSame(task, held)) throw new Stumble("OTHER", `${what} is ${wordsFor(task)}`);
    if (task.isStopped) throw new Stumble("STOPPED", `${what} is stopped`);
  }
}

/** After an `up` of the whole: two resources have one task only for as long as an `up` has a target. */
export function compareIds(state: readonly StateTask[]): void {
  const ids = state.map(({ id }) => id);
  if (new Set(ids).size === ids.length) return;
  throw new Stumble("STATE", "two resources have one task");
}

export interface Replacements {
  readonly outcome: Outcome;
  /** What the resources had before, and how the platform stood then. */
  readonly idsBefore: readonly string[];
  readonly platformBefore: PlatformTasks;
  /** The calls since then. */
  readonly requests: readonly RequestRecord[];
  readonly pushes: readonly Push[];
  /** A second resource of the same declaration, which may have pushed it: it replaces nothing. */
  readonly twin: Declaration | undefined;
}

/** A task that is not over is stopped before what replaces it on a device. */
export function compareStops(replacements: Replacements): void {
  const { outcome, idsBefore, platformBefore, requests, pushes, twin } = replacements;
  const isUnfinished = (id: string, old: Held): boolean => {
    const task = platformBefore.get(id);
    return task !== undefined && !task.isOver && isSame(task, old);
  };
  for (const { old, by } of outcome.replaced) {
    const id = idsBefore.find((one) => isUnfinished(one, old));
    if (id === undefined || old.isKept) continue;
    if (twin !== undefined && isSame(by, twin)) continue;
    const stop = requests.find(({ path }) => path.endsWith(`/${id}/stop`));
    const push = pushes.findLast((one) => isSame(one, by));
    const what = `${wordsFor(old)}, replaced by ${wordsFor(by)}`;
    if (
      overlap(old, by) &&
      (stop === undefined || push === undefined || stop.sequence > push.sequence)
    ) {
      throw new Stumble("LATE STOP", `the old task was not stopped first: ${what}`);
    }
  }
}
