import type * as pulumi from "@pulumi/pulumi";

import { createAsk, type Inputs, lift } from "../../wing/lookup";
import type { NorthboundSettings } from "../settings";
import type {
  VersionPackageResult,
  GetVersionPackagesArgs,
  GetVersionPackageArgs,
  UpgradeTaskResult,
  UpgradeTaskDetails,
  GetUpgradeTaskArgs,
  GetUpgradeTasksArgs,
} from "./types";

/** @internal */
export const ask = createAsk("northbound", () => import("./program-reader.js"));

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
