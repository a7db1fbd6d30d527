import type { Clock } from "../clock";
import { CancelledError } from "../errors";

/** Lists may lag behind a create for as long as this. */
export const PATIENCE_MILLISECONDS = 60_000;
const PAUSE_MILLISECONDS = { first: 1_000, longest: 10_000 };

export interface Search<Found> {
  readonly find: () => Promise<Found | undefined>;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Default: as long as lists may lag. */
  readonly patienceMilliseconds?: number;
  /** What may have been made: "the task". */
  readonly thing: string;
}

export interface SearchEnd<Found> {
  readonly found: Found | undefined;
  /** Why the last look failed; absent when the platform answered. */
  readonly unsearched?: unknown;
}

/** Looks for what a lost call may have made until it is listed, or for a minute. */
export async function searchFor<Found>(search: Search<Found>): Promise<SearchEnd<Found>> {
  const { clock, find, signal, thing, patienceMilliseconds = PATIENCE_MILLISECONDS } = search;
  const until = clock.elapsed() + patienceMilliseconds;
  let end: SearchEnd<Found>;
  for (let pause = PAUSE_MILLISECONDS.first; ; pause *= 2) {
    end = await find().then(
      (found) => ({ found }),
      (unsearched: unknown) => ({ found: undefined, unsearched }),
    );
    const left = until - clock.elapsed();
    if (end.found !== undefined || left <= 0) return end;
    await clock.sleep(Math.min(pause, left, PAUSE_MILLISECONDS.longest), signal);
    throwIfCancelled(signal, thing);
  }
}

export function throwIfCancelled(signal: AbortSignal | undefined, thing: string): void {
  if (signal?.aborted === true) {
    throw new CancelledError(
      `The operation was cancelled before it was known whether ${thing} was made. The next \`pulumi up\` searches for it before it creates.`,
    );
  }
}
