import type * as pulumi from "@pulumi/pulumi";

import type { PackageKind } from "../../upgrade/gate";
import type { NightWindow } from "../../wing/night-window-args";
import { Task, type TaskArgs } from "../../wing/task-resource";

/**
 * What is to be upgraded: `devices`, or `deviceGroups` together with `deviceType`, `model` and
 * `manufacturerName`.
 *
 * @see vendor page "Creating a Firmware Upgrade Task", OperateDevices structure
 */
export interface UpgradeTargets {
  /** Ids of devices, 1 to 256; order and repetition do not matter. */
  readonly devices?: pulumi.Input<pulumi.Input<string>[]>;
  /** Names of device groups, 1 to 256; order and repetition do not matter. */
  readonly deviceGroups?: pulumi.Input<pulumi.Input<string>[]>;
  /** Device type; required with `deviceGroups`, and equal to the package's. */
  readonly deviceType?: pulumi.Input<string>;
  /** Device model; required with `deviceGroups`, and equal to the package's. */
  readonly model?: pulumi.Input<string>;
  /** Manufacturer; required with `deviceGroups`, and equal to the package's. */
  readonly manufacturerName?: pulumi.Input<string>;
}

/**
 * When the task runs and whether the platform tries again.
 *
 * @see vendor page "Creating a Firmware Upgrade Task", OperatePolicy structure
 */
export interface UpgradePolicy {
  /**
   * `"now"` (the default), `"device_online"` (when a device comes online), or `"custom"` (between
   * `startTime` and `endTime`; the default with `window`, which takes no other).
   */
  readonly executeType?: pulumi.Input<"now" | "device_online" | "custom">;
  /**
   * Begin of a custom window: an instant, ISO 8601 with a zone or `yyyyMMdd'T'HHmmss'Z'`, in the
   * future when the task is made; or an ISO 8601 duration after the task is made, such as `"PT2H"`, at
   * least a minute (weeks, days of 24 hours, hours, minutes, seconds). A duration is resolved once, so
   * that no later `up` sees a change; an instant that the program computes from the present one is
   * another at each `up`, and pushes again.
   */
  readonly startTime?: pulumi.Input<string>;
  /**
   * End of a custom window, more than 5 minutes after `startTime`; the same spellings. A duration, too,
   * counts from when the task is made.
   */
  readonly endTime?: pulumi.Input<string>;
  /**
   * In place of `startTime` and `endTime`: the next night in a zone, more than 5 minutes long. It gives
   * both times, once, when the task is made. Changing it replaces the task.
   */
  readonly window?: pulumi.Input<NightWindow>;
  /** Whether the platform tries failed devices again. Default: `false`. */
  readonly retryType?: pulumi.Input<boolean>;
  /** How often it tries again, 1 to 5; required when `retryType` is `true`. */
  readonly retryTimes?: pulumi.Input<number>;
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
  /** `"firmwarePackage"` or `"softwarePackage"`. */
  readonly fileType?: pulumi.Input<string | undefined>;
  /** Type of the devices that the package is for. */
  readonly deviceType?: pulumi.Input<string | undefined>;
  /** Model of the devices that the package is for. */
  readonly model?: pulumi.Input<string | undefined>;
  /** Manufacturer of the devices that the package is for. */
  readonly manufacturerName?: pulumi.Input<string | undefined>;
}

/** What a task knows of its package, beside its id. */
export interface PackageLeaves {
  /** Version of the package. */
  readonly version?: string;
  /** `"firmwarePackage"` or `"softwarePackage"`. */
  readonly fileType?: string;
  /** Type of the devices that the package is for. */
  readonly deviceType?: string;
  /** Model of the devices that the package is for. */
  readonly model?: string;
  /** Manufacturer of the devices that the package is for. */
  readonly manufacturerName?: string;
}

/** When a task runs whose times were not declared as instants. */
export interface ResolvedPolicy {
  /** Begin of its window, ISO 8601. */
  readonly startTime?: string;
  /** End of its window, ISO 8601. */
  readonly endTime?: string;
}

/** An upgrade task as it is declared. */
export interface UpgradeTaskArgs extends TaskArgs {
  /**
   * The version package: a `VersionPackage`, what a lookup gives, or its leaves; this or `fileId`.
   * Another package replaces the task: it is pushed.
   */
  readonly versionPackage?: PackageRef | pulumi.Input<PackageRef>;
  /**
   * Id of the version package, where nothing else is known of it; this or `versionPackage`. Changing
   * it replaces the task: the new package is pushed.
   */
  readonly fileId?: pulumi.Input<string>;
  /** What is to be upgraded. Changing it replaces the task, which is pushed again. */
  readonly targets: pulumi.Input<UpgradeTargets>;
  /**
   * When and how often. Default: at once, without trying again. Changing it replaces the task, which
   * is pushed again.
   */
  readonly policy?: pulumi.Input<UpgradePolicy>;
  /**
   * What destroying the resource does: `"keep"`, the only thing there is, forgets the task while the
   * platform goes on with it.
   */
  readonly onDelete?: pulumi.Input<"keep">;
}

const NAMES = {
  packageField: "fileId",
  packageLeaves: ["version", "fileType", "deviceType", "model", "manufacturerName"],
  outputs: ["startTime", "stopTime"],
} as const;

/** What firmware and software upgrade tasks have in common: all but their names. */
export abstract class UpgradeTask extends Task {
  /** Id of the version package. */
  declare readonly fileId: pulumi.Output<string>;
  /** What is known of the version package, already in previews. */
  declare readonly versionPackage: pulumi.Output<PackageLeaves | undefined>;
  /** Id of the task on the platform; equal to `id`, which dependents should use. */
  readonly operationId: pulumi.Output<string>;
  /** Last known status: `wait`, `processing`, `success`, `failed` or `stop`. */
  declare readonly status: pulumi.Output<string>;
  /** When the task began, ISO 8601. */
  declare readonly startTime: pulumi.Output<string | undefined>;
  /** When the task ended, ISO 8601. */
  declare readonly stopTime: pulumi.Output<string | undefined>;
  /** The instants that `window`, or times relative to when the task was made, came to; ISO 8601. */
  declare readonly resolvedPolicy: pulumi.Output<ResolvedPolicy | undefined>;
  /** Version of the package. */
  readonly fileVersion: pulumi.Output<string | undefined>;

  /** @internal */
  protected constructor(
    packageKind: PackageKind,
    kind: string,
    name: string,
    args: Partial<UpgradeTaskArgs>,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    super(packageKind, kind, name, args, NAMES, opts);
    this.operationId = this.id;
    this.fileVersion = this.versionPackage.apply((known) => known?.version);
  }
}

/**
 * Pushes firmware to NB-IoT devices. Creating the resource makes the task and does not wait for it
 * (`UpgradeCompletion` does); a task that already is exactly what is declared is taken over instead,
 * so that nothing is pushed twice. Destroying it forgets the task while the platform goes on with it:
 * the API can neither stop nor delete one.
 *
 * Errors: the vendor's rules 123016 to 123034, 123002 and 120015, most of them in the preview; an
 * older finished task that is exactly what is declared, with the ways on.
 *
 * @example
 * ```ts
 * const pilot = new northbound.FirmwareUpgradeTask("pilot", {
 *   versionPackage: firmware,
 *   targets: { deviceGroups: ["pilot"], deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" },
 * });
 * ```
 *
 * @see vendor page "Creating a Firmware Upgrade Task"
 */
export class FirmwareUpgradeTask extends UpgradeTask {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/northbound:FirmwareUpgradeTask";

  /**
   * Declares the task.
   *
   * @param name - name of the resource in the program
   * @param args - package, targets and policy
   * @param opts - the usual resource options
   */
  constructor(name: string, args: UpgradeTaskArgs, opts?: pulumi.CustomResourceOptions) {
    super("firmware", "northbound.FirmwareUpgradeTask", name, args, opts);
  }

  /**
   * Reads a task without owning it; a task that does not exist is an error.
   *
   * @param name - name of the resource in the program
   * @param id - the task's `operationId`
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
 * Pushes software to NB-IoT devices; in all else a {@link FirmwareUpgradeTask}.
 *
 * @see the vendor's page on creating a software upgrade task, the twin of "Creating a Firmware
 * Upgrade Task"
 */
export class SoftwareUpgradeTask extends UpgradeTask {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/northbound:SoftwareUpgradeTask";

  /**
   * Declares the task.
   *
   * @param name - name of the resource in the program
   * @param args - package, targets and policy
   * @param opts - the usual resource options
   */
  constructor(name: string, args: UpgradeTaskArgs, opts?: pulumi.CustomResourceOptions) {
    super("software", "northbound.SoftwareUpgradeTask", name, args, opts);
  }

  /**
   * Reads a task without owning it; a task that does not exist is an error.
   *
   * @param name - name of the resource in the program
   * @param id - the task's `operationId`
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
