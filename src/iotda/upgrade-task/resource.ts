import type * as pulumi from "@pulumi/pulumi";

import type { UpgradeKind } from "../../upgrade/gate";
import type { NightWindow } from "../../wing/night-window-args";
import { Task, type TaskArgs } from "../../wing/task-resource";

/** What is to be upgraded: `devices` or `groupIds`. */
export interface UpgradeTargets {
  /** Ids of devices, 1 to 30,000; order and repetition do not matter. */
  readonly devices?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Ids of device groups; order and repetition do not matter. The platform takes a group that does
   * not exist and fails the task afterwards.
   */
  readonly groupIds?: pulumi.Input<pulumi.Input<string>[]>;
}

/** When the task runs, and how often the platform tries again. */
export interface TaskPolicy {
  /**
   * When it begins, within 7 days of its creation: an instant, ISO 8601 with a zone; or an ISO 8601
   * duration after the task is made, such as `"PT2H"` (weeks, days of 24 hours, hours, minutes,
   * seconds). Default: at once. A duration is resolved once, so that no later `up` sees a change; an
   * instant that the program computes from the present one is another at each `up`, and pushes again.
   */
  readonly scheduleTime?: pulumi.Input<string>;
  /**
   * In place of `scheduleTime`: the next night in a zone. It says when the task begins; its end is only
   * the latest time at which a task is still made for this night and not the next one, for the platform
   * knows no end: a task that runs when the window ends goes on.
   */
  readonly window?: pulumi.Input<NightWindow>;
  /** How often the platform tries a failed device again, 1 to 5; together with `retryInterval`. */
  readonly retryCount?: pulumi.Input<number>;
  /** Minutes between two attempts, 0 to 1440; together with `retryCount`. */
  readonly retryInterval?: pulumi.Input<number>;
}

/**
 * A version package, as a `VersionPackage` is one and a lookup gives one: its id, and what else is
 * known of it. ("package" alone is a reserved word.)
 */
export interface PackageRef {
  /** Id of the package. */
  readonly id: pulumi.Input<string>;
  /** Version of the package, which a preview tells a reviewer. */
  readonly version?: pulumi.Input<string | undefined>;
  /** What the package upgrades. */
  readonly packageType?: pulumi.Input<string | undefined>;
  /** Product whose devices the package is for. */
  readonly productId?: pulumi.Input<string | undefined>;
  /** Versions from which it upgrades: a preview tells the devices on others. Default: any. */
  readonly sourceVersions?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** Module of the devices that it is for, of a `"modulePackage"`. */
  readonly moduleName?: pulumi.Input<string | undefined>;
}

/** What a task knows of its package, beside its id. */
export interface PackageLeaves {
  /** Version of the package. */
  readonly version?: string;
  /** What the package upgrades. */
  readonly packageType?: string;
  /** Product whose devices the package is for. */
  readonly productId?: string;
  /** Versions from which it upgrades. */
  readonly sourceVersions?: readonly string[];
  /** Module of the devices that it is for, of a `"modulePackage"`. */
  readonly moduleName?: string;
}

/** When a task runs whose time was not declared as an instant. */
export interface ResolvedPolicy {
  /** When it begins, ISO 8601. */
  readonly scheduleTime?: string;
}

/**
 * A batch upgrade task as it is declared.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/iot_06_v5_0045.html
 */
export interface UpgradeTaskArgs extends TaskArgs {
  /**
   * The version package: a `VersionPackage`, what a lookup gives, or its leaves; this or `packageId`.
   * Another package replaces the task: it is pushed.
   */
  readonly versionPackage?: PackageRef | pulumi.Input<PackageRef>;
  /**
   * Id of the package, where nothing else is known of it; this or `versionPackage`. Changing it
   * replaces the task: the new package is pushed.
   */
  readonly packageId?: pulumi.Input<string>;
  /** Resource space. Default: the project's default one. Changing it replaces the task. */
  readonly appId?: pulumi.Input<string>;
  /**
   * Begin of the task's name on the platform: letters, digits, `_` and Chinese characters, at most 80.
   * Default: the resource's name. A fingerprint of what is declared follows it. Changing it changes
   * nothing on a task that exists.
   */
  readonly taskName?: pulumi.Input<string>;
  /** What is to be upgraded. Changing it replaces the task, which is pushed again. */
  readonly targets: pulumi.Input<UpgradeTargets>;
  /** When and how often. Changing it replaces the task, which is pushed again. */
  readonly taskPolicy?: pulumi.Input<TaskPolicy>;
  /**
   * `"GATEWAY"` tells a gateway the task's id and the number of its sub-devices. Changing it replaces
   * the task.
   */
  readonly taskMode?: pulumi.Input<"GATEWAY">;
  /**
   * What the platform tells the devices beside the package, at most 512 characters as JSON. Changing
   * it replaces the task.
   */
  readonly taskExtInfo?: pulumi.Input<Record<string, unknown>>;
  /**
   * Whether devices wait until somebody confirms: in the console, or with `confirmed`. Default:
   * `false`. Changing it replaces the task.
   */
  readonly needConfirm?: pulumi.Input<boolean>;
  /**
   * Set it to `true` to confirm all devices of a task with `needConfirm`, in place. Default: `false`;
   * taking it back changes nothing.
   */
  readonly confirmed?: pulumi.Input<boolean>;
  /**
   * An instant (ISO 8601, in the past). A new one retries, in place, the devices on which the task
   * failed; taking it away changes nothing. A task that succeeded or was stopped has nothing to retry.
   */
  readonly retryFailed?: pulumi.Input<string>;
  /**
   * What destroying the resource does: `"stop"` (the default) stops the task, waits until it has
   * stopped and deletes its record; `"keep"` forgets it while the platform goes on.
   */
  readonly onDelete?: pulumi.Input<"stop" | "keep">;
}

const NAMES = {
  packageField: "packageId",
  // A `VersionPackage` has the source versions under the platform's own name for them.
  packageLeaves: [
    "version",
    "packageType",
    "productId",
    ["sourceVersions", "supportSourceVersions"],
  ],
  outputs: ["fullTaskName", "statusDesc"],
} as const;

const MODULE_NAMES = { ...NAMES, packageLeaves: [...NAMES.packageLeaves, "moduleName"] } as const;

/** What the upgrade tasks of firmware, software and modules have in common: all but their names. */
export abstract class UpgradeTask extends Task {
  /** Id of the version package. */
  declare readonly packageId: pulumi.Output<string>;
  /** What is known of the version package, already in previews. */
  declare readonly versionPackage: pulumi.Output<PackageLeaves | undefined>;
  /** Id of the task on the platform; equal to `id`, which dependents should use. */
  readonly taskId: pulumi.Output<string>;
  /** The task's name on the platform: `taskName` and the fingerprint. */
  declare readonly fullTaskName: pulumi.Output<string>;
  /**
   * Last known status: `Initializing`, `Waitting` (the vendor's spelling), `Processing`, `Success`,
   * `Fail`, `PartialSuccess`, `Stopping` or `Stopped`.
   */
  declare readonly status: pulumi.Output<string>;
  /** Why the task as a whole failed, in the platform's words. */
  declare readonly statusDesc: pulumi.Output<string | undefined>;
  /** The instant that `window`, or a time relative to when the task was made, came to; ISO 8601. */
  declare readonly resolvedPolicy: pulumi.Output<ResolvedPolicy | undefined>;

  /** @internal */
  protected constructor(
    packageKind: UpgradeKind,
    kind: string,
    name: string,
    args: Partial<UpgradeTaskArgs | ModuleUpgradeTaskArgs>,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    super(packageKind, kind, name, args, packageKind === "module" ? MODULE_NAMES : NAMES, opts);
    this.taskId = this.id;
  }
}

/**
 * Pushes firmware to MQTT devices. Creating the resource makes the task and does not wait for it
 * (`UpgradeCompletion` does); its name carries a fingerprint, so that a repeated create finds it again
 * and nothing is pushed twice. Replacing it stops and deletes the old task first, for two tasks on the
 * same devices conflict. Destroying it does what `onDelete` says.
 *
 * Errors: the documented lengths, characters and limits, in the preview; an older finished task that
 * is exactly what is declared, with the ways on.
 *
 * @example
 * ```ts
 * const pilot = new iotda.FirmwareUpgradeTask("pilot", {
 *   versionPackage: firmware,
 *   appId,
 *   targets: { groupIds: [pilotGroup] },
 * });
 * ```
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/iot_06_v5_0045.html
 */
export class FirmwareUpgradeTask extends UpgradeTask {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/iotda:FirmwareUpgradeTask";

  /**
   * Declares the task.
   *
   * @param name - name of the resource in the program
   * @param args - package, targets and policy
   * @param opts - the usual resource options
   */
  constructor(name: string, args: UpgradeTaskArgs, opts?: pulumi.CustomResourceOptions) {
    super("firmware", "iotda.FirmwareUpgradeTask", name, args, opts);
  }

  /**
   * Reads a task without owning it; a task that does not exist is an error.
   *
   * @param name - name of the resource in the program
   * @param id - the task's `taskId`
   * @param opts - the usual resource options
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): FirmwareUpgradeTask {
    return new FirmwareUpgradeTask(name, {} as UpgradeTaskArgs, { ...opts, id });
  }
}

/**
 * Pushes software to MQTT devices; in all else a {@link FirmwareUpgradeTask}.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/iot_06_v5_0045.html
 */
export class SoftwareUpgradeTask extends UpgradeTask {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/iotda:SoftwareUpgradeTask";

  /**
   * Declares the task.
   *
   * @param name - name of the resource in the program
   * @param args - package, targets and policy
   * @param opts - the usual resource options
   */
  constructor(name: string, args: UpgradeTaskArgs, opts?: pulumi.CustomResourceOptions) {
    super("software", "iotda.SoftwareUpgradeTask", name, args, opts);
  }

  /**
   * Reads a task without owning it; a task that does not exist is an error.
   *
   * @param name - name of the resource in the program
   * @param id - the task's `taskId`
   * @param opts - the usual resource options
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): SoftwareUpgradeTask {
    return new SoftwareUpgradeTask(name, {} as UpgradeTaskArgs, { ...opts, id });
  }
}

/**
 * An upgrade of a module as it is declared: that of firmware or software without what the platform
 * offers for these only.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/iot_06_v5_0045.html
 */
export interface ModuleUpgradeTaskArgs extends Omit<
  UpgradeTaskArgs,
  "taskMode" | "taskExtInfo" | "retryFailed" | "onDelete"
> {
  /**
   * What destroying the resource does: `"delete"` (the default) deletes the record of a task that is
   * over, and forgets one that is not, with a warning, for the platform stops no upgrade of a module;
   * `"keep"` forgets either.
   */
  readonly onDelete?: pulumi.Input<"delete" | "keep">;
}

/**
 * Pushes a module to MQTT devices: what a `VersionPackage` with `packageType: "modulePackage"` holds.
 * The platform can neither stop nor retry it. So replacing or destroying one that is not over forgets
 * it, and the platform goes on; in all else it is a {@link FirmwareUpgradeTask}.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/iot_06_v5_0045.html
 */
export class ModuleUpgradeTask extends UpgradeTask {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/iotda:ModuleUpgradeTask";

  /**
   * Declares the task.
   *
   * @param name - name of the resource in the program
   * @param args - package, targets and policy
   * @param opts - the usual resource options
   */
  constructor(name: string, args: ModuleUpgradeTaskArgs, opts?: pulumi.CustomResourceOptions) {
    super("module", "iotda.ModuleUpgradeTask", name, args, opts);
  }

  /**
   * Reads a task without owning it; a task that does not exist is an error.
   *
   * @param name - name of the resource in the program
   * @param id - the task's `taskId`
   * @param opts - the usual resource options
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): ModuleUpgradeTask {
    return new ModuleUpgradeTask(name, {} as ModuleUpgradeTaskArgs, { ...opts, id });
  }
}
