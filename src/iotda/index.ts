export {
  getUpgradeTask,
  type GetUpgradeTaskArgs,
  getUpgradeTaskOutput,
  getUpgradeTasks,
  type GetUpgradeTasksArgs,
  getUpgradeTasksOutput,
  getVersionPackage,
  type GetVersionPackageArgs,
  getVersionPackageOutput,
  getVersionPackages,
  type GetVersionPackagesArgs,
  getVersionPackagesOutput,
  type UpgradeTaskDetails,
  type UpgradeTaskResult,
  type VersionPackageResult,
} from "./lookups";
export type { IotdaSettings } from "./settings";
export { UpgradeCompletion, type UpgradeCompletionArgs } from "./upgrade-completion/resource";
export {
  FirmwareUpgradeTask,
  SoftwareUpgradeTask,
  type TaskPolicy,
  type UpgradeTargets,
  UpgradeTask,
  type UpgradeTaskArgs,
} from "./upgrade-task/resource";
export {
  type FileLocation,
  type ObsLocation,
  VersionPackage,
  type VersionPackageArgs,
} from "./version-package/resource";
export type { Inputs } from "../wing/lookup";
export type { DeviceCounts, DeviceFailure } from "../upgrade/platform";
