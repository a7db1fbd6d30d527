import type { PackageKind } from "../gate";
import type { Selection } from "./platform";

/** What is tolerated; of a rollout, and of a wave where it says otherwise. */
export interface WaveThresholds {
  readonly minSuccessPercent?: number | undefined;
  readonly maxFailedDevices?: number | undefined;
  readonly minReachedPercent?: number | undefined;
  readonly stopAtFailedPercent?: number | undefined;
  readonly maxLostPercent?: number | undefined;
}

export interface WaveDeclaration extends WaveThresholds {
  readonly name: string;
  /** Its devices and groups. With neither this nor `untilPercent` it takes what is left. */
  readonly selection?: Selection | undefined;
  readonly untilPercent?: number | undefined;
  readonly bakeSeconds?: number | undefined;
  readonly needsApproval?: boolean | undefined;
  readonly mayBeEmpty?: boolean | undefined;
}

export interface Approval {
  readonly version: string;
  readonly waves: readonly string[];
}

/**
 * A rollout as it is declared, in plain values: defaults filled in where nothing but the declaration
 * decides them, sets sorted, instants in milliseconds since the epoch.
 */
export interface RolloutDeclaration extends WaveThresholds {
  /** Its row's name, for sentences. */
  readonly name: string;
  readonly packageKind: PackageKind;
  readonly packageId: string;
  /** The package's version, as it stands in `approved` and gates. */
  readonly version: string;
  /** How devices report it: `reportedVersion`, else `version`. */
  readonly reportedVersion: string;
  /** The versions from which the package can be installed (iotda); absent: any. */
  readonly sourceVersions?: readonly string[] | undefined;
  readonly fromVersions?: readonly string[] | undefined;
  readonly fleet: Selection;
  readonly exclude: Selection;
  /** At least one: without any it is `[{ name: "all" }]`. */
  readonly waves: readonly WaveDeclaration[];
  readonly approved?: Approval | undefined;
  /** `maxLostPercent` where none is given: northbound 1, iotda none. */
  readonly defaultMaxLostPercent?: number | undefined;
  /** Default: 10 % of the wave, at least 1,000. */
  readonly maxInProgress?: number | undefined;
  readonly deadlineSeconds: number;
  readonly maxAttempts: number;
  readonly rerunAfter?: number | undefined;
  readonly maxDevices?: number | undefined;
  readonly targetSelection: "snapshot" | "continuous";
  readonly paused: boolean;
  readonly onFailure: "stop" | "stopAll" | "leave";
  readonly seed: string;
}

/** The wave of the way back, and that of who joined a continuous rollout. */
export const BACK = "back";
export const JOINERS = "joiners";

export function isApproved(
  declaration: Pick<RolloutDeclaration, "approved" | "version">,
  wave: WaveDeclaration,
): boolean {
  if (wave.needsApproval !== true) return true;
  const { approved, version } = declaration;
  return approved?.version === version && approved.waves.includes(wave.name);
}
