import type { ApiReply } from "./api";

export const SPOILT_PAGES = ["shortPage", "noList", "emptyObject"] as const;

/** What a gateway or a broken node may make of a page of a list. */
export type SpoiltPage = (typeof SPOILT_PAGES)[number];

/** The reply with its list spoilt; one without a list, such as an error, stays as it is. */
export function spoilt(reply: ApiReply, how: SpoiltPage): ApiReply {
  const body = (reply.body ?? {}) as Readonly<Record<string, unknown>>;
  const list = Object.entries(body).find(([, value]) => Array.isArray(value));
  if (list === undefined) return reply;
  if (how === "emptyObject") return { ...reply, body: {} };
  const [name, entries] = list as [string, readonly unknown[]];
  const left = how === "noList" ? undefined : entries.slice(0, Math.floor(entries.length / 2));
  return { ...reply, body: { ...body, [name]: left } };
}
