import type { ApiReply, ApiRequest } from "../api";
import type { ErrorCode } from "./error-codes";
import { contentTypeIs, parseJson } from "../requests";
import { isObject } from "../reading";
import type { Accounts, Answer, IssuedToken } from "./accounts";
import type { World } from "./world";

interface LoginState {
  readonly world: World;
  readonly accounts: Accounts;
}

type LoginAnswer = ApiReply | { readonly refused: ErrorCode };

function replied(answer: Answer<IssuedToken>): LoginAnswer {
  return "refused" in answer ? answer : { status: 200, body: answer.value };
}

/** Pays for the call where logins count; says whether there was quota for it. */
function pays({ world, accounts }: LoginState, appId: string, now: number): boolean {
  const { behaviour } = world;
  if (!behaviour.loginsCount || !world.applications.has(appId)) return true;
  const hasQuota = accounts.hasQuota(appId, now, behaviour);
  if (hasQuota || behaviour.refusedCallsCount) accounts.count(appId, now);
  return hasQuota;
}

function login(state: LoginState, request: ApiRequest): LoginAnswer {
  if (!contentTypeIs(request, "application/x-www-form-urlencoded")) return { refused: "102202" };
  const form = new URLSearchParams(request.body);
  const [appId, secret] = [form.get("appId") ?? "", form.get("secret") ?? ""];
  if (appId === "" || secret === "") return { refused: "102202" };
  if (!pays(state, appId, request.now)) return { refused: "1010009" };
  return replied(state.accounts.login(appId, secret, request.now, state.world.behaviour));
}

function refresh(state: LoginState, request: ApiRequest): LoginAnswer {
  const body = parseJson(request.body);
  if (!contentTypeIs(request, "application/json") || !isObject(body)) return { refused: "50400" };
  const fields = [body["appId"], body["secret"], body["refreshToken"]];
  if (fields.some((each) => each === undefined || each === null || each === "")) {
    return { refused: "102202" };
  }
  const [appId, secret, refreshToken] = fields;
  if (typeof appId !== "string" || typeof secret !== "string" || typeof refreshToken !== "string") {
    return { refused: "50400" };
  }
  const { now } = request;
  if (!pays(state, appId, now)) return { refused: "1010009" };
  return replied(state.accounts.refresh(appId, secret, refreshToken, now, state.world.behaviour));
}

function logout(state: LoginState, request: ApiRequest): LoginAnswer {
  const body = parseJson(request.body);
  if (!contentTypeIs(request, "application/json") || !isObject(body)) return { refused: "50400" };
  const accessToken = body["accessToken"];
  if (typeof accessToken !== "string" || accessToken === "") return { refused: "102202" };
  state.accounts.logout(accessToken);
  return { status: 204 };
}

/** Login takes a form, refresh and logout take JSON: that is how the platform has it. */
export const loginRoutes: Readonly<
  Record<string, (state: LoginState, request: ApiRequest) => LoginAnswer>
> = {
  "/iocm/app/sec/v1.1.0/login": login,
  "/iocm/app/sec/v1.1.0/refreshToken": refresh,
  "/iocm/app/sec/v1.1.0/logout": logout,
};
