import { basicTime } from "../basic-time";
import type { Behaviour } from "../behaviour";
import type { PackageData } from "../data";
import { isObject, type JsonObject } from "../reading";
import type { OperateType, SubTask, SubTaskStatus, Task, TaskStatus } from "./schedule";
import {
  countStatuses,
  startedAt,
  stoppedAt,
  taskStatus,
  type StatusCounts,
  type StoredPackage,
} from "./world";

/** A page of a list before it is put into the vendor's words. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly pageNo: number;
  readonly pageSize: number;
  readonly total: number;
}

function timeOrNot(time: number | null, behaviour: Behaviour): string | null | undefined {
  if (time !== null) return basicTime(time);
  return behaviour.emptyTimes === "null" ? null : undefined;
}

const targetKeys = ["deviceGroups", "deviceType", "model", "manufacturerName", "devices"];
const policyKeys = ["executeType", "startTime", "endTime", "retryType", "retryTimes"];

function withNulls(value: unknown, keys: readonly string[]): JsonObject {
  const source = isObject(value) ? value : {};
  return Object.fromEntries(keys.map((key) => [key, source[key] ?? null]));
}

function echoedTargets(task: Task, { echo }: Behaviour): unknown {
  return echo === "withNulls" ? withNulls(task.targets, targetKeys) : task.targets;
}

function echoedPolicy(task: Task, { echo }: Behaviour): unknown {
  if (echo === "withNulls") return withNulls(task.policy, policyKeys);
  if (echo === "asSent") return task.policy;
  const sent = isObject(task.policy) ? task.policy : {};
  return { executeType: "now", retryType: false, ...sent };
}

export function packageReply(stored: StoredPackage): Required<PackageData> {
  const { data } = stored;
  return {
    fileId: data.fileId,
    name: data.name,
    version: data.version,
    fileType: data.fileType,
    deviceType: data.deviceType,
    model: data.model,
    manufacturerName: data.manufacturerName,
    protocolType: data.protocolType,
    description: data.description,
    date: data.date,
    uploadTime: data.uploadTime,
  };
}

/** A task as the platform tells it. It names no fileId: that is how the vendor's reply is. */
export interface TaskReply {
  /** Identifies the task. */
  readonly operationId: string;
  /** When the task was made, `yyyyMMdd'T'HHmmss'Z'` in UTC. */
  readonly createTime: string;
  /** When it began; absent or null before that. */
  readonly startTime: string | null | undefined;
  /** When it ended; absent or null before that. */
  readonly stopTime: string | null | undefined;
  /** Whether firmware or software is upgraded. */
  readonly operateType: OperateType;
  /** The targets of the request, echoed as the switch `echo` says. */
  readonly targets: unknown;
  /** The policy of the request, echoed likewise; absent when none was sent. */
  readonly policy: unknown;
  /** The status of the task; `failed`, where a sub-task says `fail`. */
  readonly status: TaskStatus;
  /** How many sub-tasks are in which status. */
  readonly staResult: StatusCounts;
  /** What else there is to say. */
  readonly extendPara: {
    /** The version of the package. */
    readonly fileVersion: string;
  };
}

export function taskReply(task: Task, behaviour: Behaviour): TaskReply {
  return {
    operationId: task.operationId,
    createTime: basicTime(task.createdAt),
    startTime: timeOrNot(startedAt(task), behaviour),
    stopTime: timeOrNot(stoppedAt(task), behaviour),
    operateType: task.operateType,
    targets: echoedTargets(task, behaviour),
    policy: echoedPolicy(task, behaviour),
    status: taskStatus(task, behaviour),
    staResult: countStatuses(task, behaviour),
    extendPara: { fileVersion: task.package.version },
  };
}

/** A device's part of a task as the platform tells it. */
export interface SubTaskReply {
  /** Identifies the device's part of the task. */
  readonly subOperationId: string;
  /** When the task was made, `yyyyMMdd'T'HHmmss'Z'` in UTC. */
  readonly createTime: string;
  /** When it began; absent or null before that. */
  readonly startTime: string | null | undefined;
  /** When it ended; absent or null before that. */
  readonly stopTime: string | null | undefined;
  /** Whether firmware or software is upgraded. */
  readonly operateType: OperateType;
  /** The device. */
  readonly deviceId: string;
  /** The status of the sub-task; `fail`, where a task says `failed`. */
  readonly status: SubTaskStatus;
  /** Why it failed, was stopped, or did not need the upgrade; else absent. */
  readonly detailInfo: string | undefined;
  /** Always empty here. */
  readonly extendInfo: Readonly<Record<string, unknown>>;
}

export function subTaskReply(task: Task, subTask: SubTask, behaviour: Behaviour): SubTaskReply {
  return {
    subOperationId: subTask.subOperationId,
    createTime: basicTime(task.createdAt),
    startTime: timeOrNot(subTask.startedAt, behaviour),
    stopTime: timeOrNot(subTask.stoppedAt, behaviour),
    operateType: task.operateType,
    deviceId: subTask.deviceId,
    status: subTask.status,
    detailInfo: subTask.detailInfo ?? undefined,
    extendInfo: {},
  };
}

export function pageReply<Item>(page: Page<Item>, totalName = "totalCount"): JsonObject {
  const { items, pageNo, pageSize, total } = page;
  return { data: items, pageNo, pageSize, [totalName]: total };
}
