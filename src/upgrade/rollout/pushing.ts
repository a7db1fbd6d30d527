import { percentOf } from "../percent";
import type { Book, TaskMemo } from "./book";
import { type RolloutDeclaration } from "./declaration";
import type { Push, RolloutLimits, Stop } from "./platform";
import { keyOf } from "./ranks";
import { type Facts, hasBegun, type ReadTask, type Records } from "./records";
import { deadlineFrom, isPushOf } from "./standing";
import type { Survey } from "./survey";

/** What one decision sends. */
export type PlannedPush = Omit<Push, "seen">;

interface Sending {
  readonly declaration: RolloutDeclaration;
  readonly limits: RolloutLimits;
  readonly book: Book;
  readonly facts: Facts;
  readonly records: Records;
  readonly survey: Survey;
}

const LEAST_IN_PROGRESS = 1_000;

/** How many devices of a wave may be under way at once. */
export function mostInProgress(
  { maxInProgress }: Pick<RolloutDeclaration, "maxInProgress">,
  devices: number,
): number {
  return maxInProgress ?? Math.max(LEAST_IN_PROGRESS, percentOf(10, devices));
}

/** The pushes of a wave that fit now. */
export function pushesOf(sending: Sending, wave: string): PlannedPush[] {
  const { declaration, limits, survey } = sending;
  const devices = [...survey.of(wave)];
  const due = devices.flatMap(({ standing, id }) =>
    standing.name === "toPush" && id !== undefined ? [id] : [],
  );
  const most = mostInProgress(declaration, devices.length);
  const free = most - inProgress(sending);
  const isWorthIt = due.length <= free || free >= percentOf(10, most);
  if (due.length === 0 || free <= 0 || !isWorthIt) return [];
  const now = due.slice(0, free);
  const tasks = Math.min(freeTasks(sending), Math.ceil(now.length / limits.devicesPerTask));
  return Array.from({ length: Math.max(0, tasks) }, (_, index) => ({
    wave,
    devices: now.slice(index * limits.devicesPerTask, (index + 1) * limits.devicesPerTask),
  }));
}

/** Devices that a task of this rollout holds, of the former version too; past its deadline it holds no slot. */
function inProgress({ declaration, book, facts, records }: Sending): number {
  const memos = new Set(book.tasks.map(({ id }) => id));
  let count = 0;
  for (const holds of records.holds.values()) {
    const isHeld = holds.some(
      ({ task, createdAt }) => memos.has(task) && facts.now < deadlineFrom(createdAt, declaration),
    );
    if (isHeld) count += 1;
  }
  return count;
}

function freeTasks({ declaration, limits, book, facts, records }: Sending): number {
  if (limits.unfinishedTasks === undefined) return Infinity;
  const listed = new Map(facts.tasks.map((task) => [task.id, task]));
  const held = new Set([...records.holds.values()].flat().map(({ task }) => task));
  const counts = ({ id, createdAt, isOurs }: TaskMemo): boolean => {
    const task = listed.get(id);
    if (!isOurs) return false;
    if (task === undefined) return held.has(id);
    if (!task.isUnfinished) return false;
    const isOverdue = facts.now >= deadlineFrom(createdAt, declaration);
    return !isOverdue || openIn(task).some((device) => !hasBegun(device, facts.look, limits));
  };
  return limits.unfinishedTasks - book.tasks.filter(counts).length;
}

/** What is called back, where the platform can: each with its reason. */
export function stopsOf(sending: Sending, hasFailed: boolean): Stop[] {
  const { declaration, limits, book, facts } = sending;
  if (!limits.canStop) return [];
  const memos = new Map(book.tasks.map((memo) => [memo.id, memo] as const));
  return facts.tasks.flatMap((task) => {
    const memo = memos.get(task.id);
    if (!task.isUnfinished || (memo?.isOurs !== true && task.isOurs !== true)) return [];
    if (task.packageKind !== declaration.packageKind) return [];
    const isOverdue = facts.now >= deadlineFrom(task.createdAt, declaration);
    const isOld = !isPushOf(task, declaration);
    const { onFailure } = declaration;
    const isStopped = ({ id, state }: ReadTask["devices"][number]): boolean => {
      const isAsleep =
        state === "waiting" ||
        (state === "processing" && facts.look.devices.get(id)?.connection !== "ONLINE");
      if ((isOld || isOverdue) && isAsleep) return true;
      if (!hasFailed || onFailure === "leave") return false;
      return onFailure === "stopAll" || isAsleep || state === "willRetry";
    };
    const devices = openIn(task)
      .filter(isStopped)
      .map(({ id }) => id);
    return devices.length === 0 ? [] : [{ task: task.id, devices }];
  });
}

function openIn(task: ReadTask): ReadTask["devices"] {
  return task.devices.filter(
    ({ state }) => state === "waiting" || state === "processing" || state === "willRetry",
  );
}

/** Writes into the book that a task was POSTed. */
export function notePush(
  book: Book,
  { wave, devices }: PlannedPush,
  id: string,
  facts: Pick<Facts, "look">,
  now: number,
): void {
  if (!book.tasks.some((memo) => memo.id === id)) {
    book.tasks.push({ id, version: book.version, createdAt: now, wave, isOurs: true });
  }
  for (const device of devices) {
    const entry = book.entries.get(keyOf(device));
    if (entry === undefined) continue;
    entry.task = id;
    // Who ran the version when its wave began, and does no more, is counted from now on.
    if (entry.ranIt) entry.from = facts.look.devices.get(device)?.version;
    entry.ranIt = false;
    entry.wasOnline = facts.look.devices.get(device)?.connection === "ONLINE";
  }
}

/** Writes into the book that devices of a task will be stopped, before they are. */
export function noteStops(book: Book, stops: readonly Stop[], facts: Facts): void {
  for (const { task: id } of stops) {
    const memo = book.tasks.find((each) => each.id === id);
    const task = facts.tasks.find((each) => each.id === id);
    if (memo !== undefined) memo.stoppedAt ??= facts.now;
    else if (task !== undefined) {
      const { version = book.version, createdAt, wave = "" } = task;
      book.tasks.push({ id, version, createdAt, wave, isOurs: true, stoppedAt: facts.now });
    }
  }
}
