import type { Clock } from "../../clock";
import type { GateStanding } from "../gate";
import type { RolloutDeclaration } from "./declaration";
import type { RolloutOutputs } from "./outputs";
import type { RolloutPlan } from "./plan";
import type { RolloutPlatform } from "./platform";

export interface RunRollout {
  readonly declaration: RolloutDeclaration;
  readonly plan: RolloutPlan;
  readonly platform: RolloutPlatform;
  /** The text of the last outputs' book; absent on a create and when it is lost. */
  readonly book: string | undefined;
  /** Asked again before each first POST; closed and red is for the wing to throw before. */
  readonly gate?: GateStanding | undefined;
  readonly waitSeconds: number;
  readonly listSettleSeconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The status of the row; `isLast` when nothing follows it. */
  readonly progress: (text: string, isLast: boolean) => void;
  readonly warn: (text: string) => void;
}

/** How an `up` ended: it never throws once there is a book, so that nothing is lost. */
export interface RolloutEnd {
  readonly outputs: RolloutOutputs;
  readonly book: string;
  /** Why it is red, one sentence each; empty when it is green. */
  readonly reasons: readonly string[];
  /** Whether it was cancelled: it is green then, and says that it goes on. */
  readonly isCancelled: boolean;
}

/** Goes on with a rollout until it is over, held, red, or `waitSeconds` are over. For `create` and `update`. */
export declare function runRollout(run: RunRollout): Promise<RolloutEnd>;

/** What a `refresh` tells of a rollout: pushes and stops nothing, waits for nothing. */
export declare function readRollout(
  run: Pick<RunRollout, "declaration" | "plan" | "platform" | "book">,
): Promise<RolloutEnd & { readonly drift: string | undefined }>;

/** What a `diff` needs to know of the last outputs. */
export interface RolloutRest {
  /** Whether nothing is left to do but for a person: over, or held by an approval or `paused` with nothing running. */
  readonly isAtRest: boolean;
  /** Sentences that fail the preview (section 5, edits; section 6, a rebuild), before any POST. */
  readonly refusals: readonly string[];
  /** The line of a preview, made of the state without a call. */
  readonly line: string;
}

/** For `diff` and the begin of `update`: the news beside the last outputs and book. */
export declare function compareRollout(
  declaration: RolloutDeclaration,
  plan: RolloutPlan | undefined,
  last: { readonly outputs: RolloutOutputs; readonly book: string },
): RolloutRest;

/** What `delete` says: how many stay on which version, how many are under way. */
export declare function describeRemoval(outputs: RolloutOutputs): string;
