export {
  getDevice,
  getDeviceGroup,
  getDeviceGroupOutput,
  getDeviceGroups,
  getDeviceGroupsOutput,
  getDeviceOutput,
  getDevices,
  getDevicesOutput,
  getReach,
  getReachOutput,
  getUpgradeTaskDevices,
  getUpgradeTaskDevicesOutput,
} from "./lookups/fleet-functions";
export type {
  DeviceResult,
  GetDeviceArgs,
  GetDeviceGroupArgs,
  GetDeviceGroupsArgs,
  GetDevicesArgs,
  GetReachArgs,
  GetUpgradeTaskDevicesArgs,
} from "./lookups/fleet-types";
export {
  getUpgradeTask,
  getUpgradeTaskOutput,
  getUpgradeTasks,
  getUpgradeTasksOutput,
  getVersionPackage,
  getVersionPackageOutput,
  getVersionPackages,
  getVersionPackagesOutput,
} from "./lookups/functions";
export type {
  GetUpgradeTaskArgs,
  GetUpgradeTasksArgs,
  GetVersionPackageArgs,
  GetVersionPackagesArgs,
  UpgradeTaskDetails,
  UpgradeTaskResult,
  VersionPackageResult,
} from "./lookups/types";
export type { NorthboundSettings } from "./settings";
export {
  FirmwareRollout,
  Rollout,
  type RolloutArgs,
  type RolloutFleet,
  type RolloutTargets,
  type RolloutWave,
  SoftwareRollout,
} from "./rollout/resource";
export { UpgradeCompletion, type UpgradeCompletionArgs } from "./upgrade-completion/resource";
export {
  FirmwareUpgradeTask,
  type PackageLeaves,
  type PackageRef,
  type ResolvedPolicy,
  SoftwareUpgradeTask,
  type UpgradePolicy,
  type UpgradeTargets,
  UpgradeTask,
  type UpgradeTaskArgs,
} from "./upgrade-task/resource";
export { VersionPackage, type VersionPackageArgs } from "./version-package/resource";
export type { RolloutApproval } from "../wing/rollout-args";
export type { RolloutPlan, WaveProgress } from "../wing/rollout-resource";
export type { UpgradeGate } from "../wing/completion-args";
export type { Inputs } from "../wing/lookup";
export type { DeviceCounts, DeviceFailure } from "../upgrade/platform";
export type { NightWindow } from "../wing/night-window-args";
export type { GateInput, GateRef } from "../wing/gate-input";
export type { PackageKind, UpgradeKind } from "../upgrade/gate";
export type {
  DeviceFacts,
  DeviceGroupResult,
  ReachResult,
  UpgradeTaskDevice,
} from "../wing/fleet-results";
export type { Reach } from "../upgrade/reach";
