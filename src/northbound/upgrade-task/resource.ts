import type * as pulumi from "@pulumi/pulumi";

import { DynamicResource } from "../../pulumi/dynamic-resource";
import type { DeviceCounts, DeviceFailure } from "../../upgrade/platform";

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
   * `startTime` and `endTime`).
   */
  readonly executeType?: pulumi.Input<"now" | "device_online" | "custom">;
  /**
   * Begin of a custom window, ISO 8601 with a zone or `yyyyMMdd'T'HHmmss'Z'`; in the future when the
   * task is made.
   */
  readonly startTime?: pulumi.Input<string>;
  /** End of a custom window, more than 5 minutes after `startTime`; the same spellings. */
  readonly endTime?: pulumi.Input<string>;
  /** Whether the platform tries failed devices again. Default: `false`. */
  readonly retryType?: pulumi.Input<boolean>;
  /** How often it tries again, 1 to 5; required when `retryType` is `true`. */
  readonly retryTimes?: pulumi.Input<number>;
}

/** An upgrade task as it is declared. */
export interface UpgradeTaskArgs {
  /**
   * Id of the version package, as `VersionPackage.id`. Changing it replaces the task: the new
   * package is pushed.
   */
  readonly fileId: pulumi.Input<string>;
  /** What is to be upgraded. Changing it replaces the task, which is pushed again. */
  readonly targets: pulumi.Input<UpgradeTargets>;
  /**
   * When and how often. Default: at once, without trying again. Changing it replaces the task, which
   * is pushed again.
   */
  readonly policy?: pulumi.Input<UpgradePolicy>;
  /**
   * A deliberate repetition: tasks that the platform made before this instant (ISO 8601, in the
   * past) are not this one. An instant after the task in the state replaces it, and it is pushed
   * again; taking it away changes nothing.
   */
  readonly rerunAfter?: pulumi.Input<string>;
  /**
   * Id of an operation that is this task already; it is taken over instead of pushing. Looked at when
   * the resource is created; giving it or taking it away later changes nothing. A change that makes
   * another task is refused until it is taken away.
   */
  readonly adopt?: pulumi.Input<string>;
}

const OUTPUTS = [
  "fileId",
  "versionPackage",
  "operationId",
  "status",
  "createTime",
  "startTime",
  "stopTime",
  "deviceCounts",
  "failures",
  "fileVersion",
  "recordGone",
  "account",
] as const;

/** What firmware and software upgrade tasks have in common: all but their names. */
export abstract class UpgradeTask extends DynamicResource {
  /** Id of the version package. */
  declare readonly fileId: pulumi.Output<string>;
  /** What is told of the package. */
  declare readonly versionPackage: pulumi.Output<{ readonly version?: string } | undefined>;
  /** What kind of package the task pushes. */
  abstract readonly packageKind: "firmware" | "software";
  /** Id of the task on the platform; equal to `id`, which dependents should use. */
  declare readonly operationId: pulumi.Output<string>;
  /** Last known status: `wait`, `processing`, `success`, `failed` or `stop`. */
  declare readonly status: pulumi.Output<string>;
  /** When the platform made the task, ISO 8601. */
  declare readonly createTime: pulumi.Output<string | undefined>;
  /** When the task began, ISO 8601. */
  declare readonly startTime: pulumi.Output<string | undefined>;
  /** When the task ended, ISO 8601. */
  declare readonly stopTime: pulumi.Output<string | undefined>;
  /** Last known number of devices in each state (`staResult`). */
  declare readonly deviceCounts: pulumi.Output<DeviceCounts | undefined>;
  /** The first 20 failed devices with their reasons, once the task has ended badly. */
  declare readonly failures: pulumi.Output<DeviceFailure[] | undefined>;
  /** Version of the package, as the platform tells it of the task. */
  declare readonly fileVersion: pulumi.Output<string | undefined>;
  /** Whether the platform has purged its record of the task; the rest is then the last known. */
  declare readonly recordGone: pulumi.Output<boolean>;
  /** Application that the task belongs to. */
  declare readonly account: pulumi.Output<string>;

  /** @internal */
  protected constructor(
    kind: string,
    name: string,
    args: Partial<UpgradeTaskArgs>,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    super(kind, name, { ...args }, OUTPUTS, opts);
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
 *   fileId: firmware.id,
 *   targets: { deviceGroups: ["pilot"], deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" },
 * });
 * ```
 *
 * @see vendor page "Creating a Firmware Upgrade Task"
 */
export class FirmwareUpgradeTask extends UpgradeTask {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/northbound:FirmwareUpgradeTask";
  /** What kind of package the task pushes. */
  readonly packageKind = "firmware";

  /**
   * Declares the task.
   *
   * @param name - name of the resource in the program
   * @param args - package, targets and policy
   * @param opts - the usual resource options
   */
  constructor(name: string, args: UpgradeTaskArgs, opts?: pulumi.CustomResourceOptions) {
    super("northbound.FirmwareUpgradeTask", name, args, opts);
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
  /** What kind of package the task pushes. */
  readonly packageKind = "software";

  /**
   * Declares the task.
   *
   * @param name - name of the resource in the program
   * @param args - package, targets and policy
   * @param opts - the usual resource options
   */
  constructor(name: string, args: UpgradeTaskArgs, opts?: pulumi.CustomResourceOptions) {
    super("northbound.SoftwareUpgradeTask", name, args, opts);
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
