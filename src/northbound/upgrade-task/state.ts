import { formatInstant, parseInstant } from "../../instant";
import type { HookContext } from "../../pulumi/hooks";
import type { DeviceCounts, DeviceFailure } from "../../upgrade/platform";
import { callContextOf } from "../../wing/accounts";
import type { Application } from "../api/platform";
import type { OperationRecord } from "../api/wire";
import { type Acknowledgeable, AS_DECLARED } from "../../wing/drift";
import type { TaskKind } from "./kind";
import type { UpgradeTaskInputs, UpgradeTaskState } from "./schema";

/** What the state keeps of a task: what is declared, and the last known truth. */
export interface TaskState extends Acknowledgeable {
  readonly fileId: string;
  readonly targets: unknown;
  readonly policy: unknown;
  readonly rerunAfter: string | undefined;
  readonly operationId: string;
  readonly status: string;
  readonly createTime: string | undefined;
  readonly startTime: string | undefined;
  readonly stopTime: string | undefined;
  readonly deviceCounts: DeviceCounts | undefined;
  readonly failures: readonly DeviceFailure[] | undefined;
  readonly fileVersion: string | undefined;
  readonly recordGone: boolean;
  readonly account: string;
}

/** The state of a task that was just made or taken over; `task` is missing when a read failed. */
export function newTaskState(
  inputs: UpgradeTaskInputs,
  id: string,
  task: OperationRecord | undefined,
  application: Application,
  failures?: readonly DeviceFailure[],
): TaskState {
  return {
    fileId: inputs.fileId,
    targets: inputs.targets,
    policy: inputs.policy,
    rerunAfter: inputs.rerunAfter,
    operationId: id,
    status: task?.status ?? "wait",
    createTime: task?.createTime ?? formatInstant(application.now()),
    startTime: task?.startTime,
    stopTime: task?.stopTime,
    deviceCounts: task?.counts,
    failures,
    fileVersion: task?.fileVersion,
    recordGone: false,
    account: application.account.appId,
    platformState: AS_DECLARED,
    // What was so when the resource began is no drift.
    acknowledged: task && driftOf(task, inputs),
  };
}

/** The state with what the platform says now. */
export function refreshed(
  state: UpgradeTaskState,
  task: OperationRecord,
  application: Application,
  failures: readonly DeviceFailure[] | undefined,
): TaskState {
  return {
    ...(state as unknown as TaskState),
    operationId: task.id,
    status: task.status,
    createTime: task.createTime ?? state.createTime,
    startTime: task.startTime,
    stopTime: task.stopTime,
    deviceCounts: task.counts,
    failures,
    fileVersion: task.fileVersion,
    recordGone: false,
    account: application.account.appId,
  };
}

/** In words what somebody did to the task on the platform; its own progress and end are no drift. */
export function driftOf(
  task: OperationRecord,
  declared: { readonly policy?: { readonly endTime?: string | undefined } | undefined } = {},
): string | undefined {
  if (task.phase !== "stopped" || endedByItsWindow(task, declared.policy?.endTime)) {
    return undefined;
  }
  return `stopped on the platform${task.stopTime === undefined ? "" : ` at ${task.stopTime}`}`;
}

/** The platform may echo a policy with nulls in it, so what was declared counts, too. */
function endedByItsWindow(task: OperationRecord, declaredEnd: string | undefined): boolean {
  const end = parseInstant(task.policy?.endTime ?? declaredEnd ?? "");
  const stopped = parseInstant(task.stopTime ?? "");
  return end !== undefined && stopped !== undefined && stopped >= end;
}

/** The inputs of a task that is read by its id; the platform tells its package's version only. */
export async function inputsOf(
  kind: TaskKind,
  task: OperationRecord,
  application: Application,
  context: HookContext,
): Promise<UpgradeTaskInputs & { platformState: string }> {
  const { fileVersion: version, targets, policy } = task;
  const { deviceType, model, manufacturerName } = targets ?? {};
  const packages =
    version === undefined
      ? []
      : await application
          .packages(callContextOf(context))
          .list({ fileType: kind.fileType, version, deviceType, model, manufacturerName });
  return {
    fileId: packages.length === 1 ? (packages[0]?.fileId ?? "") : "",
    targets: (targets ?? {}) as UpgradeTaskInputs["targets"],
    ...(policy === undefined ? {} : { policy: policy }),
    platformState: AS_DECLARED,
  };
}
