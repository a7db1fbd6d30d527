import type { ApiReply, ApiRequest } from "../api";
import type { Behaviour } from "../behaviour";
import { isObject, type JsonObject } from "../reading";
import { contentTypeIs, parseJson } from "../requests";
import type { Credentials } from "./credentials";
import type { CheckedIotdaData, CheckedIotdaProject, IotdaUserData } from "./data";

interface IamState {
  readonly data: CheckedIotdaData;
  readonly credentials: Credentials;
  readonly behaviour: Behaviour;
}

// IAM's errors look unlike those of IoTDA. The texts are INVENTED.
function refused(status: 400 | 401, title: string, message: string): ApiReply {
  return { status, body: { error: { code: status, message, title } }, errorCode: String(status) };
}

function inside(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) found = isObject(found) ? found[key] : undefined;
  return found;
}

function findUser({ users }: CheckedIotdaData, body: unknown): IotdaUserData | undefined {
  const given = inside(body, "auth", "identity", "password", "user");
  return users.find(
    (user) =>
      user.name === inside(given, "name") &&
      user.password === inside(given, "password") &&
      user.domain === inside(given, "domain", "name"),
  );
}

function findProject(
  { projects }: CheckedIotdaData,
  body: unknown,
): CheckedIotdaProject | undefined {
  const scope = inside(body, "auth", "scope", "project");
  const [id, name] = [inside(scope, "id"), inside(scope, "name")];
  return projects.find((project) => project.projectId === id || project.region === name);
}

/** `2026-05-01T08:00:00.000000Z` */
function iamTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}

/** POST /v3/auth/tokens: the token is in a header of the reply. */
export function createToken(
  { data, credentials, behaviour }: IamState,
  request: ApiRequest,
): ApiReply {
  const body = parseJson(request.body);
  const methods = inside(body, "auth", "identity", "methods");
  const isPassword = Array.isArray(methods) && methods.includes("password");
  if (!contentTypeIs(request, "application/json") || !isPassword) {
    return refused(400, "Bad Request", "The request body is invalid.");
  }
  const user = findUser(data, body);
  if (user === undefined) {
    return refused(401, "Unauthorized", "The username or password is wrong.");
  }
  const project = findProject(data, body);
  if (project === undefined) return refused(401, "Unauthorized", "The project does not exist.");
  const endsAt = request.now + behaviour.iotdaTokenLifeSeconds * 1000;
  const token = {
    expires_at: iamTime(endsAt),
    issued_at: iamTime(request.now),
    methods: ["password"],
    project: { ...projectReply(project), domain: { name: user.domain } },
    user: { name: user.name, domain: { name: user.domain } },
  };
  return {
    status: 201,
    headers: { "X-Subject-Token": credentials.issue(user, project.projectId, endsAt) },
    body: { token },
  };
}

function projectReply({ projectId, region }: CheckedIotdaProject): JsonObject {
  return { id: projectId, name: region };
}

/** GET /v3/projects?name=REGION */
export function listProjects({ data }: IamState, request: ApiRequest): ApiReply {
  const name = request.query.get("name");
  const found = data.projects.filter(({ region }) => name === null || region === name);
  const projects = found.map((project) => ({
    ...projectReply(project),
    enabled: true,
    is_domain: false,
  }));
  return { status: 200, body: { projects, links: { self: null, next: null, previous: null } } };
}
