import type { LastResult } from "./standing";

/** What is remembered of a device that was ever taken, or that a task of the version had. */
export interface Entry {
  /** The wave that took it for the declared version, begun or not. */
  wave?: string | undefined;
  /** What it ran when it was taken. */
  from?: string | undefined;
  /** Whether it was ONLINE when it was last pushed. */
  wasOnline: boolean;
  /** Whether it ran the declared version when it was taken: it is not counted then. */
  ranIt: boolean;
  /** The last version that was tried on it, and what came of it. */
  tried?: string | undefined;
  result: LastResult;
  attempts: number;
  /** When that was POSTed, in seconds since the epoch. */
  postedAt: number;
  /** The task that it is in, as long as that is not read to its end. */
  task?: string | undefined;
  /** Whether it was seen to be in the fleet no more: under the plan of now, or an earlier one. */
  left: "no" | "now" | "before";
}

/** A wave that has begun for the declared version. Instants in milliseconds. */
export interface WaveMemo {
  readonly name: string;
  readonly beganAt: number;
  /** How many devices it had then. */
  readonly taken: number;
  /** Since when it is decided well. */
  decidedAt?: number | undefined;
  overAt?: number | undefined;
}

/** A task that has been read, and may be listed again. */
export interface TaskMemo {
  readonly id: string;
  readonly version: string;
  readonly createdAt: number;
  readonly wave: string;
  readonly isOurs: boolean;
  /** When it was last stopped, in whole or in part, by this rollout. */
  stoppedAt?: number | undefined;
  /** Whether all its devices were read to their end. */
  isClosed?: boolean | undefined;
}

/** What is remembered of a rollout, per device and wave; the wing keeps it as one secret text. */
export interface Book {
  version: string;
  /** How devices report it. */
  reportedVersion: string;
  packageId: string;
  rerunAfter?: number | undefined;
  /** All tasks that were made before are read. */
  readUntil: number;
  /** The plan under which it was last written. */
  plan?: string | undefined;
  /** Whether every wave of the version was over once. */
  isThrough: boolean;
  waves: WaveMemo[];
  tasks: TaskMemo[];
  /** By `keyOf` the device. */
  readonly entries: Map<string, Entry>;
  /** The outcome and since when, to tell when it changes. */
  outcome?: string | undefined;
  since?: number | undefined;
  /** Why it is held, where it is. */
  heldBy?: HeldBy | undefined;
  /** What an \`up\` has told of devices that were moved by others, so that it is no drift any more. */
  acknowledged?: string | undefined;
}

/** What keeps a rollout of which nothing runs from going on. */
export type HeldBy = "approval" | "paused" | "gate" | "window" | "wave";

export function newEntry(): Entry {
  return {
    ...{ wasOnline: false, ranIt: false, result: "none", attempts: 0, postedAt: 0, left: "no" },
  };
}

export function copyBook(book: Book): Book {
  return {
    ...book,
    waves: book.waves.map((wave) => ({ ...wave })),
    tasks: book.tasks.map((task) => ({ ...task })),
    entries: new Map(Array.from(book.entries, ([key, entry]) => [key, { ...entry }])),
  };
}

/**
 * Whether the version was tried on a device last, and that counts: `rerunAfter` strikes what was POSTed
 * before it, and what an earlier one or none strikes no more counts again.
 */
export function isTried(entry: Entry, version: string, rerunAfter = -Infinity): boolean {
  return entry.tried === version && entry.postedAt >= Math.floor(rerunAfter / 1000);
}

/** Whether anybody was pushed the version that the book is of. */
export function hasPushed({ version, rerunAfter, tasks, entries }: Book): boolean {
  if (tasks.some((task) => task.version === version)) return true;
  for (const entry of entries.values()) if (isTried(entry, version, rerunAfter)) return true;
  return false;
}
