import type { RolloutDeclaration } from "./declaration";
import type { DeviceFacts, Look, Selection } from "./platform";

export type LeftOutReason = "otherKind" | "sourceVersion" | "frozen" | "fromVersions";

export interface DrawnWave {
  readonly name: string;
  /** Members, by their ranks. */
  readonly devices: readonly string[];
}

/** Who is in which wave, drawn as if nothing had begun. */
export interface Draw {
  readonly waves: readonly DrawnWave[];
  /** The fleet's devices of the package's kind, but who is excluded: what the waves are made of. */
  readonly members: ReadonlyMap<string, DeviceFacts>;
  /** The index of each member's wave. */
  readonly waveOf: ReadonlyMap<string, number>;
  readonly excluded: ReadonlySet<string>;
  readonly otherKind: readonly string[];
  /** Why a preview fails, one sentence each. */
  readonly refusals: readonly string[];
  /** What is told beside the line of the plan, one sentence each. */
  readonly told: readonly string[];
}

/** All that a draw has to look at. */
export declare function selectionOf(declaration: RolloutDeclaration): Selection;

/** @param isFirst - an unknown device is refused in the first draw, and told in a later one */
export declare function draw(
  declaration: RolloutDeclaration,
  look: Look,
  options: { readonly isFirst: boolean },
): Draw;
