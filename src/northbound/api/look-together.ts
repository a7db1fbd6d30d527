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

/** Looks that come in the same moment share a listing, unless it has more pages than they are. */
export function createLookTogether<Item>(clock: Clock): LookTogether<Item> {
  let gathering: { ids: Set<string>; listed: Promise<readonly Item[]> } | undefined;

  return (id, page) => {
    if (gathering === undefined) {
      const ids = new Set<string>();
      const listed = clock.sleep(GATHER_MILLISECONDS).then(async () => {
        gathering = undefined;
        if (ids.size === 1) return [];
        const first = await page(0);
        const pages = Math.ceil((first.total ?? Number.POSITIVE_INFINITY) / PAGE_SIZE);
        return pages > ids.size ? first.items : allPages(page);
      });
      gathering = { ids, listed };
    }
    gathering.ids.add(id);
    return gathering.listed;
  };
}
