import { formatInstant } from "../../instant";
import type { HeldBy } from "./book";
import { BACK, type RolloutDeclaration } from "./declaration";
import { count, listed, some } from "./describe";
import type { RolloutLimits } from "./platform";
import type { Records } from "./records";
import type { Survey } from "./survey";
import type { WaveNow } from "./waves";

/** The sentences of how a rollout stands: what holds it, and why it is red. */

export function describeGoneGroups(wave: string, groups: readonly string[]): string {
  const where = wave === "" ? "the fleet or exclude" : `the wave ${wave}`;
  return `The platform does not know ${some("device group", groups)} of ${where} any more, so nothing was pushed: create it again, or take it out of the program.`;
}

export function describeHeld(by: HeldBy, wave: string | undefined, openFrom: number): string {
  const what = wave === undefined ? "The next push" : `The wave ${wave}`;
  switch (by) {
    case "approval":
      return `${what} waits for its approval: add it to approved.waves, with this version.`;
    case "paused":
      return `${what} waits because the rollout is paused: take paused away to go on.`;
    case "gate":
      return `${what} waits for the gate in onlyAfter.`;
    case "window":
      return `${what} waits for its window, which opens at ${formatInstant(openFrom)}.`;
    case "wave":
      return `${what} has nobody to push.`;
  }
}

export function describeHollow(wave: string, isMissed: boolean): string {
  return isMissed
    ? `The wave ${wave} finds no device in the fleet, so the rollout waits: correct its devices or groups, or set mayBeEmpty.`
    : `The wave ${wave} has no device that can be pushed or counted (left out, excluded or gone), so the rollout waits: correct fromVersions, exclude or the wave, or set mayBeEmpty.`;
}

/** Counts, what was demanded, the devices with their reasons, and the ways on. */
export function describeRed(
  wave: WaveNow,
  declaration: RolloutDeclaration,
  survey: Survey,
  records: Records,
  limits: RolloutLimits,
): string {
  const { name, count: tally, because, lost } = wave;
  const total = tally.succeeded + tally.failed + tally.unreached + tally.open;
  const figures = [
    `${tally.succeeded} of ${count(total, "device")} succeeded`,
    ...(tally.failed > 0 ? [`${tally.failed} failed`] : []),
    ...(tally.unreached > 0 ? [`${tally.unreached} not reached`] : []),
    ...(tally.open > 0 ? [`${tally.open} open`] : []),
    ...(because === "lost" ? [`${lost.length} lost since`] : []),
  ];
  const bad =
    because === "lost"
      ? lost.map(
          ({ id, key, facts }) => `${id ?? key}: ${lostWords(facts?.version, facts?.connection)}`,
        )
      : failuresOf(survey, records, name).map(({ deviceId, reason }) => `${deviceId}: ${reason}`);
  const shown = bad.slice(0, 5).join("; ");
  const more = bad.length > 5 ? `; and ${bad.length - 5} more` : "";
  const ways = [
    "rerunAfter (to push again)",
    because === "lost" ? "maxLostPercent" : "a threshold or maxAttempts",
    "exclude",
    "another version",
  ];
  const called =
    limits.canStop && declaration.onFailure === "stopAll"
      ? " What was under way is stopped, which may leave a device half-way."
      : "";
  return `The wave ${name} has failed for ${declaration.version}: ${figures.join(", ")} (${demandOf(wave)}).${shown === "" ? "" : ` ${ended(`${shown}${more}`)}`} Nothing more is pushed.${called} It is mended by ${listed(ways).replace(" and ", " or ")}.`;
}

function lostWords(version: string | undefined, connection: string | undefined): string {
  return connection === "ABNORMAL" || connection === "OFFLINE"
    ? `has been ${connection} since`
    : `reports ${version ?? "no version"} again`;
}

function demandOf({ because, bounds, name }: WaveNow): string {
  switch (because) {
    case "brake":
      return `the brake: more than ${bounds.stopAtFailedPercent} % failed`;
    case "failedDevices":
      return `at most ${bounds.maxFailedDevices ?? 0} may fail`;
    case "reached":
      return `at least ${bounds.minReachedPercent} % must be reached`;
    case "lost":
      return `at most ${bounds.maxLostPercent ?? 100} % may be lost in the bake`;
    case "success":
    case undefined:
      return `at least ${bounds.minSuccessPercent} % of ${name === BACK ? "them" : "those reached"} must succeed`;
  }
}

/** Who failed in a wave and why, by rank. */
export function failuresOf(
  survey: Survey,
  records: Records,
  wave: string,
): { deviceId: string; reason: string }[] {
  return [...survey.of(wave)].flatMap(({ id, key, standing, entry }) => {
    if (standing.counts !== "failed") return [];
    const reason = records.reasons.get(key) ?? RESULT_WORDS[entry.result];
    return [{ deviceId: id ?? `#${key}`, reason: standing.isLate === true ? LATE : reason }];
  });
}

const LATE = "it had begun and was not through at the deadline";

const RESULT_WORDS = {
  none: "it failed",
  succeeded: "it failed",
  failed: "it failed",
  unreached: "it was not reached",
  stopped: "it was stopped",
  stoppedByOthers: "somebody else stopped it",
  recordGone: "the platform keeps no record of its push any more",
} as const;

/** A device's own words may end in a full stop already. */
function ended(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}
