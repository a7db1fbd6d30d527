import { formatInstant } from "../../instant";
import type { Properties } from "../../pulumi/hooks";
import type { DeviceCounts, DeviceFailure } from "../../upgrade/platform";
import { type Acknowledgeable, AS_DECLARED } from "../../wing/drift";
import type { Project } from "../api/platform";
import type { OperationRecord } from "../api/wire/task";
import {
  CONTENT_FIELDS,
  OTHER_FIELDS,
  type UpgradeTaskInputs,
  type UpgradeTaskState,
} from "./schema";

/** What the state keeps of a task: what is declared, and the last known truth. */
export type TaskState = Omit<UpgradeTaskInputs, "adopt"> &
  Acknowledgeable & {
    readonly taskId: string;
    readonly fullTaskName: string | undefined;
    readonly status: string;
    readonly statusDesc: string | undefined;
    readonly createTime: string | undefined;
    readonly deviceCounts: DeviceCounts | undefined;
    readonly failures: readonly DeviceFailure[] | undefined;
    readonly recordGone: boolean;
    readonly account: string;
  };

/** The state of a task that was just made or taken over. */
export async function newTaskState(
  inputs: UpgradeTaskInputs,
  task: OperationRecord,
  project: Project,
  failures?: readonly DeviceFailure[],
): Promise<TaskState> {
  const { adopt: _, ...declared } = inputs;
  return {
    ...declared,
    ...(await toldBy(task, project)),
    createTime: task.createTime ?? formatInstant(project.now()),
    failures,
    platformState: AS_DECLARED,
    // What was so when the resource began is no drift.
    acknowledged: driftOf(task),
  };
}

/** The state with what the platform says now. */
export async function refreshed(
  state: UpgradeTaskState,
  task: OperationRecord,
  project: Project,
  failures: readonly DeviceFailure[] | undefined,
): Promise<TaskState> {
  return {
    ...(state as unknown as TaskState),
    ...(await toldBy(task, project)),
    createTime: task.createTime ?? state.createTime,
    failures,
  };
}

async function toldBy(task: OperationRecord, project: Project) {
  return {
    taskId: task.id,
    fullTaskName: task.taskName,
    status: task.status,
    statusDesc: task.statusDesc,
    deviceCounts: task.counts,
    recordGone: false,
    account: await project.key(),
  };
}

/** In words what somebody did to the task on the platform; its own progress and end are no drift. */
export function driftOf(task: OperationRecord): string | undefined {
  return task.phase === "stopped" || task.status === "Stopping"
    ? "stopped on the platform"
    : undefined;
}

/** What is declared, as far as the state tells it. */
export function declaredIn(state: UpgradeTaskState): Properties {
  return Object.fromEntries(
    [...CONTENT_FIELDS, ...OTHER_FIELDS]
      .map((field) => [field, state[field]])
      .filter(([, value]) => value !== undefined),
  ) as Properties;
}

/** The inputs that would have made a found task. */
export function declaredBy(task: OperationRecord): UpgradeTaskInputs {
  const { packageId, appId, targets, taskPolicy, taskMode, taskExtInfo, needConfirm } = task;
  const told = { appId, taskPolicy, taskMode, taskExtInfo, needConfirm };
  return {
    packageId: packageId ?? "",
    targets: targets ?? {},
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
  } as UpgradeTaskInputs;
}

export function isOver(state: UpgradeTaskState): boolean {
  return ["Success", "Fail", "PartialSuccess", "Stopped"].includes(state.status ?? "");
}
