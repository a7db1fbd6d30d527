import type * as pulumi from "@pulumi/pulumi";

import type { PackageKind } from "../../upgrade/gate";
import type { RolloutArgs as CommonArgs, RolloutWaveArgs } from "../../wing/rollout-args";
import { Rollout as CommonRollout } from "../../wing/rollout-resource";
import type { PackageLeaves, PackageRef, TaskPolicy } from "../upgrade-task/resource";

/** Devices by their ids and by the ids of their groups: the union of both. */
export interface RolloutTargets {
  /** Ids of devices; order and repetition do not matter. */
  readonly devices?: pulumi.Input<pulumi.Input<string>[]>;
  /** Ids of device groups; order and repetition do not matter. */
  readonly groupIds?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * Who is to run the version: the devices and the members of the groups, as far as they are of the
 * package's product.
 */
export interface RolloutFleet extends RolloutTargets {
  /** Who is not, although the fleet has them: never pushed, nor counted. */
  readonly exclude?: pulumi.Input<RolloutTargets>;
}

/**
 * One wave: the devices and groups that it names, or those up to `untilPercent`, or with neither all
 * that is left, which only the last wave may take.
 */
export interface RolloutWave extends RolloutTargets, RolloutWaveArgs {}

/** What a rollout knows of its package: what a task does, and from which versions it may upgrade. */
export interface RolloutPackageRef extends Omit<PackageRef, "moduleName"> {
  /** Versions from which devices may upgrade; the others are left out and told. Default: any. */
  readonly sourceVersions?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}

/**
 * A rollout as it is declared.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/iot_06_v5_0045.html
 */
export interface RolloutArgs extends CommonArgs {
  /**
   * The version package: a `VersionPackage`, what a lookup gives, or its leaves. Another version is an
   * update in place, from the first wave on; what the old version has not begun is stopped first.
   */
  readonly versionPackage: RolloutPackageRef | pulumi.Input<RolloutPackageRef>;
  /** Resource space. Default: the project's default one. Changing it replaces the rollout. */
  readonly appId?: pulumi.Input<string>;
  /** Who is to run the version. A device or a group that does not exist fails the first preview. */
  readonly fleet: pulumi.Input<RolloutFleet>;
  /** The waves, in their order. Default: one wave, `all`, with the whole fleet. */
  readonly waves?: pulumi.Input<pulumi.Input<RolloutWave>[]>;
  /**
   * When each task of the rollout runs and how often the platform tries again, as of a task; a window is
   * resolved for each push. Default: at once, without trying again.
   */
  readonly taskPolicy?: pulumi.Input<TaskPolicy>;
  /** `"GATEWAY"` tells a gateway the task's id and the number of its sub-devices. */
  readonly taskMode?: pulumi.Input<"GATEWAY">;
  /** What the platform tells the devices beside the package, at most 512 characters as JSON. */
  readonly taskExtInfo?: pulumi.Input<Record<string, unknown>>;
  /**
   * What becomes of devices that were pushed and have not begun when a wave fails. `"stop"` (the
   * default): they are stopped, and so are those that the platform would try again. `"stopAll"`: those
   * that have begun, too, which may leave a device half-way. `"leave"`: nothing is stopped.
   */
  readonly onFailure?: pulumi.Input<"stop" | "stopAll" | "leave">;
  /**
   * What destroying the resource does: `"stop"` (the default) stops the rollout's tasks that are not
   * over; `"keep"` forgets them while the platform goes on.
   */
  readonly onDelete?: pulumi.Input<"stop" | "keep">;
}

/** A `VersionPackage` has the source versions under the platform's own name for them. */
const LEAVES = [
  "version",
  "packageType",
  "productId",
  ["sourceVersions", "supportSourceVersions"],
] as const;

/** What firmware and software rollouts have in common: all but their names. */
export abstract class Rollout extends CommonRollout {
  /** Id of the version package. */
  declare readonly packageId: pulumi.Output<string>;
  /** What is known of the version package, already in previews. */
  declare readonly versionPackage: pulumi.Output<PackageLeaves | undefined>;

  /** @internal */
  protected constructor(
    packageKind: PackageKind,
    kind: string,
    name: string,
    args: RolloutArgs,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    super(packageKind, kind, name, args, "packageId", LEAVES, opts);
  }
}

/**
 * Says that these MQTT devices run this firmware, and gets them there in waves that stop themselves. A
 * wave begins once the one before it was decided well, has baked and, where it says so, was approved;
 * one that fails stays red and holds up all that comes after it. A device is pushed a version once,
 * whatever is killed, edited or run twice; more often only by `maxAttempts` or `rerunAfter`.
 *
 * Errors, in the preview: waves that make no sense, a device or a group that does not exist, more
 * devices than `maxDevices`; in the `up`: a wave that failed, with its devices, their reasons and the
 * ways to mend it.
 *
 * @example
 * ```ts
 * const meters = new iotda.FirmwareRollout("meters", {
 *   versionPackage: firmware,
 *   fleet: { groupIds: [meterGroup] },
 *   waves: [
 *     { name: "lab", groupIds: [labGroup] },
 *     { name: "canary", untilPercent: 1, bakeSeconds: 86_400 },
 *     { name: "rest", needsApproval: true },
 *   ],
 *   approved: { version: "1.5", waves: ["rest"] },
 * });
 * ```
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/iot_06_v5_0045.html
 */
export class FirmwareRollout extends Rollout {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/iotda:FirmwareRollout";

  /**
   * Declares the rollout.
   *
   * @param name - name of the resource in the program
   * @param args - package, fleet and waves
   * @param opts - the usual resource options
   */
  constructor(name: string, args: RolloutArgs, opts?: pulumi.CustomResourceOptions) {
    super("firmware", "iotda.FirmwareRollout", name, args, opts);
  }
}

/**
 * Says that these MQTT devices run this software; in all else a {@link FirmwareRollout}.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/iot_06_v5_0045.html
 */
export class SoftwareRollout extends Rollout {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/iotda:SoftwareRollout";

  /**
   * Declares the rollout.
   *
   * @param name - name of the resource in the program
   * @param args - package, fleet and waves
   * @param opts - the usual resource options
   */
  constructor(name: string, args: RolloutArgs, opts?: pulumi.CustomResourceOptions) {
    super("software", "iotda.SoftwareRollout", name, args, opts);
  }
}
