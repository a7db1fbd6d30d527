/**
 * What a rollout asks of a platform, in our words. Each wing answers it for its own API; nothing here
 * knows which. Instants are milliseconds since the epoch, by the platform's clock.
 */
import type { PackageKind } from "../gate";

/** How a device is connected, as both generations of the platform call it. */
export type Connection = "ONLINE" | "OFFLINE" | "ABNORMAL" | "INACTIVE";

/** A device as the platform tells it now. */
export interface DeviceFacts {
  readonly id: string;
  /** Whether it is of the package's model or product. */
  readonly isOfKind: boolean;
  /** What it reports for the package's kind; absent when it reports none. */
  readonly version?: string | undefined;
  /** Absent when the platform tells none, or a word that the vendor's pages do not name. */
  readonly connection?: Connection | undefined;
  readonly isFrozen: boolean;
}

/** Devices by id, and groups by what the declaration calls them. */
export interface Selection {
  readonly devices: readonly string[];
  readonly groups: readonly string[];
}

/** The devices and groups that were asked for, as they are now. */
export interface Look {
  /** The ids of each group's members; `undefined` for a group that does not exist. */
  readonly groups: ReadonlyMap<string, readonly string[] | undefined>;
  /** Every device that was asked for or is in one of the groups; who is not in it, the platform does not know. */
  readonly devices: ReadonlyMap<string, DeviceFacts>;
}

/**
 * Where a device of a task stands: `waiting` has not begun; `willRetry` failed, and the platform tries
 * it again by itself.
 */
export type TaskDeviceState =
  "waiting" | "processing" | "willRetry" | "succeeded" | "failed" | "stopped";

export interface TaskDevice {
  readonly id: string;
  readonly state: TaskDeviceState;
  /** Whether a failure is one of those that the vendor documents for a device that had not begun. */
  readonly isUnreached?: boolean | undefined;
  /** What the platform says of it, in the device's own words where it reported any. */
  readonly reason?: string | undefined;
  /** When it came to that, where the platform tells. */
  readonly at?: number | undefined;
}

/** A firmware or software task of the platform, whoever made it. */
export interface RolloutTask {
  readonly id: string;
  readonly packageKind: PackageKind;
  /** The version that it pushes, as the package spells it; absent when it cannot be told. */
  readonly version?: string | undefined;
  /** Whether its name says that this rollout made it; absent where tasks have no names. */
  readonly isOurs?: boolean | undefined;
  /** The wave in its name. */
  readonly wave?: string | undefined;
  readonly createdAt: number;
  readonly isUnfinished: boolean;
  /** When its window ends, and the platform stops what is left of it. */
  readonly endsAt?: number | undefined;
}

/** One task to be POSTed. */
export interface Push {
  /** The name of the wave. */
  readonly wave: string;
  /** At most `limits.devicesPerTask`, in the order of their ranks. */
  readonly devices: readonly string[];
  /** The tasks that the decision has seen: only another one may be taken over. */
  readonly seen: ReadonlySet<string>;
}

/**
 * `unknown`: the platform refused it because it does not know a device or the package (123002), and
 * nothing was pushed.
 */
export type PushEnd =
  { readonly kind: "pushed"; readonly id: string } | { readonly kind: "unknown" };

export interface Stop {
  readonly task: string;
  readonly devices: readonly string[];
}

export interface RolloutLimits {
  /** Devices of one task: 256, 30,000. */
  readonly devicesPerTask: number;
  /** How many unfinished tasks a rollout may have; absent: any number. */
  readonly unfinishedTasks?: number | undefined;
  /** Whether a push can be called back. */
  readonly canStop: boolean;
  /** Whether `processing` says that a device has begun only while it is ONLINE: it is waited for in the same state. */
  readonly waitsInProcessing: boolean;
}

export interface RolloutPlatform {
  readonly limits: RolloutLimits;

  /** The platform's clock. */
  now(): number;

  /**
   * Members and devices, never from before the call where `fresh`; else what this process has looked
   * at already will do. A device that is missing from the answer was looked for and does not exist.
   */
  look(selection: Selection, search: { readonly fresh: boolean }): Promise<Look>;

  /**
   * The unfinished firmware and software tasks, and those of this kind that were made at or after
   * `since` (all of them without it); always asked anew. It may lag behind a POST.
   */
  tasks(since: number | undefined): Promise<readonly RolloutTask[]>;

  /** One task by its id, asked anew; `undefined` when the platform keeps no record of it. */
  task(id: string): Promise<RolloutTask | undefined>;

  /** All devices of a task, asked anew while it is unfinished. Empty when the record is gone. */
  devicesOf(task: RolloutTask): Promise<readonly TaskDevice[]>;

  /** From when on a push may be POSTed: `now` where a window is open for ten minutes or more, or there is none. */
  openFrom(now: number): number;

  /**
   * POSTs one task, or gives the id of the one that a POST with a lost reply has made. It throws when
   * nothing was pushed, or when it cannot be told (a `LostReplyError` that its search did not answer):
   * the rollout then ends red and the next `up` reads before it pushes.
   */
  push(push: Push): Promise<PushEnd>;

  /** Stops these devices of a task; who has ended in the meantime is no error. Called only where `limits.canStop`. */
  stop(stop: Stop): Promise<void>;
}
