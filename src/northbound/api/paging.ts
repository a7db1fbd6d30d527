import { PlatformError } from "../../errors";
import { PAGE_SIZE } from "./endpoints";
import { PAGE_PAST_END } from "./faults";
import type { Page } from "../../wing/reply";

/**
 * Every page, in turn. The order of lists is not documented and entries may move between pages while
 * they are read, so callers remove repetitions; a page past the end is empty, or refused.
 */
export async function allPages<Item>(
  read: (pageNo: number) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let pageNo = 0; ; pageNo += 1) {
    const page = await read(pageNo).catch((error: unknown): Page<Item> => {
      const pastEnd = error instanceof PlatformError && error.code === PAGE_PAST_END;
      if (pastEnd && pageNo > 0) return { items: [], total: undefined };
      throw error;
    });
    items.push(...page.items);
    if (page.items.length === 0) return items;
    if (page.total === undefined ? page.items.length < PAGE_SIZE : items.length >= page.total) {
      return items;
    }
  }
}
