import * as z from "zod/mini";

import type { Connection, Device, DeviceGroup } from "../../upgrade/fleet";
import { count, entriesOf, id, names, type Page, parseReply, text, filled } from "../../wing/reply";

/* The vendor's spelling of devices and their groups, and only here. */

const device = z.looseObject({
  deviceId: id,
  deviceInfo: z.nullish(
    z.looseObject({
      deviceType: filled,
      model: filled,
      manufacturerName: filled,
      // What a device never reported is empty.
      fwVersion: filled,
      swVersion: filled,
      status: text,
      mute: text,
    }),
  ),
});

const group = z.looseObject({ id, name: text, description: filled, curDevNum: count });

const entries = z.nullish(z.array(z.unknown()));
const devicePage = z.looseObject({ devices: entries, totalCount: count });
const groupPage = z.looseObject({ list: entries, totalCount: count });
const memberPage = z.looseObject({ deviceIds: names, totalCount: count });

const CONNECTIONS: readonly Connection[] = ["ONLINE", "OFFLINE", "ABNORMAL", "INACTIVE"];

export function readDevice(body: unknown): Device {
  const { deviceId, deviceInfo } = parseReply(device, body);
  const { deviceType, model, manufacturerName, fwVersion, swVersion } = deviceInfo ?? {};
  return {
    id: deviceId,
    kind: { deviceType, model, manufacturerName },
    firmwareVersion: fwVersion,
    softwareVersion: swVersion,
    connection: CONNECTIONS.find((one) => one === deviceInfo?.status),
    isFrozen: deviceInfo?.mute === "TRUE",
  };
}

export function readDevicePage(body: unknown): Page<Device> {
  const { devices, totalCount: total } = parseReply(devicePage, body);
  return { items: entriesOf("devices", devices, total).map(readDevice), total };
}

export function readGroup(body: unknown): DeviceGroup {
  const { id: groupId, name, description, curDevNum } = parseReply(group, body);
  return { id: groupId, name, description, size: curDevNum };
}

export function readGroupPage(body: unknown): Page<DeviceGroup> {
  const { list, totalCount: total } = parseReply(groupPage, body);
  return { items: entriesOf("list", list, total).map(readGroup), total };
}

export function readMemberPage(body: unknown): Page<string> {
  const { deviceIds, totalCount: total } = parseReply(memberPage, body);
  return { items: entriesOf("deviceIds", deviceIds, total), total };
}
