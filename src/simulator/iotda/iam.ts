import { createHash } from "node:crypto";
import type { ApiReply, ApiRequest } from "../api";
import type { Behaviour } from "../behaviour";
import { isObject, type JsonObject } from "../reading";
import { contentTypeIs, parseJson } from "../requests";
import { type Credentials, isVisible } from "./credentials";
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

/** What a token is for: one project, by its id or its name, or the user's account as a whole. */
function findScope(
  { projects }: CheckedIotdaData,
  user: IotdaUserData,
  body: unknown,
): CheckedIotdaProject | "domain" | undefined {
  const scope = inside(body, "auth", "scope");
  const [id, name] = [inside(scope, "project", "id"), inside(scope, "project", "name")];
  if (id === undefined && name === undefined) {
    const domain = [inside(scope, "domain", "id"), inside(scope, "domain", "name")];
    return domain.some((one) => one === user.domain || one === idOf(user.domain))
      ? "domain"
      : undefined;
  }
  return projects.find(
    (project) =>
      isVisible(project, user.domain) &&
      (id === undefined ? project.region === name : project.projectId === id),
  );
}

/** The id of something that the data know by name only. */
function idOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 32);
}

function domainReply(name: string): JsonObject {
  return { id: idOf(name), name };
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
  const scope = findScope(data, user, body);
  if (scope === undefined) return refused(401, "Unauthorized", "The project does not exist.");
  const endsAt = request.now + behaviour.iotdaTokenLifeSeconds * 1000;
  const domain = domainReply(user.domain);
  const token = {
    expires_at: iamTime(endsAt),
    issued_at: iamTime(request.now),
    methods: ["password"],
    catalog: [],
    roles: [],
    ...(scope === "domain" ? { domain } : { project: { ...projectReply(scope), domain } }),
    user: { id: idOf(`${user.domain} ${user.name}`), name: user.name, domain },
  };
  // IoTDA refuses a token that names no project of its own.
  const projectId = scope === "domain" ? "" : scope.projectId;
  return {
    status: 201,
    headers: { "X-Subject-Token": credentials.issue(user, projectId, endsAt) },
    body: { token },
  };
}

function projectReply({ projectId, region }: CheckedIotdaProject): JsonObject {
  return { id: projectId, name: region };
}

const links = { self: null, next: null, previous: null };

/** GET /v3/auth/domains: the account of whoever asks. */
export function listDomains({ data, credentials }: IamState, request: ApiRequest): ApiReply {
  const own = credentials.domainOf(request);
  const domains = own === undefined ? [...new Set(data.users.map(({ domain }) => domain))] : [own];
  const reply = domains.map((name) => ({ ...domainReply(name), enabled: true, description: "" }));
  return { status: 200, body: { domains: reply, links } };
}

/** GET /v3/projects?name=REGION */
export function listProjects({ data, credentials }: IamState, request: ApiRequest): ApiReply {
  const name = request.query.get("name");
  const own = credentials.domainOf(request);
  const found = data.projects.filter(
    (project) => isVisible(project, own) && (name === null || project.region === name),
  );
  const domainOf = ({ domain }: CheckedIotdaProject): string =>
    idOf(domain ?? data.users[0]?.domain ?? "");
  const projects = found.map((project) => ({
    ...projectReply(project),
    domain_id: domainOf(project),
    parent_id: domainOf(project),
    description: "",
    enabled: true,
    is_domain: false,
  }));
  return { status: 200, body: { projects, links } };
}
