import * as z from "zod/mini";

import { parseInstant } from "../../instant";
import type { DeviceCounts, DeviceFailure, TaskRecord } from "../../upgrade/platform";
import {
  count,
  entriesOf,
  flag,
  id,
  names,
  type Page,
  parseReply,
  readTime,
  text,
  filled,
  writeTime,
} from "../../wing/reply";
import { createPhases } from "../../wing/task-phases";

/* The vendor's spelling, and only here. */

const categoryInfo = z.looseObject({
  fileId: id,
  name: text,
  version: text,
  fileType: text,
  deviceType: text,
  model: text,
  manufacturerName: text,
  protocolType: text,
  description: text,
  date: text,
  uploadTime: text,
});

const operateDevices = z.nullish(
  z.looseObject({
    devices: names,
    deviceGroups: names,
    deviceType: filled,
    model: filled,
    manufacturerName: filled,
  }),
);

const operatePolicy = z.nullish(
  z.looseObject({
    executeType: filled,
    startTime: filled,
    endTime: filled,
    retryType: flag,
    retryTimes: count,
  }),
);

const staResult = z.nullish(
  z.looseObject({
    total: count,
    wait: count,
    processing: count,
    success: count,
    fail: count,
    stop: count,
    timeout: count,
  }),
);

const operationInfo = z.looseObject({
  operationId: id,
  createTime: text,
  startTime: filled,
  stopTime: filled,
  operateType: filled,
  targets: operateDevices,
  policy: operatePolicy,
  status: text,
  staResult,
  extendPara: z.nullish(z.record(z.string(), z.unknown())),
});

const { phaseOf, isUnclear } = createPhases({
  succeeded: ["success"],
  // A task says "failed" where its devices say "fail"; both mean the same here.
  failed: ["failed", "fail"],
  stopped: ["stop"],
  unfinished: ["wait", "processing"],
});

const subOperationInfo = z.looseObject({
  subOperationId: text,
  deviceId: text,
  status: text,
  detailInfo: text,
  startTime: filled,
  stopTime: filled,
});

const page = z.looseObject({
  data: z.nullish(z.array(z.unknown())),
  totalCount: count,
  // The vendor's SDKs know the total of the task list by this name.
  totalSize: count,
});

function readPage<Item>(body: unknown, readEntry: (entry: unknown) => Item): Page<Item> {
  const { data, totalCount, totalSize } = parseReply(page, body);
  const total = totalCount ?? totalSize;
  return { items: entriesOf("data", data, total).map(readEntry), total };
}

/** A version package as the platform tells it; times in ISO 8601. */
export interface PackageRecord {
  readonly fileId: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly fileType: string | undefined;
  readonly deviceType: string | undefined;
  readonly model: string | undefined;
  readonly manufacturerName: string | undefined;
  readonly protocolType: string | undefined;
  readonly description: string | undefined;
  readonly date: string | undefined;
  readonly uploadTime: string | undefined;
}

/** Policy as declared and as the platform echoes it. */
export interface Policy {
  readonly executeType?: string | undefined;
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  readonly retryType?: boolean | undefined;
  readonly retryTimes?: number | undefined;
}

/** Which devices a package is for, and a task. */
export interface DeviceModel {
  readonly deviceType?: string | undefined;
  readonly model?: string | undefined;
  readonly manufacturerName?: string | undefined;
}

/** Targets as declared and as the platform echoes them. */
export interface Targets extends DeviceModel {
  readonly devices?: readonly string[] | undefined;
  readonly deviceGroups?: readonly string[] | undefined;
}

export type OperationType = "firmware_upgrade" | "software_upgrade";

/** An upgrade task as the platform tells it; times in ISO 8601. */
export interface OperationRecord extends TaskRecord {
  readonly operateType: string | undefined;
  readonly createTime: string | undefined;
  readonly startTime: string | undefined;
  readonly stopTime: string | undefined;
  readonly targets: Targets | undefined;
  readonly policy: Policy | undefined;
  /** Version of the package; the reply has no `fileId`. */
  readonly fileVersion: string | undefined;
}

export function readPackage(body: unknown): PackageRecord {
  const info = parseReply(categoryInfo, body);
  return {
    fileId: info.fileId,
    name: info.name,
    version: info.version,
    fileType: info.fileType,
    deviceType: info.deviceType,
    model: info.model,
    manufacturerName: info.manufacturerName,
    protocolType: info.protocolType,
    description: info.description,
    date: info.date?.trim(),
    uploadTime: readTime(info.uploadTime),
  };
}

export function readPackagePage(body: unknown): Page<PackageRecord> {
  return readPage(body, readPackage);
}

export function readCreatedOperation(body: unknown): string {
  return parseReply(z.looseObject({ operationId: id }), body).operationId;
}

export function readOperation(body: unknown): OperationRecord {
  const info = parseReply(operationInfo, body);
  const status = info.status ?? "unknown";
  return {
    id: info.operationId,
    phase: phaseOf(status),
    status,
    createdAt: parseInstant(info.createTime ?? ""),
    counts: readCounts(info.staResult),
    openFailures: openFailuresOf(info),
    isUnclear: isUnclear(status),
    operateType: info.operateType,
    createTime: readTime(info.createTime),
    startTime: readTime(info.startTime),
    stopTime: readTime(info.stopTime),
    targets: info.targets ?? undefined,
    policy: info.policy ?? undefined,
    fileVersion: filled.safeParse(info.extendPara?.["fileVersion"]).data,
  };
}

export function readOperationPage(body: unknown): Page<OperationRecord> {
  return readPage(body, readOperation);
}

export function readFailurePage(body: unknown): Page<DeviceFailure> {
  return readPage(body, (entry) => {
    const { deviceId, status, detailInfo } = parseReply(subOperationInfo, entry);
    return {
      deviceId: deviceId ?? "a device without an id",
      reason: reasonOf(detailInfo?.trim() ?? "", status),
    };
  });
}

/** A device's part of a task. */
export interface SubTask {
  readonly deviceId: string;
  readonly status: string;
  readonly detail: string | undefined;
  /** When it ended, or else began; milliseconds since the epoch. */
  readonly at: number | undefined;
  /** When it began, ISO 8601. */
  readonly startTime: string | undefined;
  /** When it ended, ISO 8601. */
  readonly stopTime: string | undefined;
}

/** An entry of the list of parts: a device may be in several, and one without a device tells of none. */
export interface ListedPart {
  readonly id: string;
  readonly subTask: SubTask | undefined;
}

export function readPartPage(body: unknown): Page<ListedPart> {
  return readPage(body, (entry) => {
    const part = parseReply(subOperationInfo, entry);
    return { id: part.subOperationId ?? part.deviceId ?? "", subTask: subTaskOf(part) };
  });
}

function subTaskOf(part: z.output<typeof subOperationInfo>): SubTask | undefined {
  const { deviceId, status, detailInfo, startTime, stopTime } = part;
  if (deviceId === undefined) return undefined;
  const detail = detailInfo?.trim() ?? "";
  return {
    deviceId,
    status: status ?? "unknown",
    detail: detail === "" ? undefined : detail,
    at: parseInstant(stopTime ?? "") ?? parseInstant(startTime ?? ""),
    startTime: readTime(startTime),
    stopTime: readTime(stopTime),
  };
}

function reasonOf(said: string, status: string | undefined): string {
  return said === "" ? `no reason given (${status ?? "no status"})` : said;
}

function openFailuresOf(info: z.output<typeof operationInfo>): number | undefined {
  const { fail = 0, timeout = 0 } = info.staResult ?? {};
  return info.policy?.retryType === true && fail + timeout > 0 ? fail + timeout : undefined;
}

function readCounts(result: z.output<typeof staResult>): DeviceCounts | undefined {
  if (result === null || result === undefined) return undefined;
  const { wait = 0, processing = 0, success = 0, fail = 0, stop = 0, timeout = 0 } = result;
  const sum = wait + processing + success + fail + stop + timeout;
  const total = result.total ?? (sum === 0 ? undefined : sum);
  if (total === undefined) return undefined;
  return { total, wait, processing, success, fail, stop, timeout };
}

/** The body of a create call. Only what is declared is sent. */
export function writeCreateTask(
  fileId: string,
  targets: Targets,
  policy: Policy | undefined,
): Record<string, unknown> {
  return {
    fileId,
    targets,
    ...(policy === undefined
      ? {}
      : {
          policy: {
            // "Mandatory" inside a policy although its default is "now": always sent.
            executeType: policy.executeType ?? "now",
            startTime: writeTime(policy.startTime),
            endTime: writeTime(policy.endTime),
            retryType: policy.retryType,
            retryTimes: policy.retryTimes,
          },
        }),
  };
}
