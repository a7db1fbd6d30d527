import type { Clock } from "../clock";
import type { HttpReply, HttpRequest, Policy, Send } from "./endpoint";
import { unlessCancelled } from "./unless-cancelled";

interface Shared {
  readonly startedAt: number;
  /** When nobody may be given it any more. */
  readonly staleAt: number;
  readonly reply: Promise<HttpReply>;
}

/** What a reply tells: it may also leave open whether the call took effect. */
export type Outcome = "answer" | "refusal" | "unknown";

/**
 * Identical reads share one reply while it is young enough: the searches before a hundred creates
 * are one listing. Only an endpoint that says how long may be shared is, and a caller may want it
 * younger. A call that changes the platform ends what it declares that it outdates; a create that
 * outdates nothing is remembered by whoever made it (docs/decisions/shared-listings.md).
 */
export function createShare(
  clock: Clock,
  outcomeOf: (reply: HttpReply, request: HttpRequest) => Outcome,
): Policy {
  const replies = new Map<string, Shared>();

  async function change(request: HttpRequest, next: Send): Promise<HttpReply> {
    // What a lost call did nobody can remember.
    let outdated: readonly string[] | undefined;
    try {
      const reply = await next(request);
      if (outcomeOf(reply, request) !== "unknown") outdated = request.outdates;
      return reply;
    } finally {
      for (const path of replies.keys()) {
        if (outdated?.some((root) => isAtOrBelow(path, root)) ?? true) replies.delete(path);
      }
    }
  }

  return (next) => async (request) => {
    if (request.mutates) return change(request, next);
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
        if (outcomeOf(settled, request) !== "answer") forget(replies, key, reply);
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

function isAtOrBelow(path: string, root: string): boolean {
  return path.startsWith(root) && ["", "/", "?"].includes(path.charAt(root.length));
}
