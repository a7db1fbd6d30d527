import type { Clock } from "../clock";
import { PATIENCE_MILLISECONDS, searchFor } from "../upgrade/search";

/** What may have been made moments ago. */
export interface MaybeNew {
  /** Milliseconds since the epoch, by the platform's clock; `undefined` where nobody here knows. */
  readonly madeAt: () => Promise<number | undefined>;
  /** The platform's clock. */
  readonly now: () => number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** Asks for a task by its id, which the platform may not know in the first moments after its POST. */
export async function untilFound<Task>(
  find: () => Promise<Task | undefined>,
  { madeAt, now, clock, signal }: MaybeNew,
): Promise<Task | undefined> {
  const found = await find();
  if (found !== undefined) return found;
  const patienceMilliseconds = ((await madeAt()) ?? -Infinity) + PATIENCE_MILLISECONDS - now();
  if (patienceMilliseconds <= 0) return undefined;
  const end = await searchFor({ find, clock, signal, thing: "the task", patienceMilliseconds });
  return end.unsearched === undefined ? end.found : find();
}
