import type * as pulumi from "@pulumi/pulumi";

import { DynamicResource } from "../pulumi/dynamic-resource";
import { ignoringParts } from "../pulumi/ignored-parts";
import type { DeviceCounts, DeviceFailure } from "../upgrade/platform";
import type { UpgradeKind } from "../upgrade/gate";
import type { UpgradeGate } from "./completion-args";

/** How long a task is waited for, and what is good enough. */
export interface CompletionArgs {
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
  /** Version that the task pushes, for `gate`; only beside the task's id, for `task` tells it. */
  readonly version?: pulumi.Input<string>;
  /** Id of the package that the task pushes, for `gate`; only beside the task's id. */
  readonly packageId?: pulumi.Input<string>;
  /** What kind of package that is, for `gate`; only beside the task's id. */
  readonly packageKind?: pulumi.Input<UpgradeKind>;
}

const OUTPUTS = [
  "status",
  "deviceCounts",
  "failures",
  "outcome",
  "version",
  "packageId",
  "packageKind",
  "account",
] as const;

/** What the waits of all wings have in common: all but the task and the name of its id. */
export abstract class Completion extends DynamicResource {
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
  /** Application or project that the task belongs to. */
  declare readonly account: pulumi.Output<string>;

  /** Opens with a good outcome, for the version that it is of. */
  readonly gate: UpgradeGate;

  /** @internal */
  protected constructor(
    kind: string,
    name: string,
    properties: pulumi.Inputs,
    idField: string,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const parts = { task: [idField, "version", "packageId", "packageKind"] };
    super(kind, name, properties, [idField, ...OUTPUTS], ignoringParts(opts, parts));
    // Not one output of an object, which would be unknown as a whole.
    const { outcome, version, packageId, packageKind } = this;
    this.gate = { outcome, version, packageId, packageKind };
  }
}
