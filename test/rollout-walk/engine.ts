import { compareRollout } from "../../src/upgrade/rollout/compare";
import type { RolloutDeclaration } from "../../src/upgrade/rollout/declaration";
import { draw, selectionOf } from "../../src/upgrade/rollout/draw";
import type { RolloutOutputs } from "../../src/upgrade/rollout/outputs";
import { planKey, planOf, type RolloutPlan } from "../../src/upgrade/rollout/plan";
import { joinersNow, readRollout } from "../../src/upgrade/rollout/refresh";
import { type RolloutEnd, runRollout } from "../../src/upgrade/rollout/run";
import { KilledError, type ModelPlatform, type Stumble } from "./platform";

export interface Inputs {
  readonly declaration: RolloutDeclaration;
  readonly plan: RolloutPlan;
}

/** What a state file holds of a rollout: a red update leaves the inputs of before. */
export interface State {
  readonly inputs: Inputs;
  readonly outputs: RolloutOutputs;
  readonly book: string;
}

export type Up =
  | { readonly kind: "refused"; readonly because: readonly string[] }
  | { readonly kind: "same" }
  | { readonly kind: "killed" }
  | { readonly kind: "ran"; readonly end: RolloutEnd; readonly inputs: Inputs };

/** What an engine does with a rollout, as far as a rollout can tell. */
export class ModelEngine {
  state: State | undefined;
  private readonly platform: ModelPlatform;

  constructor(platform: ModelPlatform) {
    this.platform = platform;
  }

  /** `check`: the plan is drawn, or stays. */
  async plan(declaration: RolloutDeclaration): Promise<Inputs | readonly string[]> {
    const { state } = this;
    const look = await this.platform.look(selectionOf(declaration));
    const drawn = draw(declaration, look, { isFirst: state === undefined });
    const old = state?.inputs;
    const isKept = old !== undefined && planKey(old.declaration) === planKey(declaration);
    const approvals = ({ approved }: RolloutDeclaration): string => JSON.stringify(approved);
    const isFrozen = isKept && approvals(old.declaration) === approvals(declaration);
    const joiners = await joinersNow({ declaration, platform: this.platform, book: state?.book });
    if (isFrozen && joiners.length === 0 && !hasJoiners(old.plan)) {
      return { declaration, plan: old.plan };
    }
    if (drawn.refusals.length > 0) return drawn.refusals;
    const before = isKept ? { before: old.plan } : {};
    return { declaration, plan: planOf(declaration, drawn, { ...before, joiners }) };
  }

  /** One `up`; `willRun` is told the plan before anything is sent. */
  async up(
    declaration: RolloutDeclaration,
    waitSeconds: number,
    stumble: Stumble | undefined,
    willRun: (inputs: Inputs) => void,
  ): Promise<Up> {
    const { platform, state } = this;
    const cancelled = new AbortController();
    platform.begin(undefined, () => undefined);
    const inputs = await this.plan(declaration);
    if (!("plan" in inputs)) return { kind: "refused", because: inputs };
    if (state !== undefined) {
      const rest = compareRollout(declaration, state);
      if (rest.refusals.length > 0) return { kind: "refused", because: rest.refusals };
      const isEqual = JSON.stringify(state.inputs) === JSON.stringify(inputs);
      if (rest.isAtRest && isEqual) return { kind: "same" };
    }
    willRun(inputs);
    platform.begin(stumble, () => cancelled.abort());
    platform.version = declaration.version;
    const end = await runRollout({
      ...{ ...inputs, platform, book: state?.book, waitSeconds, listSettleSeconds: 60 },
      ...{ clock: platform, signal: cancelled.signal, progress: () => undefined },
    }).catch((error: unknown) => {
      if (error instanceof KilledError || platform.wasKilled) return undefined;
      throw error;
    });
    if (platform.wasKilled || end === undefined) return { kind: "killed" };
    const isRed = end.reasons.length > 0;
    const kept = isRed && state !== undefined ? state.inputs : inputs;
    this.state = { inputs: kept, outputs: end.outputs, book: end.book };
    return { kind: "ran", end, inputs };
  }

  async refresh(): Promise<string | undefined> {
    const { platform, state } = this;
    if (state === undefined) return undefined;
    platform.begin(undefined, () => undefined);
    const end = await readRollout({ ...state.inputs, ...state, platform });
    this.state = { ...state, outputs: end.outputs, book: end.book };
    return end.drift;
  }
}

function hasJoiners({ waves }: RolloutPlan): boolean {
  return waves.some((text) => text.startsWith("joiners: "));
}
