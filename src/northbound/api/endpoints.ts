import type { CallArguments } from "../../http/endpoint";
import type { DeviceFailure } from "../../upgrade/platform";
import { create, type PlatformCall, read, remove } from "../../wing/platform-call";
import type { Page } from "../../wing/reply";
import {
  type ListedPart,
  type OperationRecord,
  type OperationType,
  type PackageRecord,
  readCreatedOperation,
  readFailurePage,
  readOperation,
  readOperationPage,
  readPackage,
  readPackagePage,
  readPartPage,
} from "./wire";

const PACKAGES = "/iodm/northbound/v1.5.0/category";
const TASKS = "/iodm/northbound/v1.5.0/operations";

/** A package read for a check a moment ago serves the create that follows. */
const PACKAGE_SHARE_SECONDS = 10;
/** docs/decisions/shared-listings.md says why a create may decide on a listing of this age. */
const TASKS_SHARE_SECONDS = 30;

export const PAGE_SIZE = 100;

function pageOf(
  filter: Readonly<Record<string, string | undefined>>,
  pageNo: number,
  pageSize = PAGE_SIZE,
): CallArguments {
  const first = { ...filter, pageNo: 0, pageSize };
  return pageNo === 0 ? { query: first } : { query: { ...first, pageNo }, firstPage: first };
}

export function listPackages(
  filter: Readonly<Record<string, string | undefined>>,
  pageNo: number,
): PlatformCall<Page<PackageRecord>> {
  return read(
    "listing version packages",
    PACKAGES,
    readPackagePage,
    pageOf(filter, pageNo),
    PACKAGE_SHARE_SECONDS,
  );
}

export function getPackage(fileId: string): PlatformCall<PackageRecord> {
  return read(
    `querying version package ${fileId}`,
    `${PACKAGES}/{fileId}`,
    readPackage,
    { parameters: { fileId } },
    PACKAGE_SHARE_SECONDS,
  );
}

export function deletePackage(fileId: string): PlatformCall<undefined> {
  const path = `${PACKAGES}/{fileId}`;
  return remove(`deleting version package ${fileId}`, path, [PACKAGES], { fileId });
}

export function createTask(type: OperationType, body: unknown): PlatformCall<string> {
  const kind = type === "software_upgrade" ? "software" : "firmware";
  const path = `${TASKS}/${kind}Upgrade`;
  return create(`creating the ${kind} upgrade task`, path, readCreatedOperation, body);
}

export function getTask(operationId: string): PlatformCall<OperationRecord> {
  return read(`querying upgrade task ${operationId}`, `${TASKS}/{operationId}`, readOperation, {
    parameters: { operationId },
  });
}

export function listFailedDevices(
  operationId: string,
  pageSize: number,
): PlatformCall<Page<DeviceFailure>> {
  return read(
    `listing the failed devices of upgrade task ${operationId}`,
    `${TASKS}/{operationId}/subOperations`,
    readFailurePage,
    { parameters: { operationId }, query: { subOperationStatus: "fail", pageNo: 0, pageSize } },
  );
}

export function listParts(operationId: string, pageNo: number): PlatformCall<Page<ListedPart>> {
  return read(
    `listing the devices of upgrade task ${operationId}`,
    `${TASKS}/{operationId}/subOperations`,
    readPartPage,
    { parameters: { operationId }, ...pageOf({}, pageNo) },
  );
}

export function listTasks(
  filter: Readonly<Record<string, string | undefined>>,
  pageNo: number,
  pageSize?: number,
): PlatformCall<Page<OperationRecord>> {
  return read(
    "listing upgrade tasks",
    TASKS,
    readOperationPage,
    pageOf(filter, pageNo, pageSize),
    TASKS_SHARE_SECONDS,
  );
}
