import { OtaError } from "../../errors";
import type { Page } from "../../wing/reply";
import { PAGE_SIZE } from "./endpoints";

/** More pages than any account has. */
const MOST_PAGES = 2_000;

/**
 * All items of a list, newest first, page after page by the id of the last one: an offset ends at 500.
 *
 * @param most - stop when there are more than so many; what was read so far is given
 */
export async function allPages<Item>(
  page: (marker: string | undefined) => Promise<Page<Item>>,
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
    const isLast = found.items.length < PAGE_SIZE || items.size === total;
    if (last === undefined || isLast || items.size > most) return [...items.values()];
    if (marker === idOf(last)) break;
    marker = idOf(last);
  }
  // Part of a list must not be taken for all of it: what is missing would be made once more.
  throw new OtaError(
    "The platform's list does not end: it answers with the same page again, or with too many. Nothing was concluded from them; check what answers at the endpoint.",
  );
}
