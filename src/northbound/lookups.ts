import * as pulumi from "@pulumi/pulumi";

import type { DeviceCounts, DeviceFailure } from "../upgrade/platform";
import { asLookup, type Inputs, lift } from "../wing/lookup";
import type { NorthboundSettings } from "./settings";

/** A version package as the platform tells it. */
export interface VersionPackageResult {
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

/**
 * Finds one version package. It runs in the program's own process, with a login of its own.
 *
 * Errors: no package matches, or several do.
 *
 * @param args - which package is meant
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getVersionPackage(
  args: GetVersionPackageArgs,
  settings?: NorthboundSettings,
): Promise<VersionPackageResult> {
  return ask(settings, (reader) => reader.versionPackage(args));
}

/** {@link getVersionPackage} for arguments that are outputs. */
export function getVersionPackageOutput(
  args: pulumi.Input<Inputs<GetVersionPackageArgs>>,
  settings?: pulumi.Input<Inputs<NorthboundSettings>>,
): pulumi.Output<VersionPackageResult> {
  return lift(getVersionPackage, args, settings);
}

/**
 * Lists version packages, all pages.
 *
 * @param args - what the packages must be; by default all
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getVersionPackages(
  args: GetVersionPackagesArgs = {},
  settings?: NorthboundSettings,
): Promise<VersionPackageResult[]> {
  return ask(settings, (reader) => reader.versionPackages(args));
}

/** {@link getVersionPackages} for arguments that are outputs. */
export function getVersionPackagesOutput(
  args: pulumi.Input<Inputs<GetVersionPackagesArgs>> = {},
  settings?: pulumi.Input<Inputs<NorthboundSettings>>,
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
  settings?: NorthboundSettings,
): Promise<UpgradeTaskDetails> {
  return ask(settings, (reader) => reader.upgradeTask(args));
}

/** {@link getUpgradeTask} for arguments that are outputs. */
export function getUpgradeTaskOutput(
  args: pulumi.Input<Inputs<GetUpgradeTaskArgs>>,
  settings?: pulumi.Input<Inputs<NorthboundSettings>>,
): pulumi.Output<UpgradeTaskDetails> {
  return lift(getUpgradeTask, args, settings);
}

/**
 * Lists upgrade tasks, all pages.
 *
 * @param args - what the tasks must be; by default all
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getUpgradeTasks(
  args: GetUpgradeTasksArgs = {},
  settings?: NorthboundSettings,
): Promise<UpgradeTaskResult[]> {
  return ask(settings, (reader) => reader.upgradeTasks(args));
}

/** {@link getUpgradeTasks} for arguments that are outputs. */
export function getUpgradeTasksOutput(
  args: pulumi.Input<Inputs<GetUpgradeTasksArgs>> = {},
  settings?: pulumi.Input<Inputs<NorthboundSettings>>,
): pulumi.Output<UpgradeTaskResult[]> {
  return lift(getUpgradeTasks, args, settings);
}

type Reader = import("./api/reader.js").Reader;

async function ask<Result>(
  settings: NorthboundSettings | undefined,
  question: (reader: Reader) => Promise<Result>,
): Promise<Result> {
  return asLookup(async () => question(await openReader(settings)));
}

// Loaded at the first lookup: a program that has none loads neither zod nor undici.
async function openReader(settings: NorthboundSettings | undefined): Promise<Reader> {
  const reader = await import("./api/reader.js");
  const config = new pulumi.Config("huawei-ota");
  return reader.openReader(settings, config.get("northbound"), process.env);
}
