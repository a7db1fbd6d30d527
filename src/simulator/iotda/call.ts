import type { ApiReply, ApiRequest } from "../api";
import type { CallQuota } from "../quota";
import { isObject, type JsonObject } from "../reading";
import { contentTypeIs, parseJson } from "../requests";
import type { CheckedIotdaProject, CheckedIotdaSpace } from "./data";
import { Refusal } from "./error-codes";
import { identifier, optionalText } from "./fields";
import type { IotdaWorld } from "./world";

/** A call that has passed the door: it is authenticated, its project known, its quota paid. */
export interface Call {
  readonly world: IotdaWorld;
  readonly project: CheckedIotdaProject;
  readonly request: ApiRequest;
  readonly id: string;
  /** How much each account has searched within the last second. */
  readonly searches: CallQuota;
}

export type Handler = (call: Call) => ApiReply;

/** The answer to a call above a limit. */
export function throttling({ behaviour }: IotdaWorld): Refusal {
  const { iotdaThrottleAnswer } = behaviour;
  if (iotdaThrottleAnswer === "APIGW.0308" || iotdaThrottleAnswer === "APIGW.0308+Retry-After") {
    return new Refusal("APIGW.0308", "The throttling threshold has been reached.");
  }
  return new Refusal(iotdaThrottleAnswer, "The rate limit has been reached.");
}

export function jsonBody({ request }: Call): JsonObject {
  const body = parseJson(request.body);
  if (!contentTypeIs(request, "application/json") || !isObject(body)) {
    throw new Refusal("IOTDA.000008", "The request body is malformed.");
  }
  return body;
}

/** The body of a call that may do without one. */
export function perhapsJsonBody(call: Call): JsonObject {
  return call.request.body === "" ? {} : jsonBody(call);
}

/** Whether a package or a task is in the project, and in the instance that the call is for. */
export function isInProject(
  { project }: Call,
  { projectId, appId }: { readonly projectId: string; readonly appId: string },
): boolean {
  return projectId === project.projectId && project.spaces.some((space) => space.appId === appId);
}

/** Whether a package or a task is not found by its id yet. */
export function isTooNew(
  { world, request }: Call,
  { createdAt }: { readonly createdAt: number },
): boolean {
  return createdAt + world.behaviour.getLagSeconds * 1000 > request.now;
}

function knownSpace({ project }: Call, appId: string): CheckedIotdaSpace {
  const space = project.spaces.find((each) => each.appId === appId);
  if (space === undefined) {
    throw new Refusal("IOTDA.001000", `The resource space ${appId} does not exist.`);
  }
  return space;
}

/** The space that `app_id` names, if it is given. */
export function namedSpace(call: Call, source: JsonObject): CheckedIotdaSpace | undefined {
  const appId = optionalText(source, "app_id", identifier);
  return appId === undefined ? undefined : knownSpace(call, appId);
}

export function defaultSpace({ project }: Call): CheckedIotdaSpace {
  const space = project.spaces.find((each) => each.isDefault);
  if (space === undefined) {
    throw new Refusal("IOTDA.001005", "There are several resource spaces: app_id is needed.");
  }
  return space;
}
