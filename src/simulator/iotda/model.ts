import type { Grouped } from "../groups";
import type { IotdaDeviceData, IotdaPackageData } from "./data";

/** The status of a batch task; `Waitting` is the platform's spelling. */
export type IotdaTaskStatus =
  | "Initializing"
  | "Waitting"
  | "Processing"
  | "Success"
  | "Fail"
  | "PartialSuccess"
  | "Stopping"
  | "Stopped";

/** The status of a device's part of a batch task. */
export type IotdaDetailStatus =
  "Waitting" | "Processing" | "Success" | "Fail" | "FailWaitRetry" | "Stopped";

export interface StoredIotdaPackage {
  readonly packageId: string;
  readonly projectId: string;
  readonly appId: string;
  readonly createdAt: number;
  readonly data: IotdaPackageData;
}

/** A device and what the platform knows of it now. */
export interface IotdaDevice extends Grouped<IotdaDevice> {
  /** Its place in lists that are paged by marker. */
  readonly marker: string;
  data: IotdaDeviceData;
  readonly projectId: string;
  firmwareVersion: string;
  softwareVersion: string;
  /** By the name of the module. */
  readonly moduleVersions: Map<string, string>;
  /** Reachable from this moment on; `Infinity` while nothing brings it back. */
  onlineAt: number;
  failuresLeft: number;
  readonly registeredAt: number;
  /** When it was last seen to come or go. */
  connectionChangedAt: number;
  /** The sub-task that upgrades it now. */
  heldBy: IotdaSubTask | undefined;
  /** Goes on with what waits for the device to come online. */
  readonly waiting: Map<IotdaSubTask, () => void>;
}

/** How a device is shown: what it is now comes before what the data says. */
export function statusOf(device: IotdaDevice, now: number): NonNullable<IotdaDeviceData["status"]> {
  if (device.onlineAt <= now) return "ONLINE";
  const { status = "OFFLINE" } = device.data;
  return status === "ONLINE" ? "OFFLINE" : status;
}

export interface IotdaSubTask {
  readonly id: string;
  readonly target: string;
  status: IotdaDetailStatus;
  output: string | undefined;
  error: { readonly code: string; readonly message: string } | undefined;
  attemptsMade: number;
  /** Grows with each step, so that what was planned for an earlier one is passed over. */
  step: number;
  isConfirmed: boolean;
}

/** The counters of a task's `task_progress`, as they are spelled. */
export interface IotdaTaskProgress {
  /** Sub-tasks in all; the other seven add up to it. */
  total: number;
  /** In work. */
  processing: number;
  /** Ended well. */
  success: number;
  /** Ended in a failure. */
  fail: number;
  /** Not begun yet. The platform spells it so. */
  waitting: number;
  /** Failed, and waiting for the next attempt. */
  fail_wait_retry: number;
  /** Stopped before they ended. */
  stopped: number;
  /** Taken out of the task; always 0 here. */
  removed: number;
}

/** What a create call has asked for, once it passed the rules. */
export interface IotdaTaskOrder {
  readonly projectId: string;
  readonly appId: string;
  readonly name: string;
  readonly type: "firmwareUpgrade" | "softwareUpgrade" | "moduleUpgrade";
  readonly mode: string | undefined;
  readonly needConfirm: boolean | undefined;
  readonly extInfo: unknown;
  readonly targets: readonly string[] | undefined;
  readonly groupIds: readonly string[] | undefined;
  /** The packages as they were when the task was made. */
  readonly packages: readonly StoredIotdaPackage[];
  /** As it was sent. */
  readonly policy: unknown;
  readonly scheduledAt: number | undefined;
  readonly retryCount: number;
  readonly retryMinutes: number;
}

export interface IotdaTask {
  readonly taskId: string;
  readonly order: IotdaTaskOrder;
  readonly createdAt: number;
  status: IotdaTaskStatus;
  statusDesc: string | undefined;
  endedAt: number | undefined;
  /** Whether somebody stopped all of it. */
  isStopped: boolean;
  readonly progress: IotdaTaskProgress;
  readonly subTasks: IotdaSubTask[];
}

export function isIotdaTaskFinished({ endedAt }: IotdaTask): boolean {
  return endedAt !== undefined;
}

/** Whether there may be another word of the sub-task. */
export function isOpen({ status }: IotdaSubTask): boolean {
  return status === "Waitting" || status === "Processing" || status === "FailWaitRetry";
}

const counters = {
  Waitting: "waitting",
  Processing: "processing",
  Success: "success",
  Fail: "fail",
  FailWaitRetry: "fail_wait_retry",
  Stopped: "stopped",
} as const satisfies Record<IotdaDetailStatus, keyof IotdaTaskProgress>;

/** The only way a sub-task's status changes: the counters move with it. */
export function setStatus(
  { progress }: IotdaTask,
  subTask: IotdaSubTask,
  status: IotdaDetailStatus,
): void {
  progress[counters[subTask.status]] -= 1;
  progress[counters[status]] += 1;
  subTask.status = status;
  subTask.step += 1;
}

export function addSubTask(task: IotdaTask, id: string, target: string): void {
  task.subTasks.push({
    id,
    target,
    status: "Waitting",
    output: undefined,
    error: undefined,
    attemptsMade: 0,
    step: 0,
    isConfirmed: false,
  });
  task.progress.total += 1;
  task.progress.waitting += 1;
}

export function hasOpenSubTasks({ progress }: IotdaTask): boolean {
  return progress.waitting + progress.processing + progress.fail_wait_retry > 0;
}
