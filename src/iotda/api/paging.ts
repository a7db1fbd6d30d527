import { OversizedReplyError } from "../../errors";
import { allPages, type IsEnough } from "../../wing/pages";
import type { Page } from "../../wing/reply";
import { PAGE_SIZE } from "./endpoints";

/**
 * How many items a list is asked for at once: fewer once a page was too large to be read. A task tells
 * all its devices, and fifty tasks may have 30,000 each.
 */
export interface PageSize {
  limit: number;
}

export function largestPage(): PageSize {
  return { limit: PAGE_SIZE };
}

/** A page that is as large as can be read. */
export async function fittingPage<Item>(
  size: PageSize,
  page: (limit: number) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  for (;;) {
    const { limit } = size;
    try {
      return await page(limit);
    } catch (error) {
      if (!(error instanceof OversizedReplyError) || limit === 1) throw error;
      size.limit = Math.min(size.limit, Math.max(1, Math.floor(limit / 5)));
    }
  }
}

/**
 * All items of a list, newest first, page after page by the marker that each tells, else by the id of
 * its last item: an offset ends at 500.
 */
export function allMarkedPages<Item>(
  read: (marker: string | undefined, isAgain: boolean) => Promise<Page<Item>>,
  idOf: (item: Item) => string,
  isEnough?: IsEnough<Item>,
): Promise<readonly Item[]> {
  return allPages<Item, string>({
    read: async (marker, isAgain) => {
      const page = await read(marker, isAgain);
      // Only the first page counts all: whether later ones count from the marker is not documented.
      return marker === undefined ? page : { ...page, total: undefined };
    },
    next: ({ items, marker: told }, marker) => {
      const last = items.at(-1);
      // An empty page is the end, whatever its marker says: what that is then is not documented.
      if (last === undefined) return undefined;
      return told === undefined || told === marker ? idOf(last) : told;
    },
    idOf,
    isEnough,
  });
}

/** Where a page begins: after the marker of the one before, or after so many. */
export type Place = { readonly marker: string } | { readonly offset: number };

/** Where no marker tells how a list goes on. */
export const LARGEST_OFFSET = 500;

/** All items of a list whose markers are not the ids of its items. */
export function allPlacedPages<Item>(
  read: (from: Place | undefined) => Promise<Page<Item>>,
  idOf: (item: Item) => string,
  isEnough?: IsEnough<Item>,
): Promise<readonly Item[]> {
  return allPages<Item, Place>({
    read: async (from) => {
      const page = await read(from);
      // Whether later pages count from the marker is not documented.
      return from === undefined ? page : { ...page, total: undefined };
    },
    next: ({ items, marker }, from, told) => {
      if (items.length === 0) return undefined;
      const before = from !== undefined && "marker" in from ? from.marker : undefined;
      if (marker !== undefined && marker !== before) return { marker };
      return told <= LARGEST_OFFSET ? { offset: told } : undefined;
    },
    idOf,
    isEnough,
  });
}
