import type { Clock } from "../../clock";
import { PAGE_SIZE } from "./endpoints";
import { allPages } from "./paging";
import type { Page } from "./wire";

/** What the platform lists, if listing it is cheaper than asking for each id; else nothing. */
export type LookTogether<Item> = (
  id: string,
  page: (pageNo: number) => Promise<Page<Item>>,
) => Promise<readonly Item[]>;

const GATHER_MILLISECONDS = 3;
/** The engine checks and diffs one resource after the other, and so looks come one by one. */
const ROW_MILLISECONDS = 1_000;

/**
 * Looks that come in the same moment, or soon one after the other, share a listing, unless it has
 * more pages than they are.
 */
export function createLookTogether<Item>(clock: Clock): LookTogether<Item> {
  let row = new Set<string>();
  let lastLookAt = Number.NEGATIVE_INFINITY;

  return async (id, page) => {
    if (clock.now() - lastLookAt > ROW_MILLISECONDS) row = new Set();
    lastLookAt = clock.now();
    const ids = row;
    const isFirst = ids.size === 0;
    ids.add(id);
    if (isFirst) await clock.sleep(GATHER_MILLISECONDS);
    if (ids.size === 1) return [];
    const first = await page(0);
    const pages = Math.ceil((first.total ?? Number.POSITIVE_INFINITY) / PAGE_SIZE);
    return pages > ids.size ? first.items : allPages(page);
  };
}
