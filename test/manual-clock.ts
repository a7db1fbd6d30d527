import type { Clock } from "../src/clock";

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** A clock that only the test moves. Sleepers wake in the order of their times. */
export class ManualClock implements Clock {
  private time: number;
  private setBy = 0;
  private readonly sleepers: Sleeper[] = [];

  constructor(start: number | string = "2026-05-01T08:00:00Z") {
    this.time = new Date(start).getTime();
  }

  now(): number {
    return this.time + this.setBy;
  }

  elapsed(): number {
    return this.time;
  }

  /** Somebody sets the clock, which ends no sleep. */
  set(forward: number): void {
    this.setBy += forward;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        wakesAt: this.time + Math.max(0, milliseconds),
        wake: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = (): void => {
        this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
        resolve();
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.sleepers.push(sleeper);
    });
  }

  /** Moves the time by so much; whoever should wake on the way does, at its own time. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.time + milliseconds;
    await settled();
    while (this.wakeNext(until)) await settled();
    this.time = until;
    await settled();
  }

  /** Moves the time, from one sleeper to the next, until the work is done. */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    const state = { done: false };
    const end = (): void => {
      state.done = true;
    };
    work.then(end, end);
    for (;;) {
      await settled();
      if (state.done) return work;
      if (!this.wakeNext(Number.POSITIVE_INFINITY)) {
        throw new Error("The work waits for something that is no time.");
      }
    }
  }

  private wakeNext(until: number): boolean {
    let next: Sleeper | undefined;
    for (const sleeper of this.sleepers) {
      if (next === undefined || sleeper.wakesAt < next.wakesAt) next = sleeper;
    }
    if (next === undefined || next.wakesAt > until) return false;
    this.sleepers.splice(this.sleepers.indexOf(next), 1);
    this.time = next.wakesAt;
    next.wake();
    return true;
  }
}

/** Everything that waits for nothing but promises has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
