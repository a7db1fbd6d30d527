import type { ApiReply } from "../api";
import { basicTime, parseBasicTime } from "../basic-time";
import type { Behaviour } from "../behaviour";
import type { JsonObject } from "../reading";
import {
  chosen,
  filterText,
  isTooLong,
  matches,
  pageOf,
  refuse,
  type Call,
  type Route,
} from "./call";
import type { ErrorCode } from "./error-codes";
import { statusOf, type Device } from "./schedule";

/** The application that a call is about: the caller's own, or one that has authorized it. */
export function subjectOf(
  { state, request, appId }: Call,
  parameter: string,
): { readonly appId: string } | ErrorCode {
  const named = filterText(request.query, parameter);
  if (named === undefined || named === appId) return { appId };
  const other = state.world.applications.get(named);
  if (other === undefined) return "100203";
  return other.authorizes.includes(appId) ? { appId: named } : "100217";
}

/** How calls show a device. */
function shownStatus(device: Device, now: number, { inactiveStatus }: Behaviour): string {
  const status = statusOf(device, now);
  return status === "INACTIVE" ? inactiveStatus : status;
}

function versionReply(
  version: string,
  { unreportedVersion }: Behaviour,
): string | null | undefined {
  if (version !== "") return version;
  return { absent: undefined, empty: "", null: null }[unreportedVersion];
}

function nodeTypeOf({ data }: Device): string {
  return data.nodeType ?? (data.gatewayId === undefined ? "GATEWAY" : "ENDPOINT");
}

function deviceReply(device: Device, now: number, behaviour: Behaviour): JsonObject {
  const { data } = device;
  const nodeType = nodeTypeOf(device);
  return {
    deviceId: data.deviceId,
    gatewayId: data.gatewayId ?? data.deviceId,
    nodeType: nodeType === "UNKNOWN" ? behaviour.unknownNodeType : nodeType,
    createTime: basicTime(device.registeredAt),
    lastModifiedTime: basicTime(device.changedAt),
    deviceInfo: {
      nodeId: data.deviceId,
      name: data.name ?? data.deviceId,
      manufacturerId: data.manufacturerName,
      manufacturerName: data.manufacturerName,
      deviceType: data.deviceType,
      model: data.model,
      protocolType: data.protocolType ?? "CoAP",
      status: shownStatus(device, now, behaviour),
      statusDetail: "NONE",
      mute: data.frozen === true ? "TRUE" : "FALSE",
      fwVersion: versionReply(device.firmwareVersion, behaviour),
      swVersion: versionReply(device.softwareVersion, behaviour),
    },
    services: [],
  };
}

const filters = ["deviceType", "name", "location", "gatewayId", "appId"] as const;

function hasUnknownChoice({ state, request: { query } }: Call): boolean {
  const never = state.world.behaviour.inactiveStatus === "INACTIVE" ? ["INACTIVE"] : [];
  const nodeTypes = ["ENDPOINT", "GATEWAY", state.world.behaviour.unknownNodeType];
  return (
    !chosen(filterText(query, "status"), ["ONLINE", "OFFLINE", "ABNORMAL", ...never]) ||
    !chosen(filterText(query, "nodeType"), nodeTypes) ||
    !chosen(filterText(query, "sort"), ["ASC", "DESC"]) ||
    !chosen(filterText(query, "select"), ["imsi"])
  );
}

/** A bound of the time of registration; `undefined` for a time in another spelling. */
function boundOf(query: URLSearchParams, name: string, initial: number): number | undefined {
  const text = filterText(query, name);
  return text === undefined ? initial : parseBasicTime(text);
}

function listDevices(call: Call): ApiReply {
  const { state, request } = call;
  const { query, now } = request;
  const { world } = state;
  const { behaviour } = world;
  const gatewayId = filterText(query, "gatewayId");
  if (gatewayId === undefined && filterText(query, "pageNo") === undefined) {
    return refuse(state, "100218");
  }
  const subject = subjectOf(call, "appId");
  if (typeof subject === "string") return refuse(state, subject);
  const from = boundOf(query, "startTime", -Infinity);
  const until = boundOf(query, "endTime", Infinity);
  if (from === undefined || until === undefined) return refuse(state, "100405");
  if (hasUnknownChoice(call) || isTooLong(query, ...filters)) return refuse(state, "100405");
  const status = filterText(query, "status");
  const nodeType = filterText(query, "nodeType")?.replace(/^UNKNOW$/, "UNKNOWN");
  const deviceType = filterText(query, "deviceType");
  const name = filterText(query, "name");
  // No device here has a place.
  const location = filterText(query, "location");
  const found = world.devicesOf(subject.appId).filter(
    (device) =>
      device.registeredAt >= from &&
      device.registeredAt <= until &&
      matches([
        [gatewayId, device.data.gatewayId ?? device.data.deviceId],
        [nodeType, nodeTypeOf(device)],
        [deviceType, device.data.deviceType],
        [name, device.data.name ?? device.data.deviceId],
        [location, undefined],
        [status, shownStatus(device, now, behaviour)],
      ]),
  );
  if (filterText(query, "sort") !== "ASC") found.reverse();
  const answer = pageOf(call, found, {
    ...{ size: behaviour.devicePageSize, most: 250 },
    ...{ unreadable: "100405", outOfRange: "100405" },
  });
  if ("refused" in answer) return refuse(state, answer.refused);
  const { items, total, pageNo, pageSize } = answer.page;
  const devices = items.map((device) => deviceReply(device, now, behaviour));
  return { status: 200, body: { totalCount: total, pageNo, pageSize, devices } };
}

function getDevice(call: Call): ApiReply {
  const { state, request, id } = call;
  const { world } = state;
  const subject = subjectOf(call, "appId");
  if (typeof subject === "string") return refuse(state, subject);
  const isAsked = chosen(filterText(request.query, "select"), ["imsi"]);
  if (!isAsked || id.length > 256) return refuse(state, "100405");
  const device = world.devices.get(id);
  if (device === undefined) return refuse(state, "100403");
  if (device.appId !== subject.appId) return refuse(state, "100418");
  return { status: 200, body: deviceReply(device, request.now, world.behaviour) };
}

const base = "/iocm/app/dm/v1\\.4\\.0/devices";

export const deviceRoutes: readonly Route[] = [
  { path: new RegExp(`^${base}$`), methods: { GET: listDevices } },
  { path: new RegExp(`^${base}/([^/]+)$`), methods: { GET: getDevice } },
];
