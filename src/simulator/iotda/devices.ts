import type { ApiReply } from "../api";
import { basicTime, parseBasicTime } from "../basic-time";
import type { Behaviour } from "../behaviour";
import type { JsonObject } from "../reading";
import { isInProject, namedSpace, type Call } from "./call";
import { invalid, invented, Refusal } from "./error-codes";
import { deviceIdText, identifier, optionalChoice, optionalText, queryFields } from "./fields";
import { groupReply } from "./groups";
import { statusOf, type IotdaDevice } from "./model";
import { pageOf } from "./paging";

/** The devices that a call may see, in the order of their registration. */
export function visibleDevices(call: Call): readonly IotdaDevice[] {
  const devices = call.world.devices.get(call.project.projectId)?.values() ?? [];
  return [...devices].filter((device) => isInProject(call, device));
}

export function nodeTypeOf({ data }: IotdaDevice): string {
  return data.nodeType ?? (data.gatewayId === undefined ? "GATEWAY" : "ENDPOINT");
}

function versionReply(
  version: string,
  { unreportedVersion }: Behaviour,
): string | null | undefined {
  if (version !== "") return version;
  return { absent: undefined, empty: "", null: null }[unreportedVersion];
}

/** A device as lists have it. */
export function deviceReply({ world, request }: Call, device: IotdaDevice): JsonObject {
  const { data, appId, projectId } = device;
  const { deviceId, productId } = data;
  const product = world
    .space(projectId, appId)
    ?.products.find((each) => each.productId === productId);
  return {
    app_id: appId,
    app_name: appId,
    device_id: deviceId,
    node_id: data.nodeId ?? deviceId,
    gateway_id: data.gatewayId ?? deviceId,
    device_name: data.name ?? deviceId,
    node_type: nodeTypeOf(device),
    description: "",
    fw_version: versionReply(device.firmwareVersion, world.behaviour),
    sw_version: versionReply(device.softwareVersion, world.behaviour),
    device_sdk_version: "",
    product_id: productId,
    product_name: product?.name ?? productId,
    status: statusOf(device, request.now),
    tags: tagsOf(device),
  };
}

export function tagsOf({ data }: IotdaDevice): readonly JsonObject[] {
  const tags = Object.entries(data.tags ?? {});
  return tags.map(([key, value]) => ({ tag_key: key, tag_value: value }));
}

export function modulesOf({ moduleVersions }: IotdaDevice): readonly JsonObject[] {
  return [...moduleVersions].map(([name, version]) => ({
    module_name: name,
    module_version: version,
  }));
}

function timeBound(query: JsonObject, name: string): number | undefined {
  const text = optionalText(query, name, { most: 256 });
  if (text === undefined) return undefined;
  const time = parseBasicTime(text);
  if (time !== undefined) return time;
  throw new Refusal("IOTDA.000009", `${name} must be like 20260501T080000Z.`);
}

/** The devices behind a gateway: of one level, or of all. */
function behind(
  devices: readonly IotdaDevice[],
  gatewayId: string,
  isCascade: boolean,
): ReadonlySet<IotdaDevice> {
  const found = new Set<IotdaDevice>();
  let level = new Set([gatewayId]);
  while (level.size > 0) {
    const next = devices.filter(
      (device) => level.has(device.data.gatewayId ?? "") && !found.has(device),
    );
    for (const device of next) found.add(device);
    level = isCascade ? new Set(next.map(({ data }) => data.deviceId)) : new Set();
  }
  return found;
}

export function listDevices(call: Call): ApiReply {
  const { world, request } = call;
  const query = queryFields(request.query);
  const space = namedSpace(call, query);
  const productId = optionalText(query, "product_id", identifier);
  const gatewayId = optionalText(query, "gateway_id", deviceIdText);
  const cascade = optionalChoice(query, "is_cascade_query", ["true", "false"]) === "true";
  const nodeId = optionalText(query, "node_id", { most: 64 });
  const name = optionalText(query, "device_name", { most: 256 });
  const from = timeBound(query, "start_time") ?? -Infinity;
  const until = timeBound(query, "end_time") ?? Infinity;
  const all = visibleDevices(call);
  const children = gatewayId === undefined ? undefined : behind(all, gatewayId, cascade);
  const found = all.filter(
    (device) =>
      (space === undefined || device.appId === space.appId) &&
      (productId === undefined || device.data.productId === productId) &&
      (children === undefined || children.has(device)) &&
      (nodeId === undefined || (device.data.nodeId ?? device.data.deviceId) === nodeId) &&
      (name === undefined || (device.data.name ?? device.data.deviceId) === name) &&
      device.registeredAt >= from &&
      device.registeredAt < until,
  );
  const { items, page } = pageOf(request.query, found, ({ marker }) => marker, world.behaviour);
  return { status: 200, body: { devices: items.map((each) => deviceReply(call, each)), page } };
}

function findDevice(call: Call): IotdaDevice {
  const { world, project, id } = call;
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(id)) throw invalid("device_id is malformed.");
  const device = world.devices.get(project.projectId)?.get(id);
  if (device !== undefined && isInProject(call, device)) return device;
  throw new Refusal("IOTDA.014000", `The device ${id} does not exist.`);
}

export function showDevice(call: Call): ApiReply {
  const device = findDevice(call);
  const { data, registeredAt, connectionChangedAt } = device;
  const isActive = statusOf(device, call.request.now) !== "INACTIVE";
  return {
    status: 200,
    body: {
      ...deviceReply(call, device),
      auth_info: {
        auth_type: "SECRET",
        secret: data.secret ?? `secret-of-${data.deviceId}`,
        secondary_secret: `secondary-${data.secret ?? `secret-of-${data.deviceId}`}`,
        secure_access: true,
        timeout: 0,
      },
      create_time: basicTime(registeredAt),
      connection_status_update_time: new Date(connectionChangedAt).toISOString(),
      ...(isActive ? { active_time: new Date(registeredAt).toISOString() } : {}),
      modules: modulesOf(device),
      extension_info: {},
    },
  };
}

/** Refuses what only the better editions have. */
export function expectEdition({ world }: Call, what: string): void {
  if (world.behaviour.iotdaEdition === "standard") return;
  throw new Refusal(invented.editionForbids, `The basic edition has no ${what}.`);
}

/** POST /devices/{device_id}/list-device-group */
export function listGroupsOfDevice(call: Call): ApiReply {
  expectEdition(call, "query of a device's groups");
  const groups = [...findDevice(call).groups].map((group) => groupReply(group));
  return { status: 200, body: { device_groups: groups } };
}
