import type { Clock } from "../clock";
import { CancelledError } from "../errors";
import type { HttpReply, HttpRequest, Policy } from "./endpoint";

interface Shared {
  readonly startedAt: number;
  readonly reply: Promise<HttpReply>;
}

/**
 * Identical reads share one reply while it is young enough: the searches before a hundred creates
 * are one listing. Only an endpoint that says how long may be shared is, and a caller may want it younger. Any
 * mutating call that went through this client may have made a shared reply untrue, so what depends
 * on one's own changes keeps its own record of them (docs/decisions/shared-listings.md).
 */
export function createShare(clock: Clock, isAnswer: (reply: HttpReply) => boolean): Policy {
  const replies = new Map<string, Shared>();
  return (next) => async (request) => {
    if (request.method !== "GET" || request.shareSeconds <= 0) return next(request);
    const key = request.path;
    const known = replies.get(key);
    const { maxAgeSeconds = request.shareSeconds } = request.context;
    const maxAge = Math.min(maxAgeSeconds, request.shareSeconds) * 1000;
    if (known !== undefined && clock.elapsed() - known.startedAt < maxAge) {
      return unlessCancelled(known.reply, request);
    }
    // The shared call must outlive the one caller that happens to be cancelled.
    const { signal: _signal, ...context } = request.context;
    const reply = next({ ...request, context });
    replies.set(key, { startedAt: clock.elapsed(), reply });
    reply.then(
      (settled) => {
        if (!isAnswer(settled)) forget(replies, key, reply);
      },
      () => {
        forget(replies, key, reply);
      },
    );
    return unlessCancelled(reply, request);
  };
}

function unlessCancelled(reply: Promise<HttpReply>, request: HttpRequest): Promise<HttpReply> {
  const { signal } = request.context;
  if (signal === undefined) return reply;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(new CancelledError(`The operation was cancelled while ${request.doing}.`));
    };
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    const stay = (): void => {
      signal.removeEventListener("abort", leave);
    };
    reply.then(resolve, reject).finally(stay);
  });
}

function forget(replies: Map<string, Shared>, key: string, reply: Promise<HttpReply>): void {
  if (replies.get(key)?.reply === reply) replies.delete(key);
}
