import type { RolloutDeclaration } from "./declaration";
import type { Draw } from "./draw";

/** The input `plan`, as section 4 of the contract prints it. */
export interface RolloutPlan {
  readonly from: readonly string[];
  readonly waves: readonly string[];
  readonly reaches: number;
}

/**
 * @param before - the plan whose strings stay for waves of the same name and approval, when all that
 * changed is who is approved
 */
export declare function planOf(
  declaration: RolloutDeclaration,
  draw: Draw,
  before?: RolloutPlan,
): RolloutPlan;

/** How many devices the plan gives each wave. */
export declare function plannedDevices(plan: RolloutPlan): ReadonlyMap<string, number>;

/** Equal for two declarations of which one plan holds. */
export declare function planKey(declaration: RolloutDeclaration): string;
