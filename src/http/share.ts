import type { Clock } from "../clock";
import type { HttpReply, Policy } from "./endpoint";

interface Shared {
  readonly startedAt: number;
  readonly reply: Promise<HttpReply>;
}

/**
 * Identical reads share one reply while it is young enough: the searches before a hundred creates
 * are one listing. Only an endpoint that says how long may be shared is, and `fresh` asks anew. Any
 * mutating call that went through this client may have made a shared reply untrue, so what depends
 * on one's own changes keeps its own record of them (docs/decisions/shared-listings.md).
 */
export function createShare(clock: Clock): Policy {
  const replies = new Map<string, Shared>();
  return (next) => async (request) => {
    if (request.method !== "GET" || request.shareSeconds <= 0) return next(request);
    const key = request.path;
    const known = replies.get(key);
    if (
      known !== undefined &&
      request.context.fresh !== true &&
      clock.now() - known.startedAt < request.shareSeconds * 1000
    ) {
      return known.reply;
    }
    // The shared call must outlive the one caller that happens to be cancelled.
    const { signal: _signal, ...context } = request.context;
    const reply = next({ ...request, context });
    replies.set(key, { startedAt: clock.now(), reply });
    reply.then(
      ({ status }) => {
        if (status >= 400) forget(replies, key, reply);
      },
      () => {
        forget(replies, key, reply);
      },
    );
    return reply;
  };
}

function forget(replies: Map<string, Shared>, key: string, reply: Promise<HttpReply>): void {
  if (replies.get(key)?.reply === reply) replies.delete(key);
}
