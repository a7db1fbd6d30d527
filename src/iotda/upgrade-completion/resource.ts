import type * as pulumi from "@pulumi/pulumi";

import { DynamicResource } from "../../pulumi/dynamic-resource";
import type { DeviceCounts, DeviceFailure } from "../../upgrade/platform";

/** Which task is waited for, how long, and what is good enough. */
export interface UpgradeCompletionArgs {
  /** Id of the task, as `FirmwareUpgradeTask.id`. Changing it waits for the new task. */
  readonly taskId: pulumi.Input<string>;
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
}

const OUTPUTS = ["taskId", "status", "deviceCounts", "failures", "outcome", "account"] as const;

/**
 * Waits until an upgrade task is over, and fails unless enough devices were upgraded. It owns nothing
 * on the platform. What depends on it (`dependsOn`) starts only after a good outcome, which makes
 * staged rollouts.
 *
 * Errors: the task failed, failed partly or was stopped, with counts and the devices' own reasons; it
 * stays so at each `up` until the task or a threshold changes. A timeout or an interruption is gone
 * on with by the next `up`.
 *
 * @example
 * ```ts
 * const pilotDone = new iotda.UpgradeCompletion("pilot", {
 *   taskId: pilot.id,
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
  /** `"succeeded"`, `"failed"`, or `"open"` while the task goes on. */
  declare readonly outcome: pulumi.Output<string>;
  /** Project that the task belongs to. */
  declare readonly account: pulumi.Output<string>;

  /**
   * Declares the wait.
   *
   * @param name - name of the resource in the program
   * @param args - task, patience and thresholds
   * @param opts - the usual resource options
   */
  constructor(name: string, args: UpgradeCompletionArgs, opts?: pulumi.CustomResourceOptions) {
    super("iotda.UpgradeCompletion", name, { ...args }, OUTPUTS, opts);
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
    return new UpgradeCompletion(name, {} as UpgradeCompletionArgs, { ...opts, id });
  }
}
