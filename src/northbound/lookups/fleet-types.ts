import type { DeviceFacts } from "../../wing/fleet-results";
import type { GetUpgradeTaskArgs } from "./types";

/** A device, with what a package must be for to fit it. */
export interface DeviceResult extends DeviceFacts {
  /** Type of the device. */
  readonly deviceType?: string;
  /** Model of the device. */
  readonly model?: string;
  /** Manufacturer of the device. */
  readonly manufacturerName?: string;
}

/** Which device is meant. */
export interface GetDeviceArgs {
  /** Id of the device. */
  readonly deviceId: string;
}

/** What devices must be; what is left out may be anything. */
export interface GetDevicesArgs {
  /** Name of a device group that they are in. Default: all of the application's devices. */
  readonly deviceGroup?: string;
  /** Type of the devices. */
  readonly deviceType?: string;
  /** Model of the devices. */
  readonly model?: string;
  /** Manufacturer of the devices. */
  readonly manufacturerName?: string;
  /** Status of the devices. */
  readonly status?: "ONLINE" | "OFFLINE" | "ABNORMAL" | "INACTIVE";
  /** How many at most. Default: all, which takes a call for each 250 devices of the application. */
  readonly limit?: number;
}

/** Which group is meant: by its name, or by its id. */
export interface GetDeviceGroupArgs {
  /** Name of the group, as `targets.deviceGroups` takes it. */
  readonly name?: string;
  /** Id of the group. */
  readonly groupId?: string;
}

/** The groups of an application have nothing to choose by. */
export type GetDeviceGroupsArgs = Readonly<Record<string, never>>;

/** What would be pushed, and to whom. */
export interface GetReachArgs {
  /** The version package, as a task's `versionPackage` takes it: its id at least. */
  readonly versionPackage: {
    /** Id of the package. */
    readonly id: string;
  };
  /** What would be upgraded, as a task's `targets` take it. */
  readonly targets: {
    /** Ids of devices. */
    readonly devices?: readonly string[];
    /** Names of device groups. */
    readonly deviceGroups?: readonly string[];
  };
}

/** Which task's devices are meant. */
export type GetUpgradeTaskDevicesArgs = GetUpgradeTaskArgs;
