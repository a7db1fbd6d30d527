import { PAGE_SIZE } from "./endpoints";
import type { Page } from "./wire";

/**
 * Every page, in turn. The order of lists is not documented and entries may move between pages while
 * they are read, so callers remove repetitions; a page past the end is empty.
 */
export async function allPages<Item>(
  read: (pageNo: number) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let pageNo = 0; ; pageNo += 1) {
    const page = await read(pageNo);
    items.push(...page.items);
    if (page.items.length === 0) return items;
    if (page.total === undefined ? page.items.length < PAGE_SIZE : items.length >= page.total) {
      return items;
    }
  }
}
