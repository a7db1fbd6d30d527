import type { Api } from "./api";
import type { Behaviour } from "./behaviour";
import type { RunningClock } from "./clock";
import type { GroupData } from "./groups";
import type { SpaceToWatch } from "./watch";

/** What a generation of the platform needs of the hall it stands in. */
export interface Hall {
  readonly clock: RunningClock;
  readonly behaviour: () => Behaviour;
}

/** One generation of the platform. The hall knows no more of it than this. */
export interface Generation {
  readonly api: Api;
  /** Whether calls of that path are for it. */
  answers(path: string): boolean;
  /** Goes back to the data, with nobody logged in. */
  restart(): void;
  /** Does all that is due, so that what is changed next reaches no further back. */
  bringToNow(): void;
  /** Does what the switches held back until now. */
  goOn(): void;
  /** What somebody sees who watches. */
  watch(): readonly SpaceToWatch[];
  hasTask(taskId: string): boolean;
  /** The status of a task in the platform's words. Fails when there is no such task. */
  statusOf(taskId: string): string;
  stopTask(taskId: string): void;
  finishTask(taskId: string): void;
  purgeTask(taskId: string): void;
  hasPackage(packageId: string): boolean;
  deletePackage(packageId: string): void;
  /** Ends what clients of that name hold; says whether there may be such clients. */
  endTokens(client: string): boolean;
}

/**
 * What can be done to one generation of the platform from outside: by people at its portal, and by
 * the devices in the field.
 */
export interface PlatformPart<Device, Package> {
  /**
   * Makes a package, or replaces the one with that id.
   * @param appId - The application or resource space; needed for a new package when there are
   * several.
   * @returns The id of the package.
   */
  putPackage(data: Package, appId?: string): string;
  /**
   * Changes a device, or registers a new one; what is not given stays as it is. A device goes
   * offline, comes back or reports another version by it.
   * @param appId - The application or resource space; needed for a new device when there are
   * several.
   */
  putDevice(deviceId: string, change: Partial<Device>, appId?: string): void;
  /** Deletes a device; it leaves its groups, and what goes on on it fails. */
  deleteDevice(deviceId: string): void;
  /** Puts a device into a group of its application or space. */
  joinGroup(deviceId: string, group: string): void;
  /** Takes a device out of a group. */
  leaveGroup(deviceId: string, group: string): void;
  /**
   * Makes a group; one of that name that is there already stays as it is.
   * @param appId - The application or resource space; needed when there are several.
   * @returns The id of the group.
   */
  putGroup(group: string | GroupData, appId?: string): string;
  /**
   * Deletes a group, not its devices.
   * @param group - Its name or its id.
   * @param appId - The application or resource space; needed when there are several.
   */
  deleteGroup(group: string, appId?: string): void;
}
