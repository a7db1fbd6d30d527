import * as pulumi from "@pulumi/pulumi";

import { DynamicResource } from "../pulumi/dynamic-resource";
import { ignoringParts } from "../pulumi/ignored-parts";
import type { PackageKind } from "../upgrade/gate";
import type { DeviceFailure } from "../upgrade/platform";
import { type UpgradeGate, versionOf } from "./completion-args";
import { gateInputs } from "./gate-input";
import { packageInputs } from "./package-input";
import type { RolloutArgs } from "./rollout-args";

/** How one wave stands. */
export interface WaveProgress {
  /** Its name. */
  readonly wave: string;
  /** `"waiting"`, `"running"`, `"baking"`, `"over"` or `"failed"`. */
  readonly state: string;
  /** How many devices it has. */
  readonly devices: number;
  /** How many run the version. */
  readonly succeeded: number;
  /** How many failed. */
  readonly failed: number;
  /** How many could not be reached. */
  readonly unreached: number;
  /** How many succeeded and were lost by the end of the bake. */
  readonly lost: number;
  /** When it began, ISO 8601. */
  readonly beganAt?: string;
  /** When it was decided well, ISO 8601. */
  readonly decidedAt?: string;
  /** Until when it bakes, ISO 8601. */
  readonly bakesUntil?: string;
  /** When it was over, ISO 8601. */
  readonly overAt?: string;
  /** Ids of its tasks on the platform. */
  readonly tasks: string[];
}

/** What `check` has drawn: who is in which wave, by number and digest. */
export interface RolloutPlan {
  /** Versions that the devices run. */
  readonly from: string[];
  /** One text a wave: `"early: 35 devices (7d1c88aa), not approved"`. */
  readonly waves: string[];
  /** How many devices the waves have that are approved or need no approval. */
  readonly reaches: number;
}

const OUTPUTS = [
  "plan",
  "versionPackage",
  "version",
  "outcome",
  "since",
  "from",
  "progress",
  "devices",
  "onVersion",
  "inProgress",
  "behind",
  "leftOut",
  "failures",
  "openAt",
  "book",
  "account",
] as const;

/** What the rollouts of all wings have in common. */
export abstract class Rollout extends DynamicResource {
  /** What the rollout pushes. */
  readonly packageKind: "firmware" | "software";
  /** Who is in which wave, already in previews. */
  declare readonly plan: pulumi.Output<RolloutPlan>;
  /** What is known of the version package, already in previews. */
  declare readonly versionPackage: pulumi.Output<{ readonly version?: string } | undefined>;
  /** The version that the rollout brings. */
  declare readonly version: pulumi.Output<string>;
  /**
   * `"succeeded"`, `"inProgress"`, `"held"` (by an approval, `paused` or a gate) or `"failed"`. While it
   * is red the engine leaves stack outputs as they were, so nothing may decide by one of them.
   */
  declare readonly outcome: pulumi.Output<string>;
  /** Since when the outcome is that, ISO 8601. */
  declare readonly since: pulumi.Output<string>;
  /** The version from which most devices came, or that a way back leads from. */
  declare readonly from: pulumi.Output<string[] | undefined>;
  /** How each wave stands. */
  declare readonly progress: pulumi.Output<WaveProgress[]>;
  /** How many devices the rollout counts. */
  declare readonly devices: pulumi.Output<number>;
  /** How many of them run the version. */
  declare readonly onVersion: pulumi.Output<number>;
  /** How many are being upgraded. */
  declare readonly inProgress: pulumi.Output<number>;
  /** How many joined too late or could not be reached. */
  declare readonly behind: pulumi.Output<number>;
  /** How many are left out, by reason. */
  declare readonly leftOut: pulumi.Output<Record<string, number>>;
  /** The first 20 failed devices with their reasons. */
  declare readonly failures: pulumi.Output<DeviceFailure[] | undefined>;
  /** When the next wave or the gate may open at the earliest, ISO 8601, where that is known. */
  declare readonly openAt: pulumi.Output<string | undefined>;
  /** Who was taken and pushed: the rollout's own memory, secret because it is not to be diffed. */
  declare readonly book: pulumi.Output<string>;
  /** Application or project that the rollout belongs to. */
  declare readonly account: pulumi.Output<string>;

  /** Opens once the rollout has succeeded, for the version that it brings. */
  readonly gate: UpgradeGate;

  /** @internal */
  protected constructor(
    packageKind: PackageKind,
    kind: string,
    name: string,
    { onlyAfter, ...args }: RolloutArgs & { readonly versionPackage?: unknown },
    packageField: string,
    packageLeaves: readonly (string | readonly [string, ...string[]])[],
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const what = `Rollout '${name}'`;
    const inputs = packageInputs(what, kind, args, packageField, packageLeaves);
    const properties = { ...inputs, ...gateInputs(what, onlyAfter) };
    const ignoring = ignoringParts(opts, { versionPackage: [packageField] });
    super(kind, name, properties, [packageField, ...OUTPUTS], ignoring);
    this.packageKind = packageKind;
    // Not one output of an object, which would be unknown as a whole.
    const leaves = this as unknown as Readonly<Record<string, pulumi.Output<string>>>;
    this.gate = {
      outcome: this.outcome,
      version: versionOf(this.versionPackage),
      packageId: leaves[packageField] as pulumi.Output<string | undefined>,
      packageKind: pulumi.output(packageKind),
      openAt: this.openAt,
    };
  }
}
