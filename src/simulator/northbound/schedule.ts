import type { Behaviour } from "../behaviour";
import type { DeviceData, PackageData } from "../data";
import { manualReasons, reasonText, silences } from "../failure-reasons";
import type { Grouped } from "../groups";

/** What a task upgrades, in the words of its reply. */
export type OperateType = "firmware_upgrade" | "software_upgrade";
/** The status of a device's part of a task. */
export type SubTaskStatus = "wait" | "processing" | "success" | "fail" | "stop";
/** The status of a task. */
export type TaskStatus = "wait" | "processing" | "success" | "failed" | "stop";

/** A device and what the platform knows of it now. */
export interface Device extends Grouped<Device> {
  data: DeviceData;
  firmwareVersion: string;
  softwareVersion: string;
  /** Reachable from this moment on; `Infinity` while nothing brings it back. */
  onlineAt: number;
  failuresLeft: number;
  readonly registeredAt: number;
  changedAt: number;
}

export interface SubTask {
  readonly subOperationId: string;
  readonly deviceId: string;
  /** Why it fails without a try; `null` for a device that can be tried. */
  readonly doomed: string | null;
  status: SubTaskStatus;
  readyAt: number;
  startedAt: number | null;
  stoppedAt: number | null;
  /** When the attempt that runs began. */
  attemptAt: number;
  attemptsMade: number;
  timedOut: boolean;
  detailInfo: string | null;
}

export interface Task {
  readonly operationId: string;
  readonly appId: string;
  readonly operateType: OperateType;
  readonly createdAt: number;
  /** The package as it was when the task was made. */
  readonly package: PackageData;
  readonly targets: unknown;
  readonly policy: unknown;
  readonly executeType: "now" | "device_online" | "custom";
  readonly beginAt: number;
  readonly endAt: number | null;
  readonly retryTimes: number;
  readonly subTasks: readonly SubTask[];
}

export interface Schedule {
  readonly tasks: readonly Task[];
  readonly devices: ReadonlyMap<string, Device>;
  readonly behaviour: Behaviour;
}

export function isFinished(task: Task): boolean {
  return task.subTasks.every((each) => each.status !== "wait" && each.status !== "processing");
}

function isOnline(device: Device, time: number): boolean {
  return device.onlineAt <= time;
}

/** How a device is shown: what it is now comes before what the data says. */
export function statusOf(device: Device, time: number): NonNullable<DeviceData["status"]> {
  if (isOnline(device, time)) return "ONLINE";
  const { status = "OFFLINE" } = device.data;
  return status === "ONLINE" ? "OFFLINE" : status;
}

function runningVersion(device: Device, operateType: OperateType): string {
  return operateType === "firmware_upgrade" ? device.firmwareVersion : device.softwareVersion;
}

/** Whether the platform waits in vain for what the device should report. */
export function isSilent({ data, failuresLeft }: Device): boolean {
  return data.frozen === true || (data.outcome === "timeout" && failuresLeft > 0);
}

/** Why a device was given up that did not answer in time. */
function silenceOf(device: Device, time: number): string {
  const { data } = device;
  if (!isOnline(device, time)) return manualReasons.onlineTimeout;
  if (data.frozen === true) return manualReasons.versionTimeout;
  return reasonText(data.failureReason ?? silences[data.silentAt ?? "result"]);
}

/** When the attempt that runs will end, and whether the device has then given an answer. */
function attemptEnd(
  { behaviour }: Schedule,
  device: Device,
  subTask: SubTask,
): { readonly at: number; readonly answered: boolean } {
  const givenUpAt = subTask.attemptAt + behaviour.deviceTimeoutSeconds * 1000;
  if (isSilent(device) || device.onlineAt > givenUpAt) return { at: givenUpAt, answered: false };
  const seconds = device.data.upgradeSeconds ?? behaviour.upgradeSeconds;
  return { at: Math.max(subTask.attemptAt, device.onlineAt) + seconds * 1000, answered: true };
}

function end(subTask: SubTask, status: SubTaskStatus, time: number, detail: string | null): void {
  subTask.status = status;
  subTask.stoppedAt = time;
  subTask.detailInfo = detail;
}

/** Ends the sub-tasks that have not ended. Returns whether there was one. */
export function stopSubTasks(task: Task, time: number, detail: string): boolean {
  const unfinished = task.subTasks.filter(
    (each) => each.status === "wait" || each.status === "processing",
  );
  for (const subTask of unfinished) end(subTask, "stop", time, detail);
  return unfinished.length > 0;
}

function retry(schedule: Schedule, subTask: SubTask, time: number): void {
  subTask.status = "wait";
  subTask.stoppedAt = null;
  subTask.timedOut = false;
  subTask.detailInfo = null;
  subTask.readyAt = time + schedule.behaviour.retryDelaySeconds * 1000;
}

function mayRetry(task: Task, subTask: SubTask): boolean {
  return subTask.doomed === null && subTask.attemptsMade <= task.retryTimes;
}

/** Whether the sub-task has its last word: no attempt runs and none may follow. */
export function hasEnded(task: Task, subTask: SubTask): boolean {
  if (subTask.status === "fail") return !mayRetry(task, subTask);
  return subTask.status === "success" || subTask.status === "stop";
}

/** Ends the attempt that runs, as the device would answer, whatever time it would have taken. */
export function finishAttempt(
  schedule: Schedule,
  task: Task,
  subTask: SubTask,
  time: number,
  answered: boolean,
): void {
  const device = schedule.devices.get(subTask.deviceId);
  subTask.attemptsMade += 1;
  if (device === undefined || subTask.doomed !== null) {
    end(subTask, "fail", time, subTask.doomed ?? "The device has been deleted.");
    return;
  }
  const fails = (device.data.outcome ?? "success") !== "success" && device.failuresLeft > 0;
  if (answered && !fails) {
    if (task.operateType === "firmware_upgrade") device.firmwareVersion = task.package.version;
    else device.softwareVersion = task.package.version;
    device.changedAt = time;
    end(subTask, "success", time, null);
    return;
  }
  if (fails) device.failuresLeft -= 1;
  subTask.timedOut = !answered;
  const { failureReason = "general" } = device.data;
  const reason = answered ? reasonText(failureReason) : silenceOf(device, time);
  failed(schedule, task, subTask, time, reason);
}

function failed(
  schedule: Schedule,
  task: Task,
  subTask: SubTask,
  time: number,
  reason: string,
): void {
  end(subTask, "fail", time, reason);
  if (schedule.behaviour.retryRound === "atOnce" && mayRetry(task, subTask)) {
    retry(schedule, subTask, time);
  }
}

interface Occupied {
  readonly devices: Set<string>;
  readonly cells: Map<string, number>;
}

function occupy(occupied: Occupied, device: Device): void {
  occupied.devices.add(device.data.deviceId);
  const { cell } = device.data;
  if (cell !== undefined) occupied.cells.set(cell, (occupied.cells.get(cell) ?? 0) + 1);
}

function occupiedNow(schedule: Schedule): Occupied {
  const occupied: Occupied = { devices: new Set(), cells: new Map() };
  for (const task of schedule.tasks) {
    for (const subTask of task.subTasks) {
      const device = schedule.devices.get(subTask.deviceId);
      if (subTask.status === "processing" && device !== undefined) occupy(occupied, device);
    }
  }
  return occupied;
}

function hasRoom({ behaviour }: Schedule, occupied: Occupied, device: Device): boolean {
  const { cell } = device.data;
  if (cell === undefined || behaviour.devicesAtOncePerCell === null) return true;
  return (occupied.cells.get(cell) ?? 0) < behaviour.devicesAtOncePerCell;
}

/** Starts a waiting sub-task if nothing holds it back. Returns whether it did. */
function startIfReady(
  schedule: Schedule,
  occupied: Occupied,
  task: Task,
  subTask: SubTask,
  time: number,
): boolean {
  if (task.beginAt > time) return false;
  const device = schedule.devices.get(subTask.deviceId);
  if (device !== undefined && subTask.doomed === null) {
    if (runningVersion(device, task.operateType) === task.package.version) {
      subTask.startedAt ??= time;
      end(subTask, "success", time, "The versions are equal; the device was not upgraded.");
      return true;
    }
    if (subTask.readyAt > time) return false;
    if (task.executeType === "device_online" && !isOnline(device, time)) return false;
    if (occupied.devices.has(device.data.deviceId)) {
      if (schedule.behaviour.busyDevice === "waits") return false;
      subTask.startedAt ??= time;
      subTask.attemptsMade += 1;
      failed(schedule, task, subTask, time, manualReasons.conflict);
      return true;
    }
    if (!hasRoom(schedule, occupied, device)) return false;
    occupy(occupied, device);
  } else if (subTask.readyAt > time) return false;
  subTask.startedAt ??= time;
  subTask.attemptAt = time;
  subTask.status = "processing";
  return true;
}

function endIfDue(schedule: Schedule, task: Task, subTask: SubTask, time: number): boolean {
  const device = schedule.devices.get(subTask.deviceId);
  if (device === undefined || subTask.doomed !== null) {
    finishAttempt(schedule, task, subTask, time, true);
    return true;
  }
  const attempt = attemptEnd(schedule, device, subTask);
  if (attempt.at > time) return false;
  finishAttempt(schedule, task, subTask, time, attempt.answered);
  return true;
}

/** Retries what failed once nothing of the task runs any more. */
function nextRound(schedule: Schedule, task: Task, time: number): boolean {
  if (schedule.behaviour.retryRound !== "afterTheOthers" || !isFinished(task)) return false;
  const again = task.subTasks.filter((each) => each.status === "fail" && mayRetry(task, each));
  for (const subTask of again) retry(schedule, subTask, time);
  return again.length > 0;
}

function isOpen({ behaviour }: Schedule, task: Task): boolean {
  if (!isFinished(task)) return true;
  return (
    behaviour.retryRound === "afterTheOthers" &&
    !task.subTasks.some((each) => each.status === "stop") &&
    task.subTasks.some((each) => each.status === "fail" && mayRetry(task, each))
  );
}

/** Does all that is due at this very moment. */
export function settle(schedule: Schedule, time: number): void {
  const open = schedule.tasks.filter((task) => isOpen(schedule, task));
  let moved = true;
  while (moved) {
    moved = false;
    for (const task of open) {
      for (const subTask of task.subTasks) {
        if (subTask.status === "processing" && endIfDue(schedule, task, subTask, time)) {
          moved = true;
        }
      }
      if (task.endAt !== null && task.endAt <= time) {
        stopSubTasks(task, time, "The end time of the task has come.");
      } else if (nextRound(schedule, task, time)) moved = true;
    }
    const occupied = occupiedNow(schedule);
    for (const task of open) {
      for (const subTask of task.subTasks) {
        if (subTask.status === "wait" && startIfReady(schedule, occupied, task, subTask, time)) {
          moved = true;
        }
      }
    }
  }
}

/** The first moment after `time` at which something may happen by itself; `Infinity` if none. */
function nextMoment(schedule: Schedule, time: number): number {
  let next = Infinity;
  const consider = (moment: number): void => {
    if (moment > time && moment < next) next = moment;
  };
  for (const task of schedule.tasks) {
    if (isFinished(task)) continue;
    if (task.endAt !== null) consider(task.endAt);
    for (const subTask of task.subTasks) {
      const device = schedule.devices.get(subTask.deviceId);
      if (subTask.status === "wait") {
        consider(task.beginAt);
        consider(subTask.readyAt);
        if (device !== undefined) consider(device.onlineAt);
      } else if (subTask.status === "processing" && device !== undefined) {
        consider(attemptEnd(schedule, device, subTask).at);
      }
    }
  }
  return next;
}

/** Lets the time run from `from` to `to`, doing what falls due in its order. */
export function run(schedule: Schedule, from: number, to: number): void {
  let time = from;
  for (;;) {
    time = nextMoment(schedule, time);
    if (time > to) break;
    settle(schedule, time);
  }
}
