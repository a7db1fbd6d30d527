import type { DeviceCounts, DeviceFailure } from "../../upgrade/platform";

/** A version package as the platform tells it. */
export interface VersionPackageResult {
  /** Id of the package, under the name by which a task's `versionPackage` takes it. */
  readonly id: string;
  /** Id of the package. */
  readonly fileId: string;
  /** Name of the package. */
  readonly name?: string;
  /** Version of the package. */
  readonly version?: string;
  /** `"firmwarePackage"` or `"softwarePackage"`. */
  readonly fileType?: string;
  /** Type of the devices that the package is for. */
  readonly deviceType?: string;
  /** Model of the devices that the package is for. */
  readonly model?: string;
  /** Manufacturer of the devices that the package is for. */
  readonly manufacturerName?: string;
  /** Protocol of the devices, such as `"CoAP"`. */
  readonly protocolType?: string;
  /** Description that was given when the package was uploaded. */
  readonly description?: string;
  /** Date on which the package was built, in the uploader's own spelling. */
  readonly date?: string;
  /** When the package was uploaded, ISO 8601. */
  readonly uploadTime?: string;
}

/** What packages must be; what is left out may be anything. */
export interface GetVersionPackagesArgs {
  /** `"firmwarePackage"` or `"softwarePackage"`. */
  readonly fileType?: "firmwarePackage" | "softwarePackage";
  /** Version of the package. */
  readonly version?: string;
  /** Type of the devices that the package is for. */
  readonly deviceType?: string;
  /** Model of the devices that the package is for. */
  readonly model?: string;
  /** Manufacturer of the devices that the package is for. */
  readonly manufacturerName?: string;
}

/** Which package is meant: by its id, or by what it is; exactly one must match. */
export interface GetVersionPackageArgs extends GetVersionPackagesArgs {
  /** Id of the package. */
  readonly fileId?: string;
}

/** An upgrade task as the platform tells it; times in ISO 8601. */
export interface UpgradeTaskResult {
  /** Id of the task. */
  readonly operationId: string;
  /** `"firmware_upgrade"` or `"software_upgrade"`. */
  readonly operateType?: string;
  /** `wait`, `processing`, `success`, `failed` or `stop`. */
  readonly status: string;
  /** When the platform made the task. */
  readonly createTime?: string;
  /** When the task began. */
  readonly startTime?: string;
  /** When the task ended. */
  readonly stopTime?: string;
  /** Number of devices in each state (`staResult`). */
  readonly deviceCounts?: DeviceCounts;
  /** Ids of the devices that the task names. */
  readonly devices?: readonly string[];
  /** Names of the device groups that the task names. */
  readonly deviceGroups?: readonly string[];
  /** Version of the package that it pushes. */
  readonly fileVersion?: string;
}

/** An upgrade task with the devices that it failed on. */
export interface UpgradeTaskDetails extends UpgradeTaskResult {
  /** The first 20 failed devices with their reasons. */
  readonly failures: readonly DeviceFailure[];
}

/** Which task is meant. */
export interface GetUpgradeTaskArgs {
  /** Id of the task. */
  readonly operationId: string;
}

/** What tasks must be; what is left out may be anything. */
export interface GetUpgradeTasksArgs {
  /** `"firmware_upgrade"` or `"software_upgrade"`. */
  readonly operationType?: "firmware_upgrade" | "software_upgrade";
  /** Status of the task. */
  readonly operationStatus?: "wait" | "processing" | "failed" | "success" | "stop";
  /** Type of the devices. */
  readonly deviceType?: string;
  /** Model of the devices. */
  readonly model?: string;
  /** Manufacturer of the devices. */
  readonly manufacturerName?: string;
  /** A device that the task upgrades. */
  readonly deviceId?: string;
}
