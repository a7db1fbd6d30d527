/**
 * An instant in its two spellings: ISO 8601 with a zone, as people write it, and
 * `yyyyMMdd'T'HHmmss'Z'` (UTC), as both generations of the platform do. Whole seconds: the platform
 * knows no finer ones.
 */
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(Z|z|[+-]\d{2}:?\d{2})$/;
const BASIC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/**
 * Milliseconds since the epoch; blanks around it and a fraction of a second are cut off. `undefined` if
 * it is no instant.
 */
export function parseInstant(text: string): number | undefined {
  const trimmed = text.trim();
  const match = ISO.exec(trimmed) ?? BASIC.exec(trimmed);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? "0")) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(utc);
  const exists =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  if (!exists) return undefined;
  const offset = offsetMinutes(match[7]);
  return offset === undefined ? undefined : utc - offset * 60_000;
}

function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The date of an HTTP header; `Date.parse` alone reads "0" as the year 2000, and "node 5" as 2001. */
export function parseHttpDate(text: string | undefined): number | undefined {
  const date = text !== undefined && HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}

/** `2026-01-31T08:00:00Z`: the one spelling in inputs, outputs and messages. */
export function formatInstant(milliseconds: number): string {
  return `${new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** `20260131T080000Z`: the spelling on the wire. */
export function formatBasicInstant(milliseconds: number): string {
  return formatInstant(milliseconds).replaceAll(/[-:]/g, "");
}

/** Any spelling to the one of inputs and outputs; a text that is no instant stays as it is. */
export function canonicalInstant(text: string): string {
  const milliseconds = parseInstant(text);
  return milliseconds === undefined ? text : formatInstant(milliseconds);
}

/** `2026-11-30 14:50 UTC` */
export function shortTime(instant: string): string {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(instant)
    ? `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`
    : instant;
}
