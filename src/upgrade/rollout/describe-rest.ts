import { isApproved, type RolloutDeclaration } from "./declaration";
import { count } from "./describe";
import type { RolloutOutputs, WaveProgress } from "./outputs";
import { plannedDevices, type RolloutPlan } from "./plan";

type Declared = Pick<RolloutDeclaration, "name" | "version" | "waves" | "approved">;

type Wave = Pick<
  WaveProgress,
  "wave" | "state" | "devices" | "succeeded" | "failed" | "unreached" | "lost"
> & { readonly bakesUntil?: string | undefined };

type Told = Pick<RolloutOutputs, "version" | "outcome" | "devices" | "onVersion" | "inProgress"> & {
  readonly progress: readonly Wave[];
};

/**
 * What a preview says of a rollout that is not through, from its state alone: where its waves stand,
 * and what this `up` adds. `undefined` for one that is through.
 *
 * @param goBack - how many devices another version takes back first of all
 */
export function describeRest(
  declaration: Declared,
  plan: RolloutPlan | undefined,
  outputs: Told,
  goBack = 0,
): string | undefined {
  const { name, version } = declaration;
  const { outcome, progress, onVersion } = outputs;
  if (outputs.version !== version) return describeTurn(declaration, outputs, goBack);
  if (outcome === "succeeded") return undefined;
  const waves = progress.map((wave) => waveText(wave, declaration)).join(", ");
  const numbers = plan === undefined ? new Map<string, number>() : plannedDevices(plan);
  const more = declaration.waves.reduce((sum, wave) => {
    const state = progress.find((one) => one.wave === wave.name)?.state ?? "waiting";
    return state === "waiting" && isApproved(declaration, wave)
      ? sum + (numbers.get(wave.name) ?? 0)
      : sum;
  }, 0);
  const has = `${onVersion} ${onVersion === 1 ? "has" : "have"} it`;
  const adds = more === 0 ? has : `${more} more; ${has}`;
  return `${name}: ${version} is ${wordOf(outcome)}: ${waves}; ${adds}.`;
}

/** From one version to another, and whom the way back takes first. */
function describeTurn({ name, version }: Declared, outputs: Told, goBack: number): string {
  const { onVersion, inProgress, outcome } = outputs;
  const reached = onVersion + inProgress;
  const stands =
    outcome === "succeeded"
      ? `${outputs.version} is through`
      : `${outputs.version} is ${wordOf(outcome)}, with ${count(reached, "device")} on it or under way`;
  const back =
    goBack === 0
      ? ""
      : ` ${count(goBack, "device")} that came from ${version} ${goBack === 1 ? "goes" : "go"} back first, as the wave back.`;
  return `${name}: ${stands}; this up goes to ${version}.${back}`;
}

function wordOf(outcome: RolloutOutputs["outcome"]): string {
  return { succeeded: "through", inProgress: "under way", held: "held", failed: "red" }[outcome];
}

function waveText(wave: Wave, declaration: Declared): string {
  const { state, succeeded, devices, failed, unreached, lost, bakesUntil = "" } = wave;
  switch (state) {
    case "over":
      return `${wave.wave} over`;
    case "baking":
      return `${wave.wave} bakes until ${bakesUntil}`;
    case "waiting": {
      const declared = declaration.waves.find(({ name }) => name === wave.wave);
      const needs = declared !== undefined && !isApproved(declaration, declared);
      return `${wave.wave} ${needs ? "waits for its approval" : "waits"}`;
    }
    case "running":
    case "failed": {
      const parts = [
        `${succeeded} of ${devices} done`,
        ...(failed > 0 ? [`${failed} failed`] : []),
        ...(unreached > 0 ? [`${unreached} not reached`] : []),
        ...(lost > 0 ? [`${lost} lost`] : []),
      ];
      return `${wave.wave} ${state === "failed" ? "failed" : "runs"} (${parts.join(", ")})`;
    }
  }
}

/** What stays on the platform when a rollout goes. */
export function describeRemoval(outputs: Told): string {
  const { version, devices, onVersion, inProgress } = outputs;
  const others = devices - onVersion - inProgress;
  const parts = [
    `${count(onVersion, "device")} ${onVersion === 1 ? "stays" : "stay"} on ${version}`,
    ...(inProgress > 0
      ? [`${count(inProgress, "device")} ${inProgress === 1 ? "is" : "are"} under way to it`]
      : []),
    ...(others > 0
      ? [`${count(others, "device")} ${others === 1 ? "was" : "were"} not upgraded`]
      : []),
  ];
  return `The rollout is forgotten here, as it was last seen: ${parts.join(", ")}.`;
}
