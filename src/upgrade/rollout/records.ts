import { type Book, type Entry, isTried, newEntry, type TaskMemo } from "./book";
import type { DeviceFailure } from "../platform";
import type { RolloutDeclaration } from "./declaration";
import type { Draw } from "./draw";
import type { Look, RolloutLimits, RolloutTask, TaskDevice } from "./platform";
import { keyOf } from "./ranks";
import { deadlineFrom, type Hold, isPushOf } from "./standing";

export interface ReadTask extends RolloutTask {
  readonly devices: readonly TaskDevice[];
}

/** What was read of the platform for one decision. */
export interface Facts {
  /** When the reading began. */
  readonly now: number;
  readonly look: Look;
  /** A task of the book whose record is gone is not among them. */
  readonly tasks: readonly ReadTask[];
}

/** What the tasks say of devices, by their keys. */
export interface Records {
  readonly holds: ReadonlyMap<string, readonly Hold[]>;
  /** Why a device was not upgraded, in the platform's words. */
  readonly reasons: ReadonlyMap<string, string>;
  /** The ids that the tasks tell; a book knows none. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Lists and records may lag behind a POST by this; what is younger is not yet gone. */
const LAG_MILLISECONDS = 10 * 60_000;

export interface ReadRecords {
  readonly book: Book;
  readonly declaration: RolloutDeclaration;
  readonly limits: RolloutLimits;
  readonly facts: Facts;
  readonly draw: Draw;
  /** What was told of this version last: a task that is over is not read again. */
  readonly lastFailures: readonly DeviceFailure[];
  /** Whether the state is lost, so that the book is made of the tasks alone. */
  readonly isRebuilt: boolean;
  /** Whether tasks that were read need not be listed again; a `refresh` leaves that to an `up`. */
  readonly isRemembered: boolean;
}

/** Writes into the book what the tasks tell. */
export function readRecords(reading: ReadRecords): Records {
  const { book, declaration, limits, facts } = reading;
  const tasks = [...facts.tasks].sort((a, b) => a.createdAt - b.createdAt);
  const memos = new Map(book.tasks.map((memo) => [memo.id, memo] as const));
  const holds = new Map<string, Hold[]>();
  const reasons = new Map(
    reading.lastFailures.map(({ deviceId, reason }) => [keyOf(deviceId), reason] as const),
  );
  const ids = new Map<string, string>();
  const isRead = new Set<Entry>();
  const since = declaration.rerunAfter ?? -Infinity;
  const hold = (key: string, held: Hold): void => {
    const others = holds.get(key);
    if (others === undefined) holds.set(key, [held]);
    else others.push(held);
  };
  for (const task of tasks) {
    const memo = memos.get(task.id) ?? meet(reading, task, memos);
    const isOurVersion = isPushOf(task, declaration);
    for (const device of task.devices) {
      const key = keyOf(device.id);
      ids.set(key, device.id);
      const entry = book.entries.get(key);
      if (isOpenIn(task, device)) {
        hold(key, holdOf(task, hasBegun(device, facts.look, limits)));
        // Somebody may have it tried again after its end.
        if (isOurVersion && memo !== undefined && task.createdAt >= since && entry !== undefined) {
          entry.task ??= task.id;
        }
        if (entry?.task === task.id) isRead.add(entry);
      } else if (memo !== undefined && entry?.task === task.id) {
        fold(entry, memo, device, task, declaration);
        if (device.reason !== undefined && entry.result !== "succeeded") {
          reasons.set(key, device.reason);
        }
      } else if (device.reason !== undefined && isOurVersion && device.state !== "succeeded") {
        reasons.set(key, device.reason);
      }
    }
    if (memo !== undefined && !task.isUnfinished) memo.isClosed = true;
  }
  const unfinished = new Map(tasks.filter((task) => task.isUnfinished).map((t) => [t.id, t]));
  for (const [key, entry] of book.entries) {
    if (entry.task === undefined || isRead.has(entry)) continue;
    const memo = memos.get(entry.task);
    const task = unfinished.get(entry.task);
    if (task !== undefined) hold(key, holdOf(task, false));
    else if (memo !== undefined && facts.now - memo.createdAt < LAG_MILLISECONDS) {
      hold(key, { ...memo, task: memo.id, packageKind: declaration.packageKind, hasBegun: false });
    } else loseRecord(entry, memo, declaration);
  }
  if (reading.isRemembered) book.readUntil = Math.max(book.readUntil, facts.now - LAG_MILLISECONDS);
  closeBook(book, memos, facts);
  return { holds, reasons, ids };
}

function holdOf(task: RolloutTask, hasBegun: boolean): Hold {
  const { id, packageKind, version, createdAt } = task;
  return { task: id, packageKind, version, createdAt, hasBegun };
}

export function isOpenIn(task: RolloutTask, { state }: TaskDevice): boolean {
  return (
    task.isUnfinished && (state === "waiting" || state === "processing" || state === "willRetry")
  );
}

/** Whether the device has begun, as far as that shows while the push is under way. */
export function hasBegun(
  { id, state, isUnreached }: TaskDevice,
  look: Look,
  { waitsInProcessing }: RolloutLimits,
): boolean {
  if (state === "willRetry") return isUnreached !== true;
  if (state !== "processing") return false;
  return !waitsInProcessing || look.devices.get(id)?.connection === "ONLINE";
}

/** A task that the book does not know enters it, where it is a push of the declared version or ours. */
function meet(
  { book, declaration, facts, draw, isRebuilt }: ReadRecords,
  task: ReadTask,
  memos: Map<string, TaskMemo>,
): TaskMemo | undefined {
  const { packageKind, version, rerunAfter = -Infinity } = declaration;
  const isNews = isRebuilt || task.isUnfinished || task.createdAt >= book.readUntil;
  if (!isNews || task.packageKind !== packageKind) return undefined;
  const isPush = isPushOf(task, declaration);
  if (!isPush && !isRebuilt && (task.isOurs !== true || !task.isUnfinished)) return undefined;
  const memo: TaskMemo = {
    ...{ id: task.id, version: isPush ? version : (task.version ?? version) },
    ...{ createdAt: task.createdAt, wave: task.wave ?? "", isOurs: task.isOurs ?? false },
  };
  memos.set(task.id, memo);
  if (!isPush && !isRebuilt) return memo;
  for (const { id, state } of task.devices) {
    const key = keyOf(id);
    const known = book.entries.get(key);
    const isMember = draw.members.has(id);
    // Who has left since a wave pushed it is still judged with the wave, where the task names that.
    const isOfWave =
      isRebuilt && isPush && declaration.waves.some(({ name }) => name === task.wave);
    if (known === undefined && !isMember && !isOfWave) continue;
    const entry: Entry = known ?? { ...newEntry(), left: isMember ? "no" : "before" };
    if (isPush && isBeforeAnother(entry, task, memos, version)) continue;
    if (!isPush) {
      // What was pushed before another version was tried counts no more.
      if (state !== "stopped") entry.wave = undefined;
    } else if (entry.wave === undefined && task.createdAt >= rerunAfter) {
      const wave = waveFor(task, id, declaration, draw);
      const isOver = book.waves.some(({ name, overAt }) => name === wave && overAt !== undefined);
      const runs = facts.look.devices.get(id)?.version;
      // A wave that is over takes nobody more: the next one that begins does.
      entry.wave = isOver ? undefined : wave;
      entry.ranIt = false;
      entry.from = runs === declaration.reportedVersion ? undefined : runs;
    }
    entry.task = task.id;
    book.entries.set(key, entry);
  }
  return memo;
}

/** Whether another version was tried on the device since. */
function isBeforeAnother(
  entry: Entry,
  task: RolloutTask,
  memos: ReadonlyMap<string, TaskMemo>,
  version: string,
): boolean {
  const open = entry.task === undefined ? undefined : memos.get(entry.task);
  if (open !== undefined && open.version !== version && open.createdAt > task.createdAt)
    return true;
  const isOther = entry.tried !== undefined && entry.tried !== version;
  return isOther && entry.postedAt >= Math.floor(task.createdAt / 1000);
}

/** The wave in its name, if today's list has it, else that of today's draw. */
function waveFor(
  { wave }: RolloutTask,
  id: string,
  { waves }: RolloutDeclaration,
  draw: Draw,
): string | undefined {
  if (waves.some(({ name }) => name === wave)) return wave;
  const drawn = draw.waveOf.get(id);
  return drawn === undefined ? undefined : waves[drawn]?.name;
}

function fold(
  entry: Entry,
  memo: TaskMemo,
  device: TaskDevice,
  task: RolloutTask,
  declaration: RolloutDeclaration,
): void {
  entry.task = undefined;
  const at = device.at ?? memo.stoppedAt ?? task.endsAt ?? memo.createdAt;
  const isOverdue = at >= deadlineFrom(memo.createdAt, declaration);
  switch (device.state) {
    case "succeeded":
      write(entry, memo, declaration, "succeeded");
      break;
    case "stopped": {
      const isAtEnd =
        task.endsAt !== undefined && device.at !== undefined && device.at >= task.endsAt;
      if (memo.stoppedAt === undefined && !isAtEnd)
        write(entry, memo, declaration, "stoppedByOthers");
      else if (isOverdue) write(entry, memo, declaration, "unreached");
      // What it never began with was not tried on it: what was tried before still holds.
      else if (entry.tried === undefined || entry.tried === memo.version) {
        write(entry, memo, declaration, "stopped");
      }
      break;
    }
    case "failed":
    case "willRetry":
      write(entry, memo, declaration, device.isUnreached === true ? "unreached" : "failed");
      if (device.isUnreached !== true) entry.attempts += 1;
      break;
    case "waiting":
    case "processing":
      // The task is over, and with it this.
      write(entry, memo, declaration, "unreached");
  }
}

function write(
  entry: Entry,
  memo: TaskMemo,
  { rerunAfter }: RolloutDeclaration,
  result: Entry["result"],
): void {
  if (!isTried(entry, memo.version, rerunAfter)) entry.attempts = 0;
  entry.tried = memo.version;
  entry.result = result;
  entry.postedAt = Math.floor(memo.createdAt / 1000);
}

/** It was pushed, and nobody knows what came of it. */
function loseRecord(
  entry: Entry,
  memo: TaskMemo | undefined,
  declaration: RolloutDeclaration,
): void {
  entry.task = undefined;
  const gone = memo ?? {
    ...{ id: "", version: declaration.version, createdAt: entry.postedAt * 1000, wave: "" },
    isOurs: false,
  };
  write(entry, gone, declaration, "recordGone");
  entry.attempts += 1;
}

function closeBook(book: Book, memos: ReadonlyMap<string, TaskMemo>, facts: Facts): void {
  const listed = new Set(facts.tasks.map(({ id }) => id));
  const inUse = new Set(Array.from(book.entries.values(), ({ task }) => task));
  book.tasks = [...memos.values()].filter(
    ({ id, isClosed, createdAt }) =>
      createdAt >= book.readUntil || inUse.has(id) || (isClosed !== true && listed.has(id)),
  );
}

/** Who left is marked, and who reports the version after a push of it has done it for good. */
export function noteDevices(
  book: Book,
  { version, reportedVersion }: RolloutDeclaration,
  { members }: Draw,
  { look }: Facts,
): void {
  const keys = new Set(Array.from(members.keys(), keyOf));
  for (const [key, entry] of book.entries) {
    if (keys.has(key)) entry.left = "no";
    else if (entry.left === "no") entry.left = "now";
  }
  for (const { id, version: runs } of look.devices.values()) {
    if (runs !== reportedVersion) continue;
    const entry = book.entries.get(keyOf(id));
    if (entry?.tried === version && entry.result !== "none") entry.result = "succeeded";
  }
}
