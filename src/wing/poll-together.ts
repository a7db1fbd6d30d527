import type { Clock } from "../clock";
import { CancelledError } from "../errors";
import type { Page } from "./reply";

/** How a platform tells of its tasks: page by page, or of one by its id. */
export interface Ways<Item> {
  /** Page of this number, which begins after the last item of the page before; never a stored reply. */
  readonly page: (pageNo: number, last: Item | undefined) => Promise<Page<Item>>;
  readonly idOf: (item: Item) => string;
  readonly read: (id: string) => Promise<Item | undefined>;
}

/** How one object stands now; `undefined` when the platform has no record of it. */
export type PollTogether<Item> = (id: string, ways: Ways<Item>) => Promise<Item | undefined>;

interface Round<Item> {
  readonly wanted: Set<string>;
  readonly found: Promise<ReadonlyMap<string, Item>>;
}

const GATHER_MILLISECONDS = 3;

/**
 * Polls of the same moment share a fresh listing, read until all are found or until it has cost as
 * many calls as half of the polls; what it does not show, or when it cannot be read, is asked for by
 * its id.
 */
export function createPollTogether<Item>(clock: Clock): PollTogether<Item> {
  let gathering: Round<Item> | undefined;

  function begin(ways: Ways<Item>): Round<Item> {
    const wanted = new Set<string>();
    const found = clock.sleep(GATHER_MILLISECONDS).then(() => {
      gathering = undefined;
      return listed(wanted, ways);
    });
    return { wanted, found };
  }

  return async (id, ways) => {
    gathering ??= begin(ways);
    const { wanted, found } = gathering;
    wanted.add(id);
    return (await found).get(id) ?? ways.read(id);
  };
}

async function listed<Item>(
  wanted: ReadonlySet<string>,
  { page, idOf }: Ways<Item>,
): Promise<ReadonlyMap<string, Item>> {
  const found = new Map<string, Item>();
  let last: Item | undefined;
  let told = 0;
  let promised: number | undefined;
  const mostPages = Math.floor(wanted.size / 2);
  for (let pageNo = 0; pageNo < mostPages && found.size < wanted.size; pageNo += 1) {
    const next = await page(pageNo, last).catch(handOnCancel);
    if (next === undefined) break;
    const { items, total } = next;
    for (const item of items) if (wanted.has(idOf(item))) found.set(idOf(item), item);
    last = items.at(-1);
    told += items.length;
    promised ??= total;
    if (items.length === 0 || told === promised) break;
  }
  return found;
}

function handOnCancel(error: unknown): undefined {
  if (error instanceof CancelledError) throw error;
}
