import type { ApiReply } from "../api";
import type { Group } from "../groups";
import type { JsonObject } from "../reading";
import { filterText, isTooLong, ordered, pageOf, refuse, type Call, type Route } from "./call";
import { subjectOf } from "./devices";
import type { Device } from "./schedule";

/** These calls answer what is not there with a 200 and a code. */
const missing = 200;

// The table of the list is not known to the end; those of its neighbours stand in for it.
const unreadable = "100405";

function groupReply(
  { state }: Call,
  { id, name, description, appId, members }: Group<Device>,
): JsonObject {
  const isText = state.world.behaviour.groupCounters === "text";
  const counter = (count: number): number | string => (isText ? String(count) : count);
  return {
    id,
    name,
    description,
    appId,
    maxDevNum: counter(0),
    curDevNum: counter(members.size),
    creator: "portal",
  };
}

function listGroups(call: Call): ApiReply {
  const { state, request } = call;
  const subject = subjectOf(call, "accessAppId");
  if (typeof subject === "string") return refuse(state, subject, missing);
  if (isTooLong(request.query, "name")) return refuse(state, unreadable);
  const wanted = filterText(request.query, "name");
  const isExact = state.world.behaviour.groupNameMatch === "exact";
  const found = state.world.groups
    .list(subject.appId)
    .filter(
      ({ name }) => wanted === undefined || (isExact ? name === wanted : name.includes(wanted)),
    );
  const answer = pageOf(
    call,
    ordered(call, found, (group) => group.id),
    { size: 1, most: 500, unreadable, outOfRange: unreadable },
  );
  if ("refused" in answer) return refuse(state, answer.refused);
  const { items, total, pageNo, pageSize } = answer.page;
  const list = items.map((group) => groupReply(call, group));
  return { status: 200, body: { totalCount: total, pageNo, pageSize, list } };
}

function getGroup(call: Call): ApiReply {
  const { state, id } = call;
  const subject = subjectOf(call, "accessAppId");
  if (typeof subject === "string") return refuse(state, subject, missing);
  const group = state.world.groups.byId(subject.appId, id);
  if (group === undefined) return refuse(state, "100603", missing);
  return { status: 200, body: groupReply(call, group) };
}

function listMembers(call: Call): ApiReply {
  const { state, request } = call;
  const { behaviour } = state.world;
  const subject = subjectOf(call, behaviour.groupMembersApplication);
  if (typeof subject === "string") return refuse(state, subject);
  const id = filterText(request.query, "devGroupId");
  if (id === undefined) return refuse(state, unreadable);
  const group = state.world.groups.byId(subject.appId, id);
  if (group === undefined && behaviour.unknownGroupMembers === "100603") {
    return refuse(state, "100603", missing);
  }
  const found = [...(group?.members ?? [])].map(({ data }) => data.deviceId);
  const answer = pageOf(
    call,
    ordered(call, found, (deviceId) => deviceId),
    { size: 10, most: 1000, unreadable, outOfRange: unreadable },
  );
  if ("refused" in answer) return refuse(state, answer.refused);
  const { items, total, pageNo, pageSize } = answer.page;
  return { status: 200, body: { totalCount: total, pageNo, pageSize, deviceIds: items } };
}

const base = "/iocm/app/devgroup/v1\\.3\\.0/devGroups";

export const groupRoutes: readonly Route[] = [
  { path: new RegExp(`^${base}$`), methods: { GET: listGroups } },
  { path: new RegExp(`^${base}/([^/]+)$`), methods: { GET: getGroup } },
  { path: /^\/iocm\/app\/dm\/v1\.2\.0\/devices\/ids$/, methods: { GET: listMembers } },
];
