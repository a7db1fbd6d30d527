import type { DeviceCounts, DeviceFailure } from "../../upgrade/platform";

/** A version package as the platform tells it. */
export interface VersionPackageResult {
  /** Id of the package, under the name by which a task's `versionPackage` takes it. */
  readonly id: string;
  /** Id of the package. */
  readonly packageId: string;
  /** Resource space. */
  readonly appId?: string;
  /** `"firmwarePackage"`, `"softwarePackage"` or `"modulePackage"`. */
  readonly packageType?: string;
  /** Product whose devices the package is for. */
  readonly productId?: string;
  /** Name of the product. */
  readonly productName?: string;
  /** Module of a `"modulePackage"`. */
  readonly moduleName?: string;
  /** Version of the package. */
  readonly version?: string;
  /** Versions from which devices may upgrade. */
  readonly supportSourceVersions?: readonly string[];
  /** Description. */
  readonly description?: string;
  /** What the platform tells the devices in its notice. */
  readonly customInfo?: string;
  /** When the package was made, ISO 8601. */
  readonly createTime?: string;
}

/** What packages must be; what is left out may be anything. */
export interface GetVersionPackagesArgs {
  /** What the packages upgrade; the platform lists one type at a time. */
  readonly packageType: "firmwarePackage" | "softwarePackage" | "modulePackage";
  /** Resource space. */
  readonly appId?: string;
  /** Product whose devices the packages are for. */
  readonly productId?: string;
  /** Version of the packages. */
  readonly version?: string;
}

/** Which package is meant: by its id, or by what it is; exactly one must match. */
export interface GetVersionPackageArgs extends Partial<GetVersionPackagesArgs> {
  /** Id of the package. */
  readonly packageId?: string;
}

/** An upgrade task as the platform tells it; times in ISO 8601. */
export interface UpgradeTaskResult {
  /** Id of the task. */
  readonly taskId: string;
  /** Name of the task. */
  readonly taskName?: string;
  /** `"firmwareUpgrade"`, `"softwareUpgrade"` or `"moduleUpgrade"`. */
  readonly taskType?: string;
  /** Resource space. */
  readonly appId?: string;
  /** Id of the package that it pushes. */
  readonly packageId?: string;
  /** The platform's own word, such as `"Processing"` or `"PartialSuccess"`. */
  readonly status: string;
  /** Why the task as a whole failed. */
  readonly statusDesc?: string;
  /** When the platform made the task. */
  readonly createTime?: string;
  /** Number of devices in each state. */
  readonly deviceCounts?: DeviceCounts;
}

/** An upgrade task with the devices that it failed on. */
export interface UpgradeTaskDetails extends UpgradeTaskResult {
  /** The first 20 failed devices with their reasons. */
  readonly failures: readonly DeviceFailure[];
}

/** Which task is meant. */
export interface GetUpgradeTaskArgs {
  /** Id of the task. */
  readonly taskId: string;
}

/** What tasks must be; what is left out may be anything. */
export interface GetUpgradeTasksArgs {
  /** What the tasks push; the platform lists one type at a time. */
  readonly taskType: "firmwareUpgrade" | "softwareUpgrade" | "moduleUpgrade";
  /** Resource space. */
  readonly appId?: string;
  /** Status of the tasks, in the platform's words. */
  readonly status?: string;
}
