import type { GateStanding } from "../gate";
import type { Book } from "./book";
import type { RolloutDeclaration } from "./declaration";
import type { RolloutOutputs } from "./outputs";
import type { RolloutPlan } from "./plan";
import type { Look, Push, RolloutLimits, RolloutTask, Stop, TaskDevice } from "./platform";

/** What was read of the platform for one decision. */
export interface Facts {
  readonly now: number;
  readonly look: Look;
  /** With their devices. A task of the book whose record is gone is not in it. */
  readonly tasks: readonly (RolloutTask & { readonly devices: readonly TaskDevice[] })[];
}

export interface Situation {
  readonly declaration: RolloutDeclaration;
  readonly plan: RolloutPlan;
  readonly limits: RolloutLimits;
  readonly book: Book | undefined;
  readonly facts: Facts;
  /** Where `onlyAfter` is given: open, or closed and not (yet) red. */
  readonly gate?: GateStanding | undefined;
}

export interface Decision {
  /** What is to be remembered, before anything below is done. */
  readonly book: Book;
  readonly stops: readonly Stop[];
  readonly pushes: readonly Omit<Push, "seen">[];
  readonly outputs: RolloutOutputs;
  /** The red sentences; empty when it is not red. */
  readonly failures: readonly string[];
  /** What is told, one sentence each. */
  readonly told: readonly string[];
  /** When the next thing happens by itself: a deadline, a bake's end, a window; absent where only devices or people move it on. */
  readonly nextAt?: number;
  /** Whether an `up` goes on waiting: something is under way, baking, or waits for a window. */
  readonly isMoving: boolean;
}

export declare function decide(situation: Situation): Decision;
