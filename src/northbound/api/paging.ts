import { OtaError, PlatformError } from "../../errors";
import type { Page } from "../../wing/reply";
import { PAGE_SIZE } from "./endpoints";
import { PAGE_PAST_END } from "./faults";

/** More than any application has: half a million packages or tasks. */
const MOST_PAGES = 5_000;
const MOST_READINGS = 5;

/** Gives one page; `isAgain`: the list moved while it was read, so this must not be a stored reply. */
export type ReadPage<Item> = (pageNo: number, isAgain: boolean) => Promise<Page<Item>>;

/**
 * All items of a list, each once. The order of lists is not documented, and where entries move between
 * pages while they are read one is told twice and another never: such a list is read again, until it
 * has as many as it says, or says the same twice.
 */
export async function allPages<Item>(
  read: ReadPage<Item>,
  idOf: (item: Item) => string,
): Promise<readonly Item[]> {
  let before: ReadonlyMap<string, Item> | undefined;
  for (let readings = 0; readings < MOST_READINGS; readings += 1) {
    const { items, total } = await readOnce(read, idOf, readings > 0);
    const isSameAgain =
      before?.size === items.size && [...items.keys()].every((id) => before?.has(id));
    if (items.size >= total || isSameAgain) return [...items.values()];
    before = items;
  }
  // Part of a list must not be taken for all of it: what is missing would be made once more.
  throw new OtaError(
    "The platform's list changes faster than it can be read. Nothing was concluded from it; run it again.",
  );
}

/** The distinct items, and the most that a page said there are. */
async function readOnce<Item>(
  read: ReadPage<Item>,
  idOf: (item: Item) => string,
  isAgain: boolean,
): Promise<{ readonly items: ReadonlyMap<string, Item>; readonly total: number }> {
  const items = new Map<string, Item>();
  let total = 0;
  for (let pageNo = 0; pageNo < MOST_PAGES; pageNo += 1) {
    const page = await read(pageNo, isAgain).catch((error: unknown): Page<Item> => {
      const pastEnd = error instanceof PlatformError && error.code === PAGE_PAST_END;
      if (pastEnd && pageNo > 0) return { items: [], total: undefined };
      throw error;
    });
    for (const item of page.items) items.set(idOf(item), item);
    total = Math.max(total, page.total ?? 0);
    const isLast =
      page.total === undefined
        ? page.items.length < PAGE_SIZE
        : (pageNo + 1) * PAGE_SIZE >= page.total;
    if (isLast || page.items.length === 0) return { items, total };
  }
  throw new OtaError(
    `The platform's list does not end: ${String(MOST_PAGES)} pages were read. Nothing was concluded from them; check what answers at the endpoint.`,
  );
}
