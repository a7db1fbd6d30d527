import type { Policy } from "./endpoint";
import { unlessCancelled } from "./unless-cancelled";

/**
 * At most so many calls are under way at once. The others wait here, where no deadline runs and where
 * it is certain that they were not sent.
 */
export function createLanes(count: number): Policy {
  let free = count;
  const waiting: (() => void)[] = [];

  function lane(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }

  return (next) => async (request) => {
    const own = lane();
    try {
      await unlessCancelled(own, request);
    } catch (error) {
      // Its turn comes all the same, and goes to the next.
      void own.then(leave);
      throw error;
    }
    try {
      return await next(request);
    } finally {
      leave();
    }
  };
}
