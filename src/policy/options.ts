/**
 * What the rules are told, each under its own name: the same keys as in the file of
 * `--policy-pack-config`, where `enforcementLevel` stands beside them.
 */
export interface UpgradeRuleOptions {
  /** How many devices one task, and one rollout with all its waves, may reach. Default: no limit. */
  readonly "max-devices"?: MaxDevicesOptions;
  /** Which files may be pushed on IoTDA. Default: any whose SHA-256 is declared. */
  readonly "package-hash"?: PackageHashOptions;
  /** Which versions may be pushed. Default: any that is no downgrade. */
  readonly versions?: VersionsOptions;
  /** What the waves of a rollout must keep to. Default: a first wave of at most 100 devices. */
  readonly "rollout-limits"?: RolloutLimitsOptions;
  /** From how many devices on a task needs a gate. Default: more than 100. */
  readonly "gate-required"?: DevicesOptions;
  /** Which tasks must be waited for. Default: all. */
  readonly "completion-required"?: DevicesOptions;
  /** From how many devices on something smaller must go first. Default: more than 100. */
  readonly "canary-required"?: DevicesOptions;
}

/** Options of `max-devices`. */
export interface MaxDevicesOptions {
  /** The most devices of a task, and of a rollout unless `mostOfRollout` says otherwise. Default: no limit. */
  readonly most?: number;
  /** The most devices of all waves of a rollout. Default: `most`. */
  readonly mostOfRollout?: number;
}

/** Options of `package-hash`. */
export interface PackageHashOptions {
  /** The SHA-256 of each file that may be pushed, in hexadecimal. Default: any. */
  readonly allowed?: readonly string[];
}

/** Options of `versions`. In each pattern `*` stands for any characters. */
export interface VersionsOptions {
  /** Patterns of versions, one of which must fit. Default: any version. */
  readonly allowed?: readonly string[];
  /** Patterns of versions, none of which may fit. Default: none. */
  readonly blocked?: readonly string[];
  /** Whether devices may be brought to an older version, as on a way back. Default: `false`. */
  readonly downgrade?: boolean;
}

/** Options of `rollout-limits`; thresholds count as they hold for each wave, defaults included. */
export interface RolloutLimitsOptions {
  /** The most devices of the first wave that has any. Default: 100. */
  readonly mostInFirstWave?: number;
  /** The shortest bake of each wave that has a wave behind it, in seconds. Default: none. */
  readonly leastBakeSeconds?: number;
  /** The lowest `minSuccessPercent`. Default: none. */
  readonly leastSuccessPercent?: number;
  /** The lowest `minReachedPercent`. Default: none. */
  readonly leastReachedPercent?: number;
  /** The highest `maxFailedDevices`; with it each wave must have one. Default: none. */
  readonly mostFailedDevices?: number;
  /** The highest `maxInProgress`. Default: none. */
  readonly mostInProgress?: number;
}

/** Options of the rules that begin with a number of devices. */
export interface DevicesOptions {
  /** Up to so many devices the rule asks for nothing. */
  readonly devices?: number;
}
