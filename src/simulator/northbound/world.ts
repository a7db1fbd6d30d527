import { randomUUID } from "node:crypto";
import { basicTime, parseBasicTime } from "../basic-time";
import type { Behaviour } from "../behaviour";
import { wholeDevice, type CheckedApplication, type DeviceData, type PackageData } from "../data";
import { onlineAt } from "../device-state";
import { Groups, stableId } from "../groups";
import { SimulatorInputError } from "../reading";
import {
  finishAttempt,
  hasEnded,
  isFinished,
  isSilent,
  run,
  settle,
  stopSubTasks,
  type Device,
  type OperateType,
  type Schedule,
  type SubTask,
  type Task,
  type TaskStatus,
} from "./schedule";

/** What a create call has asked for, once it passed the validation table. */
export interface TaskOrder {
  readonly appId: string;
  readonly operateType: OperateType;
  readonly package: PackageData;
  readonly targets: unknown;
  readonly policy: unknown;
  readonly executeType: Task["executeType"];
  readonly beginAt: number | null;
  readonly endAt: number | null;
  readonly retryTimes: number;
  readonly devices: readonly { readonly deviceId: string; readonly doomed: string | null }[];
}

/** The seven counters of a task's `staResult`. */
export interface StatusCounts {
  /** Sub-tasks in all; the other six add up to it. */
  readonly total: number;
  /** Not begun yet. */
  readonly wait: number;
  /** Begun and not ended. */
  readonly processing: number;
  /** Ended well. */
  readonly success: number;
  /** Ended in a failure. */
  readonly fail: number;
  /** Ended before they could finish. */
  readonly stop: number;
  /** Failed because the device never answered. */
  readonly timeout: number;
}

export interface StoredPackage {
  readonly appId: string;
  readonly data: Required<PackageData>;
}

function storedPackage(appId: string, data: PackageData, now: number): StoredPackage {
  const texts = { name: data.fileId, protocolType: "CoAP", description: "", date: "" };
  return { appId, data: { ...texts, uploadTime: basicTime(now), ...data } };
}

function newDevice(appId: string, data: DeviceData, now: number): Device {
  const registeredAt = parseBasicTime(data.createTime ?? "") ?? now;
  return {
    data,
    appId,
    firmwareVersion: data.firmwareVersion ?? "V1.0",
    softwareVersion: data.softwareVersion ?? "V1.0",
    onlineAt: onlineAt(data, now),
    failuresLeft: data.failTimes ?? Infinity,
    registeredAt,
    changedAt: registeredAt,
    groups: new Set(),
  };
}

/**
 * What the platform holds, as of a moment. Every member takes the moment it is asked at; what has
 * fallen due until then is done first, so the world needs no timers.
 */
export class World {
  readonly applications: ReadonlyMap<string, CheckedApplication>;
  readonly packages = new Map<string, StoredPackage>();
  readonly devices = new Map<string, Device>();
  readonly groups = new Groups<Device>({
    idOf: ({ name }, appId) => stableId("group", appId, name),
    marker: () => "",
    now: () => this.time,
  });
  private readonly currentBehaviour: () => Behaviour;
  /** What `devicesOf` has found, until a device is added or deleted. */
  private readonly byApplication = new Map<string, readonly Device[]>();
  private allTasks: Task[] = [];
  private time: number;

  constructor(
    applications: readonly CheckedApplication[],
    behaviour: () => Behaviour,
    now: number,
  ) {
    this.time = now;
    this.currentBehaviour = behaviour;
    this.applications = new Map(applications.map((each) => [each.appId, each]));
    for (const { appId, packages, devices, groups } of applications) {
      for (const each of groups) this.groups.put(appId, each);
      for (const each of packages) {
        this.packages.set(each.fileId, storedPackage(appId, each, now));
      }
      for (const each of devices) this.addDevice(appId, each);
    }
  }

  get behaviour(): Behaviour {
    return this.currentBehaviour();
  }

  private schedule(): Schedule {
    return { tasks: this.allTasks, devices: this.devices, behaviour: this.behaviour };
  }

  /** The world as it is at this moment. */
  at(now: number): this {
    run(this.schedule(), this.time, now);
    this.time = Math.max(this.time, now);
    const { taskRetentionSeconds } = this.behaviour;
    if (taskRetentionSeconds !== null) {
      const oldest = this.time - taskRetentionSeconds * 1000;
      this.allTasks = this.allTasks.filter((task) => (stoppedAt(task) ?? Infinity) > oldest);
    }
    return this;
  }

  /** All tasks in the order of their creation. */
  get tasks(): readonly Task[] {
    return this.allTasks;
  }

  task(operationId: string): Task | undefined {
    return this.allTasks.find((task) => task.operationId === operationId);
  }

  /** An application's devices, those first that were registered first. */
  devicesOf(appId: string): readonly Device[] {
    const known = this.byApplication.get(appId);
    if (known !== undefined) return known;
    const own = [...this.devices.values()]
      .filter((device) => device.appId === appId)
      .sort((one, other) => one.registeredAt - other.registeredAt);
    this.byApplication.set(appId, own);
    return own;
  }

  createTask(order: TaskOrder): Task {
    const beginAt = Math.max(order.beginAt ?? this.time, this.time);
    const readyAt = beginAt + this.behaviour.waitSeconds * 1000;
    const task: Task = {
      operationId: randomUUID(),
      appId: order.appId,
      operateType: order.operateType,
      createdAt: this.time,
      package: order.package,
      targets: order.targets,
      policy: order.policy,
      executeType: order.executeType,
      beginAt,
      endAt: order.endAt,
      retryTimes: order.retryTimes,
      subTasks: order.devices.map(({ deviceId, doomed }) => newSubTask(deviceId, doomed, readyAt)),
    };
    this.allTasks.push(task);
    settle(this.schedule(), this.time);
    return task;
  }

  stopTask(operationId: string): void {
    const stopped = stopSubTasks(this.expectTask(operationId), this.time, "The task was stopped.");
    if (!stopped) {
      throw new SimulatorInputError(`The task ${operationId} has ended already.`);
    }
    settle(this.schedule(), this.time);
  }

  /** Ends every sub-task now, as its device would have ended it. */
  finishTask(operationId: string): void {
    const task = this.expectTask(operationId);
    const schedule = this.schedule();
    for (const subTask of task.subTasks) {
      while (!hasEnded(task, subTask)) {
        subTask.startedAt ??= this.time;
        const device = this.devices.get(subTask.deviceId);
        const silent = device !== undefined && isSilent(device);
        finishAttempt(schedule, task, subTask, this.time, !silent);
      }
    }
    settle(schedule, this.time);
  }

  purgeTask(operationId: string): void {
    this.expectTask(operationId);
    this.allTasks = this.allTasks.filter((task) => task.operationId !== operationId);
    settle(this.schedule(), this.time);
  }

  putPackage(appId: string, data: PackageData): void {
    const held = this.packages.get(data.fileId);
    if (held !== undefined && held.appId !== appId) {
      throw new SimulatorInputError(`The package ${data.fileId} belongs to another application.`);
    }
    this.packages.set(data.fileId, storedPackage(appId, data, this.time));
  }

  /** Returns whether there was such a package. */
  deletePackage(fileId: string): boolean {
    return this.packages.delete(fileId);
  }

  /** Changes a device, or registers a new one when there is none of that id. */
  putDevice(appId: string, deviceId: string, change: Partial<DeviceData>): void {
    const held = this.devices.get(deviceId);
    if (held === undefined) {
      const whole = wholeDevice({ ...change, deviceId }, `The new device ${deviceId}`);
      this.addDevice(appId, whole);
    } else this.changeDevice(held, change);
    settle(this.schedule(), this.time);
  }

  deleteDevice(device: Device): void {
    this.groups.release(device);
    this.devices.delete(device.data.deviceId);
    this.byApplication.delete(device.appId);
    settle(this.schedule(), this.time);
  }

  /** Does what the switches held back until now. */
  goOn(): void {
    settle(this.schedule(), this.time);
  }

  private addDevice(appId: string, data: DeviceData): void {
    const device = newDevice(appId, data, this.time);
    this.devices.set(data.deviceId, device);
    this.groups.assign(device, data.groups ?? []);
    this.byApplication.delete(appId);
  }

  private changeDevice(held: Device, change: Partial<DeviceData>): void {
    held.data = { ...held.data, ...change, deviceId: held.data.deviceId };
    held.firmwareVersion = change.firmwareVersion ?? held.firmwareVersion;
    held.softwareVersion = change.softwareVersion ?? held.softwareVersion;
    held.changedAt = this.time;
    if (change.groups !== undefined) this.groups.assign(held, change.groups);
    const { online, comesOnlineAfterSeconds } = change;
    const isOnline = held.onlineAt <= this.time;
    if (online === true && !isOnline) held.onlineAt = this.time;
    else if (online === false || comesOnlineAfterSeconds !== undefined) {
      held.onlineAt = this.time + (comesOnlineAfterSeconds ?? Infinity) * 1000;
    }
    if (change.outcome !== undefined || change.failTimes !== undefined) {
      held.failuresLeft = change.failTimes ?? Infinity;
    }
  }

  expectTask(operationId: string): Task {
    const task = this.task(operationId);
    if (task === undefined) {
      throw new SimulatorInputError(`There is no task ${operationId}.`);
    }
    return task;
  }
}

function newSubTask(deviceId: string, doomed: string | null, readyAt: number): SubTask {
  return {
    subOperationId: randomUUID(),
    deviceId,
    doomed,
    status: "wait",
    readyAt,
    startedAt: null,
    stoppedAt: null,
    attemptAt: readyAt,
    attemptsMade: 0,
    timedOut: false,
    detailInfo: null,
  };
}

export function startedAt(task: Task): number | null {
  const times = task.subTasks.flatMap((each) => (each.startedAt === null ? [] : [each.startedAt]));
  return times.length === 0 ? null : times.reduce((one, other) => Math.min(one, other));
}

export function stoppedAt(task: Task): number | null {
  if (!isFinished(task)) return null;
  return task.subTasks.reduce((last, each) => Math.max(last, each.stoppedAt ?? 0), task.createdAt);
}

export function countStatuses(task: Task, behaviour: Behaviour): StatusCounts {
  const timeoutCounter = behaviour.timeoutCountedAs;
  const counts = { wait: 0, processing: 0, success: 0, fail: 0, stop: 0, timeout: 0 };
  for (const each of task.subTasks) {
    counts[each.status === "fail" && each.timedOut ? timeoutCounter : each.status] += 1;
  }
  return { total: task.subTasks.length, ...counts };
}

export function taskStatus(task: Task, behaviour: Behaviour): TaskStatus {
  const { total, wait, processing, success, stop } = countStatuses(task, behaviour);
  if (wait + processing > 0) return startedAt(task) === null ? "wait" : "processing";
  if (stop > 0) return "stop";
  if (success === total) return "success";
  return success === 0 ? "failed" : behaviour.mixedResult;
}
