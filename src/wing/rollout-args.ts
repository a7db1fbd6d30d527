import type * as pulumi from "@pulumi/pulumi";

import type { GateInput } from "./gate-input";

/** What is good enough: of a rollout, and where a wave says otherwise, of that wave. */
export interface RolloutThresholds {
  /**
   * How many of a hundred devices that were reached must be upgraded, 0 to 100. What is needed is
   * rounded up, so that a wave below 20 devices tolerates no failure at the default. Default: 95; 0
   * switches the test off.
   */
  readonly minSuccessPercent?: pulumi.Input<number>;
  /** How many devices may fail, beside the per cent. Default: no such limit; 0 tolerates none. */
  readonly maxFailedDevices?: pulumi.Input<number>;
  /**
   * How many of a hundred devices must be reached, that is upgraded or failed, and not asleep until
   * their deadline; 0 to 100, rounded down, and at least one device. Default: 75; 0 switches the test
   * off.
   */
  readonly minReachedPercent?: pulumi.Input<number>;
  /**
   * The brake on the way: once 50 devices were upgraded or failed, a wave of which more than this many
   * of a hundred failed stops at once; 0 to 100. Default: 10, or 100 - `minSuccessPercent` where that is
   * more; 100 switches it off.
   */
  readonly stopAtFailedPercent?: pulumi.Input<number>;
  /**
   * How many of a hundred devices that were upgraded may be lost by the end of the bake: back on the
   * version that they came from, or silent; 0 to 100, rounded down. Default: 1 on northbound (none below
   * 100 devices), on IoTDA no such limit; 0 tolerates none.
   */
  readonly maxLostPercent?: pulumi.Input<number>;
}

/** One wave, beside which devices it takes. */
export interface RolloutWaveArgs extends RolloutThresholds {
  /**
   * Its name, by which it is known: unique in the rollout, and neither `"back"` nor `"joiners"`. A wave
   * that has begun and is not over can be neither renamed nor taken away.
   */
  readonly name: pulumi.Input<string>;
  /**
   * Takes the devices up to so many of a hundred of those that no wave names: cumulative, so 1, 10 and
   * 40 make waves of 1, 9 and 30 per cent; above 0, at most 100, rounded up, and rising from wave to
   * wave.
   */
  readonly untilPercent?: pulumi.Input<number>;
  /**
   * How long the wave is watched, in seconds, after it was decided well and before the next one begins.
   * Default: 0. On northbound a meter that falls silent shows after 25 to 49 hours: 180000.
   */
  readonly bakeSeconds?: pulumi.Input<number>;
  /** Whether the wave begins only once `approved` names it. Default: `false`. */
  readonly needsApproval?: pulumi.Input<boolean>;
  /**
   * Whether the wave may be without any device, or without any that can be pushed. Default: `false`:
   * the first fails the preview, the second holds the rollout.
   */
  readonly mayBeEmpty?: pulumi.Input<boolean>;
}

/** Which waves of which version somebody has approved. */
export interface RolloutApproval {
  /** The version that the approval is for; it counts for no other. */
  readonly version: pulumi.Input<string>;
  /** Names of waves; one that needs no approval may be among them. */
  readonly waves: pulumi.Input<pulumi.Input<string>[]>;
}

/** What a rollout takes in every wing, beside its package, its fleet and its waves. */
export interface RolloutArgs extends RolloutThresholds {
  /**
   * Who said that a wave may begin: `{ version: "V1.5", waves: ["early"] }`. It counts for that version
   * only, in the order of the waves; taking it back stops what was not pushed yet. A name that no wave
   * has fails the preview where the version is this one. Default: nothing is approved.
   */
  readonly approved?: pulumi.Input<RolloutApproval | undefined>;
  /**
   * How many devices are upgraded at the same time, a whole number from 1; on northbound also how many
   * cannot be called back. Default: 10 % of the wave, at least 1000.
   */
  readonly maxInProgress?: pulumi.Input<number>;
  /**
   * How long a device has, in seconds from the POST that pushes to it: one that has not begun by then
   * is unreached, one that has begun has failed. Default: 259200 (three days).
   */
  readonly deadlineSeconds?: pulumi.Input<number>;
  /** How often a device is tried before it has failed, a whole number from 1. Default: 1. */
  readonly maxAttempts?: pulumi.Input<number>;
  /**
   * A deliberate repetition: what was POSTed before this instant (ISO 8601, in the past) does not count,
   * and devices that do not run the version are pushed again, wave by wave. Taking it away changes
   * nothing.
   */
  readonly rerunAfter?: pulumi.Input<string>;
  /**
   * How many devices all waves may have, approved or not; more fails the preview and the `up`. Default:
   * that of the stack (`huawei-ota:maxDevices`), if there is one.
   */
  readonly maxDevices?: pulumi.Input<number>;
  /**
   * Versions from which devices are upgraded; the others are left out and told. Order and repetition do
   * not matter. Default: any.
   */
  readonly fromVersions?: pulumi.Input<pulumi.Input<string>[]>;
  /** How devices spell the version that they report. Default: as the package. */
  readonly reportedVersion?: pulumi.Input<string>;
  /**
   * `"snapshot"` (the default): once the rollout is through, it is through. `"continuous"`: devices that
   * join the fleet later are shown by each preview and pushed by the next `up`, as a last wave
   * `joiners`.
   */
  readonly targetSelection?: pulumi.Input<"snapshot" | "continuous">;
  /** Whether nothing is pushed for the time being, in a wave that has begun either. Default: `false`. */
  readonly paused?: pulumi.Input<boolean>;
  /**
   * How long one `pulumi up` waits for devices, in seconds; 0: not at all. Default: 1800. An `up` that
   * has waited long enough is green with the outcome `inProgress`, and the next one goes on.
   */
  readonly waitSeconds?: pulumi.Input<number>;
  /**
   * What ranks the devices of waves by `untilPercent`. Default: the name of the resource when it was
   * created. After a rename without an alias it keeps the devices in their waves.
   */
  readonly seed?: pulumi.Input<string>;
  /**
   * What must have gone well before the first device is pushed, as the `gate` of an `UpgradeCompletion`
   * or of another rollout; several must all have. Until then the rollout is held, which is no error.
   */
  readonly onlyAfter?: GateInput;
}
