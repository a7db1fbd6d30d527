import { OtaError } from "../errors";
import { parseInstant } from "../instant";
import { nextWindow, type Window } from "../upgrade/schedule";

/** Nothing is POSTed with less than this left of a window. */
const LEAST_LEFT = 10 * 60_000;
/** Between the decision and the POST. */
const LEAD = 60_000;

/** When something may be POSTed: in a night of a zone, or until an instant. */
export interface PushTimes {
  readonly window?: Window | undefined;
  /** An instant; a duration counts from each POST and has always room. */
  readonly endTime?: string | undefined;
}

/** From when on a push may be POSTed: `now`, or when the next window opens. */
export function openFrom({ window, endTime }: PushTimes, now: number): number {
  if (window !== undefined) {
    const { start } = nextWindow(window, now, { lead: LEAD, leastLeft: LEAST_LEFT });
    return start <= now + LEAD + 1_000 ? now : start;
  }
  const end = parseInstant(endTime ?? "");
  if (end !== undefined && end - now < LEAST_LEFT) {
    throw new OtaError(
      `policy.endTime is ${endTime ?? ""}, of which less than ten minutes are left, so nothing more can be pushed: set it to a later instant, or give a window.`,
    );
  }
  return now;
}
