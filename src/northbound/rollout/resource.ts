import type * as pulumi from "@pulumi/pulumi";

import type { PackageKind } from "../../upgrade/gate";
import type { RolloutArgs as CommonArgs, RolloutWaveArgs } from "../../wing/rollout-args";
import { Rollout as CommonRollout } from "../../wing/rollout-resource";
import type { PackageLeaves, PackageRef, UpgradePolicy } from "../upgrade-task/resource";

/** Devices by their ids and by the names of their groups: the union of both. */
export interface RolloutTargets {
  /** Ids of devices; order and repetition do not matter. */
  readonly devices?: pulumi.Input<pulumi.Input<string>[]>;
  /** Names of device groups; order and repetition do not matter. */
  readonly deviceGroups?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * Who is to run the version: the devices and the members of the groups, as far as they are of the
 * package's type, model and manufacturer.
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

/** A rollout as it is declared. */
export interface RolloutArgs extends CommonArgs {
  /**
   * The version package: a `VersionPackage`, what a lookup gives, or its leaves. Another version is an
   * update in place, from the first wave on.
   */
  readonly versionPackage: PackageRef | pulumi.Input<PackageRef>;
  /** Who is to run the version. A device or a group that does not exist fails the first preview. */
  readonly fleet: pulumi.Input<RolloutFleet>;
  /** The waves, in their order. Default: one wave, `all`, with the whole fleet. */
  readonly waves?: pulumi.Input<pulumi.Input<RolloutWave>[]>;
  /**
   * When each task of the rollout runs and whether the platform tries again, as of a task; a window is
   * resolved for each push. Default: at once, without trying again.
   */
  readonly policy?: pulumi.Input<UpgradePolicy>;
  /**
   * What destroying the resource does: `"keep"`, the only thing there is, forgets the rollout while the
   * platform goes on with what is under way.
   */
  readonly onDelete?: pulumi.Input<"keep">;
}

const LEAVES = ["version", "fileType", "deviceType", "model", "manufacturerName"] as const;

/** What firmware and software rollouts have in common: all but their names. */
export abstract class Rollout extends CommonRollout {
  /** Id of the version package. */
  declare readonly fileId: pulumi.Output<string>;
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
    super(packageKind, kind, name, args, "fileId", LEAVES, opts);
  }
}

/**
 * Says that these NB-IoT devices run this firmware, and gets them there in waves that stop themselves.
 * A wave begins once the one before it was decided well, has baked and, where it says so, was approved;
 * one that fails stays red and holds up all that comes after it. A device is pushed a version once,
 * whatever is killed, edited or run twice; more often only by `maxAttempts` or `rerunAfter`. The API
 * cannot stop a task, so what was pushed arrives, whatever is declared later.
 *
 * Errors, in the preview: waves that make no sense, a device or a group that does not exist, more
 * devices than `maxDevices`; in the `up`: a wave that failed, with its devices, their reasons and the
 * ways to mend it.
 *
 * @example
 * ```ts
 * const meters = new northbound.FirmwareRollout("meters", {
 *   versionPackage: firmware,
 *   fleet: { deviceGroups: ["meters"] },
 *   waves: [
 *     { name: "lab", deviceGroups: ["lab"] },
 *     { name: "canary", untilPercent: 1, bakeSeconds: 180_000 },
 *     { name: "rest", needsApproval: true },
 *   ],
 *   approved: { version: "V1.5", waves: ["rest"] },
 * });
 * ```
 *
 * @see vendor page "Creating a Firmware Upgrade Task"
 */
export class FirmwareRollout extends Rollout {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/northbound:FirmwareRollout";

  /**
   * Declares the rollout.
   *
   * @param name - name of the resource in the program
   * @param args - package, fleet and waves
   * @param opts - the usual resource options
   */
  constructor(name: string, args: RolloutArgs, opts?: pulumi.CustomResourceOptions) {
    super("firmware", "northbound.FirmwareRollout", name, args, opts);
  }
}

/**
 * Says that these NB-IoT devices run this software; in all else a {@link FirmwareRollout}.
 *
 * @see the vendor's page on creating a software upgrade task, the twin of "Creating a Firmware
 * Upgrade Task"
 */
export class SoftwareRollout extends Rollout {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/northbound:SoftwareRollout";

  /**
   * Declares the rollout.
   *
   * @param name - name of the resource in the program
   * @param args - package, fleet and waves
   * @param opts - the usual resource options
   */
  constructor(name: string, args: RolloutArgs, opts?: pulumi.CustomResourceOptions) {
    super("software", "northbound.SoftwareRollout", name, args, opts);
  }
}
