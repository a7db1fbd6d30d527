import { PlatformError } from "../../src/errors";
import type { HttpReply } from "../../src/http/endpoint";
import type { ManualClock } from "../manual-clock";
import { type Exchange, filled, type Names } from "./exchanges";

/* What holding a client to the exchanges takes, whichever wing's it is. */

export type Fields = Readonly<Record<string, unknown>>;

export const NOW = Date.parse("2026-05-01T08:00:00Z");

export const bindsClient = ({ binds }: Exchange): boolean => binds.includes("client");

/** What a client is told: a field that is only perhaps there is not. */
export function told(value: unknown, names: Names): unknown {
  if (value === undefined) return undefined;
  const known = filled(value, names, NOW);
  return JSON.parse(JSON.stringify(known), function (this: unknown, _key, inner: unknown) {
    return typeof inner === "string" && inner.startsWith("{{perhaps") ? undefined : inner;
  });
}

export function replyOf({ reply }: Exchange, names: Names): HttpReply {
  const headers = Object.entries(told(reply.headers, names) as Readonly<Record<string, string>>);
  return {
    status: reply.status,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    text: reply.body === undefined ? "" : JSON.stringify(told(reply.body, names)),
  };
}

/** Something that the client read, or the error that it made of a refusal. */
export async function outcomeOf(clock: ManualClock, work: Promise<unknown>): Promise<unknown> {
  try {
    return await clock.run(work);
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
}

export function iso(time: unknown): string | undefined {
  if (typeof time !== "string") return undefined;
  return time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z");
}

export function present(fields: Fields): Fields {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given);
}
