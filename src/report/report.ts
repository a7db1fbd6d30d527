/*
 * A report before it has a format. All texts are as the program, the platform and the devices spelled them:
 * each format takes away what it would take for its own marks.
 */

/** What a stack's rollouts and upgrade tasks have done. */
export interface UpgradeReport {
  /** Name of the stack. */
  readonly stack: string;
  /** Name of the project. */
  readonly project: string;
  /** When the state was written, ISO 8601; absent where it does not say. */
  readonly at?: string;
  /** The rollouts, then the tasks, then completions of tasks that the stack does not have. */
  readonly upgrades: readonly ReportedUpgrade[];
  /** What the report could not be told, and why, as sentences. */
  readonly notes: readonly string[];
}

/** One rollout, or one task with its completion. */
export interface ReportedUpgrade {
  /** Name of the resource. */
  readonly name: string;
  /** What it is, such as `"northbound FirmwareRollout"`. */
  readonly kind: string;
  /** Where it stands; `undefined` where neither the state nor a completion tells it. */
  readonly outcome?: "succeeded" | "inProgress" | "held" | "failed";
  /** Since when, ISO 8601. */
  readonly since?: string;
  /** The platform's own word for a task's status. */
  readonly status?: string;
  /** Version that it brings. */
  readonly version?: string;
  /** What was asked for, as sentences. */
  readonly asked: readonly string[];
  /** Numbers of devices, each with what it counts. */
  readonly counts: readonly {
    /** What is counted, such as `"failed"`. */
    readonly label: string;
    /** How many devices there are of it. */
    readonly devices: number;
  }[];
  /** The waves of a rollout, in their order; a task is one wave. */
  readonly waves: readonly ReportedWave[];
  /** Failed devices, each once; where the platform was not asked, the first twenty at most. */
  readonly failures: readonly ReportedFailure[];
  /** How many more devices failed than `failures` names. */
  readonly unnamedFailures: number;
  /**
   * Devices of the fleet that do not report the version though the rollout is through; absent where the
   * platform was not asked.
   */
  readonly behind?: readonly ReportedBehind[];
  /**
   * Each device in each task that the state names and the platform remembers; absent where the platform
   * was not asked.
   */
  readonly devices?: readonly ReportedDevice[];
}

/** One wave of a rollout, or one task. */
export interface ReportedWave {
  /** Name of the wave. */
  readonly wave: string;
  /** Where it stands. */
  readonly state: "waiting" | "running" | "baking" | "over" | "failed";
  /** Number of its devices; of a wave that waits, how many the plan gives it. */
  readonly devices: number;
  /** How many were upgraded. */
  readonly succeeded: number;
  /** How many failed. */
  readonly failed: number;
  /** How many were not reached before their deadline. */
  readonly unreached: number;
  /** How many were upgraded and lost afterwards. */
  readonly lost: number;
  /** When it began, ISO 8601. */
  readonly beganAt?: string;
  /** When its devices were through, ISO 8601. */
  readonly decidedAt?: string;
  /** Until when it is watched, ISO 8601. */
  readonly bakesUntil?: string;
  /** When it was over, ISO 8601. */
  readonly overAt?: string;
  /** Ids of its tasks on the platform. */
  readonly tasks: readonly string[];
}

/** A device that failed. */
export interface ReportedFailure {
  /** Id of the device. */
  readonly deviceId: string;
  /** Why, in the platform's words. */
  readonly reason: string;
}

/** A device that does not report the version. */
export interface ReportedBehind {
  /** Id of the device. */
  readonly deviceId: string;
  /** Version that it reports. */
  readonly version?: string;
}

/** A device in one task. */
export interface ReportedDevice {
  /** Id of the device. */
  readonly deviceId: string;
  /** Wave of the task. */
  readonly wave: string;
  /** Id of the task. */
  readonly task: string;
  /** What became of it. */
  readonly result: "succeeded" | "failed" | "stopped" | "under way";
  /** The platform's own word. */
  readonly status?: string;
  /** What the platform says of it. */
  readonly reason?: string;
  /** When it began, ISO 8601. */
  readonly startTime?: string;
  /** When it ended, ISO 8601. */
  readonly stopTime?: string;
  /** How long it took, where the platform tells both times. */
  readonly seconds?: number;
}

/** Whom a fleet, a wave or a task names. */
export interface Targets {
  readonly devices: readonly string[];
  readonly groups: readonly string[];
}
