import type { Clock } from "../../clock";
import type { Age, DeviceGroup } from "../../upgrade/fleet";
import { createKept, type Kept } from "../../wing/kept";
import { type Ask, orGone } from "./ask";
import { FLEET_PAGE_SIZE, getGroup, listGroups, listMembers } from "./fleet-endpoints";
import { allPlacedPages, type Place } from "./paging";

/** The device groups of one project, which tasks call by their ids; a name is one space's only. */
export interface Groups {
  get(id: string): Promise<DeviceGroup | undefined>;
  named(name: string, appId: string | undefined): Promise<readonly DeviceGroup[]>;
  all(age: Age): Promise<readonly DeviceGroup[]>;
  /** `undefined` for a group that does not exist. */
  size(id: string, age: Age): Promise<number | undefined>;
  /** `undefined` for a group that does not exist. */
  members(id: string, age: Age): Promise<readonly string[] | undefined>;
}

export interface GroupMemory {
  readonly all: Kept<readonly DeviceGroup[]>;
  readonly sizes: Kept<number | undefined>;
  readonly members: Kept<readonly string[] | undefined>;
}

export function createGroupMemory(clock: Clock, seconds: number): GroupMemory {
  return {
    all: createKept(clock, seconds),
    sizes: createKept(clock, seconds),
    members: createKept(clock, seconds),
  };
}

export function groupsOf(ask: Ask, memory: GroupMemory): Groups {
  const get = (id: string): Promise<DeviceGroup | undefined> => orGone(() => ask(getGroup(id)));

  const list = (filter: { name?: string; app_id?: string | undefined }) =>
    allPlacedPages(
      (from) => ask(listGroups(filter, from)),
      ({ id }) => id,
    );

  const members = (id: string, from: Place | undefined, limit: number) =>
    ask(listMembers(id, from, limit));

  /** What an unknown group answers is not documented: one that has nobody is asked for by itself. */
  async function isThere(id: string): Promise<boolean> {
    return (await get(id)) !== undefined;
  }

  return {
    get,
    named: async (name, appId) =>
      // Whether the platform's filter is exact is not documented.
      (await list({ name, app_id: appId })).filter((group) => group.name === name),
    all: (age) => memory.all.get("", age, () => list({})),
    async size(id, age) {
      const known = memory.members.peek(id, age);
      if (known !== undefined) return (await known)?.length;
      return memory.sizes.get(id, age, () =>
        orGone(async () => {
          const { items, total } = await members(id, undefined, 1);
          const size = total ?? items.length;
          return size > 0 || (await isThere(id)) ? size : undefined;
        }),
      );
    },
    members: (id, age) =>
      memory.members.get(id, age, () =>
        orGone(async () => {
          const ids = await allPlacedPages(
            (from) => members(id, from, FLEET_PAGE_SIZE),
            (deviceId) => deviceId,
          );
          return ids.length > 0 || (await isThere(id)) ? ids : undefined;
        }),
      ),
  };
}
