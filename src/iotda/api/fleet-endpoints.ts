import type { Device, DeviceGroup } from "../../upgrade/fleet";
import { type PlatformCall, read } from "../../wing/platform-call";
import type { Page } from "../../wing/reply";
import type { Place } from "./paging";
import {
  type FoundDevice,
  readDevice,
  readDevicePage,
  readFoundCount,
  readFoundDevices,
  readGroup,
  readGroupPage,
  readMemberPage,
} from "./wire/device";

/*
 * No reply is shared: what was read is kept where it was asked for, without what nobody needs of it,
 * and ShowDevice tells secrets.
 */

const PROJECT = "/v5/iot/{projectId}";

export const FLEET_PAGE_SIZE = 50;

export function listGroups(
  filter: { readonly name?: string | undefined; readonly app_id?: string | undefined },
  from: Place | undefined,
): PlatformCall<Page<DeviceGroup>> {
  return read("listing device groups", `${PROJECT}/device-group`, readGroupPage, {
    query: { ...filter, limit: FLEET_PAGE_SIZE, ...from },
  });
}

export function getGroup(groupId: string): PlatformCall<DeviceGroup> {
  return read(`querying device group ${groupId}`, `${PROJECT}/device-group/{groupId}`, readGroup, {
    parameters: { groupId },
  });
}

export function listMembers(
  groupId: string,
  from: Place | undefined,
  limit: number,
): PlatformCall<Page<string>> {
  return read(
    `listing the devices of group ${groupId}`,
    `${PROJECT}/device-group/{groupId}/devices`,
    readMemberPage,
    { parameters: { groupId }, query: { limit, ...from } },
  );
}

export function listDevices(
  productId: string | undefined,
  from: Place | undefined,
  limit: number,
): PlatformCall<Page<Device>> {
  return read("listing devices", `${PROJECT}/devices`, readDevicePage, {
    query: { product_id: productId, limit, ...from },
  });
}

export function getDevice(deviceId: string): PlatformCall<Device> {
  return read(`querying device ${deviceId}`, `${PROJECT}/devices/{deviceId}`, readDevice, {
    parameters: { deviceId },
  });
}

export function searchDevices(sql: string): PlatformCall<readonly FoundDevice[]> {
  return search(sql, readFoundDevices);
}

export function countDevices(sql: string): PlatformCall<number> {
  return search(sql, readFoundCount);
}

/** A read in spite of its verb, of which an account has one a second. */
function search<Reply>(sql: string, parse: (body: unknown) => Reply): PlatformCall<Reply> {
  const { endpoint } = read("searching devices", `${PROJECT}/search/query-devices`, parse, {});
  return { endpoint: { ...endpoint, method: "POST", isApart: true }, call: { body: { sql } } };
}
