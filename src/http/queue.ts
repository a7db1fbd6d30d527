import type { Clock } from "../clock";
import type { HttpRequest, Priority } from "./endpoint";
import { cancelledWhile } from "./unless-cancelled";

const ORDER: readonly Priority[] = ["mutate", "read", "poll"];

export interface QueueOptions {
  readonly clock: Clock;
  /** A poll that has waited so long goes first, as long as `mayPollGoFirst`. */
  readonly pollPatienceMilliseconds: number;
  readonly mayPollGoFirst: () => boolean;
}

/**
 * Calls that wait for the quota: changes before reads, reads before polls; of equals, whoever came
 * first. Whoever is cancelled waits no longer.
 */
export interface Queue<Turn> {
  isEmpty(): boolean;
  wait(request: Pick<HttpRequest, "priority" | "context">): Promise<Turn>;
  /** Gives the next one its turn, and tells what it is; nothing when nobody waits. */
  serve(turn: Turn): Priority | undefined;
}

interface Waiting<Turn> {
  readonly priority: Priority;
  readonly since: number;
  readonly start: (turn: Turn) => void;
}

export function createQueue<Turn>(options: QueueOptions): Queue<Turn> {
  const { clock, pollPatienceMilliseconds, mayPollGoFirst } = options;
  const waiting: Waiting<Turn>[] = [];

  const firstOf = (priority: Priority): Waiting<Turn> | undefined =>
    waiting.find((one) => one.priority === priority);

  function next(): Waiting<Turn> | undefined {
    const poll = firstOf("poll");
    const isOverdue =
      poll !== undefined && clock.elapsed() - poll.since >= pollPatienceMilliseconds;
    if (isOverdue && mayPollGoFirst()) return poll;
    return ORDER.map(firstOf).find((one) => one !== undefined);
  }

  function drop(one: Waiting<Turn>): void {
    waiting.splice(waiting.indexOf(one), 1);
  }

  return {
    isEmpty: () => waiting.length === 0,

    wait({ priority, context: { signal } }) {
      return new Promise((resolve, reject) => {
        const cancelled = (): void => {
          reject(cancelledWhile("it waited for the quota", signal));
        };
        if (signal?.aborted === true) {
          cancelled();
          return;
        }
        const leave = (): void => {
          drop(one);
          cancelled();
        };
        const one: Waiting<Turn> = {
          priority,
          since: clock.elapsed(),
          start: (turn) => {
            signal?.removeEventListener("abort", leave);
            resolve(turn);
          },
        };
        signal?.addEventListener("abort", leave, { once: true });
        waiting.push(one);
      });
    },

    serve(turn) {
      const one = next();
      if (one === undefined) return undefined;
      drop(one);
      one.start(turn);
      return one.priority;
    },
  };
}
