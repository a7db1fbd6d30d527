import type { Clock } from "../clock";
import type { HttpReply, HttpRequest, Policy, Priority } from "./endpoint";
import { createQueue } from "./queue";

/** A minute of the platform's, though our clock were 1.6 ‰ fast: clocks that are kept slew by 0.5 ‰. */
const WINDOW_MILLISECONDS = 60_100;
/** So long the platform has a place to give that we wait for, and another client gets a first one. */
const COURTESY_MILLISECONDS = 500;
/** What polls may have of the quota while other calls wait, and how long they wait for it. */
const POLLS = { share: 1 / 5, afterMilliseconds: 60_000 };
const LEAST_SHARE = 5;
const SHRINK = { factor: 0.75, onceInMilliseconds: 10_000 };
const GROWTH_PER_MILLISECOND = 0.1 / 60_000;
const HOLD_MILLISECONDS = { least: 1_000, most: 3_000 };

export interface QuotaOptions {
  readonly callsPerMinute: number;
  /** How many calls are under way at once; absent: as many as the quota allows. */
  readonly atOnce?: number;
  readonly clock: Clock;
  /** A number from 0 up to 1; spreads the clients that share an account. */
  readonly random: () => number;
  /** Whether the platform turned a call away for its frequency. */
  readonly isThrottled: (reply: HttpReply, request: HttpRequest) => boolean;
}

/** What a call held that has ended. */
interface Place {
  readonly priority: Priority;
  readonly freeAt: number;
  /** When those that wait take it. */
  readonly takenAgainAt: number;
}

/**
 * At most `callsPerMinute` calls in any 60-second span, however the platform counts them.
 *
 * A place is taken when a call is sent and is free again a minute after its reply came: the platform
 * counted the call somewhere in between, so neither its delay nor a fixed or sliding window can put
 * one call too many into a span.
 *
 * Mutating calls go before reads, reads before polls; only a poll that has waited for a minute goes
 * first, as long as polls have less than a fifth of the quota, so that a wait hears of its task. Where
 * `atOnce` are under way the others wait here, where no deadline runs and nothing was sent.
 *
 * A call that is turned away all the same tells of another client of the account: our share shrinks,
 * one call alone finds out when there is room again, and the share grows back while all goes well.
 */
export function createQuota(options: QuotaOptions): Policy {
  const { callsPerMinute, atOnce = callsPerMinute, clock, random, isThrottled } = options;
  const queue = createQueue<undefined>({
    clock,
    pollPatienceMilliseconds: POLLS.afterMilliseconds,
    mayPollGoFirst: () => polls < Math.floor(shareNow() * POLLS.share),
  });
  const held: Place[] = [];
  let underWay = 0;
  let polls = 0;
  let wakesAt = Number.POSITIVE_INFINITY;
  let share = callsPerMinute;
  let shareSince = Number.NEGATIVE_INFINITY;
  let heldUntil = Number.NEGATIVE_INFINITY;
  let isProbing = false;

  function place(): boolean {
    const now = clock.elapsed();
    while (held[0] !== undefined && held[0].freeAt <= now) {
      if (held.shift()?.priority === "poll") polls -= 1;
    }
    if (now < heldUntil || underWay >= (isProbing ? 1 : atOnce)) return false;
    return underWay + held.length < shareNow();
  }

  function shareNow(): number {
    const growth = (clock.elapsed() - shareSince) * GROWTH_PER_MILLISECOND * callsPerMinute;
    return Math.min(callsPerMinute, share + Math.floor(growth));
  }

  function turnedAway(): void {
    const now = clock.elapsed();
    const { least, most } = HOLD_MILLISECONDS;
    heldUntil = now + least + random() * (most - least);
    isProbing = true;
    if (now - shareSince < SHRINK.onceInMilliseconds) return;
    share = Math.max(Math.min(LEAST_SHARE, callsPerMinute), Math.floor(shareNow() * SHRINK.factor));
    shareSince = now;
  }

  function startNext(): void {
    while (place()) {
      const priority = queue.serve(undefined);
      if (priority === undefined) return;
      underWay += 1;
      if (priority === "poll") polls += 1;
    }
    const at = queue.isEmpty() ? undefined : nextPlaceAt();
    // Without one, the end of a call under way starts the next.
    if (at === undefined || at >= wakesAt) return;
    wakesAt = at;
    void clock.sleep(at - clock.elapsed()).then(() => {
      if (wakesAt === at) wakesAt = Number.POSITIVE_INFINITY;
      startNext();
    });
  }

  function nextPlaceAt(): number | undefined {
    if (heldUntil > clock.elapsed()) return heldUntil;
    return held[0]?.takenAgainAt;
  }

  /** A slow reply is courtesy enough: the platform had the place to give while it travelled. */
  function hold(priority: Priority, sentAt: number): void {
    const freeAt = clock.elapsed() + WINDOW_MILLISECONDS;
    const courteous = sentAt + WINDOW_MILLISECONDS + COURTESY_MILLISECONDS;
    held.push({ priority, freeAt, takenAgainAt: Math.max(freeAt, courteous) });
  }

  return (next) => async (request) => {
    const turn = queue.wait(request);
    startNext();
    await turn;
    const sentAt = clock.elapsed();
    let counts = true;
    try {
      const reply = await next(request);
      counts = !isThrottled(reply, request);
      if (counts) isProbing = false;
      else if (request.isApart !== true) turnedAway();
      return reply;
    } finally {
      underWay -= 1;
      if (counts) hold(request.priority, sentAt);
      else if (request.priority === "poll") polls -= 1;
      startNext();
    }
  };
}
