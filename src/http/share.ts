import type { Clock } from "../clock";
import type { HttpReply, Policy } from "./endpoint";
import { unlessCancelled } from "./unless-cancelled";

interface Shared {
  readonly startedAt: number;
  /** When nobody may be given it any more. */
  readonly staleAt: number;
  readonly reply: Promise<HttpReply>;
}

/**
 * Identical reads share one reply while it is young enough: the searches before a hundred creates
 * are one listing. Only an endpoint that says how long may be shared is, and a caller may want it
 * younger. Any mutating call that went through this client may have made a shared reply untrue, so
 * what depends on one's own changes keeps its own record of them (docs/decisions/shared-listings.md).
 */
export function createShare(clock: Clock, isAnswer: (reply: HttpReply) => boolean): Policy {
  const replies = new Map<string, Shared>();
  return (next) => async (request) => {
    if (request.method !== "GET" || request.shareSeconds <= 0) return next(request);
    const key = request.path;
    const known = replies.get(key);
    const { maxAgeSeconds = request.shareSeconds } = request.context;
    const now = clock.elapsed();
    const maxAge = Math.min(maxAgeSeconds, request.shareSeconds) * 1000;
    // A page is no older than the first one: what was made in between would be on neither.
    const firstPage = replies.get(request.firstPage ?? "");
    const isOlderThanFirst = known !== undefined && known.startedAt < (firstPage?.startedAt ?? 0);
    if (known !== undefined && now - known.startedAt < maxAge && !isOlderThanFirst) {
      return unlessCancelled(known.reply, request);
    }
    // The shared call must outlive the one caller that happens to be cancelled.
    const { signal: _signal, ...context } = request.context;
    const reply = next({ ...request, context });
    for (const [path, { staleAt }] of replies) if (staleAt <= now) replies.delete(path);
    replies.set(key, { startedAt: now, staleAt: now + request.shareSeconds * 1000, reply });
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

function forget(replies: Map<string, Shared>, key: string, reply: Promise<HttpReply>): void {
  if (replies.get(key)?.reply === reply) replies.delete(key);
}
