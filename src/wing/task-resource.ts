import type * as pulumi from "@pulumi/pulumi";

import { DynamicResource } from "../pulumi/dynamic-resource";
import { ignoringParts } from "../pulumi/ignored-parts";
import type { UpgradeKind } from "../upgrade/gate";
import type { DeviceCounts, DeviceFailure } from "../upgrade/platform";
import type { Reach } from "../upgrade/reach";
import { type GateInput, gateInputs } from "./gate-input";
import { type PackageChoice, packageInputs } from "./package-input";

/** When a task is made, and when one that is there is it already. */
export interface TaskArgs {
  /**
   * A deliberate repetition: tasks that the platform made before this instant (ISO 8601, in the past)
   * are not this one. An instant after the task in the state replaces it, and it is pushed again;
   * taking it away changes nothing.
   */
  readonly rerunAfter?: pulumi.Input<string>;
  /**
   * Id of a task on the platform that is this one already; it is taken over instead of pushing. Looked
   * at when the resource is created; giving it or taking it away later changes nothing. A change that
   * makes another task is refused until it is taken away.
   */
  readonly adopt?: pulumi.Input<string>;
  /**
   * What must have gone well before the task is made, as `UpgradeCompletion.gate`; several must all
   * have. Unlike `dependsOn` it holds with `--target` and `--exclude`, and for this very version or
   * package only. It is looked at when the task would be made; changing it changes nothing.
   */
  readonly onlyAfter?: GateInput;
  /**
   * The most devices that the task may reach; more fail the preview, and the `up` before anything is
   * pushed. Looked at when the task would be made. Default: the stack's `huawei-ota:maxDevices`, or
   * `HUAWEI_OTA_MAX_DEVICES`; without either, any number.
   */
  readonly maxDevices?: pulumi.Input<number>;
}

/** The names that a wing has of its own. */
export interface TaskNames {
  /** The input that names the package by its id; an output, too. */
  readonly packageField: string;
  /** What else is told of a package. */
  readonly packageLeaves: readonly (string | readonly [string, ...string[]])[];
  /** Outputs beside those of all tasks. */
  readonly outputs: readonly string[];
}

const OUTPUTS = [
  "versionPackage",
  "status",
  "createTime",
  "deviceCounts",
  "failures",
  "resolvedPolicy",
  "recordGone",
  "account",
  "reach",
] as const;

/** What the upgrade tasks of all wings have in common. */
export abstract class Task extends DynamicResource {
  /** What the task pushes. */
  readonly packageKind: UpgradeKind;
  /** When the platform made the task, ISO 8601. */
  declare readonly createTime: pulumi.Output<string | undefined>;
  /** Last known number of devices in each state. */
  declare readonly deviceCounts: pulumi.Output<DeviceCounts | undefined>;
  /** The first 20 failed devices with their reasons, once the task has ended badly. */
  declare readonly failures: pulumi.Output<DeviceFailure[] | undefined>;
  /** `true` once the platform has purged its record of the task; the rest is then the last known. */
  declare readonly recordGone: pulumi.Output<true | undefined>;
  /**
   * What the task reached when it was declared, or its package or targets last changed: already known
   * in that preview, and to policies. Figures that were not looked at are absent.
   */
  declare readonly reach: pulumi.Output<Reach | undefined>;
  /** Application or project that the task belongs to. */
  declare readonly account: pulumi.Output<string>;

  /** @internal */
  protected constructor(
    packageKind: UpgradeKind,
    kind: string,
    name: string,
    { onlyAfter, ...args }: TaskArgs & PackageChoice,
    { packageField, packageLeaves, outputs }: TaskNames,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const what = `Upgrade task '${name}'`;
    const inputs = packageInputs(what, kind, args, packageField, packageLeaves);
    const properties = { ...inputs, ...gateInputs(what, onlyAfter) };
    const ignoring = ignoringParts(opts, { versionPackage: [packageField] });
    super(kind, name, properties, [packageField, ...outputs, ...OUTPUTS], ignoring);
    this.packageKind = packageKind;
  }
}
