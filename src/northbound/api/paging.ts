import { OtaError, PlatformError } from "../../errors";
import { PAGE_SIZE } from "./endpoints";
import { PAGE_PAST_END } from "./faults";
import type { Page } from "../../wing/reply";

/** More than any application has: half a million packages or tasks. */
const MOST_PAGES = 5_000;

/**
 * Every page, in turn. The order of lists is not documented and entries may move between pages while
 * they are read, so callers remove repetitions; a page past the end is empty, or refused.
 */
export async function allPages<Item>(
  read: (pageNo: number) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let pageNo = 0; pageNo < MOST_PAGES; pageNo += 1) {
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
  // Part of a list must not be taken for all of it: what is missing would be made once more.
  throw new OtaError(
    `The platform's list does not end: ${String(MOST_PAGES)} pages were read. Nothing was concluded from them; check what answers at the endpoint.`,
  );
}
