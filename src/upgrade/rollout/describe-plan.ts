import { isApproved, type RolloutDeclaration, type WaveDeclaration } from "./declaration";
import type { Draw } from "./draw";
import { count } from "./describe";
import type { DeviceFacts } from "./platform";

/*
 * What a preview says of a draw: who is in which wave, how far the merge reaches, and what its waves
 * can and cannot see.
 */

/** Below this many devices a share of failures that is tolerated comes to none. */
const SMALL_WAVE = 20;
const MANY_DEVICES = 100;

/** `meters: V1.4 -> V1.5 on 400 devices (12 run it): lab 12, canary 4 (all must succeed), rest 384; ...` */
export function describePlan(declaration: RolloutDeclaration, draw: Draw, time: string): string {
  const { name, version, waves, approved } = declaration;
  const devices = [...draw.members.values()];
  const runs = devices.filter((device) => isOn(device, declaration)).length;
  const parts = waves.map((wave, index) => {
    const members = membersOf(draw, index);
    const pushed = members.filter((device) => !isOn(device, declaration)).length;
    const must = needsAll(declaration, wave, pushed) ? " (all must succeed)" : "";
    return `${wave.name} ${members.length}${must}`;
  });
  const named = approved?.version === version ? approved.waves : [];
  const said = waves.some(({ needsApproval }) => needsApproval === true)
    ? `; approved: ${named.length === 0 ? "none" : named.join(", ")}`
    : "";
  const already = runs === 0 ? "" : ` (${runs} ${runs === 1 ? "runs" : "run"} it)`;
  return `${name}: ${cameFrom(devices, declaration)} -> ${version} on ${devices.length} device${devices.length === 1 ? "" : "s"}${already}: ${parts.join(", ")}${said}. This merge reaches at most ${reached(declaration, draw)} devices. Drawn ${time}${PLAN_HOLDS}`;
}

const PLAN_HOLDS = "; an up without this plan draws again.";

/** Whether a line is that of a plan, for those who show the plan in another way. */
export function isPlanLine(line: string): boolean {
  return line.endsWith(PLAN_HOLDS);
}

/** What is known beside the draw, for the hints. */
export interface HintFacts {
  /** How long a device that falls silent takes to show, where that is long. */
  readonly silentSeconds?: number | undefined;
  /** What becomes of the package of the version that all devices of the waves come from. */
  readonly packageBefore?: PackageBefore | undefined;
}

export type PackageBefore = "exists" | "isDeleted" | "isGone";

/** What the waves cannot see, and where a revert leads, one sentence each. */
export function planHints(
  declaration: RolloutDeclaration,
  draw: Draw,
  { silentSeconds, packageBefore }: HintFacts = {},
): string[] {
  const { waves, name } = declaration;
  const hints: string[] = [];
  const canary = waves.findIndex(({ untilPercent }) => untilPercent !== undefined);
  const size = canary === -1 ? 0 : membersOf(draw, canary).length;
  const missed = Math.round(100 * 0.9 ** size);
  if (size > 0 && missed >= 10 && canary < waves.length - 1) {
    hints.push(
      `${name}: ${waves[canary]?.name ?? ""} ${size} misses a fault of 1 device in 10 with ${missed} %.`,
    );
  }
  const short = waves.findIndex(
    ({ bakeSeconds = 0 }, index) =>
      silentSeconds !== undefined && bakeSeconds < silentSeconds && index < waves.length - 1,
  );
  if (short !== -1 && silentSeconds !== undefined) {
    hints.push(
      `${name}: a meter that falls silent shows after 25 to 49 hours, and ${waves[short]?.name ?? ""} bakes for ${waves[short]?.bakeSeconds ?? 0} s: bakeSeconds ${silentSeconds} would see it before the next wave.`,
    );
  }
  const wayBack = describeWayBack(declaration, draw, packageBefore);
  if (wayBack !== undefined) hints.push(wayBack);
  if (draw.members.size > MANY_DEVICES && waves.length === 1) {
    hints.push(
      `${name}: ${draw.members.size} devices in one wave: nothing stops it before a tenth of them has failed. Give it waves.`,
    );
  }
  return hints;
}

/** `meters: a revert to V1.4 returns 12 devices after lab, 16 after canary; its package still exists.` */
function describeWayBack(
  declaration: RolloutDeclaration,
  draw: Draw,
  packageBefore: PackageBefore | undefined,
): string | undefined {
  const { name, waves } = declaration;
  const from = versionBefore(declaration, draw);
  if (from === undefined) return undefined;
  let devices = 0;
  const parts = waves.slice(0, -1).map((wave, index) => {
    devices += movedIn(declaration, draw, index).length;
    return `${index === 0 ? count(devices, "device") : String(devices)} after ${wave.name}`;
  });
  const itsPackage = packageBefore === undefined ? "" : `; its package ${FATE[packageBefore]}`;
  return `${name}: a revert to ${from} returns ${parts.join(", ")}${itsPackage}.`;
}

const FATE: Readonly<Record<PackageBefore, string>> = {
  exists: "still exists",
  isDeleted: "is deleted by this very up",
  isGone: "is not on the platform any more",
};

/** The version that a revert leads to: what the devices run of all waves but the last, where it is one. */
export function versionBefore(declaration: RolloutDeclaration, draw: Draw): string | undefined {
  const moved = declaration.waves
    .slice(0, -1)
    .flatMap((_, wave) => movedIn(declaration, draw, wave));
  const [from, ...others] = new Set(moved.map(({ version }) => version));
  return others.length === 0 ? from : undefined;
}

function movedIn(declaration: RolloutDeclaration, draw: Draw, wave: number): DeviceFacts[] {
  return membersOf(draw, wave).filter((device) => !isOn(device, declaration));
}

function membersOf(draw: Draw, wave: number): DeviceFacts[] {
  return (draw.waves[wave]?.devices ?? []).flatMap((id) => draw.members.get(id) ?? []);
}

function isOn({ version }: DeviceFacts, { reportedVersion }: RolloutDeclaration): boolean {
  return version === reportedVersion;
}

/** `V1.4`, or `V1.3 (40), V1.4 (348)`. */
function cameFrom(devices: readonly DeviceFacts[], declaration: RolloutDeclaration): string {
  const counts = new Map<string, number>();
  for (const device of devices) {
    if (isOn(device, declaration)) continue;
    const version = device.version ?? "an unknown version";
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length === 0) return declaration.version;
  if (sorted.length === 1) return sorted[0]?.[0] ?? "";
  return sorted.map(([version, count]) => `${version} (${count})`).join(", ");
}

/** Whether the wave's per cent tolerates nobody, because the wave is small. */
function needsAll(declaration: RolloutDeclaration, wave: WaveDeclaration, count: number): boolean {
  const percent = wave.minSuccessPercent ?? declaration.minSuccessPercent ?? 95;
  return (
    count > 0 && count < SMALL_WAVE && percent > 0 && Math.ceil((count * percent) / 100) === count
  );
}

function reached(declaration: RolloutDeclaration, draw: Draw): number {
  return declaration.waves.reduce((sum, wave, index) => {
    if (!isApproved(declaration, wave)) return sum;
    return sum + membersOf(draw, index).filter((device) => !isOn(device, declaration)).length;
  }, 0);
}
