import type { ApiReply } from "../api";
import { parseBasicTime } from "../basic-time";
import type { Group } from "../groups";
import type { JsonObject } from "../reading";
import { namedSpace, type Call } from "./call";
import { invalid, invented, Refusal } from "./error-codes";
import { optionalChoice, optionalText, queryFields, type TextRule } from "./fields";
import type { IotdaDevice } from "./model";
import { pageOf } from "./paging";

const groupName: TextRule = { most: 64, of: /^[\u4e00-\u9fa5A-Za-z0-9_?'#().,&%@!` -]*$/ };

/** Neither the size nor the space is told: that is how the platform has it. */
export function groupReply({ id, name, description }: Group<IotdaDevice>): JsonObject {
  return { group_id: id, name, description, super_group_id: "", group_type: "STATIC" };
}

function visibleGroups({ world, project }: Call): readonly Group<IotdaDevice>[] {
  return project.spaces.flatMap(({ appId }) => world.groups.list(appId));
}

/** Whether a text can be the id of a group; the data may name groups otherwise. */
function isGroupId(call: Call, text: string): boolean {
  return /^[0-9a-fA-F-]{1,36}$/.test(text) || visibleGroups(call).some(({ id }) => id === text);
}

export function listGroups(call: Call): ApiReply {
  const { world, request } = call;
  const query = queryFields(request.query);
  const space = namedSpace(call, query);
  const name = optionalText(query, "name", groupName);
  const type = optionalChoice(query, "group_type", ["STATIC", "DYNAMIC"]);
  const text = optionalText(query, "last_modified_time", { most: 256 });
  const since = text === undefined ? -Infinity : parseBasicTime(text);
  if (since === undefined) {
    throw new Refusal("IOTDA.000009", "last_modified_time must be like 20260501T080000Z.");
  }
  const found = visibleGroups(call).filter(
    (group) =>
      (space === undefined || group.appId === space.appId) &&
      (name === undefined || group.name === name) &&
      type !== "DYNAMIC" &&
      group.createdAt > since,
  );
  const { items, page } = pageOf(request.query, found, ({ marker }) => marker, world.behaviour);
  return { status: 200, body: { device_groups: items.map((each) => groupReply(each)), page } };
}

function findGroup(call: Call): Group<IotdaDevice> {
  const { id } = call;
  if (!isGroupId(call, id)) throw invalid("group_id is malformed.");
  const group = visibleGroups(call).find((each) => each.id === id);
  if (group !== undefined) return group;
  throw new Refusal(invented.groupNotFound, `The group ${id} does not exist.`);
}

export function showGroup(call: Call): ApiReply {
  return { status: 200, body: { ...groupReply(findGroup(call)), dynamic_group_rule: "" } };
}

export function listMembers(call: Call): ApiReply {
  const members = [...findGroup(call).members];
  const { behaviour } = call.world;
  const { items, page } = pageOf(call.request.query, members, ({ marker }) => marker, behaviour);
  const devices = items.map(({ data }) => ({
    device_id: data.deviceId,
    node_id: data.nodeId ?? data.deviceId,
    device_name: data.name ?? data.deviceId,
    product_id: data.productId,
  }));
  return { status: 200, body: { devices, page } };
}
