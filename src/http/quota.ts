import type { Clock } from "../clock";
import { CancelledError } from "../errors";
import type { HttpReply, Policy, Priority } from "./endpoint";

const WINDOW_MILLISECONDS = 60_000;
const ORDER: readonly Priority[] = ["mutate", "read", "poll"];
/** So long a place that others wait for stays free, which is how another client gets a first one. */
const COURTESY_MILLISECONDS = 500;
const LEAST_SHARE = 5;
const SHRINK = { factor: 0.75, onceInMilliseconds: 10_000 };
const GROWTH_PER_MINUTE = 0.1;
const HOLD_MILLISECONDS = { least: 1_000, most: 3_000 };

export interface QuotaOptions {
  readonly callsPerMinute: number;
  readonly clock: Clock;
  /** A number from 0 up to 1; spreads the clients that share an account. */
  readonly random: () => number;
  /** Whether the platform turned a call away for its frequency. */
  readonly isThrottled: (reply: HttpReply) => boolean;
}

interface Waiting {
  readonly priority: Priority;
  readonly start: () => void;
}

/**
 * At most `callsPerMinute` calls in any 60-second span, however the platform counts them.
 *
 * A place is taken when a call is sent and is free again 60 s after its reply came: the platform
 * counted the call somewhere in between, so neither its delay nor a fixed or sliding window can put
 * one call too many into a span.
 *
 * A call that is turned away all the same tells of another client of the account: our share shrinks,
 * one call alone finds out when there is room again, and the share grows back while all goes well.
 */
export function createQuota({ callsPerMinute, clock, random, isThrottled }: QuotaOptions): Policy {
  const waiting: Waiting[] = [];
  const freeAgainAt: number[] = [];
  let underWay = 0;
  let wakesAt = Number.POSITIVE_INFINITY;
  let share = callsPerMinute;
  let shareSince = Number.NEGATIVE_INFINITY;
  let heldUntil = Number.NEGATIVE_INFINITY;
  let isProbing = false;

  function place(): boolean {
    const now = clock.now();
    while (freeAgainAt[0] !== undefined && freeAgainAt[0] <= now) freeAgainAt.shift();
    if (now < heldUntil || (isProbing && underWay > 0)) return false;
    return underWay + freeAgainAt.length < shareNow();
  }

  function shareNow(): number {
    const minutes = (clock.now() - shareSince) / WINDOW_MILLISECONDS;
    return Math.min(
      callsPerMinute,
      share + Math.floor(minutes * GROWTH_PER_MINUTE * callsPerMinute),
    );
  }

  function turnedAway(): void {
    const now = clock.now();
    const { least, most } = HOLD_MILLISECONDS;
    heldUntil = now + least + random() * (most - least);
    isProbing = true;
    if (now - shareSince < SHRINK.onceInMilliseconds) return;
    share = Math.max(Math.min(LEAST_SHARE, callsPerMinute), Math.floor(shareNow() * SHRINK.factor));
    shareSince = now;
  }

  function startNext(): void {
    while (waiting.length > 0 && place()) {
      const next = ORDER.flatMap((priority) => waiting.filter((w) => w.priority === priority))[0];
      if (next === undefined) return;
      waiting.splice(waiting.indexOf(next), 1);
      underWay += 1;
      next.start();
    }
    const at = waiting.length === 0 ? undefined : nextPlaceAt();
    // Without one, the end of a call under way starts the next.
    if (at === undefined || at >= wakesAt) return;
    wakesAt = at;
    void clock.sleep(at - clock.now()).then(() => {
      if (wakesAt === at) wakesAt = Number.POSITIVE_INFINITY;
      startNext();
    });
  }

  function nextPlaceAt(): number | undefined {
    if (heldUntil > clock.now()) return heldUntil;
    const freeAt = freeAgainAt[0];
    return freeAt === undefined ? undefined : freeAt + COURTESY_MILLISECONDS;
  }

  async function turn(priority: Priority, signal: AbortSignal | undefined): Promise<void> {
    if (waiting.length === 0 && place()) {
      underWay += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const entry: Waiting = {
        priority,
        start: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(new CancelledError("The operation was cancelled while it waited for the quota."));
      };
      if (signal?.aborted === true) {
        reject(new CancelledError("The operation was cancelled while it waited for the quota."));
        return;
      }
      signal?.addEventListener("abort", leave, { once: true });
      waiting.push(entry);
      startNext();
    });
  }

  return (next) => async (request) => {
    await turn(request.priority, request.context.signal);
    let counts = true;
    try {
      const reply = await next(request);
      counts = !isThrottled(reply);
      if (counts) isProbing = false;
      else turnedAway();
      return reply;
    } finally {
      underWay -= 1;
      if (counts) freeAgainAt.push(clock.now() + WINDOW_MILLISECONDS);
      startNext();
    }
  };
}
