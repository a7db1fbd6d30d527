import * as z from "zod/mini";

import type { Connection, Device, DeviceGroup } from "../../../upgrade/fleet";
import { count, entriesOf, filled, id, type Page, parseReply, text } from "../../../wing/reply";

/*
 * The vendor's spelling, and only in this folder. What ShowDevice tells beside this, its secrets among
 * it, is passed over before anybody could keep it.
 */

const device = z.object({
  device_id: id,
  product_id: filled,
  fw_version: filled,
  sw_version: filled,
  status: text,
  // Lists leave them out.
  modules: z.catch(
    z.nullish(z.array(z.object({ module_name: text, module_version: filled }))),
    null,
  ),
});

const found = z.object({ ...device.shape, marker: text });
const group = z.object({ group_id: id, name: text, description: filled });
const member = z.object({ device_id: id });

const entries = z.nullish(z.array(z.unknown()));
const page = z.object({
  devices: entries,
  device_groups: entries,
  page: z.nullish(z.object({ count, marker: filled })),
  count,
});

const CONNECTIONS: readonly Connection[] = ["ONLINE", "OFFLINE", "ABNORMAL", "INACTIVE"];

export function readDevice(body: unknown): Device {
  return deviceOf(parseReply(device, body));
}

function deviceOf(told: z.output<typeof device>): Device {
  return {
    id: told.device_id,
    kind: { productId: told.product_id },
    firmwareVersion: told.fw_version,
    softwareVersion: told.sw_version,
    ...modulesOf(told.modules ?? []),
    connection: CONNECTIONS.find((one) => one === told.status),
    isFrozen: told.status === "FROZEN",
  };
}

type Module = NonNullable<z.output<typeof device>["modules"]>[number];

function modulesOf(modules: readonly Module[]): Pick<Device, "moduleVersions"> {
  const versions = modules.flatMap(({ module_name: name, module_version: version }) =>
    name === undefined || version === undefined ? [] : [[name, version] as const],
  );
  return versions.length === 0 ? {} : { moduleVersions: Object.fromEntries(versions) };
}

function readPage<Item>(
  body: unknown,
  field: "devices" | "device_groups",
  read: (entry: unknown) => Item,
): Page<Item> {
  const told = parseReply(page, body);
  const total = told.page?.count;
  const items = entriesOf(field, told[field], total).map(read);
  return { items, total, marker: told.page?.marker };
}

export function readDevicePage(body: unknown): Page<Device> {
  return readPage(body, "devices", readDevice);
}

export function readMemberPage(body: unknown): Page<string> {
  return readPage(body, "devices", (entry) => parseReply(member, entry).device_id);
}

export function readGroup(body: unknown): DeviceGroup {
  const { group_id: groupId, name, description } = parseReply(group, body);
  return { id: groupId, name, description };
}

export function readGroupPage(body: unknown): Page<DeviceGroup> {
  return readPage(body, "device_groups", readGroup);
}

/** What a search found; each row has the marker after which the next ones come. */
export interface FoundDevice {
  readonly device: Device;
  readonly marker: string | undefined;
}

export function readFoundDevices(body: unknown): readonly FoundDevice[] {
  const { devices } = parseReply(page, body);
  return entriesOf("devices", devices, undefined).map((entry) => {
    const told = parseReply(found, entry);
    return { device: deviceOf(told), marker: told.marker };
  });
}

export function readFoundCount(body: unknown): number {
  const { count: found } = parseReply(page, body);
  return parseReply(z.number(), found);
}
