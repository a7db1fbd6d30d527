import type { UpgradeKind } from "./gate";

/*
 * Devices and their groups, in our words: what previews count and rollouts draw from. Each wing
 * answers it for its own API.
 */

/**
 * `INACTIVE` has never been online, `ABNORMAL` has been silent for long. `ONLINE` says that a device
 * reported lately, not that it listens now.
 */
export type Connection = "ONLINE" | "OFFLINE" | "ABNORMAL" | "INACTIVE";

/** What a package must be for to fit a device: its model in three fields, or its product in one. */
export type DeviceKind = Readonly<Record<string, string | undefined>>;

/** A device as the platform tells it. What it does not tell is unknown, never different. */
export interface Device {
  readonly id: string;
  readonly kind: DeviceKind;
  readonly firmwareVersion?: string | undefined;
  readonly softwareVersion?: string | undefined;
  /** Versions of its modules by their names, where the platform tells them. */
  readonly moduleVersions?: Readonly<Record<string, string>> | undefined;
  readonly connection?: Connection | undefined;
  /** Whether the platform passes over what it reports. */
  readonly isFrozen: boolean;
}

export interface DeviceGroup {
  /** Id on the platform. */
  readonly id: string;
  readonly name: string | undefined;
  readonly description?: string | undefined;
  /** How many devices are in it; `undefined` when nobody asked, or the platform does not say. */
  readonly size?: number | undefined;
}

/** What devices must be; what is left out may be anything. */
export interface DeviceFilter {
  readonly kind?: DeviceKind | undefined;
  readonly connection?: Connection | undefined;
}

/** How old an answer may be that several askers share, in seconds; 0 asks the platform anew. */
export interface Age {
  readonly maxAgeSeconds?: number;
}

/** What is asked about devices that share a package. */
export interface Wanted extends Age {
  /** What most of them are: a listing may be narrowed to these. */
  readonly kind?: DeviceKind | undefined;
}

/** How many devices of some groups are what, each device once. */
export interface Tally {
  readonly devices: number;
  readonly online: number;
  readonly frozen: number;
  readonly otherKind: number;
  /** Absent where the platform cannot search for that version. */
  readonly onVersion?: number | undefined;
}

export interface TallyOf extends Age {
  readonly kind: DeviceKind;
  readonly packageKind: UpgradeKind;
  readonly version: string | undefined;
}

/**
 * The devices of an account. Groups are called as the targets of a task call them: by name, or by id.
 * Answers are shared by all who ask within some minutes, unless they want them younger.
 */
export interface Fleet {
  /** The devices of these ids that the platform knows, by id, in the cheapest way. */
  devices(ids: readonly string[], wanted?: Wanted): Promise<ReadonlyMap<string, Device>>;
  /** All devices of these groups that exist, by id, in the cheapest way. */
  devicesIn(groups: readonly string[], wanted?: Wanted): Promise<ReadonlyMap<string, Device>>;
  /** All devices of the account that fit. */
  all(filter: DeviceFilter, age?: Age): Promise<readonly Device[]>;
  /** The first so many devices that fit, asked anew. */
  some(filter: DeviceFilter, most: number): Promise<readonly Device[]>;
  /** How many devices the account has of a kind, as far as its list can be narrowed to it. */
  count(kind?: DeviceKind, age?: Age): Promise<number | undefined>;
  /** How many devices the list has that is read to find some of a kind. */
  listed(kind?: DeviceKind, age?: Age): Promise<number | undefined>;
  /** Ids of each group's members; `undefined` for a group that does not exist. */
  members(
    groups: readonly string[],
    age?: Age,
  ): Promise<ReadonlyMap<string, readonly string[] | undefined>>;
  /** The groups, with their sizes; `undefined` for one that does not exist. */
  groups(
    groups: readonly string[],
    age?: Age,
  ): Promise<ReadonlyMap<string, DeviceGroup | undefined>>;
  /** All groups of the account, with their sizes where its list tells them. */
  allGroups(age?: Age): Promise<readonly DeviceGroup[]>;
  /** Counts without reading a device; `undefined` where the platform cannot. */
  tally(groups: readonly string[], of: TallyOf): Promise<Tally | undefined>;
  /** Learns what the platform can, so that all who ask what questions cost are told the same. */
  ready(): Promise<void>;
  /** What questions cost. */
  limits(): CallLimits;
}

/** How much one call of a platform tells. */
export interface CallLimits {
  readonly devicesAPage: number;
  readonly membersAPage: number;
  /** Of ids of such a length, how many one search finds; absent where it cannot search. */
  readonly idsASearch?: ((length: number) => number) | undefined;
}

/** Whether both tell something that differs. */
export function isOtherKind(kind: DeviceKind, wanted: DeviceKind): boolean {
  return Object.entries(wanted).some(
    ([field, value]) => value !== undefined && (kind[field] ?? value) !== value,
  );
}

/** Whether a device is known to be what is wanted. */
export function fits(device: Device, { kind = {}, connection }: DeviceFilter): boolean {
  const isOfKind = Object.entries(kind).every(
    ([field, value]) => value === undefined || device.kind[field] === value,
  );
  return isOfKind && (connection === undefined || device.connection === connection);
}

/** What a package brings to a device. */
export interface Brought {
  readonly packageKind: UpgradeKind;
  /** The module of a device that it is for, of packages that are for one. */
  readonly moduleName?: string | undefined;
}

/** The version that a device reports of what a package brings. */
export function versionOn(
  device: Device,
  { packageKind, moduleName }: Brought,
): string | undefined {
  switch (packageKind) {
    case "firmware":
      return device.firmwareVersion;
    case "software":
      return device.softwareVersion;
    case "module":
      return device.moduleVersions?.[moduleName ?? ""];
  }
}
