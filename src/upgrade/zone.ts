/*
 * What clocks in a time zone show, from the zone data of Node.js. A reading of such a clock is kept as
 * the milliseconds that it would be in UTC, so that days and hours can be added to it.
 */

/** From an instant to what the clocks of a zone show then. */
export type WallClock = (instant: number) => number;

/**
 * A place, or UTC. Node.js knows more, and takes "CST" for Chicago, "BST" for Dhaka, "EST" for Panama
 * and "Etc/GMT+8" for eight hours *behind* Greenwich: nobody means these.
 */
const NAMED = /^(?!Etc\/|SystemV\/)[A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+$|^UTC$/;

export function isNamedZone(name: string): boolean {
  if (!NAMED.test(name)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

/** Throws a RangeError for a zone that does not exist. */
export function wallClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat("en", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (instant) => {
    const shown = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    const [year, month, day, hour, minute, second] = (
      ["year", "month", "day", "hour", "minute", "second"] as const
    ).map((part) => Number(shown.get(part))) as [number, number, number, number, number, number];
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}

const MORE_THAN_ANY_OFFSET = 24 * 3_600_000;

/**
 * The first instant at which the clock shows `reading` or a later time: of an hour that is repeated the
 * first, and of one that is skipped its end.
 */
export function firstInstantAt(clock: WallClock, reading: number): number {
  const offsets = [reading - MORE_THAN_ANY_OFFSET, reading + MORE_THAN_ANY_OFFSET].map(
    (instant) => clock(instant) - instant,
  );
  let early = reading - Math.max(...offsets);
  if (clock(early) >= reading) return early;
  // From here on to the last possible instant no clock is put back: halve until a second is left.
  let late = reading - Math.min(...offsets);
  while (late - early > 1000) {
    const middle = early + Math.floor((late - early) / 2000) * 1000;
    if (clock(middle) >= reading) late = middle;
    else early = middle;
  }
  return late;
}
