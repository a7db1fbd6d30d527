import type { Fault } from "../../http/client";
import type { HttpReply, HttpRequest } from "../../http/endpoint";
import { fieldsOf } from "../../http/json";

/*
 * Few codes are documented, so the status decides what is missing, and a code what is throttled. An
 * answer of something in between has neither a code of IoTDA's nor one of its gateway's.
 */

const THROTTLED = ["IOTDA.021101", "IOTDA.021102", "APIGW.0308"];

/** What to do about a code; what it means is the platform's own text. */
const ADVICE: Readonly<Record<string, string>> = {
  "APIGW.0301": "Check the access keys, the token and this computer's clock.",
  "APIGW.0308": "Set callsPerMinute to this client's share of the quota.",
  "IOTDA.000002":
    'Check the credentials; the host of an instance takes derived signatures only (signing "derived").',
  "IOTDA.000004": "Check the token and the project.",
  "IOTDA.000006": "Check the inputs against what the platform documents.",
  "IOTDA.000009": "Times are yyyyMMdd'T'HHmmss'Z'.",
  "IOTDA.000021":
    "Check projectId and instanceId, or give the IAM user access to IoTDA in this project.",
  "IOTDA.001000": "Check appId: the resource space does not exist.",
  "IOTDA.001002": "Give the IAM user access to the resource space.",
  "IOTDA.001005": "Set appId: the project has several resource spaces.",
  "IOTDA.001007": "Check appId: the resource space is not this project's.",
  "IOTDA.021101": "Set callsPerMinute to this client's share of the quota.",
  "IOTDA.021102": "Set callsPerMinute to this client's share of the quota.",
};

export function faultOf(reply: HttpReply): Fault | undefined {
  const body = fieldsOf(reply);
  if (reply.status < 300 && (body["error_code"] ?? undefined) === undefined) return undefined;
  const inner = body["error"];
  const error = typeof inner === "object" && inner !== null ? (inner as Fields) : undefined;
  const code = textOf(body["error_code"]) ?? textOf(error?.["code"]);
  const description =
    textOf(body["error_msg"]) ?? textOf(error?.["message"]) ?? textOf(body["message"]) ?? "";
  return { status: reply.status, code, description: description.trim() };
}

type Fields = Record<string, unknown>;

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

export function isThrottled({ status, code }: Fault): boolean {
  return status === 429 || THROTTLED.includes(code ?? "");
}

/** The platform itself says that there is no such object; a 404 of anything else says nothing. */
export function isGone(status: number, code: string | undefined): boolean {
  return status === 404 && (code?.startsWith("IOTDA.") ?? false);
}

/** Not who may, or not who we say: another set of credentials may be right. */
export function isTurnedAway({ status, code }: Fault): boolean {
  return (
    status === 401 || (status === 403 && ["IOTDA.000004", "IOTDA.000021"].includes(code ?? ""))
  );
}

/** Of those that are turned away, the ones whom a new token may help. */
export function isEndedToken({ status, code }: Fault): boolean {
  return status === 401 || code === "IOTDA.000004";
}

export function explain(request: HttpRequest, fault: Fault): string {
  const did = `The platform refused ${request.doing}`;
  if (fault.code === undefined && fault.description === "") {
    const what = `${did} with HTTP ${fault.status} and without a code of its own`;
    return fault.status >= 300 && fault.status < 400
      ? `${what}: a redirect, which is not followed. Check the endpoint.`
      : `${what}. ${fault.status >= 500 ? "Try again later." : "Something in between may have answered: check the endpoint."}`;
  }
  const said = fault.description === "" ? "no text" : `"${fault.description}"`;
  const advice = ADVICE[fault.code ?? ""];
  return `${did}: ${said} (${fault.code ?? `HTTP ${fault.status}`}).${advice === undefined ? "" : ` ${advice}`}`;
}

/** The id in the reply to a create, for the audit log. */
export function createdIdOf(reply: HttpReply): string | undefined {
  const body = fieldsOf(reply);
  return textOf(body["task_id"]) ?? textOf(body["package_id"]);
}
