import type { Book, WaveMemo } from "./book";
import {
  BACK,
  isApproved,
  JOINERS,
  type RolloutDeclaration,
  type WaveDeclaration,
} from "./declaration";
import type { WaveState } from "./outputs";
import { countWave, lostOf, type Survey, type Surveyed, type WaveCount } from "./survey";
import { type Bounds, boundsOf, judgeWave, mostLost, whyBad } from "./thresholds";

/** A wave of today's list, or one that has begun and is declared no more. */
export interface WaveNow {
  readonly name: string;
  /** Absent for the way back, joiners, and what is declared no more. */
  readonly declared: WaveDeclaration | undefined;
  readonly memo: WaveMemo | undefined;
  readonly state: WaveState;
  readonly count: WaveCount;
  readonly bounds: Bounds;
  readonly lost: readonly Surveyed[];
  readonly bakesUntil: number | undefined;
  /** Why it has failed. */
  readonly because: "brake" | "success" | "failedDevices" | "reached" | "lost" | undefined;
  /** Whether it has begun, and nobody in it can be pushed or counted. */
  readonly isHollow: boolean;
}

/** The waves in their order: the way back first, then what is declared no more, the list, the joiners. */
export function namesOf({ waves }: RolloutDeclaration, book: Book): string[] {
  const declared = waves.map(({ name }) => name);
  const begun = book.waves.map(({ name }) => name);
  const goesBack =
    begun.includes(BACK) || [...book.entries.values()].some(({ wave }) => wave === BACK);
  const former = begun.filter((name) => ![...declared, BACK, JOINERS].includes(name));
  return [
    ...(goesBack ? [BACK] : []),
    ...former,
    ...declared,
    ...(begun.includes(JOINERS) ? [JOINERS] : []),
  ];
}

/** Judges a wave by today's facts and thresholds, and writes into its memo what it comes to. */
export function goOnWith(
  name: string,
  declaration: RolloutDeclaration,
  book: Book,
  survey: Survey,
  now: number,
): WaveNow {
  const declared = declaration.waves.find((wave) => wave.name === name);
  const memo = book.waves.find((wave) => wave.name === name);
  const role = name === BACK ? "back" : name === JOINERS ? "joiners" : undefined;
  const bounds = boundsOf(declaration, declared, role);
  const count = countWave(survey, name);
  const lost = memo === undefined ? [] : lostOf(survey, name, declaration);
  const wave = { name, declared, memo, count, bounds, lost, isHollow: false } as const;
  const bakeMilliseconds = (declared?.bakeSeconds ?? 0) * 1000;
  if (memo?.overAt !== undefined) {
    return {
      ...wave,
      state: "over",
      bakesUntil: untilOf(memo, bakeMilliseconds),
      because: undefined,
    };
  }
  if (memo === undefined) {
    return { ...wave, state: "waiting", bakesUntil: undefined, because: undefined };
  }
  const counted = count.succeeded + count.failed + count.unreached + count.open;
  if (counted === 0 && count.ran === 0 && !count.hasMore) {
    const passes = memo.taken === 0 || declared?.mayBeEmpty === true || role !== undefined;
    if (passes) memo.overAt = now;
    const state = passes ? "over" : "running";
    return { ...wave, state, isHollow: !passes, bakesUntil: undefined, because: undefined };
  }
  const verdict = judgeWave(count, bounds, count.hasMore);
  // Who was pushed since, by a run that was killed, bakes as long as all others.
  const isOlder = (memo.decidedAt ?? Infinity) < lastPush(survey, name, declaration);
  if (isOlder) memo.decidedAt = undefined;
  if (verdict === "well") memo.decidedAt ??= now;
  else memo.decidedAt = undefined;
  const bakesUntil = untilOf(memo, bakeMilliseconds);
  if (verdict === "bad") {
    return { ...wave, state: "failed", bakesUntil, because: whyBad(count, bounds) };
  }
  if (bakesUntil === undefined)
    return { ...wave, state: "running", bakesUntil, because: undefined };
  if (now < bakesUntil) return { ...wave, state: "baking", bakesUntil, because: undefined };
  const most = mostLost(count.succeeded, bounds);
  if (most !== undefined && lost.length > most) {
    return { ...wave, state: "failed", bakesUntil, because: "lost" };
  }
  memo.overAt = now;
  return { ...wave, state: "over", bakesUntil, because: undefined };
}

/** When somebody in the wave was last pushed the version, as far as that has ended. */
function lastPush(survey: Survey, name: string, { version }: RolloutDeclaration): number {
  return survey
    .of(name)
    .filter(({ entry }) => entry.tried === version)
    .reduce((last, { entry }) => Math.max(last, entry.postedAt * 1000), -Infinity);
}

function untilOf({ decidedAt }: WaveMemo, bakeMilliseconds: number): number | undefined {
  return decidedAt === undefined ? undefined : decidedAt + bakeMilliseconds;
}

/** Whether a wave may push, as far as approvals go. */
export function isAllowed(name: string, declaration: RolloutDeclaration): boolean {
  const { waves } = declaration;
  if (name === BACK) return true;
  const asked = name === JOINERS ? waves : waves.filter((wave) => wave.name === name);
  return asked.every((wave) => isApproved(declaration, wave));
}
