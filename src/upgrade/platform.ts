/**
 * What the lifecycle of an upgrade asks of a platform, in our words. Each wing answers it for its own
 * API; nothing here knows which.
 */

/** Where a task stands: it goes on, or it ended one of three ways. */
export type TaskPhase = "unfinished" | "succeeded" | "failed" | "stopped";

/** How many devices of a task are in which state. */
export interface DeviceCounts {
  /** All devices of the task. */
  readonly total: number;
  /** Not begun. */
  readonly wait: number;
  /** Under way. */
  readonly processing: number;
  /** Upgraded. */
  readonly success: number;
  /** Failed. */
  readonly fail: number;
  /** Stopped before they were upgraded. */
  readonly stop: number;
  /** Did not answer in time. */
  readonly timeout: number;
}

/** A device that was not upgraded, and why. */
export interface DeviceFailure {
  /** The device's id. */
  readonly deviceId: string;
  /** What the platform says of it, in the device's own words where it reported any. */
  readonly reason: string;
}

/** A task as the platform tells it. */
export interface TaskRecord {
  readonly id: string;
  readonly phase: TaskPhase;
  /** The platform's own word for where the task stands. */
  readonly status: string;
  /** Milliseconds since the epoch, by the platform's clock. */
  readonly createdAt: number | undefined;
  readonly counts: DeviceCounts | undefined;
  /**
   * How many of the devices that are counted as failed or timed out the platform may try again by
   * itself, as long as the task is not over. Default: 0.
   */
  readonly openFailures?: number | undefined;
  /**
   * Whether its figures decide nothing before its end, because devices are still being counted or its
   * status is a word that the vendor's pages do not name. Default: `false`.
   */
  readonly isUnclear?: boolean | undefined;
  /** Why the task as a whole failed, in the platform's words, where it has any. */
  readonly statusDesc?: string | undefined;
}

/** What a search for a declared task found. */
export interface SameTasks<Task extends TaskRecord> {
  readonly tasks: readonly Task[];
  /** Why what was found may be another task after all, as a clause; absent when it cannot be. */
  readonly doubt?: string;
  /** Ids of those that bear the mark of the stack that declares, where tasks bear one. */
  readonly marked?: ReadonlySet<string>;
  /** Tasks that have pushed something else to the same targets since. */
  readonly superseding?: readonly Task[] | undefined;
}

export interface UpgradePlatform<Declaration, Task extends TaskRecord> {
  /** Equal for two declarations that are the same task. */
  keyOf(declaration: Declaration): string;
  /** The tasks that are what is declared; `fresh` asks the platform anew. */
  findSame(declaration: Declaration, search: { fresh: boolean }): Promise<SameTasks<Task>>;
  /** Starts the task and gives its id; a lost reply is a `LostReplyError`. */
  create(declaration: Declaration): Promise<string>;
  /**
   * `undefined` when the platform keeps no record of the task.
   *
   * @param madeAt - when it was made by the platform's clock, where the caller knows: the platform may
   * not find it in the first moments
   */
  read(id: string, madeAt?: number): Promise<Task | undefined>;
  /** The devices that were not upgraded, at most so many. */
  failures(id: string, most: number): Promise<readonly DeviceFailure[]>;
  /** The platform's clock, milliseconds since the epoch. */
  now(): number;
}
