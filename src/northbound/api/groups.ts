import type { Clock } from "../../clock";
import { PlatformError } from "../../errors";
import type { Client } from "../../http/client";
import type { CallContext } from "../../http/endpoint";
import type { Age, DeviceGroup } from "../../upgrade/fleet";
import { createFound, type Found, type Ways } from "../../wing/found";
import { createKept, type Kept } from "../../wing/kept";
import { getGroup, GROUPS_A_PAGE, listGroups, listMembers } from "./fleet-endpoints";
import { isGroupGone } from "./faults";
import { allNumberedPages } from "./paging";

/** The device groups of one application, which tasks call by their names. */
export interface Groups {
  get(id: string): Promise<DeviceGroup | undefined>;
  named(names: readonly string[], age: Age): Promise<ReadonlyMap<string, DeviceGroup>>;
  all(age: Age): Promise<readonly DeviceGroup[]>;
  members(id: string, age: Age): Promise<readonly string[]>;
}

export interface GroupMemory {
  readonly found: Found<DeviceGroup>;
  readonly members: Kept<readonly string[]>;
}

export function createGroupMemory(clock: Clock, seconds: number): GroupMemory {
  return { found: createFound(clock, seconds), members: createKept(clock, seconds) };
}

export function groupsOf(
  client: Client,
  { found, members }: GroupMemory,
  context: CallContext,
): Groups {
  const page = (name: string | undefined, pageNo: number) => {
    const { endpoint, call } = listGroups(name, pageNo);
    return client.call(endpoint, call, context);
  };

  const list = (name?: string, first?: Awaited<ReturnType<typeof page>>) =>
    allNumberedPages(
      (pageNo, isAgain) =>
        first !== undefined && pageNo === 0 && !isAgain
          ? Promise.resolve(first)
          : page(name, pageNo),
      ({ id }) => id,
    );

  const ways: Ways<DeviceGroup> = {
    list: "groups",
    first: () => page(undefined, 0),
    all: (first) => list(undefined, first),
    // Whether the platform's filter is exact is not documented.
    one: async (wanted) => (await list(wanted)).find(({ name }) => name === wanted),
    idOf: ({ id, name }) => name ?? id,
    limits: () => ({ devicesAPage: GROUPS_A_PAGE, membersAPage: 1 }),
  };

  return {
    async get(id) {
      const { endpoint, call } = getGroup(id);
      try {
        return await client.call(endpoint, call, context);
      } catch (error) {
        if (error instanceof PlatformError && isGroupGone(error.code)) return undefined;
        throw error;
      }
    },
    named: (names, age) => found.find(names, age, ways),
    all: async (age) => [...(await found.all(age, ways)).values()],
    members: (id, age) =>
      members.get(id, age, () =>
        allNumberedPages(
          (pageNo) => {
            const { endpoint, call } = listMembers(id, pageNo);
            return client.call(endpoint, call, context);
          },
          (deviceId) => deviceId,
        ),
      ),
  };
}
