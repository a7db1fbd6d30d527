import type { Fault } from "../../http/client";
import type { HttpReply, HttpRequest } from "../../http/endpoint";
import { fieldsOf } from "../../http/json";

/*
 * The code alone decides: throttling and a bad token are both 403, and the texts differ from page to
 * page. A 2xx with an error_code is an error too: some older calls of the platform answer so.
 */

const THROTTLED = "1010009";
const TOKEN_REJECTED = "1010005";
/** Documented on sibling calls for a missing app_key; an authentication failure all the same. */
const APP_KEY_REJECTED = "100025";
export const PACKAGE_NOT_FOUND = "123002";
const TASK_NOT_FOUND = "123009";
const DEVICE_NOT_FOUND = ["100403", "100418"];
const GROUP_NOT_FOUND = "100603";
/** pageNo or pageSize beyond the limit. */
export const PAGE_PAST_END = "123029";
/** Application id, secret or refresh token wrong. */
export const SECRET_REJECTED = "100208";

/** What to do about a code; what it means is the platform's own text. */
const ADVICE: Readonly<Record<string, string>> = {
  [THROTTLED]:
    "The application's quota (100 calls a minute by default) is used up, by other clients too; set callsPerMinute to this client's share of it.",
  [TOKEN_REJECTED]:
    "Logging in again did not help: another client uses this application and its logins end ours. Let one pipeline at a time use an application, or give each its own.",
  [SECRET_REJECTED]: "Check the application id and its secret.",
  "100203": "Check the application id.",
  "100217": "The application is not authorised for it; ask the platform's operator.",
  "100247": "The application is blocked; ask the platform's operator.",
  "102202": "The application id or its secret is empty.",
  [PACKAGE_NOT_FOUND]: "Check fileId and the device ids.",
  [TASK_NOT_FOUND]: "Check the operation id.",
  "120015": "Check the format of the ids.",
  "123016":
    "deviceType, model and manufacturerName of the package and of what is to be upgraded must be the same.",
  "123019": "Set targets.manufacturerName.",
  "123020": "Set targets.deviceType.",
  "123021": "Set targets.model.",
  "123022": "Set targets.devices or targets.deviceGroups.",
  "123023": "Set either targets.devices or targets.deviceGroups.",
  "123024": "A task takes at most 256 devices or groups; declare several tasks.",
  "123025": 'Set policy.executeType to "now", "device_online" or "custom".',
  "123026": "Set policy.startTime and policy.endTime.",
  "123028": "Set policy.retryTimes to a number from 1 to 5.",
  "123032": "Set policy.startTime to an instant before policy.endTime.",
  "123033": "Set policy.startTime to an instant in the future.",
  "123034": "Set policy.endTime to more than 5 minutes after policy.startTime.",
};

export function faultOf(reply: HttpReply): Fault | undefined {
  const body = fieldsOf(reply);
  const code = body["error_code"];
  if (typeof code === "string" || typeof code === "number") {
    const description = body["error_desc"];
    return {
      status: reply.status,
      code: String(code),
      description: typeof description === "string" ? description.trim() : "",
    };
  }
  if (reply.status < 300) return undefined;
  return { status: reply.status, code: undefined, description: "" };
}

export function isThrottled(fault: Fault): boolean {
  return fault.code === THROTTLED || (fault.code === undefined && fault.status === 429);
}

export function isTokenRejected(fault: Fault): boolean {
  return fault.code === TOKEN_REJECTED || fault.code === APP_KEY_REJECTED;
}

/** The platform itself says that there is no such task; a 404 of anything else says nothing. */
export function isTaskGone(code: string | undefined): boolean {
  return code === TASK_NOT_FOUND || code === PACKAGE_NOT_FOUND;
}

/** 100418 says the same of a device that another application has. */
export function isDeviceGone(code: string | undefined): boolean {
  return DEVICE_NOT_FOUND.includes(code ?? "");
}

/** Said with HTTP 200. */
export function isGroupGone(code: string | undefined): boolean {
  return code === GROUP_NOT_FOUND;
}

export function explain(request: HttpRequest, fault: Fault): string {
  const did = `The platform refused ${request.doing}`;
  if (fault.code === undefined) {
    const what = `${did} with HTTP ${String(fault.status)} and without a code of its own`;
    return fault.status >= 300 && fault.status < 400
      ? `${what}: a redirect, which is not followed. Check the endpoint.`
      : `${what}. ${fault.status >= 500 ? "Try again later." : "Something in between may have answered: check the endpoint."}`;
  }
  const said = fault.description === "" ? "no text" : `"${fault.description}"`;
  const advice = ADVICE[fault.code];
  return `${did}: ${said} (${fault.code}).${advice === undefined ? "" : ` ${advice}`}`;
}

/** The id in the reply to a create, for the audit log. */
export function createdIdOf(reply: HttpReply): string | undefined {
  const id = fieldsOf(reply)["operationId"];
  return typeof id === "string" ? id : undefined;
}
