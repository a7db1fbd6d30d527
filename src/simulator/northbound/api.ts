import type { Api, ApiReply, ApiRequest } from "../api";
import {
  chosen,
  filterText,
  isTooLong,
  matches,
  ordered,
  pageOf,
  refuse,
  type Call,
  type NorthboundState,
  type Route,
} from "./call";
import { deviceRoutes } from "./devices";
import type { ErrorCode } from "./error-codes";
import { groupRoutes } from "./groups";
import { loginRoutes } from "./login";
import { isWellFormedId, checkOrder } from "./validation";
import { packageReply, pageReply, subTaskReply, taskReply } from "./wire";
import { isObject } from "../reading";
import { contentTypeIs, decoded, headerText, parseJson } from "../requests";
import { isFinished, type OperateType, type Task } from "./schedule";
import { taskStatus, type StoredPackage } from "./world";

const base = "/iodm/northbound/v1\\.5\\.0";

// Literal paths stand before those with an id, which would match them too.
const routes: readonly Route[] = [
  { path: new RegExp(`^${base}/category$`), methods: { GET: listPackages } },
  {
    path: new RegExp(`^${base}/category/([^/]+)$`),
    methods: { GET: getPackage, DELETE: deletePackage },
  },
  {
    path: new RegExp(`^${base}/operations/softwareUpgrade$`),
    methods: { POST: (call) => createTask(call, "software_upgrade") },
  },
  {
    path: new RegExp(`^${base}/operations/firmwareUpgrade$`),
    methods: { POST: (call) => createTask(call, "firmware_upgrade") },
  },
  { path: new RegExp(`^${base}/operations$`), methods: { GET: listTasks } },
  { path: new RegExp(`^${base}/operations/([^/]+)$`), methods: { GET: getTask } },
  {
    path: new RegExp(`^${base}/operations/([^/]+)/subOperations$`),
    methods: { GET: listSubTasks },
  },
  ...groupRoutes,
  ...deviceRoutes,
];

const attributes = ["deviceType", "model", "manufacturerName"] as const;
const packageFilters = [...attributes, "manufactureName", "version"] as const;
const taskFilters = [...attributes, "deviceId"] as const;

function listPackages(call: Call): ApiReply {
  const { state, request, appId } = call;
  const fileType = filterText(request.query, "fileType");
  if (!chosen(fileType, ["firmwarePackage", "softwarePackage"])) return refuse(state, "120015");
  if (isTooLong(request.query, ...packageFilters)) return refuse(state, "120015");
  // The page's address spells it in the second way, its table in the first.
  const manufacturerName =
    filterText(request.query, "manufacturerName") ?? filterText(request.query, "manufactureName");
  const found = [...state.world.packages.values()].filter(
    ({ appId: owner, data }) =>
      owner === appId &&
      matches([
        [fileType, data.fileType],
        [filterText(request.query, "deviceType"), data.deviceType],
        [filterText(request.query, "model"), data.model],
        [manufacturerName, data.manufacturerName],
        [filterText(request.query, "version"), data.version],
      ]),
  );
  const answer = pageOf(call, ordered(call, found, (each) => each.data.fileId).map(packageReply));
  if ("refused" in answer) return refuse(state, answer.refused);
  return { status: 200, body: pageReply(answer.page) };
}

function findPackage({ state, appId, id }: Call): StoredPackage | ErrorCode {
  if (!isWellFormedId(id, state.world.behaviour)) return "120015";
  const found = state.world.packages.get(id);
  return found?.appId === appId ? found : "123002";
}

function getPackage(call: Call): ApiReply {
  const found = findPackage(call);
  if (typeof found === "string") return refuse(call.state, found);
  return { status: 200, body: packageReply(found) };
}

function deletePackage(call: Call): ApiReply {
  const { world } = call.state;
  const found = findPackage(call);
  if (typeof found === "string") return refuse(call.state, found);
  const inUse = world.tasks.some(
    (task) => task.package.fileId === found.data.fileId && !isFinished(task),
  );
  if (inUse && world.behaviour.deletePackageInUse === "120015") return refuse(call.state, "120015");
  world.deletePackage(found.data.fileId);
  return { status: world.behaviour.deleteStatus };
}

function createTask({ state, request, appId }: Call, operateType: OperateType): ApiReply {
  if (!contentTypeIs(request, "application/json")) return refuse(state, "120015");
  const checked = checkOrder(state.world, appId, operateType, parseJson(request.body), request.now);
  if ("refused" in checked) return refuse(state, checked.refused);
  const { operationId } = state.world.createTask(checked.order);
  return { status: 200, body: { operationId }, createdTask: operationId };
}

function findTask({ state, request, appId, id }: Call): Task | ErrorCode {
  const { behaviour } = state.world;
  if (!isWellFormedId(id, behaviour)) return "120015";
  const task = state.world.task(id);
  const foundFrom = (task?.createdAt ?? Infinity) + behaviour.getLagSeconds * 1000;
  return task?.appId === appId && foundFrom <= request.now ? task : "123009";
}

function getTask(call: Call): ApiReply {
  const task = findTask(call);
  if (typeof task === "string") return refuse(call.state, task);
  return { status: 200, body: taskReply(task, call.state.world.behaviour) };
}

function listTasks(call: Call): ApiReply {
  const { state, request, appId } = call;
  const { world } = state;
  const type = filterText(request.query, "operationType");
  const status = filterText(request.query, "operationStatus");
  const deviceId = filterText(request.query, "deviceId");
  const statuses = ["wait", "processing", "failed", "success", "stop"];
  if (!chosen(type, ["firmware_upgrade", "software_upgrade"])) return refuse(state, "120015");
  if (!chosen(status, statuses)) return refuse(state, "120015");
  if (isTooLong(request.query, ...taskFilters)) return refuse(state, "120015");
  const listedUntil = request.now - world.behaviour.listLagSeconds * 1000;
  const found = world.tasks.filter(
    (task) =>
      task.appId === appId &&
      task.createdAt <= listedUntil &&
      matches([
        [type, task.operateType],
        [status, taskStatus(task, world.behaviour)],
        [filterText(request.query, "deviceType"), task.package.deviceType],
        [filterText(request.query, "model"), task.package.model],
        [filterText(request.query, "manufacturerName"), task.package.manufacturerName],
      ]) &&
      (deviceId === undefined || task.subTasks.some((each) => each.deviceId === deviceId)),
  );
  const answer = pageOf(
    call,
    ordered(call, found, (each) => each.operationId),
  );
  if ("refused" in answer) return refuse(state, answer.refused);
  const items = answer.page.items.map((task) => taskReply(task, world.behaviour));
  return { status: 200, body: pageReply({ ...answer.page, items }, world.behaviour.totalName) };
}

function listSubTasks(call: Call): ApiReply {
  const { state, request } = call;
  const task = findTask(call);
  if (typeof task === "string") return refuse(state, task);
  const status = filterText(request.query, "subOperationStatus");
  if (!chosen(status, ["wait", "processing", "fail", "success", "stop"])) {
    return refuse(state, "120015");
  }
  const found = task.subTasks.filter((each) => matches([[status, each.status]]));
  const answer = pageOf(
    call,
    ordered(call, found, (each) => each.subOperationId),
  );
  if ("refused" in answer) return refuse(state, answer.refused);
  const items = answer.page.items.map((each) => subTaskReply(task, each, state.world.behaviour));
  return { status: 200, body: pageReply({ ...answer.page, items }) };
}

/** The application of a call, or the code that keeps it out. */
function enter(state: NorthboundState, request: ApiRequest): { appId: string } | ErrorCode {
  const { behaviour } = state.world;
  const appId = headerText(request.headers["app_key"]);
  if (appId === undefined) return behaviour.missingAppKey;
  const token = /^Bearer ([^ ]+)$/.exec(request.headers.authorization ?? "")?.[1];
  const known = token !== undefined && state.accounts.holds(appId, token, request.now);
  const hasQuota = state.accounts.hasQuota(appId, request.now, behaviour);
  const code = !known ? "1010005" : !hasQuota ? "1010009" : undefined;
  if (code === undefined || behaviour.refusedCallsCount) state.accounts.count(appId, request.now);
  return code ?? { appId };
}

function handle(state: NorthboundState, request: ApiRequest): ApiReply {
  state.world.at(request.now);
  const login = loginRoutes[request.path];
  if (login !== undefined) {
    if (request.method !== "POST") return refuse(state, "405");
    const answer = login(state, request);
    return "refused" in answer ? refuse(state, answer.refused) : answer;
  }
  for (const route of routes) {
    const match = route.path.exec(request.path);
    if (match === null) continue;
    const handler = route.methods[request.method];
    if (handler === undefined) return refuse(state, "405");
    const entered = enter(state, request);
    if (typeof entered === "string") return refuse(state, entered);
    return handler({ state, request, appId: entered.appId, id: decoded(match[1] ?? "") });
  }
  return refuse(state, "404");
}

function applicationOf(request: ApiRequest): string | null {
  const header = headerText(request.headers["app_key"]);
  if (header !== undefined) return header;
  if (contentTypeIs(request, "application/x-www-form-urlencoded")) {
    return new URLSearchParams(request.body).get("appId");
  }
  const body = parseJson(request.body);
  return isObject(body) && typeof body["appId"] === "string" ? body["appId"] : null;
}

/** The northbound v1.5.0 device-upgrade API with its login. */
export function northboundApi(state: NorthboundState): Api {
  return {
    handle: (request) => handle(state, request),
    applicationOf,
    throttled: () => refuse(state, "1010009"),
    failed: (status) => ({ ...refuse(state, "50252"), status }),
    malformed: () => refuse(state, "120015"),
    endToken: (appId, reason) => {
      if (reason === "expired") state.accounts.expireTokens(appId);
      else state.accounts.endTokens(appId);
    },
  };
}
