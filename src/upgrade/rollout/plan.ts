import { hash } from "node:crypto";

import { isApproved, JOINERS, type RolloutDeclaration } from "./declaration";
import { count } from "./describe";
import type { Draw } from "./draw";
import { digestOf } from "./ranks";

/** The input `plan`: members only, so that no progress changes it. */
export interface RolloutPlan {
  /** The versions that the members run, but the declared one. */
  readonly from: readonly string[];
  /** One string a wave. */
  readonly waves: readonly string[];
  /** The members of all waves that are approved or need no approval. */
  readonly reaches: number;
}

/**
 * @param before - the plan that was shown last, where nothing but approvals has changed since: waves
 * that were approved in it keep their strings
 * @param joiners - who has joined a continuous rollout that is through
 */
export function planOf(
  declaration: RolloutDeclaration,
  draw: Draw,
  { before, joiners = [] }: { before?: RolloutPlan; joiners?: readonly string[] } = {},
): RolloutPlan {
  const { waves, reportedVersion } = declaration;
  const kept = new Map(
    before?.waves
      .filter((text) => !text.endsWith(NOT_APPROVED))
      .map((text) => [nameIn(text), text] as const),
  );
  const versions = new Set([...draw.members.values()].flatMap(({ version }) => version ?? []));
  versions.delete(reportedVersion);
  const numbersBefore = plannedDevices({ waves: [...kept.values()] });
  let carried: readonly string[] = [];
  const texts = waves.map((wave, index) => {
    const drawn = draw.waves[index]?.devices ?? [];
    const before = kept.get(wave.name);
    const devices = [...drawn, ...carried];
    // Who joined since below the boundary of a wave that stays as it was is the next one's.
    carried = before === undefined ? [] : devices.slice(numbersBefore.get(wave.name) ?? 0);
    const own = before ?? waveText(wave.name, devices, index === waves.length - 1);
    return isApproved(declaration, wave) ? own : own + NOT_APPROVED;
  });
  if (joiners.length > 0) texts.push(waveText(JOINERS, joiners, false));
  const numbers = plannedDevices({ waves: texts });
  const reached = waves.filter((wave) => isApproved(declaration, wave)).map(({ name }) => name);
  return {
    from: [...versions].sort(),
    waves: texts,
    reaches: [...reached, JOINERS].reduce((sum, name) => sum + (numbers.get(name) ?? 0), 0),
  };
}

/** The plan with who has joined a continuous rollout that is through, as a wave of their own. */
export function withJoiners(plan: RolloutPlan, joiners: readonly string[]): RolloutPlan {
  if (joiners.length === 0) return plan;
  return {
    ...plan,
    waves: [...plan.waves, waveText(JOINERS, joiners, false)],
    reaches: plan.reaches + joiners.length,
  };
}

const NOT_APPROVED = ", not approved";

/** The last wave has no digest: every joiner would break the saved plans. */
function waveText(name: string, devices: readonly string[], isLast: boolean): string {
  const text = `${name}: ${count(devices.length, "device")}`;
  return isLast ? text : `${text} (${digestOf(devices)})`;
}

function nameIn(text: string): string {
  return text.slice(0, text.lastIndexOf(": "));
}

/** How many devices the plan gives each wave. */
export function plannedDevices({ waves }: Pick<RolloutPlan, "waves">): Map<string, number> {
  return new Map(
    waves.map((text) => [
      nameIn(text),
      Number(/^\d+/.exec(text.slice(text.lastIndexOf(": ") + 2))?.[0] ?? 0),
    ]),
  );
}

/**
 * Equal for two declarations of which one draw holds. What is approved is left out: it changes the
 * words of a plan, not who is in its waves.
 */
export function planKey(declaration: RolloutDeclaration): string {
  const { version, packageId, fleet, exclude, waves, seed, fromVersions, rerunAfter } = declaration;
  const drawn = waves.map(({ name, selection, untilPercent }) => [name, selection, untilPercent]);
  return digestText([version, packageId, fleet, exclude, drawn, seed, fromVersions, rerunAfter]);
}

/** Whether a draw has the very waves of a plan. */
export function isDrawnAs(
  plan: RolloutPlan,
  declaration: RolloutDeclaration,
  drawn: Draw,
): boolean {
  const texts = new Set(plan.waves);
  return planOf(declaration, drawn).waves.every((text) => texts.has(text));
}

/** What a book remembers a plan by: another one was drawn later, though it may read the same. */
export function planMark(inputs: {
  readonly declaration: RolloutDeclaration;
  readonly plan: RolloutPlan;
}): string {
  const texts = inputs.plan.waves.map((text) => text.replace(NOT_APPROVED, ""));
  return digestText([planKey(inputs.declaration), texts]);
}

function digestText(value: unknown): string {
  return hash("sha256", JSON.stringify(value), "hex").slice(0, 8);
}
