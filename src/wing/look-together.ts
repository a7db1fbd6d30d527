import type { Clock } from "../clock";
import { CancelledError } from "../errors";
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

const NOTHING: Listed<never> = { items: [], isWhole: false };

/**
 * Looks that come in the same moment, or soon one after the other, share a listing, unless it has
 * more pages than they are, or cannot be read: each can still ask for what it wants by itself.
 */
export function createLookTogether<Item>(clock: Clock): LookTogether<Item> {
  let row = new Set<string>();
  let rowWithoutList: Set<string> | undefined;
  let lastLookAt = Number.NEGATIVE_INFINITY;

  return async (what, listing) => {
    if (clock.elapsed() - lastLookAt > ROW_MILLISECONDS) row = new Set();
    lastLookAt = clock.elapsed();
    const looks = row;
    const isFirst = looks.size === 0;
    looks.add(what);
    if (isFirst) await clock.sleep(GATHER_MILLISECONDS);
    if (looks.size === 1 || rowWithoutList === looks) return NOTHING;
    let some: Listed<Item> = NOTHING;
    try {
      const { items, total } = await listing.first();
      some = { items, isWhole: false };
      const pages = Math.ceil((total ?? Number.POSITIVE_INFINITY) / listing.pageSize);
      return pages > looks.size ? some : { items: await listing.all(), isWhole: true };
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      rowWithoutList = looks;
      return some;
    }
  };
}
