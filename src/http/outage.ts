import type { Clock } from "../clock";
import type { HttpRequest } from "./endpoint";
import { unlessCancelled } from "./unless-cancelled";

/**
 * What the calls of a process know of an outage: one of them goes on trying, the others wait for what
 * it finds, and what it has found holds for a while.
 */
export interface Outage {
  /** Whether a call has found, with all its repeats, that the platform does not answer. */
  isFound(): boolean;
  /** Whether this call is the one that tries again; if not, somebody else does. */
  isTriedBy(request: HttpRequest): boolean;
  /** Until the one that tries has an answer, or none. */
  untilTried(request: HttpRequest): Promise<void>;
  /** The platform answers. */
  isOver(): void;
  /** A call has tried in vain. */
  isFoundNow(): void;
  /** This call tries no longer. */
  ends(request: HttpRequest): void;
}

/** What was found does not hold for longer: a wait may go on, and a platform come back. */
const HOLDS_MILLISECONDS = 30_000;

interface Trial {
  readonly by: HttpRequest;
  readonly over: Promise<void>;
  readonly end: () => void;
}

function begin(by: HttpRequest): Trial {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  return { by, over, end };
}

export function createOutage(clock: Clock): Outage {
  let foundUntil = Number.NEGATIVE_INFINITY;
  let trial: Trial | undefined;

  function endTrial(): void {
    trial?.end();
    trial = undefined;
  }

  return {
    isFound: () => clock.elapsed() < foundUntil,
    isTriedBy(request) {
      trial ??= begin(request);
      return trial.by === request;
    },
    untilTried: (request) => unlessCancelled(trial?.over ?? Promise.resolve(), request),
    isOver() {
      foundUntil = Number.NEGATIVE_INFINITY;
      endTrial();
    },
    isFoundNow() {
      foundUntil = clock.elapsed() + HOLDS_MILLISECONDS;
    },
    ends(request) {
      if (trial?.by === request) endTrial();
    },
  };
}
