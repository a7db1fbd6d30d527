import * as z from "zod/mini";

import { parseInstant } from "../../../instant";
import type { DeviceCounts, DeviceFailure, TaskPhase, TaskRecord } from "../../../upgrade/platform";
import {
  count,
  filled,
  id,
  names,
  type Page,
  parseReply,
  read,
  readTime,
  text,
  writeTime,
} from "../../../wing/reply";
import { createPhases } from "../../../wing/task-phases";
import type { Window } from "../../../upgrade/schedule";
import { readPage } from "./page";

/* The vendor's spelling, and only in this folder. */

const truth = read(z.optional(z.unknown()), (value) =>
  typeof value === "boolean" ? value : undefined,
);

const object = read(z.optional(z.unknown()), (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined,
);

const batchTask = z.looseObject({
  task_id: id,
  task_name: text,
  task_type: text,
  app_id: filled,
  task_mode: filled,
  need_confirm: truth,
  task_ext_info: object,
  targets: names,
  targets_filter: object,
  // A create takes `package_ids`; the page of the reply still says `package_id`.
  document: z.catch(z.nullish(z.looseObject({ package_ids: names, package_id: text })), undefined),
  task_policy: z.nullish(
    z.looseObject({ schedule_time: filled, retry_count: count, retry_interval: count }),
  ),
  status: text,
  status_desc: text,
  task_progress: z.nullish(
    z.looseObject({
      total: count,
      processing: count,
      success: count,
      fail: count,
      waitting: count,
      fail_wait_retry: count,
      stopped: count,
      removed: count,
    }),
  ),
  create_time: text,
});

const taskDetail = z.looseObject({
  target: text,
  status: text,
  output: text,
  error: z.nullish(z.looseObject({ error_code: text, error_msg: text })),
});

const targetResult = z.looseObject({
  target: text,
  status: text,
  error_code: text,
  error_msg: text,
});

const { phaseOf, isUnclear } = createPhases({
  succeeded: ["Success"],
  failed: ["Fail", "PartialSuccess"],
  stopped: ["Stopped"],
  // Not "Initializing": the platform counts the devices then.
  unfinished: ["Waitting", "Processing", "Stopping"],
});

/** Targets as declared and as the platform echoes them. */
export interface Targets {
  readonly devices?: readonly string[] | undefined;
  readonly groupIds?: readonly string[] | undefined;
}

/** Policy as declared and as the platform echoes it. */
export interface TaskPolicy {
  readonly scheduleTime?: string | undefined;
  readonly retryCount?: number | undefined;
  readonly retryInterval?: number | undefined;
  /** Only as declared: what the platform is told and tells is an instant. */
  readonly window?: Window | undefined;
}

export const TASK_TYPES = ["firmwareUpgrade", "softwareUpgrade", "moduleUpgrade"] as const;
export type TaskType = (typeof TASK_TYPES)[number];

/** What a task is, as declared and as the platform echoes it. */
export interface TaskContent {
  readonly packageId: string | undefined;
  readonly appId?: string | undefined;
  readonly targets: Targets | undefined;
  readonly taskPolicy?: TaskPolicy | undefined;
  readonly taskMode?: string | undefined;
  readonly taskExtInfo?: Readonly<Record<string, unknown>> | undefined;
  readonly needConfirm?: boolean | undefined;
}

/** A batch task as the platform tells it; times in ISO 8601. */
export interface OperationRecord extends TaskRecord, TaskContent {
  /** All packages that it pushes; `packageId` is the first one. */
  readonly packageIds: readonly string[];
  readonly taskName: string | undefined;
  readonly taskType: string | undefined;
  readonly statusDesc: string | undefined;
  readonly createTime: string | undefined;
}

/** The bare task of a create, or the wrapped one of a query. */
export function readTask(body: unknown): OperationRecord {
  const wrapped = (body as { batchtask?: unknown } | null | undefined)?.batchtask;
  const info = parseReply(batchTask, wrapped ?? body);
  const status = info.status ?? "unknown";
  const groupIds = names.safeParse(info.targets_filter?.["group_ids"]).data;
  const { package_ids: ids, package_id: onlyId } = info.document ?? {};
  const packageIds = ids ?? (onlyId === undefined ? [] : [onlyId]);
  return {
    id: info.task_id,
    phase: phaseOf(status),
    status,
    createdAt: parseInstant(info.create_time ?? ""),
    counts: readCounts(info.task_progress, phaseOf(status)),
    openFailures: openFailuresOf(info),
    isUnclear: isUnclear(status),
    taskName: info.task_name,
    taskType: info.task_type,
    appId: info.app_id,
    packageId: packageIds[0],
    packageIds,
    targets: targetsOf(info.targets, groupIds),
    taskPolicy: policyOf(info.task_policy),
    taskMode: info.task_mode,
    taskExtInfo: emptyAsAbsent(info.task_ext_info),
    needConfirm: info.need_confirm,
    statusDesc: info.status_desc,
    createTime: readTime(info.create_time),
  };
}

function emptyAsAbsent<Fields extends object>(fields: Fields | undefined): Fields | undefined {
  return fields === undefined || Object.keys(fields).length === 0 ? undefined : fields;
}

function targetsOf(
  devices: readonly string[] | undefined,
  groupIds: readonly string[] | undefined,
): Targets | undefined {
  if (devices !== undefined && devices.length > 0) return { devices };
  return groupIds === undefined || groupIds.length === 0 ? undefined : { groupIds };
}

function policyOf(policy: z.output<typeof batchTask>["task_policy"]): TaskPolicy | undefined {
  if (policy === null || policy === undefined) return undefined;
  const { schedule_time: time, retry_count: retryCount, retry_interval: retryInterval } = policy;
  const told = {
    scheduleTime: readTime(time),
    // No retries at all is what a task has that asks for none.
    ...(retryCount === 0 ? {} : { retryCount, retryInterval }),
  };
  const entries = Object.entries(told).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** A sub-task: a device of which it is told how far it is. */
export interface TaskDetail extends DeviceFailure {
  /** `undefined` where the reply names none. */
  readonly target: string | undefined;
  readonly status: string | undefined;
  /** What the platform says of it, where it says anything. */
  readonly said: string | undefined;
}

/** The sub-tasks of a query. */
export function readDetails(body: unknown): Page<TaskDetail> {
  return readPage(body, "task_details", (entry) => {
    const { target, status, output, error } = parseReply(taskDetail, entry);
    const said = saidOf(error?.error_code, error?.error_msg, output);
    const reason = said ?? noReason(status);
    return { target, status, said, deviceId: target ?? "a device without an id", reason };
  });
}

function saidOf(
  code: string | undefined,
  message: string | undefined,
  output: string | undefined,
): string | undefined {
  const said = [message, output].find((one) => one !== undefined && one.trim() !== "")?.trim();
  return code === undefined ? said : `${said ?? "no text"} (${code})`;
}

function noReason(status: string | undefined): string {
  return `no reason given (${status ?? "no status"})`;
}

/** What stop, retry and confirm answer: each device by itself, inside a 200. */
export interface TargetResults {
  readonly succeeded: number;
  readonly failures: readonly DeviceFailure[];
}

export function readTargetResults(body: unknown): TargetResults {
  const results = z.nullish(z.array(targetResult));
  const { targets } = parseReply(z.looseObject({ targets: results }), body ?? {});
  const failed = (targets ?? []).filter(({ status }) => status === "failure");
  return {
    succeeded: (targets ?? []).length - failed.length,
    failures: failed.map(({ target, error_code, error_msg }) => ({
      deviceId: target ?? "a device without an id",
      reason: saidOf(error_code, error_msg, undefined) ?? noReason("failure"),
    })),
  };
}

function openFailuresOf(info: z.output<typeof batchTask>): number | undefined {
  const { fail = 0 } = info.task_progress ?? {};
  const triesAgain = (info.task_policy?.retry_count ?? 0) > 0;
  return triesAgain && fail > 0 ? fail : undefined;
}

type Progress = z.output<typeof batchTask>["task_progress"];

function readCounts(progress: Progress, phase: TaskPhase): DeviceCounts | undefined {
  if (progress === null || progress === undefined) return undefined;
  // While it is initialising, the platform has not counted the devices of a group yet.
  if (phase === "unfinished" && (progress.total ?? 0) === 0) return undefined;
  const { processing = 0, success = 0, fail = 0, waitting = 0 } = progress;
  const { fail_wait_retry: retrying = 0, stopped = 0, removed = 0 } = progress;
  const sum = processing + success + fail + waitting + retrying + stopped + removed;
  if (progress.total === undefined && sum === 0) return undefined;
  return {
    total: progress.total ?? sum,
    wait: waitting,
    // The platform tries them again: they have not failed yet.
    processing: processing + retrying,
    success,
    // Nobody tries the removed ones again.
    fail: fail + removed,
    stop: stopped,
    timeout: 0,
  };
}

export function readTaskPage(body: unknown): Page<OperationRecord> {
  return readPage(body, "batchtasks", readTask);
}

/** The body of a task's create; `undefined` leaves are not sent. */
export function writeTask(
  taskType: TaskType,
  taskName: string,
  content: TaskContent,
): Record<string, unknown> {
  const { targets, taskPolicy } = content;
  return {
    app_id: content.appId,
    task_name: taskName,
    task_type: taskType,
    task_mode: content.taskMode,
    task_ext_info: content.taskExtInfo,
    need_confirm: content.needConfirm,
    targets: targets?.devices,
    targets_filter: targets?.groupIds === undefined ? undefined : { group_ids: targets.groupIds },
    document: { package_ids: [content.packageId] },
    task_policy:
      taskPolicy === undefined
        ? undefined
        : {
            schedule_time: writeTime(taskPolicy.scheduleTime),
            retry_count: taskPolicy.retryCount,
            retry_interval: taskPolicy.retryInterval,
          },
  };
}
