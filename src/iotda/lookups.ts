import * as pulumi from "@pulumi/pulumi";

import type { DeviceCounts, DeviceFailure } from "../upgrade/platform";
import { asLookup, type Inputs, lift } from "../wing/lookup";
import type { IotdaSettings } from "./settings";

/** A version package as the platform tells it. */
export interface VersionPackageResult {
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
  /** `"firmwareUpgrade"` or `"softwareUpgrade"`. */
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
  readonly taskType: "firmwareUpgrade" | "softwareUpgrade";
  /** Resource space. */
  readonly appId?: string;
  /** Status of the tasks, in the platform's words. */
  readonly status?: string;
}

/**
 * Finds one version package. It runs in the program's own process, with credentials of its own.
 *
 * Errors: no package matches, or several do.
 *
 * @param args - which package is meant
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getVersionPackage(
  args: GetVersionPackageArgs,
  settings?: IotdaSettings,
): Promise<VersionPackageResult> {
  return ask(settings, (reader) => reader.versionPackage(args));
}

/** {@link getVersionPackage} for arguments that are outputs. */
export function getVersionPackageOutput(
  args: pulumi.Input<Inputs<GetVersionPackageArgs>>,
  settings?: pulumi.Input<Inputs<IotdaSettings>>,
): pulumi.Output<VersionPackageResult> {
  return lift(getVersionPackage, args, settings);
}

/**
 * Lists version packages, all pages.
 *
 * @param args - what the packages must be
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getVersionPackages(
  args: GetVersionPackagesArgs,
  settings?: IotdaSettings,
): Promise<VersionPackageResult[]> {
  return ask(settings, (reader) => reader.versionPackages(args));
}

/** {@link getVersionPackages} for arguments that are outputs. */
export function getVersionPackagesOutput(
  args: pulumi.Input<Inputs<GetVersionPackagesArgs>>,
  settings?: pulumi.Input<Inputs<IotdaSettings>>,
): pulumi.Output<VersionPackageResult[]> {
  return lift(getVersionPackages, args, settings);
}

/**
 * Reads one upgrade task with the devices that it failed on.
 *
 * Errors: the platform has no record of the task.
 *
 * @param args - which task is meant
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getUpgradeTask(
  args: GetUpgradeTaskArgs,
  settings?: IotdaSettings,
): Promise<UpgradeTaskDetails> {
  return ask(settings, (reader) => reader.upgradeTask(args));
}

/** {@link getUpgradeTask} for arguments that are outputs. */
export function getUpgradeTaskOutput(
  args: pulumi.Input<Inputs<GetUpgradeTaskArgs>>,
  settings?: pulumi.Input<Inputs<IotdaSettings>>,
): pulumi.Output<UpgradeTaskDetails> {
  return lift(getUpgradeTask, args, settings);
}

/**
 * Lists upgrade tasks, all pages.
 *
 * @param args - what the tasks must be
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getUpgradeTasks(
  args: GetUpgradeTasksArgs,
  settings?: IotdaSettings,
): Promise<UpgradeTaskResult[]> {
  return ask(settings, (reader) => reader.upgradeTasks(args));
}

/** {@link getUpgradeTasks} for arguments that are outputs. */
export function getUpgradeTasksOutput(
  args: pulumi.Input<Inputs<GetUpgradeTasksArgs>>,
  settings?: pulumi.Input<Inputs<IotdaSettings>>,
): pulumi.Output<UpgradeTaskResult[]> {
  return lift(getUpgradeTasks, args, settings);
}

type Reader = import("./api/reader.js").Reader;

async function ask<Result>(
  settings: IotdaSettings | undefined,
  question: (reader: Reader) => Promise<Result>,
): Promise<Result> {
  return asLookup(async () => question(await openReader(settings)));
}

// Loaded at the first lookup: a program that has none loads neither zod nor undici.
async function openReader(settings: IotdaSettings | undefined): Promise<Reader> {
  const reader = await import("./api/reader.js");
  const config = new pulumi.Config("huawei-ota");
  return reader.openReader(settings, config.get("iotda"), process.env);
}
