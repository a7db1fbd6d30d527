import type { Fleet } from "../upgrade/fleet";
import { callsToListMembers, callsToRead, callsToTally } from "../upgrade/fleet-calls";
import { type Pushed, type Seen, seenOf, talliedOf } from "../upgrade/reach";

/** What a push names. */
export interface ReachTargets {
  readonly devices?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
}

/** A task that is not over, and may hold devices. */
export interface HoldingTask {
  readonly id: string;
  /** The devices that it names; `undefined` where it names groups. */
  readonly devices: readonly string[] | undefined;
  /** How many devices it has; `undefined`: not known. */
  readonly total: number | undefined;
}

/** What is asked of a platform to tell what a push reaches. */
export interface Reaching {
  readonly fleet: Fleet;
  /** All tasks that are not over, but for the one that is to be made. */
  readonly unfinished: () => Promise<readonly HoldingTask[]>;
  /** The devices that a task still holds. */
  readonly heldBy: (id: string) => Promise<readonly string[]>;
}

/** How many devices a page of a task's devices shows at least. */
const DEVICES_A_PAGE = 50;

/**
 * What a push reaches.
 *
 * @param mostCalls - what figures beyond the count may cost; what costs more is left out and said. It
 * is judged as if nobody else had asked.
 */
export async function lookAtReach(
  reaching: Reaching,
  { devices, groups = [] }: ReachTargets,
  pushed: Pushed,
  mostCalls: number,
): Promise<Seen> {
  const { fleet } = reaching;
  const { kind } = pushed;
  const ids = devices === undefined || devices.length === 0 ? undefined : [...new Set(devices)];
  const found = ids === undefined ? await fleet.groups(groups) : new Map<string, undefined>();
  const sizes = [...found.values()].flatMap((group) => group?.size ?? []);
  const there = [...found].filter(([, group]) => group !== undefined).map(([name]) => name);
  const noGroups = [...found.keys()].filter((name) => !there.includes(name));

  const counts = { ids: ids?.length ?? 0, longestId: longestOf(ids ?? [""]), groups: sizes };
  // One device, or none but counted, is asked for in one way only.
  if (mostCalls > 0 && ids?.length !== 1) await fleet.ready();
  let calls = callsToRead({ ...counts, listed: undefined }, fleet.limits());
  if (calls > mostCalls && mostCalls > 0) {
    const listed = await fleet.listed(kind);
    calls = callsToRead({ ...counts, listed }, fleet.limits());
  }
  if (mostCalls > 0 && calls <= mostCalls) {
    const read =
      ids === undefined
        ? await fleet.devicesIn(there, { kind })
        : await fleet.devices(ids, { kind });
    const seen = seenOf(read, ids, pushed);
    const reached = new Set([...read.keys(), ...(ids ?? [])]);
    const { busy, leftOut } = await busyAmong(reached, reaching, mostCalls - calls);
    return {
      ...seen,
      ...(busy === undefined ? {} : { busy: busy.length }),
      ids: { ...seen.ids, busy: busy ?? [] },
      noGroups,
      leftOut,
    };
  }
  const why = `${calls} calls, maxPreviewCalls is ${mostCalls}`;
  const version = pushed.version;
  const tally =
    ids === undefined && callsToTally(there.length) <= mostCalls
      ? await fleet.tally(there, { kind, packageKind: pushed.packageKind, version })
      : undefined;
  if (tally !== undefined) {
    return { ...talliedOf(tally), noGroups, leftOut: [`former versions not looked at: ${why}`] };
  }
  const isExact = there.length < 2 || callsToListMembers(sizes, fleet.limits()) <= mostCalls;
  const counted = there.length > 1 && isExact ? await distinct(fleet, there) : undefined;
  return {
    reach: { devices: ids?.length ?? counted ?? sizes.reduce((sum, size) => sum + size, 0) },
    isAtMost: !isExact,
    ids: {},
    noGroups,
    leftOut: mostCalls === 0 ? [] : [`versions not looked at: ${why}`],
  };
}

/** A device may be in several groups. */
async function distinct(fleet: Fleet, groups: readonly string[]): Promise<number> {
  const members = await fleet.members(groups);
  return new Set([...members.values()].flatMap((ids) => ids ?? [])).size;
}

/** Of these devices, those that a task which is not over still holds. */
async function busyAmong(
  reached: ReadonlySet<string>,
  { unfinished, heldBy }: Reaching,
  mostCalls: number,
): Promise<{ busy: readonly string[] | undefined; leftOut: readonly string[] }> {
  const busy = new Set<string>();
  let left = mostCalls;
  let unread = 0;
  for (const { id, devices, total } of await unfinished()) {
    if (devices?.every((device) => !reached.has(device)) === true) continue;
    const calls = Math.ceil((devices?.length ?? total ?? DEVICES_A_PAGE) / DEVICES_A_PAGE);
    left -= calls;
    if (left < 0) unread += 1;
    const held = left < 0 ? (devices ?? []) : await heldBy(id);
    for (const device of held) if (reached.has(device)) busy.add(device);
  }
  const leftOut = unread === 0 ? [] : [`${unread} unfinished tasks not looked at`];
  return { busy: [...busy], leftOut };
}

function longestOf(ids: readonly string[]): number {
  return ids.reduce((longest, { length }) => Math.max(longest, length), 0);
}
