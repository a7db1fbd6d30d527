import type { CallLimits } from "./fleet";

/*
 * What questions about devices cost in calls, from counts alone: of two runs that ask the same in
 * another order, both look at the same figures. docs/decisions/cheapest-look.md has the sums.
 */

/** How to find devices by their ids: one by one, in searches, or by reading the whole list. */
export type Way = "single" | "search" | "list";

export interface Finding {
  /** How many are to be found. */
  readonly ids: number;
  /** How many were read one by one a moment ago: whoever asks so often should have listed them. */
  readonly before?: number;
  readonly longestId: number;
  /** How many devices the list has; `undefined`: not known. */
  readonly listed: number | undefined;
}

/** The way that costs least once it is known how long the list is. */
export function cheapestWay(
  { ids, before = 0, longestId, listed }: Finding,
  limits: CallLimits,
): { readonly way: Way; readonly calls: number } {
  const list = Math.ceil((listed ?? Number.POSITIVE_INFINITY) / limits.devicesAPage);
  const search = Math.ceil(ids / (limits.idsASearch?.(longestId) ?? 1));
  // A search has to wait for its turn, so it must save something.
  if (list <= Math.min(ids, search) + before) return { way: "list", calls: Math.max(list, 1) };
  return search < ids ? { way: "search", calls: search } : { way: "single", calls: ids };
}

/** Whether the answer depends on how long the list is, which costs a call. */
export function dependsOnList(finding: Finding, limits: CallLimits): boolean {
  const { calls } = cheapestWay({ ...finding, listed: undefined }, limits);
  return calls + (finding.before ?? 0) > 1;
}

/** The devices that are asked about. */
export interface Asked {
  readonly ids: number;
  readonly longestId: number;
  /** Sizes of the groups. */
  readonly groups: readonly number[];
  /** How many devices the list has, where it is known. */
  readonly listed: number | undefined;
}

/** How many calls it takes at most to read these devices, as if nobody else had asked. */
export function callsToRead(asked: Asked, limits: CallLimits): number {
  const { ids, longestId, groups, listed } = asked;
  const inGroups = groups.reduce((sum, size) => sum + size, 0);
  if (ids === 0 && inGroups === 0) return 0;
  if (limits.idsASearch !== undefined && ids === 0) return callsToSearchGroups(groups);
  const members = callsToListMembers(groups, limits);
  const finding = { ids: ids + inGroups, longestId, listed };
  const asksHowMany = dependsOnList(finding, limits) ? 1 : 0;
  const { way, calls } = cheapestWay(finding, limits);
  // The first page says how long the list is.
  return members + calls + (way === "list" ? 0 : asksHowMany);
}

/** How many calls it takes to list the members of groups. */
export function callsToListMembers(groups: readonly number[], limits: CallLimits): number {
  return groups.reduce((sum, size) => sum + callsToList(size, limits), 0);
}

function callsToList(size: number, { membersAPage }: CallLimits): number {
  return Math.max(1, Math.ceil(size / membersAPage));
}

/** Searches give so many devices, and name so many groups. */
export const ROWS_A_SEARCH = 50;
export const GROUPS_A_SEARCH = 7;

function callsToSearchGroups(groups: readonly number[]): number {
  const rows = groups.reduce((sum, size) => sum + size, 0);
  return Math.ceil(rows / ROWS_A_SEARCH) + Math.ceil(groups.length / GROUPS_A_SEARCH);
}

/** Searches that a tally of groups takes. */
export function callsToTally(groups: number): number {
  return FIGURES_OF_A_TALLY * Math.ceil(groups / GROUPS_A_SEARCH);
}

const FIGURES_OF_A_TALLY = 5;
