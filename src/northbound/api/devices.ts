import type { Clock } from "../../clock";
import { PlatformError } from "../../errors";
import type { Client } from "../../http/client";
import type { CallContext } from "../../http/endpoint";
import {
  type Device,
  type DeviceFilter,
  type DeviceGroup,
  type Fleet,
  fits,
} from "../../upgrade/fleet";
import { createFound, type Found, type Ways } from "../../wing/found";
import type { IsEnough } from "../../wing/pages";
import type { Page } from "../../wing/reply";
import { isDeviceGone } from "./faults";
import {
  DEVICES_A_PAGE,
  getDevice,
  listDevices,
  type ListedDevices,
  MEMBERS_A_PAGE,
} from "./fleet-endpoints";
import { createGroupMemory, type GroupMemory, groupsOf } from "./groups";
import { allNumberedPages } from "./paging";

/** The devices of one application; their groups by the names that tasks call them by. */
export interface Devices extends Fleet {
  /** A group by its id. */
  group(id: string): Promise<DeviceGroup | undefined>;
}

/** What all who ask about the devices of an application share. */
export interface FleetMemory {
  readonly devices: Found<Device>;
  readonly groups: GroupMemory;
}

export function createFleetMemory(clock: Clock, seconds: number): FleetMemory {
  return { devices: createFound(clock, seconds), groups: createGroupMemory(clock, seconds) };
}

export function devicesOf(client: Client, memory: FleetMemory, context: CallContext): Devices {
  const groups = groupsOf(client, memory.groups, context);

  const page = (filter: ListedDevices, pageNo: number): Promise<Page<Device>> => {
    const { endpoint, call } = listDevices(filter, pageNo);
    return client.call(endpoint, call, context);
  };

  const list = (
    filter: ListedDevices,
    first?: Page<Device>,
    isEnough?: IsEnough<Device>,
  ): Promise<readonly Device[]> =>
    allNumberedPages(
      (pageNo, isAgain) =>
        first !== undefined && pageNo === 0 && !isAgain
          ? Promise.resolve(first)
          : page(filter, pageNo),
      ({ id }) => id,
      isEnough,
    );

  async function one(id: string): Promise<Device | undefined> {
    const { endpoint, call } = getDevice(id);
    try {
      return await client.call(endpoint, call, context);
    } catch (error) {
      if (error instanceof PlatformError && isDeviceGone(error.code)) return undefined;
      throw error;
    }
  }

  const ways = (filter: ListedDevices): Ways<Device> => ({
    list: JSON.stringify([filter.deviceType, filter.status]),
    first: () => page(filter, 0),
    all: (first) => list(filter, first),
    one,
    idOf: ({ id }) => id,
    limits,
  });

  const fleet: Devices = {
    group: (id) => groups.get(id),
    devices: (ids, { kind: _, ...age } = {}) =>
      // Narrowed to a type, the list could not tell a device of another type from none.
      memory.devices.find(ids, age, ways({})),
    async devicesIn(names, wanted = {}) {
      const members = [...(await fleet.members(names, wanted)).values()];
      return fleet.devices(
        members.flatMap((ids) => ids ?? []),
        wanted,
      );
    },
    async all(filter, age = {}) {
      const found = await memory.devices.all(age, ways(narrowed(filter)));
      return [...found.values()].filter((device) => fits(device, filter));
    },
    async some(filter, most) {
      const found = await list(narrowed(filter), undefined, (read) => {
        const fitting = [...read.values()].filter((device) => fits(device, filter));
        return fitting.length >= most;
      });
      return found.filter((device) => fits(device, filter)).slice(0, most);
    },
    count: (kind = {}, age = {}) => memory.devices.count(age, ways(narrowed({ kind }))),
    listed: (_kind, age = {}) => memory.devices.count(age, ways({})),
    async members(names, age = {}) {
      const found = await groups.named(names, age);
      const members = new Map<string, readonly string[] | undefined>();
      for (const name of new Set(names)) {
        const id = found.get(name)?.id;
        members.set(name, id === undefined ? undefined : await groups.members(id, age));
      }
      return members;
    },
    async groups(names, age = {}) {
      const found = await groups.named(names, age);
      return new Map(names.map((name) => [name, found.get(name)]));
    },
    allGroups: (age = {}) => groups.all(age),
    ready: () => Promise.resolve(),
    tally: () => Promise.resolve(undefined),
    limits,
  };
  return fleet;
}

function limits() {
  return { devicesAPage: DEVICES_A_PAGE, membersAPage: MEMBERS_A_PAGE };
}

/** What the list can be narrowed to; all else is compared here. */
function narrowed({ kind, connection }: DeviceFilter): ListedDevices {
  return { deviceType: kind?.["deviceType"], status: connection };
}
