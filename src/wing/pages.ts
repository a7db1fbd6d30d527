import { OtaError } from "../errors";
import type { Page } from "./reply";

/** More than any account has. */
const MOST_PAGES = 5_000;
const MOST_READINGS = 5;

/** Ends the reading of a list early, with what was read so far. */
export type IsEnough<Item> = (
  items: ReadonlyMap<string, Item>,
  total: number | undefined,
) => boolean;

/** A list of the platform, page by page; how the pages are addressed is the wing's. */
export interface Pages<Item, Place> {
  /** Gives the first page, or the one at a place; `isAgain`: this must not be a stored reply. */
  readonly read: (place: Place | undefined, isAgain: boolean) => Promise<Page<Item>>;
  /**
   * Where the page after this one begins; `undefined` when there can be none.
   *
   * @param told - how many items the pages have told so far
   */
  readonly next: (page: Page<Item>, place: Place | undefined, told: number) => Place | undefined;
  readonly idOf: (item: Item) => string;
  readonly isEnough?: IsEnough<Item> | undefined;
}

/** The platform's list cannot be told whole, so nothing may be concluded from what it lacks. */
export class BrokenListError extends OtaError {}

interface Reading<Item> {
  readonly items: ReadonlyMap<string, Item>;
  /** The most that a page said there are. */
  readonly total: number;
  readonly isEnough: boolean;
}

/**
 * All items of a list, each once. A page that is shorter than asked is no end: the list ends where its
 * total says, or without one with an empty page. A list that shows fewer than it says is read again:
 * entries may have moved between the pages. When it shows the same too few twice, or never as many, it
 * is an error: part of a list must not be taken for all of it, or what is missing would be made again.
 */
export async function allPages<Item, Place>(pages: Pages<Item, Place>): Promise<readonly Item[]> {
  let before: ReadonlyMap<string, Item> | undefined;
  for (let readings = 0; readings < MOST_READINGS; readings += 1) {
    const { items, total, isEnough } = await readOnce(pages, readings > 0);
    if (isEnough || items.size >= total) return [...items.values()];
    if (before?.size === items.size && [...items.keys()].every((id) => before?.has(id))) {
      throw new BrokenListError(
        `The platform says that its list has ${String(total)} entries, and showed ${String(items.size)}, twice. Nothing was concluded from it; run it again, and if that stays, ask the platform's operator.`,
      );
    }
    before = items;
  }
  throw new BrokenListError(
    "The platform's list changes faster than it can be read. Nothing was concluded from it; run it again.",
  );
}

async function readOnce<Item, Place>(
  { read, next, idOf, isEnough }: Pages<Item, Place>,
  isAgain: boolean,
): Promise<Reading<Item>> {
  const items = new Map<string, Item>();
  let place: Place | undefined;
  let total: number | undefined;
  let told = 0;
  let before: string | undefined;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const page = await read(place, isAgain);
    for (const item of page.items) items.set(idOf(item), item);
    told += page.items.length;
    if (page.total !== undefined) total = Math.max(total ?? 0, page.total);
    const reading = { items, total: total ?? 0, isEnough: isEnough?.(items, total) ?? false };
    place = next(page, place, told);
    // A total that is less than what was told already is none.
    if (reading.isEnough || told === total || place === undefined) return reading;
    const shown = JSON.stringify(page.items.map(idOf));
    if (shown === before) break;
    before = shown;
  }
  throw new BrokenListError(
    "The platform's list does not end: it answers with the same page again, or with too many. Nothing was concluded from it; check what answers at the endpoint.",
  );
}
