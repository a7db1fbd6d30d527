import { randomInt } from "node:crypto";
import type { ApiReply } from "../api";
import type { Behaviour } from "../behaviour";
import type { JsonObject } from "../reading";
import { jsonBody, throttling, type Call } from "./call";
import { invented, Refusal } from "./error-codes";
import {
  deviceReply,
  expectEdition,
  modulesOf,
  nodeTypeOf,
  tagsOf,
  visibleDevices,
} from "./devices";
import { requiredText } from "./fields";
import { statusOf, type IotdaDevice } from "./model";
import {
  readStatement,
  type Condition,
  type SearchField,
  type SearchStatement,
} from "./search-statement";

/** What a device has in a field of a condition; nothing where it has no value. */
function valuesOf(device: IotdaDevice, field: SearchField, now: number): readonly string[] {
  const { data, appId, groups } = device;
  const all: Readonly<Record<SearchField, () => readonly string[]>> = {
    app_id: () => [appId],
    product_id: () => [data.productId],
    group_id: () => [...groups].map(({ id }) => id),
    device_id: () => [data.deviceId],
    gateway_id: () => [data.gatewayId ?? data.deviceId],
    status: () => [statusOf(device, now)],
    node_type: () => [nodeTypeOf(device)],
    sw_version: () => [device.softwareVersion],
    fw_version: () => [device.firmwareVersion],
    node_id: () => [data.nodeId ?? data.deviceId],
    device_name: () => [data.name ?? data.deviceId],
    tag_key: () => Object.keys(data.tags ?? {}),
    tag_value: () => Object.values(data.tags ?? {}),
    create_time: () => [new Date(device.registeredAt).toISOString()],
    marker: () => [device.marker],
  };
  return all[field]().filter((value) => value !== "");
}

function holds(
  { field, operator, values }: Condition,
  device: IotdaDevice,
  now: number,
  { iotdaSearchUnequal }: Behaviour,
): boolean {
  const held = valuesOf(device, field, now);
  const [first = ""] = values;
  switch (operator) {
    case "=":
    case "in":
      return held.some((each) => values.includes(each));
    case "!=":
    case "not in":
      if (held.length === 0) return iotdaSearchUnequal === "all";
      return !held.some((each) => values.includes(each));
    case ">":
      return held.some((each) => each > first);
    case "<":
      return held.some((each) => each < first);
    case "like":
      return held.some((each) => each.startsWith(first.slice(0, -1)));
  }
}

/** The rows that a statement wants, in its order; without one they come in any. */
function pageOf(
  found: readonly IotdaDevice[],
  { order, offset, limit }: SearchStatement,
): readonly IotdaDevice[] {
  if (order === "asc") return found.slice(offset, offset + limit);
  if (order === "desc") return [...found].reverse().slice(offset, offset + limit);
  const shuffled = [...found];
  const end = Math.min(offset + limit, shuffled.length);
  for (let index = 0; index < end; index += 1) {
    const other = randomInt(index, shuffled.length);
    const [one, two] = [shuffled[index], shuffled[other]];
    if (one !== undefined && two !== undefined) [shuffled[index], shuffled[other]] = [two, one];
  }
  return shuffled.slice(offset, end);
}

function rowReply(call: Call, device: IotdaDevice): JsonObject {
  const { description: _, ...shown } = deviceReply(call, device);
  const groups = [...device.groups].map(({ id, name }) => ({ group_id: id, name }));
  return {
    ...shown,
    groups,
    tags: tagsOf(device),
    modules: modulesOf(device),
    marker: device.marker,
  };
}

function selected(row: JsonObject, field: string): JsonObject {
  if (field === "*") return row;
  if (Object.hasOwn(row, field)) return { [field]: row[field] };
  throw new Refusal(invented.badStatement, `The SQL statement is invalid: ${field} is no field.`);
}

function payForSearch({ world, project, request, searches }: Call): void {
  const account = project.domain ?? project.projectId;
  const { iotdaSearchesPerSecond } = world.behaviour;
  if (!searches.hasRoom(account, request.now, iotdaSearchesPerSecond, "sliding")) {
    throw throttling(world);
  }
  searches.count(account, request.now);
}

/** POST /search/query-devices: a read in spite of the verb. */
export function searchDevices(call: Call): ApiReply {
  const { world, request } = call;
  const { now } = request;
  expectEdition(call, "search of devices");
  payForSearch(call);
  const statement = readStatement(requiredText(jsonBody(call), "sql", { most: 100_000 }));
  const indexedUntil = now - world.behaviour.iotdaSearchLagSeconds * 1000;
  const found = visibleDevices(call).filter(
    (device) =>
      device.registeredAt <= indexedUntil &&
      (statement.anyOf.length === 0 ||
        statement.anyOf.some((all) =>
          all.every((condition) => holds(condition, device, now, world.behaviour)),
        )),
  );
  if (statement.selected === "count") return { status: 200, body: { count: found.length } };
  const devices = pageOf(found, statement).map((device) =>
    selected(rowReply(call, device), statement.selected),
  );
  return { status: 200, body: { devices } };
}
