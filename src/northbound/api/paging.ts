import { PlatformError } from "../../errors";
import { allPages, type IsEnough } from "../../wing/pages";
import type { Page } from "../../wing/reply";
import { PAGE_PAST_END } from "./faults";

/** Gives one page; `isAgain`: the list moved while it was read, so this must not be a stored reply. */
export type ReadPage<Item> = (pageNo: number, isAgain: boolean) => Promise<Page<Item>>;

/** All items of a list, by numbers of pages; their order is not documented. */
export function allNumberedPages<Item>(
  read: ReadPage<Item>,
  idOf: (item: Item) => string,
  isEnough?: IsEnough<Item>,
): Promise<readonly Item[]> {
  return allPages<Item, number>({
    read: async (pageNo = 0, isAgain) => {
      try {
        return await read(pageNo, isAgain);
      } catch (error) {
        const pastEnd = error instanceof PlatformError && error.code === PAGE_PAST_END;
        if (pastEnd && pageNo > 0) return { items: [], total: undefined };
        throw error;
      }
    },
    next: ({ items }, pageNo = 0) => (items.length === 0 ? undefined : pageNo + 1),
    idOf,
    isEnough,
  });
}
