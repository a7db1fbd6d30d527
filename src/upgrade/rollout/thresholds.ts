import { isMoreThan, percentOf } from "../percent";
import type { RolloutDeclaration, WaveDeclaration } from "./declaration";

/** A wave's thresholds, none of them left open but by what is declared. */
export interface Bounds {
  readonly minSuccessPercent: number;
  readonly maxFailedDevices: number | undefined;
  readonly minReachedPercent: number;
  readonly stopAtFailedPercent: number;
  readonly maxLostPercent: number | undefined;
  /** Whether it is decided only once everybody has ended or met the deadline. */
  readonly waitsForAll: boolean;
}

/** How many of a wave's devices stand where. */
export interface WaveTally {
  readonly succeeded: number;
  readonly failed: number;
  readonly unreached: number;
  readonly open: number;
}

export type WaveVerdict = "well" | "bad" | "open";

/** So many must have succeeded or failed before the brake looks at them. */
const BRAKE_FROM = 50;

export function boundsOf(
  rollout: RolloutDeclaration,
  wave: WaveDeclaration | undefined,
  role: "back" | "joiners" | undefined,
): Bounds {
  const minSuccessPercent = wave?.minSuccessPercent ?? rollout.minSuccessPercent ?? 95;
  const minReachedPercent = wave?.minReachedPercent ?? rollout.minReachedPercent ?? 75;
  const stopAtFailedPercent =
    wave?.stopAtFailedPercent ??
    rollout.stopAtFailedPercent ??
    Math.max(10, remainder(minSuccessPercent));
  const maxFailedDevices = wave?.maxFailedDevices ?? rollout.maxFailedDevices;
  const maxLostPercent =
    wave?.maxLostPercent ?? rollout.maxLostPercent ?? rollout.defaultMaxLostPercent;
  const own = { minSuccessPercent, maxFailedDevices, minReachedPercent, stopAtFailedPercent };
  if (role === "joiners") {
    return {
      ...{ minSuccessPercent: 0, maxFailedDevices: undefined, minReachedPercent: 0 },
      ...{ stopAtFailedPercent, maxLostPercent: undefined, waitsForAll: true },
    };
  }
  if (role === "back") {
    return { ...own, minReachedPercent: 0, maxLostPercent: undefined, waitsForAll: false };
  }
  const waitsForAll = minSuccessPercent === 0 && minReachedPercent === 0;
  return { ...own, maxLostPercent, waitsForAll };
}

/** `100 - percent`, without the tail that floating point leaves on 99.9. */
function remainder(percent: number): number {
  const digits = (String(percent).split(".")[1] ?? "").length;
  return Number((100 - percent).toFixed(Math.min(digits, 20)));
}

/**
 * Bad as soon as a threshold cannot be met whatever the open ones do, or by the brake; well as soon
 * as none can be missed any more.
 *
 * @param hasMore - whether somebody is still to be pushed, or busy
 */
export function judgeWave(tally: WaveTally, bounds: Bounds, hasMore: boolean): WaveVerdict {
  const { succeeded, failed, open } = tally;
  if (whyBad(tally, bounds) !== undefined) return "bad";
  if (hasMore || (bounds.waitsForAll && open > 0)) return "open";
  const { minSuccessPercent, maxFailedDevices, minReachedPercent } = bounds;
  const isSafe =
    succeeded >= percentOf(minSuccessPercent, succeeded + failed + open) &&
    (maxFailedDevices === undefined || failed + open <= maxFailedDevices) &&
    succeeded + failed >= leastReached(tally, minReachedPercent);
  return isSafe ? "well" : "open";
}

/** Which threshold cannot be met any more, the brake first. */
export function whyBad(
  { succeeded, failed, unreached, open }: WaveTally,
  bounds: Bounds,
): "brake" | "success" | "failedDevices" | "reached" | undefined {
  const { minSuccessPercent, maxFailedDevices, minReachedPercent, stopAtFailedPercent } = bounds;
  const ended = succeeded + failed;
  if (ended >= BRAKE_FROM && isMoreThan(stopAtFailedPercent, failed, ended)) return "brake";
  if (succeeded + open < percentOf(minSuccessPercent, ended + open)) return "success";
  if (maxFailedDevices !== undefined && failed > maxFailedDevices) return "failedDevices";
  const least = leastReached({ succeeded, failed, unreached, open }, minReachedPercent);
  return ended + open < least ? "reached" : undefined;
}

function leastReached(
  { succeeded, failed, unreached, open }: WaveTally,
  minReachedPercent: number,
): number {
  const counted = succeeded + failed + unreached + open;
  if (minReachedPercent === 0 || counted === 0) return 0;
  return Math.max(1, percentOf(minReachedPercent, counted, "down"));
}

/** How many may be lost; `undefined`: any number. */
export function mostLost(succeeded: number, { maxLostPercent }: Bounds): number | undefined {
  return maxLostPercent === undefined ? undefined : percentOf(maxLostPercent, succeeded, "down");
}
