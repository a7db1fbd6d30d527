import type { Clock } from "../../clock";
import { OtaError, PlatformError, RefusedLoginError } from "../../errors";
import type { HttpReply, HttpRequest, Policy, Send } from "../../http/endpoint";
import { fieldsOf } from "../../http/json";
import { createRefusedLogin } from "../../http/refused-login";
import { unlessCancelled } from "../../http/unless-cancelled";
import { formatBasicInstant, parseHttpDate, parseInstant } from "../../instant";
import { keepSecret } from "../../known-secrets";
import type { Account, Credentials } from "../settings";
import { explain, faultOf, isEndedToken, isTurnedAway } from "./faults";
import { authorizationOf, type DerivedFor } from "./sign";

const SERVICE = "iotdm";
const TOKEN_LIFE_MILLISECONDS = 24 * 3_600_000;
/** A new token is fetched so long before the old one ends, or at nine tenths of a shorter life. */
const MARGIN_MILLISECONDS = 10 * 60_000;

interface IamToken {
  readonly value: string;
  readonly renewAt: number;
}

/** The token of a user, got anew where the platform takes `ended` no longer. */
export type TokenOf = (user: Credentials & { kind: "password" }, ended?: string) => Promise<string>;

/**
 * One token for each user, for all calls of a day.
 *
 * @param iam - sends to IAM, which has an address of its own
 */
export function createTokens(account: Account, iam: Send, clock: Clock): TokenOf {
  const tokens = new Map<Credentials, Promise<IamToken>>();
  const logins = new Map<Credentials, ReturnType<typeof createRefusedLogin>>();

  return async (user, ended) => {
    const current = tokens.get(user);
    if (current !== undefined) {
      const token = await current;
      if (clock.now() < token.renewAt && token.value !== ended) return token.value;
    }
    let next = tokens.get(user);
    if (next === undefined || next === current) {
      const once = logins.get(user) ?? createRefusedLogin(clock);
      logins.set(user, once);
      next = once(() => login(account, user, iam, clock));
      tokens.set(user, next);
      // Those that wait for it fail with it; the next call tries again.
      next.catch(() => tokens.delete(user));
    }
    return (await next).value;
  };
}

/**
 * Says who we are with the first credentials that the platform takes. Access keys sign each call right
 * before it is sent; a user gets a token, which a 401 renews once.
 */
export function createAuthentication(account: Account, tokenOf: TokenOf): Policy {
  let candidates = account.credentials;
  const derivedFor =
    account.signing === "derived" ? { region: account.region ?? "", service: SERVICE } : undefined;

  async function dressed(
    request: HttpRequest,
    who: Credentials,
    ended?: string,
  ): Promise<HttpRequest> {
    const headers = {
      ...request.headers,
      ...(account.instanceId === undefined ? {} : { "instance-id": account.instanceId }),
    };
    switch (who.kind) {
      case "keys":
        return { ...request, headers, sign: signedBy(who, account.endpoint, derivedFor) };
      case "token":
        return { ...request, headers: { ...headers, "x-auth-token": who.token } };
      case "password":
        return { ...request, headers: { ...headers, "x-auth-token": await tokenOf(who, ended) } };
    }
  }

  return (next) => async (request) => {
    let last: HttpReply | undefined;
    let refusal: PlatformError | undefined;
    for (const who of candidates) {
      let ended: string | undefined;
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const dressedRequest = await unlessCancelled(dressed(request, who, ended), request).catch(
          unlessRefused,
        );
        if (dressedRequest instanceof PlatformError) {
          refusal ??= dressedRequest;
          break;
        }
        const reply = await next(dressedRequest);
        const fault = faultOf(reply);
        if (fault === undefined || !isTurnedAway(fault)) {
          candidates = [who, ...candidates.filter((other) => other !== who)];
          return reply;
        }
        last = reply;
        if (who.kind === "token" || !isEndedToken(fault)) break;
        // A token that ended; or a clock that is wrong, which the reply has told by now.
        ended = dressedRequest.headers["x-auth-token"];
      }
    }
    if (last === undefined) {
      throw refusal ?? new OtaError("No credentials are set for IoTDA.");
    }
    return last;
  };
}

/** A login that was refused, after which others may do better. */
function unlessRefused(error: unknown): PlatformError {
  if (error instanceof PlatformError && [401, 403].includes(error.status)) return error;
  throw error;
}

/** The headers of a signature, for the host that the call goes to. */
function signedBy(
  key: Credentials & { kind: "keys" },
  endpoint: string,
  derivedFor?: DerivedFor,
): NonNullable<HttpRequest["sign"]> {
  const { host } = new URL(endpoint);
  return (request, now) => {
    const headers = {
      host,
      "x-sdk-date": formatBasicInstant(now),
      ...(key.securityToken === undefined ? {} : { "x-security-token": key.securityToken }),
    };
    const signed = { ...headers, "content-type": request.headers["content-type"] ?? "" };
    const { method, path, body } = request;
    const authorization = authorizationOf({ method, path, headers: signed, body }, key, derivedFor);
    return { ...headers, authorization };
  };
}

async function login(
  account: Account,
  user: Credentials & { kind: "password" },
  iam: Send,
  clock: Clock,
): Promise<IamToken> {
  const { userName, password, domainName } = user;
  const { projectId, region } = account;
  const body = {
    auth: {
      identity: {
        methods: ["password"],
        password: { user: { name: userName, password, domain: { name: domainName } } },
      },
      scope: { project: projectId === undefined ? { name: region } : { id: projectId } },
    },
  };
  const request = iamRequest(
    `logging in as ${userName}`,
    "POST",
    "/v3/auth/tokens?nocatalog=true",
    JSON.stringify(body),
  );
  const reply = await iam(request);
  const fault = faultOf(reply);
  if (fault !== undefined) {
    throw new PlatformError(
      `${explain(request, fault)} Check user, password and domain.`,
      fault.status,
      fault.code,
    );
  }
  const value = reply.headers["x-subject-token"];
  if (value === undefined || value === "") {
    throw new OtaError(
      `IAM answered ${request.doing} without a token. Check iamEndpoint ${account.iamEndpoint ?? ""}.`,
    );
  }
  keepSecret("token", value);
  const now = clock.now();
  const life = lifeOf(reply, now);
  return { value, renewAt: now + life - Math.min(MARGIN_MILLISECONDS, life / 10) };
}

/** From IAM's times alone where it tells them: this computer's clock may be wrong. */
function lifeOf(reply: HttpReply, now: number): number {
  const { token } = fieldsOf(reply) as { token?: { expires_at?: unknown; issued_at?: unknown } };
  const end = instantOf(token?.expires_at);
  const start = instantOf(token?.issued_at) ?? parseHttpDate(reply.headers["date"]) ?? now;
  return end !== undefined && end > start ? end - start : TOKEN_LIFE_MILLISECONDS;
}

function instantOf(value: unknown): number | undefined {
  return typeof value === "string" ? parseInstant(value) : undefined;
}

/** The id of the region's project, asked of IAM with the same credentials. */
export async function findProjectId(
  account: Account,
  tokenOf: TokenOf,
  iam: Send,
): Promise<string> {
  const region = account.region ?? "";
  const path = `/v3/projects?name=${encodeURIComponent(region)}`;
  const request = iamRequest(`looking for the project of region ${region}`, "GET", path);
  let refusal: PlatformError | undefined;
  for (const who of account.credentials) {
    const dressed = await dressedForIam(who);
    if (dressed instanceof PlatformError) {
      refusal ??= dressed;
      continue;
    }
    let reply = await iam({ ...request, ...dressed });
    // By now it is known what time it is there.
    if (who.kind === "keys" && reply.status === 401) reply = await iam({ ...request, ...dressed });
    const fault = faultOf(reply);
    if (fault !== undefined) {
      refusal ??= new RefusedLoginError(explain(request, fault), fault.status, fault.code);
      continue;
    }
    const projects = (fieldsOf(reply) as { projects?: unknown } | undefined)?.projects;
    const ids = Array.isArray(projects)
      ? projects
          .map((project: unknown) => (project ?? {}) as { id?: unknown; name?: unknown })
          // One whose name begins with the region's is a project of its own.
          .filter(({ name = region }) => name === region)
          .map((project) => project.id)
      : [];
    const [id] = ids.filter((one) => typeof one === "string");
    if (typeof id === "string" && ids.length === 1) return id;
    throw new OtaError(
      `IAM knows ${ids.length === 0 ? "no project" : `${ids.length} projects`} named ${region}; check region (HW_REGION_NAME), or set projectId (HW_PROJECT_ID).`,
    );
  }
  throw refusal ?? new OtaError("No credentials are set for IoTDA.");

  async function dressedForIam(who: Credentials): Promise<Partial<HttpRequest> | PlatformError> {
    // IAM takes plain signatures, also where it is at the address of an instance.
    if (who.kind === "keys")
      return { sign: signedBy(who, account.iamEndpoint ?? account.endpoint) };
    const token = who.kind === "token" ? who.token : await tokenOf(who).catch(unlessRefused);
    if (token instanceof PlatformError) return token;
    return { headers: { ...request.headers, "x-auth-token": token } };
  }
}

function iamRequest(
  doing: string,
  method: "GET" | "POST",
  path: string,
  body?: string,
): HttpRequest {
  return {
    doing,
    method,
    path,
    headers: { accept: "application/json", "content-type": "application/json" },
    ...(body === undefined ? {} : { body }),
    mutates: false,
    repeatable: true,
    priority: "mutate",
    shareSeconds: 0,
    context: {},
  };
}
