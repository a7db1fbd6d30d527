import { change, create, type PlatformCall, read, remove } from "../../wing/platform-call";
import type { Page } from "../../wing/reply";
import type { Place } from "./paging";
import { type PackageRecord, readPackage, readPackagePage } from "./wire/package";
import {
  type OperationRecord,
  readDetails,
  readTargetResults,
  readTask,
  readTaskPage,
  type TargetResults,
  type TaskDetail,
} from "./wire/task";

const PACKAGES = "/v5/iot/{projectId}/ota-upgrades/packages";
const TASKS = "/v5/iot/{projectId}/batchtasks";

/** A package read for a check a moment ago serves the create that follows. */
const PACKAGES_SHARE_SECONDS = 10;
/** docs/decisions/shared-listings.md says why a create may decide on a listing of this age. */
const TASKS_SHARE_SECONDS = 30;

export const PAGE_SIZE = 50;

type Filter = Readonly<Record<string, string | undefined>>;

export function createPackage(body: unknown): PlatformCall<PackageRecord> {
  return create("creating the version package", PACKAGES, readPackage, body);
}

/** @param marker - id of the last package of the page before; newer ones come first */
export function listPackages(
  filter: Filter,
  marker: string | undefined,
  limit: number,
): PlatformCall<Page<PackageRecord>> {
  return read(
    "listing version packages",
    PACKAGES,
    readPackagePage,
    { query: { ...filter, limit, marker } },
    PACKAGES_SHARE_SECONDS,
  );
}

export function getPackage(packageId: string): PlatformCall<PackageRecord> {
  return read(
    `querying version package ${packageId}`,
    `${PACKAGES}/{packageId}`,
    readPackage,
    { parameters: { packageId } },
    PACKAGES_SHARE_SECONDS,
  );
}

export function deletePackage(packageId: string): PlatformCall<undefined> {
  const path = `${PACKAGES}/{packageId}`;
  return remove(`deleting version package ${packageId}`, path, [PACKAGES], { packageId });
}

export function createTask(body: unknown): PlatformCall<OperationRecord> {
  return create("creating the upgrade task", TASKS, readTask, body);
}

/** @param marker - id of the last task of the page before; newer ones come first */
export function listTasks(
  filter: Filter,
  marker: string | undefined,
  limit: number,
): PlatformCall<Page<OperationRecord>> {
  return read(
    "listing upgrade tasks",
    TASKS,
    readTaskPage,
    { query: { ...filter, limit, marker } },
    TASKS_SHARE_SECONDS,
  );
}

export function getTask(taskId: string): PlatformCall<OperationRecord> {
  return read(`querying upgrade task ${taskId}`, `${TASKS}/{taskId}`, readTask, {
    parameters: { taskId },
    // Its sub-tasks come with it, as few as possible.
    query: { limit: 1 },
  });
}

export function listDetails(
  taskId: string,
  status: "Fail" | "FailWaitRetry" | "Stopped" | undefined,
  limit: number,
  from?: Place,
): PlatformCall<Page<TaskDetail>> {
  return read(`listing the devices of upgrade task ${taskId}`, `${TASKS}/{taskId}`, readDetails, {
    parameters: { taskId },
    query: { task_detail_status: status, limit, ...from },
  });
}

export function deleteTask(taskId: string): PlatformCall<undefined> {
  return remove(`deleting upgrade task ${taskId}`, `${TASKS}/{taskId}`, [TASKS], { taskId });
}

/** Each device answers by itself. */
export function tellTask(
  taskId: string,
  what: "stop" | "retry" | "confirm",
  body: unknown,
): PlatformCall<TargetResults> {
  const doing = { stop: "stopping", retry: "retrying", confirm: "confirming" }[what];
  return change(
    `${doing} upgrade task ${taskId}`,
    {
      method: "POST",
      path: `${TASKS}/{taskId}/${what}`,
      repeatable: false,
      outdates: [TASKS],
      parse: readTargetResults,
    },
    { parameters: { taskId }, body },
  );
}
