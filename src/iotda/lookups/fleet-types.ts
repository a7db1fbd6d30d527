import type { DeviceFacts } from "../../wing/fleet-results";
import type { GetUpgradeTaskArgs } from "./types";

/** A device, with what a package must be for to fit it. */
export interface DeviceResult extends DeviceFacts {
  /** Product of the device. */
  readonly productId?: string;
}

/** Which device is meant. */
export interface GetDeviceArgs {
  /** Id of the device. */
  readonly deviceId: string;
}

/** What devices must be; what is left out may be anything. */
export interface GetDevicesArgs {
  /** Id of a device group that they are in. Default: all of the project's devices. */
  readonly groupId?: string;
  /** Product of the devices. */
  readonly productId?: string;
  /** Status of the devices. */
  readonly status?: "ONLINE" | "OFFLINE" | "ABNORMAL" | "INACTIVE" | "FROZEN";
  /** How many at most. Default: all, which takes a call for each 50 devices of the product. */
  readonly limit?: number;
}

/** Which group is meant: by its name, or by its id. */
export interface GetDeviceGroupArgs {
  /** Id of the group, as `targets.groupIds` takes it. */
  readonly groupId?: string;
  /** Name of the group, which is unique in one resource space. */
  readonly name?: string;
  /** Resource space of the group of that name. */
  readonly appId?: string;
}

/** The groups of a project have nothing to choose by. */
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
    /** Ids of device groups. */
    readonly groupIds?: readonly string[];
  };
}

/** Which task's devices are meant. */
export type GetUpgradeTaskDevicesArgs = GetUpgradeTaskArgs;
