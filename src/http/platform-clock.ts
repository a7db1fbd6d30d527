import type { Clock } from "../clock";
import type { Policy } from "./endpoint";

/** The platform's clock, from the `Date` of its latest reply; ours until there was one. */
export interface PlatformClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Listens to the replies, and signs by this clock what is to be signed. */
  readonly policy: Policy;
}

/** `Date.parse` alone reads "0" as the year 2000, and "node 5" as 2001. */
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function parseHttpDate(text: string): number {
  return HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
}

export function createPlatformClock(clock: Clock): PlatformClock {
  let offset = 0;
  const now = (): number => clock.now() + offset;
  return {
    now,
    policy: (next) => async (request) => {
      const headers = { ...request.headers, ...request.sign?.(request, now()) };
      const reply = await next({ ...request, headers });
      const date = parseHttpDate(reply.headers["date"] ?? "");
      if (Number.isFinite(date)) offset = date - clock.now();
      return reply;
    },
  };
}
