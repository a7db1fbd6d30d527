import { randomBytes } from "node:crypto";
import type { Api, ApiReply, ApiRequest } from "../api";
import type { CallQuota } from "../quota";
import { decoded, headerText } from "../requests";
import { throttling, type Handler } from "./call";
import type { Credentials } from "./credentials";
import type { CheckedIotdaProject } from "./data";
import { listDevices, listGroupsOfDevice, showDevice } from "./devices";
import { invented, Refusal, refusalReply } from "./error-codes";
import { listGroups, listMembers, showGroup } from "./groups";
import { createToken, listDomains, listProjects } from "./iam";
import { createPackage, deletePackage, listPackages, showPackage } from "./packages";
import { searchDevices } from "./search";
import {
  confirmTask,
  createTask,
  deleteTask,
  listTasks,
  retryTask,
  showTask,
  stopTask,
} from "./tasks";
import type { IotdaWorld } from "./world";

export interface IotdaState {
  readonly world: IotdaWorld;
  readonly credentials: Credentials;
  readonly quota: CallQuota;
  /** How much each account has searched within the last second. */
  readonly searches: CallQuota;
}

interface Route {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, Handler>>;
}

const base = "/v5/iot/([^/]+)";

const routes: readonly Route[] = [
  {
    path: new RegExp(`^${base}/ota-upgrades/packages$`),
    methods: { POST: createPackage, GET: listPackages },
  },
  {
    path: new RegExp(`^${base}/ota-upgrades/packages/([^/]+)$`),
    methods: { GET: showPackage, DELETE: deletePackage },
  },
  { path: new RegExp(`^${base}/batchtasks$`), methods: { POST: createTask, GET: listTasks } },
  {
    path: new RegExp(`^${base}/batchtasks/([^/]+)$`),
    methods: { GET: showTask, DELETE: deleteTask },
  },
  { path: new RegExp(`^${base}/batchtasks/([^/]+)/retry$`), methods: { POST: retryTask } },
  { path: new RegExp(`^${base}/batchtasks/([^/]+)/stop$`), methods: { POST: stopTask } },
  { path: new RegExp(`^${base}/batchtasks/([^/]+)/confirm$`), methods: { POST: confirmTask } },
  { path: new RegExp(`^${base}/device-group$`), methods: { GET: listGroups } },
  { path: new RegExp(`^${base}/device-group/([^/]+)$`), methods: { GET: showGroup } },
  { path: new RegExp(`^${base}/device-group/([^/]+)/devices$`), methods: { GET: listMembers } },
  { path: new RegExp(`^${base}/search/query-devices$`), methods: { POST: searchDevices } },
  { path: new RegExp(`^${base}/devices$`), methods: { GET: listDevices } },
  { path: new RegExp(`^${base}/devices/([^/]+)$`), methods: { GET: showDevice } },
  {
    path: new RegExp(`^${base}/devices/([^/]+)/list-device-group$`),
    methods: { POST: listGroupsOfDevice },
  },
];

/** Whether the path belongs to IoTDA or to the IAM that it needs. */
export function isIotdaPath(path: string): boolean {
  return /^\/v[35]\//.test(path);
}

function methodNotAllowed(request: ApiRequest): Refusal {
  return new Refusal(invented.methodNotAllowed, `The path does not take ${request.method}.`);
}

/** The project of a call; refuses what may not come in. */
function enter(state: IotdaState, request: ApiRequest, projectId: string): CheckedIotdaProject {
  const { world, credentials, quota } = state;
  const { behaviour } = world;
  const project = world.project(projectId);
  credentials.check(request, project ?? world.data.projects[0], behaviour);
  if (project === undefined) {
    throw new Refusal("IOTDA.000021", `There is no access to the project ${projectId}.`);
  }
  const { iotdaCallsPerMinute: limit, quotaWindow, refusedCallsCount } = behaviour;
  const hasRoom = quota.hasRoom(projectId, request.now, limit, quotaWindow);
  if (hasRoom || refusedCallsCount) quota.count(projectId, request.now);
  if (!hasRoom) throw throttling(world);
  return instanceOf(project, request, behaviour.iotdaInstanceIdRequired);
}

/** The project as the instance shows it that the call is for, by its host or its `Instance-Id`. */
function instanceOf(
  project: CheckedIotdaProject,
  { headers }: ApiRequest,
  isRequired: boolean,
): CheckedIotdaProject {
  const { instances, spaces } = project;
  if (instances.length === 0) return project;
  const host = headers.host?.replace(/:\d+$/, "").toLowerCase();
  const atHost = instances.find((each) => each.host?.toLowerCase() === host);
  const named = headerText(headers["instance-id"]);
  const instance =
    named === undefined ? atHost : instances.find((each) => each.instanceId === named);
  const isElsewhere = atHost !== undefined && instance !== atHost;
  if (isElsewhere || (instance === undefined && (named !== undefined || isRequired))) {
    throw new Refusal("IOTDA.000021", "Instance-Id names no instance of the project.");
  }
  const { instanceId } = instance ?? instances[0] ?? { instanceId: undefined };
  return { ...project, spaces: spaces.filter((space) => space.instance === instanceId) };
}

const iamLists: Readonly<Record<string, typeof listProjects>> = {
  "/v3/projects": listProjects,
  "/v3/auth/domains": listDomains,
};

function iam(state: IotdaState, request: ApiRequest): ApiReply {
  const { world, credentials } = state;
  const iamState = { data: world.data, credentials, behaviour: world.behaviour };
  if (request.path === "/v3/auth/tokens") {
    if (request.method !== "POST") throw methodNotAllowed(request);
    return createToken(iamState, request);
  }
  const list = iamLists[request.path];
  if (list !== undefined) {
    if (request.method !== "GET") throw methodNotAllowed(request);
    credentials.check(request, undefined, world.behaviour);
    return list(iamState, request);
  }
  throw new Refusal("IOTDA.000029", "There is no such path.");
}

function answer(state: IotdaState, request: ApiRequest): ApiReply {
  state.world.at(request.now);
  if (request.path.startsWith("/v3/")) return iam(state, request);
  for (const route of routes) {
    const match = route.path.exec(request.path);
    if (match === null) continue;
    const handler = route.methods[request.method];
    if (handler === undefined) throw methodNotAllowed(request);
    const project = enter(state, request, decoded(match[1] ?? ""));
    const { world, searches } = state;
    return handler({ world, project, request, searches, id: decoded(match[2] ?? "") });
  }
  throw new Refusal("IOTDA.000029", "There is no such path.");
}

/** The IoTDA v5 calls for packages and batch tasks, with the IAM calls that they need. */
export function iotdaApi(state: IotdaState): Api {
  const identified = (give: (requestId: string) => ApiReply): ApiReply => {
    const requestId = randomBytes(16).toString("hex");
    const reply = give(requestId);
    return { ...reply, headers: { ...reply.headers, "X-Request-Id": requestId } };
  };
  return {
    handle: (request) =>
      identified((requestId) => {
        try {
          return answer(state, request);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          const reply = refusalReply(error, requestId);
          return error.status === 429 ? withRetryAfter(state, reply) : reply;
        }
      }),
    applicationOf: (request) => state.credentials.callerOf(request),
    throttled: () =>
      identified((requestId) =>
        withRetryAfter(state, refusalReply(throttling(state.world), requestId)),
      ),
    failed: (status) =>
      identified((requestId) =>
        refusalReply(new Refusal("IOTDA.000001", "Internal server error.", status), requestId),
      ),
    malformed: () =>
      identified((requestId) =>
        refusalReply(new Refusal("IOTDA.000008", "The request is not UTF-8."), requestId),
      ),
    endToken: (caller) => {
      state.credentials.endTokens(caller);
    },
  };
}

function withRetryAfter({ world }: IotdaState, reply: ApiReply): ApiReply {
  if (world.behaviour.iotdaThrottleAnswer !== "APIGW.0308+Retry-After") return reply;
  return { ...reply, headers: { "Retry-After": String(world.behaviour.iotdaRetryAfterSeconds) } };
}
