import { formatInstant, parseInstant } from "../instant";
import { firstInstantAt, isNamedZone, type WallClock, wallClock } from "./zone";

/*
 * Times that are declared once and mean another instant for each task: so long after the task is made,
 * or the next night in a zone. Instants and spans are milliseconds, in whole seconds.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONGEST_DURATION = 366 * DAY;

const DURATION = /^P(?=\d|T\d)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/**
 * An ISO 8601 duration of weeks, days (24 hours each), hours, minutes and seconds, in whole numbers and
 * at most 366 days: `"PT2H"`, `"P1DT12H"`. Years and months are of no fixed length, so they are none.
 */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const [weeks, days, hours, minutes, seconds] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? "0")) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const sum = (weeks * 7 + days) * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND;
  return sum <= LONGEST_DURATION ? sum : undefined;
}

/** Whether the time depends on when the task is made. */
export function isRelative(text: string): boolean {
  return parseDuration(text) !== undefined;
}

/** The instant that is meant by an instant or by a duration from now; `undefined` if it is neither. */
export function resolveTime(text: string, now: number): number | undefined {
  const duration = parseDuration(text);
  return duration === undefined ? parseInstant(text) : wholeSecond(now + duration);
}

/** Whether `time` is what `duration` came to, for a task that was made at `madeAt`. */
export function isAfter(
  duration: string,
  madeAt: number,
  time: number,
  tolerance: number,
): boolean {
  const span = parseDuration(duration);
  return span !== undefined && Math.abs(madeAt + span - time) <= tolerance;
}

/** The time as it is kept and sent: a duration as the instant that it comes to. */
export function resolveText(text: string, now: number): string {
  const time = resolveTime(text, now);
  return time === undefined ? text : formatInstant(time);
}

/**
 * Whether a task's time is the declared one: that very instant, or what a duration came to. Of a task
 * that does not tell when it was made any time may be.
 */
export function isTimeOf(
  declared: string | undefined,
  { time, madeAt }: { readonly time: number | undefined; readonly madeAt: number | undefined },
  tolerance: number,
): boolean {
  if (declared === undefined || !isRelative(declared)) return parseInstant(declared ?? "") === time;
  if (time === undefined) return false;
  return madeAt === undefined || isAfter(declared, madeAt, time, tolerance);
}

/** Every night (or day) from one time of day to another one, by the clocks of a zone. */
export interface Window {
  /** `"23:00"`. */
  readonly from: string;
  /** `"02:00"`; of the next day if it is not later than `from`. */
  readonly to: string;
  /** `"Asia/Shanghai"`. */
  readonly timeZone: string;
}

/** A window in one night: a span of time. */
export interface Occurrence {
  readonly start: number;
  readonly end: number;
}

/** What is wrong with a field of a window, as a sentence that the field's path begins. */
export interface WindowFailure {
  readonly field: keyof Window;
  readonly reason: string;
}

/** What is wrong with a window; what is `undefined` is not known yet, and right. */
export function windowFailures(window: {
  readonly [Field in keyof Window]: string | undefined;
}): WindowFailure[] {
  const { from, to, timeZone } = window;
  const failures: WindowFailure[] = [];
  for (const [field, text] of [
    ["from", from],
    ["to", to],
  ] as const) {
    if (text === undefined || timeOfDay(text) !== undefined) continue;
    failures.push({
      field,
      reason: `is "${text}"; it must be a time of day from "00:00" to "23:59".`,
    });
  }
  if (from !== undefined && from === to && failures.length === 0) {
    failures.push({
      field: "to",
      reason: `is "${to}", as from is; a window must end at another time of day than it begins.`,
    });
  }
  if (timeZone !== undefined && !isNamedZone(timeZone)) {
    failures.push({
      field: "timeZone",
      reason: `is "${timeZone}"; it must be the full name of a time zone, such as "Asia/Shanghai", or "UTC".`,
    });
  }
  return failures;
}

/** How long the window is by the clock, which is how long it is but where the clock is changed. */
export function windowLength({ from, to }: Pick<Window, "from" | "to">): number {
  const length = (timeOfDay(to) ?? 0) - (timeOfDay(from) ?? 0);
  return length > 0 ? length : length + DAY;
}

/** What the platform and the way to it ask of a window. */
export interface Room {
  /** How far ahead a start must lie at least. */
  readonly lead: number;
  /** How much of the window must be left at least, from its start or from the lead on. */
  readonly leastLeft: number;
}

/**
 * The window that is open now, from the lead on, if enough of it is left; else the next one. It throws
 * a RangeError for a window that has failures, or is shorter than what must be left.
 */
export function nextWindow(window: Window, now: number, { lead, leastLeft }: Room): Occurrence {
  const soonest = wholeSecond(now + lead);
  for (const { start, end } of occurrences(window, now)) {
    const begin = Math.max(start, soonest);
    if (begin < end && end - begin >= leastLeft) return { start: begin, end };
  }
  const { from, to, timeZone } = window;
  throw new RangeError(
    `From ${from} to ${to} in ${timeZone} there are never ${leastLeft / SECOND} s in the days to come.`,
  );
}

/** When a task runs or may begin, and when it was made; what the platform does not tell is left out. */
export interface TaskTimes {
  readonly start: number;
  readonly end?: number | undefined;
  readonly madeAt?: number | undefined;
}

/**
 * Whether a task's times may come from the window: they are one of its nights, from the beginning or,
 * for a task that was made while it was open, from then on. The tolerance covers the lead.
 */
export function isOccurrence(
  window: Window,
  { start, end, madeAt = start }: TaskTimes,
  tolerance: number,
): boolean {
  const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= tolerance;
  return [...occurrences(window, start)].some(
    (night) =>
      (isNear(start, night.start) ||
        (start > night.start && start < night.end && isNear(start, madeAt))) &&
      (end === undefined || isNear(end, night.end)),
  );
}

/**
 * The nights around an instant, in order: all that may hold it, and enough for the next one. A night
 * whose hours the clock skips has no window.
 */
function* occurrences(window: Window, around: number): Generator<Occurrence> {
  const from = timeOfDay(window.from);
  if (from === undefined || timeOfDay(window.to) === undefined) {
    throw new RangeError(`"${window.from}" or "${window.to}" is no time of day.`);
  }
  const clock: WallClock = wallClock(window.timeZone);
  const today = Math.floor(clock(around) / DAY) * DAY;
  for (let day = today - 2 * DAY; day <= today + 4 * DAY; day += DAY) {
    const start = firstInstantAt(clock, day + from);
    const end = firstInstantAt(clock, day + from + windowLength(window));
    if (start < end) yield { start, end };
  }
}

/** Milliseconds since midnight. */
function timeOfDay(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * HOUR + Number(match[2]) * MINUTE;
}

/** The next one: what is cut to whole seconds must not come to lie earlier than it may. */
function wholeSecond(instant: number): number {
  return Math.ceil(instant / SECOND) * SECOND;
}
