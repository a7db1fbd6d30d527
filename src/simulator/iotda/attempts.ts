import type { Behaviour } from "../behaviour";
import type { DueQueue } from "./due-queue";
import { failureOf, type FailureReason } from "./failure-reasons";
import {
  hasOpenSubTasks,
  isOpen,
  setStatus,
  type IotdaDetailStatus,
  type IotdaDevice,
  type IotdaSubTask,
  type IotdaTask,
  type StoredIotdaPackage,
} from "./model";

/** What attempts need of the world around them. */
export interface Surroundings {
  readonly queue: DueQueue;
  readonly behaviour: () => Behaviour;
  readonly device: (task: IotdaTask, target: string) => IotdaDevice | undefined;
  /** The SHA-256 of the file that the package stands for, if it is known. */
  readonly fileHash: (stored: StoredIotdaPackage) => string | undefined;
  /** All sub-tasks of the task have ended. */
  readonly allEnded: (task: IotdaTask, now: number) => void;
}

const silentReasons = {
  version: ["iotdaVersionTimeoutSeconds", "versionTimeout"],
  cell: ["iotdaVersionTimeoutSeconds", "cellTimeout"],
  download: ["iotdaDownloadTimeoutSeconds", "downloadTimeout"],
  result: ["iotdaResultTimeoutSeconds", "resultTimeout"],
} as const;

const packageTypes = {
  firmwareUpgrade: "firmwarePackage",
  softwareUpgrade: "softwarePackage",
  moduleUpgrade: "modulePackage",
} as const;

/** How the devices of a task take their upgrades, one attempt after the other. */
export class Attempts {
  private readonly around: Surroundings;

  constructor(around: Surroundings) {
    this.around = around;
  }

  /** Plans the next attempt of a sub-task that waits. */
  plan(task: IotdaTask, subTask: IotdaSubTask, now: number): void {
    if (task.order.needConfirm === true && !subTask.isConfirmed) return;
    this.later(subTask, now + this.around.behaviour().waitSeconds * 1000, (time) => {
      this.begin(task, subTask, time);
    });
  }

  /** Ends a sub-task whose attempts are over. */
  end(task: IotdaTask, subTask: IotdaSubTask, status: IotdaDetailStatus, now: number): void {
    this.release(task, subTask);
    setStatus(task, subTask, status);
    if (!hasOpenSubTasks(task)) this.around.allEnded(task, now);
  }

  /** Ends it at once, as its device would have ended it. */
  finish(task: IotdaTask, subTask: IotdaSubTask, now: number): void {
    while (isOpen(subTask)) {
      const device = this.around.device(task, subTask.target);
      const obstacle = this.obstacle(task, subTask, device);
      if (device === undefined || obstacle !== undefined) {
        this.fail(task, subTask, obstacle ?? "deviceNotFound", now);
      } else if (this.isSilent(device)) this.stayedSilent(task, subTask, device, now);
      else this.answered(task, subTask, device, now);
    }
  }

  /** Fails an attempt whose device is not there any more. */
  lose(task: IotdaTask, subTask: IotdaSubTask, now: number): void {
    this.fail(task, subTask, "deviceNotFound", now);
  }

  /** Does this unless the sub-task has moved on by then. */
  private later(subTask: IotdaSubTask, at: number, act: (time: number) => void): void {
    const { step } = subTask;
    this.around.queue.add(at, (time) => {
      if (subTask.step === step) act(time);
    });
  }

  private packageFor({ order }: IotdaTask, device: IotdaDevice): StoredIotdaPackage | undefined {
    return order.packages.find(({ data }) => data.productId === device.data.productId);
  }

  /** Why the device cannot be upgraded, if so. */
  private obstacle(
    task: IotdaTask,
    subTask: IotdaSubTask,
    device: IotdaDevice | undefined,
  ): FailureReason | undefined {
    if (device === undefined) return "deviceNotFound";
    const stored = this.packageFor(task, device);
    if (stored?.data.packageType !== packageTypes[task.order.type]) return "unsupportedPackage";
    const { supportSourceVersions: sources = [], version } = stored.data;
    const running = runningVersion(stored, device);
    if (sources.length > 0 && running !== version && !sources.includes(running)) {
      return "sourceVersion";
    }
    return device.heldBy !== undefined && device.heldBy !== subTask ? "conflict" : undefined;
  }

  private begin(task: IotdaTask, subTask: IotdaSubTask, now: number): void {
    const device = this.around.device(task, subTask.target);
    const obstacle = this.obstacle(task, subTask, device);
    if (device === undefined || obstacle !== undefined) {
      this.fail(task, subTask, obstacle ?? "deviceNotFound", now);
      return;
    }
    const stored = this.packageFor(task, device);
    if (stored !== undefined && isInstalled(stored, device)) {
      subTask.output = "The device runs the version already; it was not upgraded.";
      subTask.error = undefined;
      this.end(task, subTask, "Success", now);
      return;
    }
    device.heldBy = subTask;
    setStatus(task, subTask, "Processing");
    if (device.onlineAt <= now) this.upgrade(task, subTask, device, now);
    else if (this.around.behaviour().iotdaOfflineDevice === "fails") {
      this.fail(task, subTask, "offline", now);
    } else this.waitForDevice(task, subTask, device, now);
  }

  private waitForDevice(
    task: IotdaTask,
    subTask: IotdaSubTask,
    device: IotdaDevice,
    now: number,
  ): void {
    const { queue, behaviour } = this.around;
    const givenUpAt = now + behaviour().iotdaOnlineTimeoutSeconds * 1000;
    this.later(subTask, givenUpAt, (time) => {
      device.waiting.delete(subTask);
      this.fail(task, subTask, "onlineTimeout", time);
    });
    device.waiting.set(subTask, () => {
      queue.add(device.onlineAt, (time) => {
        // It may have gone offline again, or been given up.
        if (device.onlineAt > time || !device.waiting.delete(subTask)) return;
        subTask.step += 1;
        this.upgrade(task, subTask, device, time);
      });
    });
    device.waiting.get(subTask)?.();
  }

  private isSilent({ data, failuresLeft }: IotdaDevice): boolean {
    return data.outcome === "timeout" && failuresLeft > 0;
  }

  private upgrade(task: IotdaTask, subTask: IotdaSubTask, device: IotdaDevice, now: number): void {
    const behaviour = this.around.behaviour();
    if (this.isSilent(device)) {
      const [timeout] = silentReasons[device.data.silentAt ?? "result"];
      this.later(subTask, now + behaviour[timeout] * 1000, (time) => {
        this.stayedSilent(task, subTask, device, time);
      });
      return;
    }
    const seconds = device.data.upgradeSeconds ?? behaviour.upgradeSeconds;
    this.later(subTask, now + seconds * 1000, (time) => {
      this.answered(task, subTask, device, time);
    });
  }

  private stayedSilent(
    task: IotdaTask,
    subTask: IotdaSubTask,
    device: IotdaDevice,
    now: number,
  ): void {
    device.failuresLeft -= 1;
    this.fail(task, subTask, silentReasons[device.data.silentAt ?? "result"][1], now);
  }

  private answered(task: IotdaTask, subTask: IotdaSubTask, device: IotdaDevice, now: number): void {
    const stored = this.packageFor(task, device);
    const { sign } = stored?.data ?? {};
    const hash = stored === undefined ? undefined : this.around.fileHash(stored);
    if ((device.data.outcome ?? "success") !== "success" && device.failuresLeft > 0) {
      device.failuresLeft -= 1;
      this.fail(task, subTask, device.data.failureReason ?? "general", now);
    } else if (sign !== undefined && hash !== undefined && !sameHash(sign, hash)) {
      this.fail(task, subTask, "integrity", now);
    } else {
      if (stored !== undefined) install(stored, device);
      subTask.output = "The device reported the new version.";
      subTask.error = undefined;
      this.end(task, subTask, "Success", now);
    }
  }

  private fail(task: IotdaTask, subTask: IotdaSubTask, reason: string, now: number): void {
    subTask.attemptsMade += 1;
    subTask.error = failureOf(reason);
    if (subTask.attemptsMade > task.order.retryCount) {
      this.end(task, subTask, "Fail", now);
      return;
    }
    this.release(task, subTask);
    setStatus(task, subTask, "FailWaitRetry");
    this.later(subTask, now + task.order.retryMinutes * 60_000, (time) => {
      this.begin(task, subTask, time);
    });
  }

  private release(task: IotdaTask, subTask: IotdaSubTask): void {
    const device = this.around.device(task, subTask.target);
    if (device === undefined) return;
    device.waiting.delete(subTask);
    if (device.heldBy === subTask) device.heldBy = undefined;
  }
}

function sameHash(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** What the device runs of what the package upgrades; empty where it never reported that. */
function runningVersion({ data }: StoredIotdaPackage, device: IotdaDevice): string {
  switch (data.packageType) {
    case "firmwarePackage":
      return device.firmwareVersion;
    case "softwarePackage":
      return device.softwareVersion;
    case "modulePackage":
      return device.moduleVersions.get(data.moduleName ?? "") ?? "";
  }
}

function isInstalled(stored: StoredIotdaPackage, device: IotdaDevice): boolean {
  return runningVersion(stored, device) === stored.data.version;
}

function install({ data }: StoredIotdaPackage, device: IotdaDevice): void {
  switch (data.packageType) {
    case "firmwarePackage":
      device.firmwareVersion = data.version;
      break;
    case "softwarePackage":
      device.softwareVersion = data.version;
      break;
    case "modulePackage":
      device.moduleVersions.set(data.moduleName ?? "", data.version);
      break;
  }
}
