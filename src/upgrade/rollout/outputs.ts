import type { DeviceFailure } from "../platform";

export type WaveState = "waiting" | "running" | "baking" | "over" | "failed";

export interface WaveProgress {
  readonly wave: string;
  readonly state: WaveState;
  /** Who is counted: of its devices those that did not run the version when it began. */
  readonly devices: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly unreached: number;
  readonly lost: number;
  readonly beganAt?: string;
  readonly decidedAt?: string;
  readonly bakesUntil?: string;
  readonly overAt?: string;
  /** Ids of its tasks. */
  readonly tasks: readonly string[];
}

export type RolloutOutcome = "succeeded" | "inProgress" | "held" | "failed";

/** What a rollout tells, but for `book`. No key is the name of an input. */
export interface RolloutOutputs {
  readonly version: string;
  readonly packageId: string;
  readonly outcome: RolloutOutcome;
  /** Since when the outcome is this one, ISO 8601. */
  readonly since: string;
  /** The versions that its devices came from. */
  readonly from: readonly string[];
  readonly progress: readonly WaveProgress[];
  readonly devices: number;
  readonly onVersion: number;
  readonly inProgress: number;
  readonly behind: number;
  readonly leftOut: Readonly<Record<string, number>>;
  /** The first twenty. */
  readonly failures: readonly DeviceFailure[];
  /** When something may go on by itself at the earliest, ISO 8601: a bake's end, a window. */
  readonly openAt?: string;
}
