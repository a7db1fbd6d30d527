import { OtaError, OversizedReplyError } from "../../errors";
import type { Page } from "../../wing/reply";
import { PAGE_SIZE } from "./endpoints";

/** More pages than any account has. */
const MOST_PAGES = 2_000;

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

/** A page, with how many items it was asked for. */
export interface AskedPage<Item> extends Page<Item> {
  readonly limit: number;
}

/** A page that is as large as can be read. */
export async function fittingPage<Item>(
  size: PageSize,
  page: (limit: number) => Promise<Page<Item>>,
): Promise<AskedPage<Item>> {
  for (;;) {
    const { limit } = size;
    try {
      return { ...(await page(limit)), limit };
    } catch (error) {
      if (!(error instanceof OversizedReplyError) || limit === 1) throw error;
      size.limit = Math.min(size.limit, Math.max(1, Math.floor(limit / 5)));
    }
  }
}

/**
 * All items of a list, newest first, page after page by the marker that each tells, else by the id of
 * its last item: an offset ends at 500.
 *
 * @param most - stop when there are more than so many; what was read so far is given
 */
export async function allPages<Item>(
  page: (marker: string | undefined) => Promise<AskedPage<Item>>,
  idOf: (item: Item) => string,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly Item[]> {
  const items = new Map<string, Item>();
  let marker: string | undefined;
  let total: number | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const found = await page(marker);
    // Only the first page counts all: whether later ones count from the marker is not documented.
    if (pages === 0) total = found.total;
    for (const item of found.items) items.set(idOf(item), item);
    const last = found.items.at(-1);
    const isLast = found.items.length < found.limit || items.size === total;
    if (last === undefined || isLast || items.size > most) return [...items.values()];
    const told = found.marker === marker ? undefined : found.marker;
    const next = told ?? idOf(last);
    if (marker === next) break;
    marker = next;
  }
  // Part of a list must not be taken for all of it: what is missing would be made once more.
  throw new OtaError(
    "The platform's list does not end: it answers with the same page again, or with too many. Nothing was concluded from them; check what answers at the endpoint.",
  );
}
