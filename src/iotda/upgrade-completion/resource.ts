import type * as pulumi from "@pulumi/pulumi";

import { DynamicResource } from "../../pulumi/dynamic-resource";
import type { DeviceCounts, DeviceFailure } from "../../upgrade/platform";
import { awaited, type UpgradeGate, versionOf } from "../../wing/completion-args";
import type { FirmwareUpgradeTask, SoftwareUpgradeTask } from "../upgrade-task/resource";

/** Which task is waited for, how long, and what is good enough. */
export interface UpgradeCompletionArgs {
  /**
   * The task. Its id and what it pushes are told by it; otherwise give `taskId`. Another task is
   * waited for anew.
   */
  readonly task?: FirmwareUpgradeTask | SoftwareUpgradeTask;
  /**
   * Id of a task that is no resource of the program; otherwise give `task`. Changing it waits for the
   * new task.
   */
  readonly taskId?: pulumi.Input<string>;
  /**
   * `"decided"` (the default) waits until the thresholds cannot be missed any more, or cannot be met:
   * a device that sleeps holds nothing up that does not hang on it. `"over"` waits for the end of the
   * task. Failures that the platform tries again by itself decide nothing before that end.
   */
  readonly waitFor?: pulumi.Input<"decided" | "over">;
  /**
   * How long one `pulumi up` waits, in seconds; a whole number from 1. Default: 1800 (30 minutes). A
   * wait that times out is gone on with by the next `up`.
   */
  readonly timeoutSeconds?: pulumi.Input<number>;
  /** How many devices may not be upgraded. Default: none, unless `minSuccessPercent` is given. */
  readonly maxFailedDevices?: pulumi.Input<number>;
  /**
   * How many of a hundred devices must be upgraded, from 0 to 100. Default: all, unless
   * `maxFailedDevices` is given; with both, both must hold.
   */
  readonly minSuccessPercent?: pulumi.Input<number>;
  /** Version that the task pushes, for `gate`; only beside `taskId`, for `task` tells it. */
  readonly version?: pulumi.Input<string>;
  /** Id of the package that the task pushes, for `gate`; only beside `taskId`. */
  readonly packageId?: pulumi.Input<string>;
  /** What kind of package that is, for `gate`; only beside `taskId`. */
  readonly packageKind?: pulumi.Input<"firmware" | "software">;
}

const OUTPUTS = [
  "taskId",
  "status",
  "deviceCounts",
  "failures",
  "outcome",
  "version",
  "packageId",
  "packageKind",
  "account",
] as const;

/**
 * Waits until the outcome of an upgrade task is decided (`waitFor`), and fails unless enough devices
 * were upgraded. It owns nothing on the platform. A task that takes its `gate` as `onlyAfter` is
 * made only after a good outcome, which makes staged rollouts.
 *
 * Errors: the task failed, failed partly or was stopped, with counts and the devices' own reasons; it
 * stays so at each `up` until the task or a threshold changes. A timeout or an interruption is gone
 * on with by the next `up`.
 *
 * @example
 * ```ts
 * const pilotDone = new iotda.UpgradeCompletion("pilot", {
 *   task: pilot,
 *   minSuccessPercent: 95,
 *   timeoutSeconds: 3600,
 * });
 * ```
 */
export class UpgradeCompletion extends DynamicResource {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/iotda:UpgradeCompletion";

  /** Id of the task. */
  declare readonly taskId: pulumi.Output<string>;
  /** Last known status of the task, in the platform's words. */
  declare readonly status: pulumi.Output<string>;
  /** Last known number of devices in each state. */
  declare readonly deviceCounts: pulumi.Output<DeviceCounts | undefined>;
  /** The first 20 failed devices with their reasons. */
  declare readonly failures: pulumi.Output<DeviceFailure[] | undefined>;
  /** `"succeeded"`, `"failed"`, or `"open"` while nothing is decided. */
  declare readonly outcome: pulumi.Output<string>;
  /** Version that the task pushes, as far as it was told. */
  declare readonly version: pulumi.Output<string | undefined>;
  /** Id of the package that the task pushes, as far as it was told. */
  declare readonly packageId: pulumi.Output<string | undefined>;
  /** `"firmware"` or `"software"`, as far as it was told. */
  declare readonly packageKind: pulumi.Output<string | undefined>;
  /** Project that the task belongs to. */
  declare readonly account: pulumi.Output<string>;

  /** Opens with a good outcome, for the version that it is of. */
  readonly gate: UpgradeGate;

  /**
   * Declares the wait.
   *
   * @param name - name of the resource in the program
   * @param args - task, patience and thresholds
   * @param opts - the usual resource options
   */
  constructor(name: string, args: UpgradeCompletionArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = awaited(name, { ...args }, "taskId", (task) => ({
      version: versionOf(task.versionPackage),
      packageId: task.packageId,
      packageKind: task.packageKind,
    }));
    super("iotda.UpgradeCompletion", name, properties, OUTPUTS, opts);
    // Not one output of an object, which would be unknown as a whole.
    const { outcome, version, packageId, packageKind } = this;
    this.gate = { outcome, version, packageId, packageKind };
  }

  /**
   * Reads how a task stands without waiting; a task that does not exist is an error.
   *
   * @param name - name of the resource in the program
   * @param id - the task's `taskId`
   * @param opts - the usual resource options
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): UpgradeCompletion {
    return new UpgradeCompletion(name, {}, { ...opts, id });
  }
}
