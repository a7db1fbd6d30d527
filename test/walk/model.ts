import { type Declaration, type Place, type Program, type Task } from "./program";

/*
 * What ought to be pushed. One rule: a task is pushed when it appears in a program, and no resource of
 * the program before had exactly that task. A task is its kind, its version, the set of its devices and
 * its policy; whatever else is written of it, and wherever it stands, means nothing.
 */

/** A task that a resource has. */
export interface Held extends Declaration {
  /** Simulated seconds since the walk began. */
  readonly madeAt: number;
  readonly isKept: boolean;
}

/** What each resource has, by its place. */
export type Holdings = ReadonlyMap<string, Held>;

export interface Outcome {
  readonly holdings: Holdings;
  /** What is pushed, each once. */
  readonly pushed: readonly Held[];
  /** What no resource has any more. */
  readonly dropped: readonly Held[];
  /** Pushed in the place of another task, which no resource has any more. */
  readonly replaced: readonly { readonly old: Held; readonly by: Held }[];
}

/**
 * What an `up` of a program makes of what is there.
 *
 * @param target - the only resource that the `up` may touch
 */
export function outcomeOf(before: Holdings, program: Program, now: number, target?: Task): Outcome {
  const holdings = new Map(target === undefined ? [] : before);
  const pushed: Held[] = [];
  const successions: { old: Held | undefined; by: Held }[] = [];
  for (const task of target === undefined ? program : [target]) {
    const there = [...before.values()].find((held) => isSame(held, task));
    const isRerun = there !== undefined && (task.rerunAfter ?? -Infinity) > there.madeAt;
    const isPushed = there === undefined || isRerun;
    const held = { ...task, madeAt: isPushed ? now : there.madeAt };
    if (isPushed) {
      pushed.push(held);
      successions.push({ old: predecessorOf(before, task), by: held });
    }
    holdings.set(addressOf(task), held);
  }
  const dropped = [...before.values()].filter((old) => !isAmong([...holdings.values()], old));
  return {
    holdings,
    pushed,
    dropped,
    replaced: successions.flatMap(({ old, by }) =>
      old !== undefined && isAmong(dropped, old) ? [{ old, by }] : [],
    ),
  };
}

/** The task that the resource had, whatever it was called. */
function predecessorOf(holdings: Holdings, task: Task): Held | undefined {
  const known = holdings.get(addressOf(task));
  return known ?? (task.alias && holdings.get(addressOf(task.alias)));
}

export function isSame(one: Declaration, other: Declaration): boolean {
  return wordsFor(one) === wordsFor(other);
}

function isAmong(all: readonly Held[], one: Held): boolean {
  return all.some((held) => isSame(held, one) && held.madeAt === one.madeAt);
}

export function setOf(devices: readonly number[]): readonly number[] {
  return [...new Set(devices)].sort((a, b) => a - b);
}

export function overlap(one: Declaration, other: Declaration): boolean {
  return one.devices.some((device) => other.devices.includes(device));
}

export function addressOf({ kind, name, inComponent }: Place): string {
  return `${inComponent ? "site/" : ""}${name} (${kind})`;
}

/** What a task is, in words: equal for tasks that are the same. */
export function wordsFor({ kind, version, devices, retries }: Declaration): string {
  const policy = retries === 0 ? "" : `, ${String(retries)} retries`;
  return `${kind} ${String(version)} for ${setOf(devices).join("+")}${policy}`;
}

/** How often which version was pushed to which device. */
export type Books = ReadonlyMap<string, number>;

export function entered(books: Books, pushes: readonly Declaration[]): Books {
  const after = new Map(books);
  for (const { kind, version, devices } of pushes) {
    for (const device of setOf(devices)) {
      const line = `${kind} ${String(version)} to device ${String(device)}`;
      after.set(line, (after.get(line) ?? 0) + 1);
    }
  }
  return after;
}

/** In which lines the platform's books are not the model's. */
export function differences(platform: Books, model: Books): string[] {
  const lines = [...new Set([...platform.keys(), ...model.keys()])].sort();
  return lines.flatMap((line) => {
    const [found, expected] = [platform.get(line) ?? 0, model.get(line) ?? 0];
    if (found === expected) return [];
    const word = found > expected ? "TWICE" : "LOST";
    return [`${word}: ${line} was pushed ${String(found)} times instead of ${String(expected)}`];
  });
}

/**
 * A task that comes back to a resource whose own task is older than the record of the last time: from
 * the state alone nobody can tell that record from the task that is meant, so a walk does not go there.
 *
 * @param records - tasks that no resource has any more, and that the platform still lists
 */
export function isUntold(
  records: readonly Held[],
  before: Holdings,
  program: Program,
  { pushed }: Outcome,
): boolean {
  return program.some((task) => {
    if (!pushed.some((one) => isSame(one, task))) return false;
    const since = Math.max(
      predecessorOf(before, task)?.madeAt ?? -Infinity,
      (task.rerunAfter ?? -Infinity) - 1,
    );
    return records.some((record) => isSame(record, task) && record.madeAt > since);
  });
}

const ASKED_AFTER_SECONDS = 3_600;

/**
 * A task that was made more than an hour ago moves to another resource, and the one that had it leaves
 * the program: no hook is told of what leaves before all else is done, so the library asks (docs/proof.md,
 * "What cannot be promised"). A walk does not go there.
 */
export function movesUnseen(before: Holdings, program: Program, now: number): boolean {
  const known = new Set(
    program.flatMap((task) => [addressOf(task), ...(task.alias ? [addressOf(task.alias)] : [])]),
  );
  return program.some((task) => {
    const places = [...before].filter(([, held]) => isSame(held, task));
    const isOld = places.some(([, { madeAt }]) => now - madeAt > ASKED_AFTER_SECONDS - 60);
    return places.length > 0 && isOld && places.every(([place]) => !known.has(place));
  });
}
