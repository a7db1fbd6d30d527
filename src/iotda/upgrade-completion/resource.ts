import type * as pulumi from "@pulumi/pulumi";

import { awaited, versionOf } from "../../wing/completion-args";
import { Completion, type CompletionArgs } from "../../wing/completion-resource";
import type {
  FirmwareUpgradeTask,
  ModuleUpgradeTask,
  SoftwareUpgradeTask,
} from "../upgrade-task/resource";

/** Which task is waited for, how long, and what is good enough. */
export interface UpgradeCompletionArgs extends CompletionArgs {
  /**
   * The task. Its id and what it pushes are told by it; otherwise give `taskId`. Another task is
   * waited for anew.
   */
  readonly task?: FirmwareUpgradeTask | SoftwareUpgradeTask | ModuleUpgradeTask;
  /**
   * Id of a task that is no resource of the program; otherwise give `task`. Changing it waits for the
   * new task.
   */
  readonly taskId?: pulumi.Input<string>;
}

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
export class UpgradeCompletion extends Completion {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/iotda:UpgradeCompletion";

  /** Id of the task. */
  declare readonly taskId: pulumi.Output<string>;

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
    super("iotda.UpgradeCompletion", name, properties, "taskId", opts);
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
