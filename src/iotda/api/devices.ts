import type { Clock } from "../../clock";
import {
  type Device,
  type DeviceGroup,
  type Fleet,
  fits,
  type Tally,
  type TallyOf,
} from "../../upgrade/fleet";
import { createFound, type Found, type Ways } from "../../wing/found";
import { createKept, type Kept } from "../../wing/kept";
import type { IsEnough } from "../../wing/pages";
import type { Page } from "../../wing/reply";
import { type Ask, orGone } from "./ask";
import { FLEET_PAGE_SIZE, getDevice, listDevices } from "./fleet-endpoints";
import { createGroupMemory, type GroupMemory, groupsOf } from "./groups";
import { allPlacedPages } from "./paging";
import {
  createSearchMemory,
  idsAStatement,
  isOtherProduct,
  type SearchMemory,
  searchOf,
} from "./search";

/** The devices of one project; their groups by the ids that tasks call them by. */
export interface Devices extends Fleet {
  /** A group, without its size. */
  group(id: string): Promise<DeviceGroup | undefined>;
  /** Groups by their name, of which there is one in each resource space. */
  named(name: string, appId: string | undefined): Promise<readonly DeviceGroup[]>;
}

/** What all who ask about the devices of a project share. */
export interface FleetMemory {
  readonly devices: Found<Device>;
  readonly inGroups: Kept<readonly Device[] | undefined>;
  readonly tallies: Kept<Tally | undefined>;
  readonly groups: GroupMemory;
  readonly search: SearchMemory;
}

export function createFleetMemory(clock: Clock, seconds: number): FleetMemory {
  return {
    devices: createFound(clock, seconds),
    inGroups: createKept(clock, seconds),
    tallies: createKept(clock, seconds),
    groups: createGroupMemory(clock, seconds),
    search: createSearchMemory(clock),
  };
}

export function devicesOf(ask: Ask, memory: FleetMemory): Devices {
  const groups = groupsOf(ask, memory.groups);
  const search = searchOf(ask, memory.search);

  const list = (
    productId: string | undefined,
    first?: Page<Device>,
    isEnough?: IsEnough<Device>,
  ): Promise<readonly Device[]> => {
    let isFirst = true;
    return allPlacedPages(
      (from) => {
        const known = isFirst ? first : undefined;
        isFirst = false;
        return known === undefined
          ? ask(listDevices(productId, from, FLEET_PAGE_SIZE))
          : Promise.resolve(known);
      },
      ({ id }) => id,
      isEnough,
    );
  };

  const ways = (productId: string | undefined): Ways<Device> => ({
    list: productId ?? "",
    first: () => ask(listDevices(productId, undefined, FLEET_PAGE_SIZE)),
    all: (first) => list(productId, first),
    one: (id) => orGone(() => ask(getDevice(id))),
    search: (ids) => search.byIds(ids),
    idOf: ({ id }) => id,
    limits,
  });

  function limits() {
    return {
      devicesAPage: FLEET_PAGE_SIZE,
      membersAPage: FLEET_PAGE_SIZE,
      idsASearch: search.isThere() ? idsAStatement : undefined,
    };
  }

  const fleet: Devices = {
    group: (id) => groups.get(id),
    named: (name, appId) => groups.named(name, appId),
    devices: (ids, { kind, ...age } = {}) =>
      memory.devices.find(ids, age, ways(kind?.["productId"])),
    async devicesIn(ids, wanted = {}) {
      const name = JSON.stringify([...new Set(ids)].sort());
      const found = await memory.inGroups.get(name, wanted, () => search.inGroups(ids));
      if (found !== undefined) return new Map(found.map((device) => [device.id, device]));
      const members = [...(await fleet.members(ids, wanted)).values()];
      return fleet.devices(
        members.flatMap((some) => some ?? []),
        wanted,
      );
    },
    async all(filter, age = {}) {
      const found = await memory.devices.all(age, ways(filter.kind?.["productId"]));
      return [...found.values()].filter((device) => fits(device, filter));
    },
    async some(filter, most) {
      const found = await list(filter.kind?.["productId"], undefined, (read) => {
        const fitting = [...read.values()].filter((device) => fits(device, filter));
        return fitting.length >= most;
      });
      return found.filter((device) => fits(device, filter)).slice(0, most);
    },
    count: (kind = {}, age = {}) => memory.devices.count(age, ways(kind["productId"])),
    listed: (kind, age) => fleet.count(kind, age),
    members: (ids, age = {}) => forEach(ids, (id) => groups.members(id, age)),
    groups: (ids, age = {}) =>
      forEach(ids, async (id) => {
        const size = await groups.size(id, age);
        return size === undefined ? undefined : { id, name: undefined, size };
      }),
    allGroups: (age = {}) => groups.all(age),
    ready: () => search.tried(),
    tally: (ids, { kind, packageKind, version, ...age }) => {
      const name = JSON.stringify([[...new Set(ids)].sort(), kind, packageKind, version]);
      return memory.tallies.get(name, age, () => tallied(ids, { kind, packageKind, version }));
    },
    limits,
  };
  return fleet;

  async function tallied(
    ids: readonly string[],
    { kind, packageKind, version }: TallyOf,
  ): Promise<Tally | undefined> {
    const devices = await search.count(ids, undefined);
    if (devices === undefined) return undefined;
    const other = isOtherProduct(kind);
    const field = VERSION_FIELDS[packageKind];
    const online = await search.count(ids, { field: "status", is: "ONLINE" });
    const frozen = await search.count(ids, { field: "status", is: "FROZEN" });
    const otherKind = other === undefined ? 0 : await search.count(ids, other);
    const onVersion =
      version === undefined || field === undefined
        ? undefined
        : await search.count(ids, { field, is: version });
    if (online === undefined || frozen === undefined || otherKind === undefined) return undefined;
    return { devices, online, frozen, otherKind, onVersion };
  }
}

/** What a search finds a version by; it finds none of a module. */
const VERSION_FIELDS = {
  firmware: "fw_version",
  software: "sw_version",
  module: undefined,
} as const;

/** One after the other: the quota lets no more through, and others are in between. */
async function forEach<Value>(
  ids: readonly string[],
  ask: (id: string) => Promise<Value>,
): Promise<ReadonlyMap<string, Value>> {
  const answers = new Map<string, Value>();
  for (const id of new Set(ids)) answers.set(id, await ask(id));
  return answers;
}
