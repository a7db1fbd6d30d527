import { performance } from "node:perf_hooks";
import { SimulatorInputError } from "./reading";

/** The platform spells years with four digits. */
const lastMoment = Date.parse("9999-12-31T23:59:59.999Z");

/** Where the simulated time starts and how fast it runs. */
export interface SimulatorClockOptions {
  /** The first instant, as a `Date` or ISO 8601 text. Default: the real time at the start. */
  readonly start?: Date | string;
  /**
   * Simulated seconds for each real second. Default 1; 60 makes a minute of each second; 0 stops
   * the clock, so that only {@link SimulatorClock.advance} moves it.
   */
  readonly speed?: number;
}

/** The time of the simulated platform. Its HTTP `Date` headers tell it too. */
export interface SimulatorClock {
  /** Simulated seconds for each real second; 0 when the clock only moves by `advance`. */
  readonly speed: number;
  /** The simulated time. */
  now(): Date;
  /**
   * Moves the time forward.
   * @param seconds - At least 0; parts of a second count.
   * @returns The new time.
   * @throws SimulatorInputError for a negative number, because the time never runs backwards, and
   * for one that leads beyond the year 9999.
   */
  advance(seconds: number): Date;
}

export class RunningClock implements SimulatorClock {
  readonly speed: number;
  private readonly givenStart: Date | string | undefined;
  private start = 0;
  private startedAt = 0;
  private advancedMilliseconds = 0;

  constructor(options: SimulatorClockOptions = {}) {
    this.speed = options.speed ?? 1;
    this.givenStart = options.start;
    this.restart();
    if (!(this.start <= lastMoment)) {
      throw new SimulatorInputError(
        "The clock's start must be a point in time such as 2026-05-01T08:00:00Z.",
      );
    }
    if (!Number.isFinite(this.speed) || this.speed < 0) {
      throw new SimulatorInputError("The clock's speed must be a number of at least 0.");
    }
  }

  /** Goes back to the start: the given one, else the real time. */
  restart(): void {
    this.start = new Date(this.givenStart ?? Date.now()).getTime();
    this.startedAt = performance.now();
    this.advancedMilliseconds = 0;
  }

  milliseconds(): number {
    const running = (performance.now() - this.startedAt) * this.speed;
    return Math.min(Math.floor(this.start + running + this.advancedMilliseconds), lastMoment);
  }

  now(): Date {
    return new Date(this.milliseconds());
  }

  advance(seconds: number): Date {
    if (!Number.isFinite(seconds) || seconds < 0) {
      throw new SimulatorInputError("advanceSeconds must be a number of at least 0.");
    }
    if (this.milliseconds() + seconds * 1000 > lastMoment) {
      throw new SimulatorInputError("advanceSeconds must not lead beyond the year 9999.");
    }
    this.advancedMilliseconds += seconds * 1000;
    return this.now();
  }
}
