import type { Clock } from "../clock";
import { CancelledError, LostReplyError, OtaError, OversizedReplyError } from "../errors";
import { parseHttpDate } from "../instant";
import type { HttpReply, HttpRequest, Policy, Send } from "./endpoint";
import { createOutage } from "./outage";
import { ConnectionError, OversizedReply } from "./send";
import { cancelledWhile } from "./unless-cancelled";

/** What a reply means for whoever might send the call again. */
export type ReplyKind =
  | "answer"
  /** The call was turned away for its frequency, without effect. */
  | "throttled"
  /** The platform's, but not what it documents for the call: read again once. */
  | "unreadable"
  /** Nobody knows whether the call took effect: a 5xx, or a reply that is not the platform's. */
  | "broken";

export interface RetryOptions {
  readonly clock: Clock;
  /** A number from 0 up to 1; spreads the clients that wait. */
  readonly random: () => number;
  readonly classify: (reply: HttpReply, request: HttpRequest) => ReplyKind;
}

/** A throttled call pauses for as long as this in all; its turns in the queue do not count. */
const THROTTLE_PATIENCE_MILLISECONDS = 15 * 60_000;
const THROTTLE_PAUSE_MILLISECONDS = { first: 2_000, longest: 30_000 };
const LONGEST_ASKED_MILLISECONDS = 300_000;
const APART_PAUSE_MILLISECONDS = { first: 2_000, longest: 8_000 };
const REPEATS_AFTER_A_FAILURE = 5;
const REPEATS_AFTER_AN_UNREADABLE_REPLY = 1;
const FAILURE_PAUSE_MILLISECONDS = { first: 500, longest: 8_000 };

/**
 * Throttled calls wait and are repeated, whatever they do: the platform refused them. Broken replies
 * and lost connections are repeated only where the call says that it is repeatable, and by one call at
 * a time: the others wait for what it finds. A call that changes the platform and of which nobody knows
 * in the end whether it took effect is a {@link LostReplyError}, for its caller to search.
 */
export function createRetry({ clock, random, classify }: RetryOptions): Policy {
  const outage = createOutage(clock);

  const repeating = async (next: Send, request: HttpRequest): Promise<HttpReply> => {
    let throttled = 0;
    let paused = 0;
    let failures = 0;
    let maybeTookEffect = false;
    const ended = (reason: string, otherwise: () => OtaError): OtaError =>
      request.mutates && maybeTookEffect ? lostReply(request, reason) : otherwise();
    const cancelled = (error = cancelledWhile(request.doing, request.context.signal)): OtaError =>
      ended("the operation was cancelled before it was sent again", () => error);
    const handOn = (error: unknown): never => {
      throw error instanceof CancelledError ? cancelled(error) : error;
    };
    const pauseFor = async (milliseconds: number): Promise<void> => {
      await clock.sleep(milliseconds, request.context.signal);
      if (request.context.signal?.aborted !== true) return;
      throw cancelled();
    };
    const pauseAfterFailure = (): Promise<void> =>
      pauseFor(pauseAfter(failures, FAILURE_PAUSE_MILLISECONDS, random));
    const mayRepeatByItself = async (most: number): Promise<boolean> => {
      if (failures >= most) return false;
      await pauseAfterFailure();
      return true;
    };
    const mayRepeat = async (): Promise<boolean> => {
      if (failures >= REPEATS_AFTER_A_FAILURE || outage.isFound()) {
        outage.isFoundNow();
        return false;
      }
      if (outage.isTriedBy(request)) await pauseAfterFailure();
      else await outage.untilTried(request).catch(handOn);
      return !outage.isFound();
    };
    for (;;) {
      const outcome = await attempt(() => next(request)).catch(handOn);
      if ("reply" in outcome) {
        const kind = classify(outcome.reply, request);
        if (kind === "answer" || kind === "throttled") outage.isOver();
        if (kind === "answer") return outcome.reply;
        if (kind === "throttled") {
          const asked = retryAfterMilliseconds(outcome.reply, clock.now());
          const pauses =
            request.isApart === true ? APART_PAUSE_MILLISECONDS : THROTTLE_PAUSE_MILLISECONDS;
          const pause = asked ?? pauseAfter(throttled, pauses, random);
          throttled += 1;
          paused += pause;
          if (paused > THROTTLE_PATIENCE_MILLISECONDS) return outcome.reply;
          await pauseFor(pause);
          continue;
        }
        maybeTookEffect = true;
        const isUnreadable = kind === "unreadable";
        if (!request.repeatable) {
          if (isUnreadable) return outcome.reply;
          throw lostReply(request, describe(outcome.reply));
        }
        const isOutage = outcome.reply.status >= 500;
        const most = isUnreadable ? REPEATS_AFTER_AN_UNREADABLE_REPLY : REPEATS_AFTER_A_FAILURE;
        if (!(await (isOutage ? mayRepeat() : mayRepeatByItself(most)))) return outcome.reply;
      } else {
        const { error } = outcome;
        maybeTookEffect ||= error.maybeSent;
        // Even when cancelled: who asked must learn that the call may have taken effect.
        if (error.maybeSent && !request.repeatable) throw lostReply(request, error.message);
        if (request.context.signal?.aborted === true) {
          throw ended(error.message, () => cancelledWhile(request.doing, request.context.signal));
        }
        if (error instanceof OversizedReply) {
          throw new OversizedReplyError(
            `The platform's reply to ${request.doing} could not be read: ${error.message}.`,
          );
        }
        if (!error.worthRepeating || !(await mayRepeat())) {
          throw ended(
            error.message,
            () =>
              new OtaError(
                `The platform could not be reached for ${request.doing}: ${error.message}.` +
                  (maybeTookEffect ? "" : " Nothing was sent."),
              ),
          );
        }
      }
      failures += 1;
    }
  };

  return (next) => (request) =>
    repeating(next, request).finally(() => {
      outage.ends(request);
    });
}

async function attempt(
  send: () => Promise<HttpReply>,
): Promise<{ reply: HttpReply } | { error: ConnectionError }> {
  try {
    return { reply: await send() };
  } catch (error) {
    if (error instanceof ConnectionError) return { error };
    throw error;
  }
}

function lostReply(request: HttpRequest, reason: string): LostReplyError {
  return new LostReplyError(`The reply to ${request.doing} was lost: ${reason}.`);
}

function describe(reply: HttpReply): string {
  return reply.status >= 500
    ? `the platform answered HTTP ${String(reply.status)}`
    : `HTTP ${String(reply.status)} came with a body that could not be read`;
}

/** Doubles from the first to the longest, and takes between half and all of it. */
function pauseAfter(
  times: number,
  { first, longest }: { first: number; longest: number },
  random: () => number,
): number {
  return Math.min(longest, first * 2 ** times) * (0.5 + random() / 2);
}

/** `Retry-After` is a number of seconds, or a time by the clock of whoever sent it. */
function retryAfterMilliseconds({ headers }: HttpReply, now: number): number | undefined {
  const { "retry-after": asked = "", date } = headers;
  const until = parseHttpDate(asked);
  const milliseconds =
    until === undefined ? Number(asked) * 1000 : until - (parseHttpDate(date) ?? now);
  return milliseconds > 0 ? Math.min(milliseconds, LONGEST_ASKED_MILLISECONDS) : undefined;
}
