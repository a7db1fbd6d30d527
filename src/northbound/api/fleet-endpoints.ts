import type { Connection, Device, DeviceGroup } from "../../upgrade/fleet";
import { type PlatformCall, read } from "../../wing/platform-call";
import type { Page } from "../../wing/reply";
import { readDevice, readDevicePage, readGroup, readGroupPage, readMemberPage } from "./fleet-wire";

/*
 * Page and size are sent with each of these: without them the list of groups shows one, and the
 * vendor's pages differ on all other defaults. What was read is kept where it was asked for, without
 * what nobody needs of it, so no reply is shared.
 */

const GROUPS = "/iocm/app/devgroup/v1.3.0/devGroups";
const MEMBERS = "/iocm/app/dm/v1.2.0/devices/ids";
const DEVICES = "/iocm/app/dm/v1.4.0/devices";

export const GROUPS_A_PAGE = 500;
export const MEMBERS_A_PAGE = 1_000;
export const DEVICES_A_PAGE = 250;

export function listGroups(
  name: string | undefined,
  pageNo: number,
): PlatformCall<Page<DeviceGroup>> {
  return read("listing device groups", GROUPS, readGroupPage, {
    query: { name, pageNo, pageSize: GROUPS_A_PAGE },
  });
}

export function getGroup(devGroupId: string): PlatformCall<DeviceGroup> {
  return read(`querying device group ${devGroupId}`, `${GROUPS}/{devGroupId}`, readGroup, {
    parameters: { devGroupId },
  });
}

export function listMembers(devGroupId: string, pageNo: number): PlatformCall<Page<string>> {
  return read(`listing the devices of group ${devGroupId}`, MEMBERS, readMemberPage, {
    query: { devGroupId, pageNo, pageSize: MEMBERS_A_PAGE },
  });
}

/** What the list of devices can be narrowed to. */
export interface ListedDevices {
  readonly deviceType?: string | undefined;
  readonly status?: Connection | undefined;
}

/** The oldest first: what is registered meanwhile shifts no page. */
export function listDevices(
  { deviceType, status }: ListedDevices,
  pageNo: number,
  pageSize = DEVICES_A_PAGE,
): PlatformCall<Page<Device>> {
  return read("listing devices", DEVICES, readDevicePage, {
    query: { deviceType, status, sort: "ASC", pageNo, pageSize },
  });
}

export function getDevice(deviceId: string): PlatformCall<Device> {
  return read(`querying device ${deviceId}`, `${DEVICES}/{deviceId}`, readDevice, {
    parameters: { deviceId },
  });
}
