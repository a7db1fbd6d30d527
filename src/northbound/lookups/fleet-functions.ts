import type * as pulumi from "@pulumi/pulumi";

import type { DeviceGroupResult, ReachResult, UpgradeTaskDevice } from "../../wing/fleet-results";
import { type Inputs, lift } from "../../wing/lookup";
import type { NorthboundSettings } from "../settings";
import type {
  DeviceResult,
  GetDeviceArgs,
  GetDeviceGroupArgs,
  GetDeviceGroupsArgs,
  GetDevicesArgs,
  GetReachArgs,
  GetUpgradeTaskDevicesArgs,
} from "./fleet-types";
import { ask } from "./functions";

/**
 * Reads one device: what it is, which versions it runs, whether it is online.
 *
 * Errors: the application has no such device.
 *
 * @param args - which device is meant
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getDevice(
  args: GetDeviceArgs,
  settings?: NorthboundSettings,
): Promise<DeviceResult> {
  return ask(settings, (reader) => reader.device(args));
}

/** {@link getDevice} for arguments that are outputs. */
export function getDeviceOutput(
  args: pulumi.Input<Inputs<GetDeviceArgs>>,
  settings?: pulumi.Input<Inputs<NorthboundSettings>>,
): pulumi.Output<DeviceResult> {
  return lift(getDevice, args, settings);
}

/**
 * Lists devices. A list for a program to decide by changes while nobody edits it; a task or a rollout
 * names groups better.
 *
 * Errors: there is no such group.
 *
 * @param args - what the devices must be; by default all
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getDevices(
  args: GetDevicesArgs = {},
  settings?: NorthboundSettings,
): Promise<DeviceResult[]> {
  return ask(settings, (reader) => reader.devices(args));
}

/** {@link getDevices} for arguments that are outputs. */
export function getDevicesOutput(
  args: pulumi.Input<Inputs<GetDevicesArgs>> = {},
  settings?: pulumi.Input<Inputs<NorthboundSettings>>,
): pulumi.Output<DeviceResult[]> {
  return lift(getDevices, args, settings);
}

/**
 * Finds one device group, with the number of its devices.
 *
 * Errors: no group is meant, or several are.
 *
 * @param args - which group is meant
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getDeviceGroup(
  args: GetDeviceGroupArgs,
  settings?: NorthboundSettings,
): Promise<DeviceGroupResult> {
  return ask(settings, (reader) => reader.deviceGroup(args));
}

/** {@link getDeviceGroup} for arguments that are outputs. */
export function getDeviceGroupOutput(
  args: pulumi.Input<Inputs<GetDeviceGroupArgs>>,
  settings?: pulumi.Input<Inputs<NorthboundSettings>>,
): pulumi.Output<DeviceGroupResult> {
  return lift(getDeviceGroup, args, settings);
}

/**
 * Lists all device groups.
 *
 * @param args - nothing
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getDeviceGroups(
  args: GetDeviceGroupsArgs = {},
  settings?: NorthboundSettings,
): Promise<DeviceGroupResult[]> {
  return ask(settings, (reader) => reader.deviceGroups(args));
}

/** {@link getDeviceGroups} for arguments that are outputs. */
export function getDeviceGroupsOutput(
  args: pulumi.Input<Inputs<GetDeviceGroupsArgs>> = {},
  settings?: pulumi.Input<Inputs<NorthboundSettings>>,
): pulumi.Output<DeviceGroupResult[]> {
  return lift(getDeviceGroups, args, settings);
}

/**
 * Tells what a push of a package would reach now, in the figures of a task's `reach` and how many are
 * online, offline and busy. It reads each device, in as few calls as that takes.
 *
 * Errors: there is no such package or group.
 *
 * @param args - the package and the targets
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getReach(
  args: GetReachArgs,
  settings?: NorthboundSettings,
): Promise<ReachResult> {
  return ask(settings, (reader) => reader.reach(args));
}

/** {@link getReach} for arguments that are outputs. */
export function getReachOutput(
  args: pulumi.Input<Inputs<GetReachArgs>>,
  settings?: pulumi.Input<Inputs<NorthboundSettings>>,
): pulumi.Output<ReachResult> {
  return lift(getReach, args, settings);
}

/**
 * Lists all devices of an upgrade task, with where each stands and why.
 *
 * Errors: the platform has no record of the task.
 *
 * @param args - which task is meant
 * @param settings - account; by default that of the stack config or the environment
 */
export async function getUpgradeTaskDevices(
  args: GetUpgradeTaskDevicesArgs,
  settings?: NorthboundSettings,
): Promise<UpgradeTaskDevice[]> {
  return ask(settings, (reader) => reader.upgradeTaskDevices(args));
}

/** {@link getUpgradeTaskDevices} for arguments that are outputs. */
export function getUpgradeTaskDevicesOutput(
  args: pulumi.Input<Inputs<GetUpgradeTaskDevicesArgs>>,
  settings?: pulumi.Input<Inputs<NorthboundSettings>>,
): pulumi.Output<UpgradeTaskDevice[]> {
  return lift(getUpgradeTaskDevices, args, settings);
}
