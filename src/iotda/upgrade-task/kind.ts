import type { Project } from "../api/platform";
import type { TaskDeclaration } from "../api/tasks";
import type { UpgradeTaskInputs } from "./schema";

/** The vendor's words for what a kind of task pushes. */
export interface TaskKind {
  readonly taskType: "firmwareUpgrade" | "softwareUpgrade";
  readonly packageType: "firmwarePackage" | "softwarePackage";
  /** `firmware`, for messages. */
  readonly word: string;
}

export const FIRMWARE: TaskKind = {
  taskType: "firmwareUpgrade",
  packageType: "firmwarePackage",
  word: "firmware",
};

export const SOFTWARE: TaskKind = {
  taskType: "softwareUpgrade",
  packageType: "softwarePackage",
  word: "software",
};

export function nameOf(taskId: string): string {
  return `Upgrade task ${taskId}`;
}

/** The task that the resource of this address declares. */
export function declare(
  kind: TaskKind,
  inputs: UpgradeTaskInputs,
  urn: string | undefined,
): TaskDeclaration {
  const { packageId, appId, targets, taskPolicy, taskMode, taskExtInfo, needConfirm } = inputs;
  const content = { packageId, appId, targets, taskPolicy, taskMode, taskExtInfo, needConfirm };
  return { taskType: kind.taskType, taskName: inputs.taskName, urn, ...content };
}

/** Goes on after `packageId`. */
export async function noPackage(packageId: string, project: Project): Promise<string> {
  return `is "${packageId}", a version package that project ${await project.key()} does not have (404); correct it.`;
}
