import type { Clock } from "../clock";
import type { Age, CallLimits } from "../upgrade/fleet";
import { cheapestWay, dependsOnList } from "../upgrade/fleet-calls";
import { createKept } from "./kept";
import type { Page } from "./reply";

/** How a platform tells of things of one sort: all of them page by page, or by their ids. */
export interface Ways<Item> {
  /** Name of the list, of which there is one for each way to narrow it. */
  readonly list: string;
  readonly first: () => Promise<Page<Item>>;
  /** @param first - its first page, where that was read a moment ago */
  readonly all: (first?: Page<Item>) => Promise<readonly Item[]>;
  readonly one: (id: string) => Promise<Item | undefined>;
  /** `undefined`: the platform cannot search. */
  readonly search?: (ids: readonly string[]) => Promise<readonly Item[] | undefined>;
  readonly idOf: (item: Item) => string;
  readonly limits: () => CallLimits;
}

/** What all who look for things of one sort share. */
export interface Found<Item> {
  /** Those that exist, by id, in the way that costs least. */
  find(ids: readonly string[], age: Age, ways: Ways<Item>): Promise<ReadonlyMap<string, Item>>;
  all(age: Age, ways: Ways<Item>): Promise<ReadonlyMap<string, Item>>;
  count(age: Age, ways: Ways<Item>): Promise<number | undefined>;
}

/**
 * So long a preview may look at many resources of one fleet; what decides about a push asks for less
 * (docs/decisions/cheapest-look.md).
 */
export const FLEET_KEPT_SECONDS = 300;

/** Before somebody is told that these are missing, they are asked for by themselves. */
const MISSING_ASKED_SINGLY = 20;

/** @param seconds - how long answers are kept */
export function createFound<Item>(clock: Clock, seconds: number): Found<Item> {
  const lists = createKept<ReadonlyMap<string, Item>>(clock, seconds);
  const totals = createKept<number | undefined>(clock, seconds);
  const singles = createKept<Item | undefined>(clock, seconds);

  function all(age: Age, ways: Ways<Item>, first?: Page<Item>) {
    return lists.get(ways.list, age, async () => {
      const items = await ways.all(first);
      return new Map(items.map((item) => [ways.idOf(item), item]));
    });
  }

  async function singly(ids: readonly string[], age: Age, ways: Ways<Item>): Promise<Item[]> {
    const asked = ids.map((id) => singles.get(id, age, () => ways.one(id)));
    return (await Promise.all(asked)).filter((item) => item !== undefined);
  }

  function keep(item: Item, { idOf }: Ways<Item>): void {
    void singles.get(idOf(item), { maxAgeSeconds: 0 }, () => Promise.resolve(item));
  }

  /** By a list or a search, where one of them costs less than asking one by one. */
  async function together(
    ids: readonly string[],
    age: Age,
    ways: Ways<Item>,
    limits = ways.limits(),
  ): Promise<readonly Item[] | undefined> {
    const known = lists.peek(ways.list, age);
    if (known !== undefined) return pick(ids, await known);
    const before = age.maxAgeSeconds === 0 ? 0 : singles.size();
    const asked = { ids: ids.length, before, longestId: longestOf(ids) };
    let first: Page<Item> | undefined;
    let listed: number | undefined;
    if (dependsOnList({ ...asked, listed }, limits)) {
      listed = await totals.get(ways.list, age, async () => {
        first = await ways.first();
        return first.total;
      });
    }
    const { way } = cheapestWay({ ...asked, listed }, limits);
    if (way === "list") return pick(ids, await all(age, ways, first));
    if (way === "single") return undefined;
    const items = await ways.search?.(ids);
    if (items === undefined) return together(ids, age, ways, { ...limits, idsASearch: undefined });
    for (const item of items) keep(item, ways);
    return items;
  }

  return {
    async find(ids, age, ways) {
      const wanted = [...new Set(ids)];
      const found = new Map<string, Item>();
      const add = (items: readonly Item[]): void => {
        for (const item of items) found.set(ways.idOf(item), item);
      };
      const missing = (): string[] => wanted.filter((id) => !found.has(id));
      const known = wanted.filter((id) => singles.peek(id, age) !== undefined);
      add(await singly(known, age, ways));
      const open = wanted.filter((id) => !known.includes(id));
      if (open.length === 0) return found;
      const items = await together(open, age, ways);
      if (items === undefined) {
        add(await singly(open, age, ways));
        return found;
      }
      add(items);
      // Lists and searches lag behind what was registered a moment ago, or were narrowed.
      const first = await singly(missing().slice(0, MISSING_ASKED_SINGLY), age, ways);
      add(first);
      if (first.length === 0 || missing().length === 0) return found;
      const rest = missing().filter((id) => singles.peek(id, age) === undefined);
      add((await ways.search?.(rest)) ?? (await singly(rest, age, ways)));
      return found;
    },
    all,
    async count(age, ways) {
      const known = lists.peek(ways.list, age);
      if (known !== undefined) return (await known).size;
      return totals.get(ways.list, age, async () => (await ways.first()).total);
    },
  };
}

function pick<Item>(ids: readonly string[], from: ReadonlyMap<string, Item>): Item[] {
  return ids.map((id) => from.get(id)).filter((item) => item !== undefined);
}

function longestOf(ids: readonly string[]): number {
  return ids.reduce((longest, { length }) => Math.max(longest, length), 0);
}
