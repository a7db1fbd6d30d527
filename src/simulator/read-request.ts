import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { ApiReply, ApiRequest, RequestFlaw } from "./api";
import { contentTypeIs, isUtf8Behind, utf8Text } from "./requests";

const largestMegabytes = 16;

/** How many bytes a body may have: more than the largest task that the platform takes. */
export const largestBody = largestMegabytes * 1024 * 1024;

export const tooLarge = `A request's body is larger than ${String(largestMegabytes)} MiB, the most that is read.`;

interface Target {
  readonly path: string;
  readonly query: string;
  /** The host of an absolute target, as clients send it to a proxy; it wins over the header. */
  readonly host: string | undefined;
}

function readTarget(text: string): Target {
  const absolute = /^https?:\/\/([^/?#]*)/i.exec(text);
  const rest = text.slice(absolute?.[0].length ?? 0);
  const index = rest.indexOf("?");
  const path = index < 0 ? rest : rest.slice(0, index);
  const host = absolute?.[1];
  return { path: path === "" ? "/" : path, query: index < 0 ? "" : rest.slice(index + 1), host };
}

/** The request once its body has been read to the end. */
export function readRequest(
  incoming: IncomingMessage,
  bytes: Buffer,
  isTooLarge: boolean,
  now: number,
): ApiRequest {
  const { path, query, host } = readTarget(incoming.url ?? "/");
  const headers: IncomingHttpHeaders = { ...incoming.headers, ...(host ? { host } : {}) };
  const body = utf8Text(bytes);
  const request = {
    ...{ method: incoming.method ?? "GET", path, query: new URLSearchParams(query), headers },
    ...{ body: body ?? "", bytes, now, flaw: undefined },
  };
  const isForm = contentTypeIs(request, "application/x-www-form-urlencoded");
  const isReadable =
    body !== undefined && [path, query, isForm ? body : ""].every((text) => isUtf8Behind(text));
  const flaw: RequestFlaw | undefined = isReadable ? undefined : "not UTF-8";
  return { ...request, flaw: isTooLarge ? "too large" : flaw };
}

/** What the control interface answers to a request that cannot be read. */
export function controlRefusal(flaw: RequestFlaw | undefined): ApiReply | undefined {
  if (flaw === "too large") return { status: 500, body: { error: tooLarge } };
  return flaw && { status: 400, body: { error: "The request must be UTF-8." } };
}
