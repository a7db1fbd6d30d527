import type { Application } from "../api/platform";
import type { TaskDeclaration } from "../api/tasks";
import type { OperationType, PackageRecord } from "../api/wire";
import type { UpgradeTaskInputs } from "./schema";

/** The vendor's words for what a kind of task pushes. */
export interface TaskKind {
  readonly operationType: OperationType;
  readonly fileType: "firmwarePackage" | "softwarePackage";
  /** `firmware`, for messages. */
  readonly word: string;
}

export const FIRMWARE: TaskKind = {
  operationType: "firmware_upgrade",
  fileType: "firmwarePackage",
  word: "firmware",
};

export const SOFTWARE: TaskKind = {
  operationType: "software_upgrade",
  fileType: "softwarePackage",
  word: "software",
};

export function declare(
  kind: TaskKind,
  inputs: UpgradeTaskInputs,
  found: PackageRecord,
): TaskDeclaration {
  const { targets, policy } = inputs;
  return { type: kind.operationType, package: found, targets, policy };
}

/** Goes on after `fileId`. */
export function noPackage(fileId: string, { account }: Application): string {
  return `is "${fileId}", a version package that application ${account.appId} does not have (123002); correct it, or upload the package in the portal.`;
}
