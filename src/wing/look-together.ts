import type { Clock } from "../clock";
import { BrokenListError } from "./pages";
import type { Page } from "./reply";

/** A list of the platform, as it is asked for. */
export interface Listing<Item> {
  readonly pageSize: number;
  readonly first: () => Promise<Page<Item>>;
  readonly all: () => Promise<readonly Item[]>;
}

/** What the platform lists, if listing it is cheaper than asking for each; else nothing. */
export type LookTogether<Item> = (what: string, listing: Listing<Item>) => Promise<Listed<Item>>;

export interface Listed<Item> {
  readonly items: readonly Item[];
  /** Whether that is all that there is. */
  readonly isWhole: boolean;
}

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

  return async (what, listing) => {
    if (clock.elapsed() - lastLookAt > ROW_MILLISECONDS) row = new Set();
    lastLookAt = clock.elapsed();
    const looks = row;
    const isFirst = looks.size === 0;
    looks.add(what);
    if (isFirst) await clock.sleep(GATHER_MILLISECONDS);
    if (looks.size === 1) return { items: [], isWhole: false };
    const first = await listing.first();
    const pages = Math.ceil((first.total ?? Number.POSITIVE_INFINITY) / listing.pageSize);
    const some = { items: first.items, isWhole: false };
    if (pages > looks.size) return some;
    try {
      return { items: await listing.all(), isWhole: true };
    } catch (error) {
      // Each look can still ask for what it wants by itself.
      if (error instanceof BrokenListError) return some;
      throw error;
    }
  };
}
