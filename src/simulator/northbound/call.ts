import type { ApiReply, ApiRequest } from "../api";
import type { Accounts } from "./accounts";
import { errorAnswer, type ErrorCode } from "./error-codes";
import type { Page } from "./wire";
import type { World } from "./world";

export interface NorthboundState {
  readonly world: World;
  readonly accounts: Accounts;
}

/** A call that has passed the door: its application is known, its quota paid. */
export interface Call {
  readonly state: NorthboundState;
  readonly request: ApiRequest;
  readonly appId: string;
  readonly id: string;
}

export type Handler = (call: Call) => ApiReply;

export interface Route {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, Handler>>;
}

export function refuse({ world }: NorthboundState, code: ErrorCode, status?: number): ApiReply {
  const answer = errorAnswer(code, world.behaviour);
  return { ...answer, status: status ?? answer.status, errorCode: code };
}

export function filterText(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  return text === null || text === "" ? undefined : text;
}

export function isTooLong(query: URLSearchParams, ...names: readonly string[]): boolean {
  return names.some((name) => (query.get(name)?.length ?? 0) > 256);
}

export function chosen(value: string | undefined, values: readonly string[]): boolean {
  return value === undefined || values.includes(value);
}

export function matches(
  filters: readonly (readonly [string | undefined, string | undefined])[],
): boolean {
  return filters.every(([wanted, held]) => wanted === undefined || wanted === held);
}

function readInteger(text: string | null, initial: number): number {
  if (text === null || text === "") return initial;
  return /^-?\d+$/.test(text) ? Number(text) : NaN;
}

/** How large the pages of a list are, and how it refuses others. */
interface PageRule {
  readonly size: number;
  readonly most: number;
  readonly unreadable: ErrorCode;
  readonly outOfRange: ErrorCode;
}

const upgradePages: PageRule = {
  size: 10,
  most: 100,
  unreadable: "120015",
  outOfRange: "123029",
};

export function pageOf<Item>(
  call: Call,
  all: readonly Item[],
  { size, most, unreadable, outOfRange }: PageRule = upgradePages,
): { readonly page: Page<Item> } | { readonly refused: ErrorCode } {
  const { behaviour } = call.state.world;
  const { query } = call.request;
  const pageNo = readInteger(query.get("pageNo"), 0);
  const pageSize = readInteger(query.get("pageSize"), size);
  if (Number.isNaN(pageNo) || Number.isNaN(pageSize)) return { refused: unreadable };
  // The platform counts pages in 32 bits.
  if (pageNo < 0 || pageNo >= 2 ** 31 || pageSize < 1 || pageSize > most) {
    return { refused: outOfRange };
  }
  const total = all.length;
  if (!query.has("pageNo") && behaviour.pageNoAbsent === "noPaging") {
    return { page: { items: all, pageNo, pageSize: Math.max(total, 1), total } };
  }
  if (pageNo > 0 && pageNo * pageSize >= total && behaviour.pagePastEnd === "123029") {
    return { refused: outOfRange };
  }
  const items = all.slice(pageNo * pageSize, (pageNo + 1) * pageSize);
  return { page: { items, pageNo, pageSize, total } };
}

export function ordered<Item>(
  call: Call,
  items: readonly Item[],
  id: (item: Item) => string,
): Item[] {
  const { listOrder } = call.state.world.behaviour;
  if (listOrder === "oldestFirst") return [...items];
  if (listOrder === "newestFirst") return [...items].reverse();
  return [...items].sort((one, other) => (id(one) < id(other) ? -1 : 1));
}
