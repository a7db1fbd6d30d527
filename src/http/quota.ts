import type { Clock } from "../clock";
import { CancelledError } from "../errors";
import type { Policy, Priority } from "./endpoint";

const WINDOW_MILLISECONDS = 60_000;
const ORDER: readonly Priority[] = ["mutate", "read", "poll"];

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
 */
export function createQuota(callsPerMinute: number, clock: Clock): Policy {
  const waiting: Waiting[] = [];
  const freeAgainAt: number[] = [];
  let underWay = 0;
  let wakeUp: Promise<void> | undefined;

  function place(): boolean {
    const now = clock.now();
    while (freeAgainAt[0] !== undefined && freeAgainAt[0] <= now) freeAgainAt.shift();
    return underWay + freeAgainAt.length < callsPerMinute;
  }

  function startNext(): void {
    while (waiting.length > 0 && place()) {
      const next = ORDER.flatMap((priority) => waiting.filter((w) => w.priority === priority))[0];
      if (next === undefined) return;
      waiting.splice(waiting.indexOf(next), 1);
      underWay += 1;
      next.start();
    }
    const freeAt = freeAgainAt[0];
    if (waiting.length > 0 && freeAt !== undefined && wakeUp === undefined) {
      wakeUp = clock.sleep(freeAt - clock.now()).then(() => {
        wakeUp = undefined;
        startNext();
      });
    }
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
    try {
      return await next(request);
    } finally {
      underWay -= 1;
      freeAgainAt.push(clock.now() + WINDOW_MILLISECONDS);
      startNext();
    }
  };
}
