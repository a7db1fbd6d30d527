import type { CallArguments, Endpoint, Priority } from "../../http/endpoint";
import type { DeviceFailure } from "../../upgrade/platform";
import type { Page } from "../../wing/reply";
import {
  type OperationRecord,
  type OperationType,
  type PackageRecord,
  readCreatedOperation,
  readFailurePage,
  readOperation,
  readOperationPage,
  readPackage,
  readPackagePage,
} from "./wire";

const PACKAGES = "/iodm/northbound/v1.5.0/category";
const TASKS = "/iodm/northbound/v1.5.0/operations";

/** A package read for a check a moment ago serves the create that follows. */
const PACKAGE_SHARE_SECONDS = 10;
/** docs/decisions/shared-listings.md says why a create may decide on a listing of this age. */
const TASKS_SHARE_SECONDS = 30;

export const PAGE_SIZE = 100;

/** The call as data, with what it is about for the messages. */
export interface NorthboundCall<Reply> {
  readonly endpoint: Endpoint<Reply>;
  readonly call: CallArguments;
}

function read<Reply>(
  doing: string,
  path: string,
  parse: (body: unknown) => Reply,
  call: CallArguments,
  options: { shareSeconds?: number; priority?: Priority } = {},
): NorthboundCall<Reply> {
  return {
    endpoint: {
      doing,
      method: "GET",
      path,
      mutates: false,
      repeatable: true,
      priority: "read",
      parse,
      ...options,
    },
    call,
  };
}

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
): NorthboundCall<Page<PackageRecord>> {
  return read("listing version packages", PACKAGES, readPackagePage, pageOf(filter, pageNo), {
    shareSeconds: PACKAGE_SHARE_SECONDS,
  });
}

export function getPackage(fileId: string): NorthboundCall<PackageRecord> {
  return read(
    `querying version package ${fileId}`,
    `${PACKAGES}/{fileId}`,
    readPackage,
    { parameters: { fileId } },
    { shareSeconds: PACKAGE_SHARE_SECONDS },
  );
}

export function deletePackage(fileId: string): NorthboundCall<undefined> {
  return {
    endpoint: {
      doing: `deleting version package ${fileId}`,
      method: "DELETE",
      path: `${PACKAGES}/{fileId}`,
      mutates: true,
      repeatable: true,
      outdates: [PACKAGES],
      priority: "mutate",
      parse: () => undefined,
    },
    call: { parameters: { fileId } },
  };
}

export function createTask(type: OperationType, body: unknown): NorthboundCall<string> {
  const software = type === "software_upgrade";
  return {
    endpoint: {
      doing: `creating the ${software ? "software" : "firmware"} upgrade task`,
      method: "POST",
      path: `${TASKS}/${software ? "softwareUpgrade" : "firmwareUpgrade"}`,
      mutates: true,
      repeatable: false,
      // The process remembers what it made, so that a hundred creates share one listing.
      outdates: [],
      priority: "mutate",
      parse: readCreatedOperation,
    },
    call: { body },
  };
}

export function getTask(operationId: string): NorthboundCall<OperationRecord> {
  return read(`querying upgrade task ${operationId}`, `${TASKS}/{operationId}`, readOperation, {
    parameters: { operationId },
  });
}

export function listFailedDevices(
  operationId: string,
  pageSize: number,
): NorthboundCall<Page<DeviceFailure>> {
  return read(
    `listing the failed devices of upgrade task ${operationId}`,
    `${TASKS}/{operationId}/subOperations`,
    readFailurePage,
    { parameters: { operationId }, query: { subOperationStatus: "fail", pageNo: 0, pageSize } },
  );
}

export function listTasks(
  filter: Readonly<Record<string, string | undefined>>,
  pageNo: number,
  pageSize?: number,
): NorthboundCall<Page<OperationRecord>> {
  return read("listing upgrade tasks", TASKS, readOperationPage, pageOf(filter, pageNo, pageSize), {
    shareSeconds: TASKS_SHARE_SECONDS,
  });
}
