import type { Behaviour } from "../behaviour";
import { Refusal } from "./error-codes";

export interface IotdaPage<Item> {
  readonly items: readonly Item[];
  readonly page: { readonly count: number; readonly marker: string | null | undefined };
}

function readInteger(text: string | null, initial: number): number {
  if (text === null || text === "") return initial;
  return /^-?\d{1,9}$/.test(text) ? Number(text) : NaN;
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** Whether the list is in order already, as it mostly is: sorting 100,000 takes its time. */
function isAscending<Item>(items: readonly Item[], idOf: (item: Item) => string): boolean {
  return items.every((item, index) => {
    const before = items[index - 1];
    return before === undefined || idOf(before) < idOf(item);
  });
}

/** The page of a list that a query asks for: newest first, which is by id, descending. */
export function pageOf<Item>(
  query: URLSearchParams,
  oldestFirst: readonly Item[],
  idOf: (item: Item) => string,
  { iotdaEmptyPageMarker }: Behaviour,
): IotdaPage<Item> {
  const limit = readInteger(query.get("limit"), 10);
  if (!isWithin(limit, 1, 50)) {
    throw new Refusal("IOTDA.000017", "limit must be a number from 1 to 50.");
  }
  const offset = readInteger(query.get("offset"), 0);
  if (!isWithin(offset, 0, 500)) {
    throw new Refusal("IOTDA.000018", "offset must be a number from 0 to 500.");
  }
  const asked = query.get("marker") ?? "";
  if (!/^([a-f0-9]{24})?$/i.test(asked)) {
    throw new Refusal("IOTDA.000018", "marker must be 24 hexadecimal digits.");
  }
  const marker = asked === "" ? "f".repeat(24) : asked;
  const bound = marker.toLowerCase();
  const below = oldestFirst.filter((item) => idOf(item) < bound);
  const inOrder = isAscending(below, idOf)
    ? below.reverse()
    : below.sort((one, other) => (idOf(one) < idOf(other) ? 1 : -1));
  const items = inOrder.slice(offset, offset + limit);
  const last = items.at(-1);
  const emptyMarker = { absent: undefined, asked: marker, null: null }[iotdaEmptyPageMarker];
  return {
    items,
    page: {
      count: oldestFirst.length,
      marker: last === undefined ? emptyMarker : idOf(last),
    },
  };
}
