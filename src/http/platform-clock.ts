import type { Clock } from "../clock";
import { parseHttpDate } from "../instant";
import type { Policy } from "./endpoint";

/** The platform's clock, from the `Date` of its latest reply; ours until there was one. */
export interface PlatformClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Listens to the replies, and signs by this clock what is to be signed. */
  readonly policy: Policy;
}

export function createPlatformClock(clock: Clock): PlatformClock {
  let offset = 0;
  const now = (): number => clock.now() + offset;
  return {
    now,
    policy: (next) => async (request) => {
      const headers = { ...request.headers, ...request.sign?.(request, now()) };
      const reply = await next({ ...request, headers });
      const date = parseHttpDate(reply.headers["date"]);
      if (date !== undefined) offset = date - clock.now();
      return reply;
    },
  };
}
