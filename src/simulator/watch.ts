import { createHash } from "node:crypto";
import type { Fault } from "./faults";

/** What goes on on a device, in a letter; a capital where the device is not online. */
const letters = { idle: "i", waiting: "w", upgrading: "u", failed: "f" } as const;

/** How many tasks of a space are told. */
const mostTasks = 100;

/** What is wanted of {@link Watched}. */
export interface WatchOptions {
  /** The `layout` that the caller has: its sections are left out. Default: none. */
  readonly layout?: string;
}

/** The platform in short, for a page that asks each second. */
export interface Watched {
  /** The simulated time, ISO 8601. */
  readonly time: string;
  /** Simulated seconds for each real second. */
  readonly speed: number;
  /** How many calls the platform was asked so far. */
  readonly requests: number;
  /** How many replies are held back by faults. */
  readonly held: number;
  /** The faults that wait for calls. */
  readonly faults: readonly Fault[];
  /** Another text whenever devices or groups come or go. */
  readonly layout: string;
  /** The applications and resource spaces. */
  readonly spaces: readonly WatchedSpace[];
}

/** An application of the northbound part, or a resource space of the IoTDA part. */
export interface WatchedSpace {
  /** The part that it is in. */
  readonly generation: "northbound" | "iotda";
  /** Its id. */
  readonly appId: string;
  /** The calls within a minute, of the application or of the space's project. */
  readonly quota: {
    /** How many there were. */
    readonly used: number;
    /** How many there may be; null: any number. */
    readonly limit: number | null;
  };
  /** Its packages. */
  readonly packages: readonly WatchedPackage[];
  /** The last 100 of its tasks in the order of their creation. */
  readonly tasks: readonly WatchedTask[];
  /** How many tasks there are. */
  readonly taskCount: number;
  /** Its devices; absent where the caller has the layout. */
  readonly sections?: readonly WatchedSection[];
  /** Each pair of firmware and software that devices run. */
  readonly versions: readonly (readonly [firmware: string, software: string])[];
  /** For each device, in the order of the sections, the place of its pair in `versions`. */
  readonly runs: readonly number[];
  /**
   * For each device, in the same order, a letter: `w` waiting for an upgrade, `u` upgrading, `f` the
   * last upgrade failed, `i` none of these; a capital where the device is not online.
   */
  readonly states: string;
}

/** The devices that are in the same groups. */
export interface WatchedSection {
  /** The names of the groups; none for devices without one. */
  readonly groups: readonly string[];
  /** The ids of the devices; none for a group that is empty. */
  readonly devices: readonly string[];
}

/** A package in short. */
export interface WatchedPackage {
  /** Identifies it. */
  readonly id: string;
  /** What it upgrades. */
  readonly kind: WatchedKind;
  /** What a device runs after the upgrade. */
  readonly version: string;
  /** The model or the product that it is for. */
  readonly model: string;
}

/** What a task upgrades. */
export type WatchedKind = "firmware" | "software" | "module";

/** A task in short. */
export interface WatchedTask {
  /** Identifies it. */
  readonly id: string;
  /** Its name; null in the northbound part, where tasks have none. */
  readonly name: string | null;
  /** What it upgrades. */
  readonly kind: WatchedKind;
  /** The version that it brings. */
  readonly version: string;
  /** The groups that it names, by their names or, where there is no such group, as the task does. */
  readonly groups: readonly string[];
  /** Where it is, in the platform's words. */
  readonly status: string;
  /** When it was made, ISO 8601. */
  readonly createdAt: string;
  /** How many devices are where; together they are all of its devices. */
  readonly counts: {
    /** Not begun, or failed and waiting for the next attempt. */
    readonly waiting: number;
    /** In work. */
    readonly upgrading: number;
    /** Ended well. */
    readonly succeeded: number;
    /** Ended in a failure, those that never answered among them. */
    readonly failed: number;
    /** Stopped before they ended. */
    readonly stopped: number;
  };
}

/** What a device's part of a task has come to. */
export type PartState = keyof WatchedTask["counts"];

/** A device as a generation has it. */
interface DeviceToWatch {
  readonly id: string;
  readonly groups: readonly string[];
  readonly firmware: string;
  readonly software: string;
  readonly isOnline: boolean;
}

/** Of a device what both generations have of it. */
export function watchDevice(
  device: {
    readonly data: { readonly deviceId: string };
    readonly groups: Iterable<{ readonly name: string }>;
    readonly firmwareVersion: string;
    readonly softwareVersion: string;
    readonly onlineAt: number;
  },
  now: number,
): DeviceToWatch {
  return {
    id: device.data.deviceId,
    groups: Array.from(device.groups, ({ name }) => name),
    firmware: device.firmwareVersion,
    software: device.softwareVersion,
    isOnline: device.onlineAt <= now,
  };
}

/** A task as a generation has it. */
export interface TaskToWatch extends Omit<WatchedTask, "counts" | "createdAt"> {
  readonly createdAt: number;
  readonly parts: readonly { readonly deviceId: string; readonly state: PartState }[];
}

/** A space as a generation has it. */
export interface SpaceToWatch extends Pick<
  WatchedSpace,
  "generation" | "appId" | "quota" | "packages"
> {
  readonly groups: readonly string[];
  readonly devices: readonly DeviceToWatch[];
  readonly tasks: readonly TaskToWatch[];
}

/** The spaces in short, and the text that changes with what stands where. */
export function watchSpaces(
  spaces: readonly SpaceToWatch[],
  known: string | undefined,
): Pick<Watched, "layout" | "spaces"> {
  const watched = spaces.map(watchSpace);
  const all = watched.map(({ generation, appId, sections }) => [generation, appId, sections]);
  const layout = createHash("sha256").update(JSON.stringify(all)).digest("hex").slice(0, 16);
  if (layout !== known) return { layout, spaces: watched };
  return { layout, spaces: watched.map(({ sections: _known, ...rest }) => rest) };
}

function watchSpace({ groups, devices, tasks, ...told }: SpaceToWatch): WatchedSpace {
  const sections = sectionsOf(groups, devices);
  const latest = latestStates(tasks);
  const versions: [string, string][] = [];
  const places = new Map<string, number>();
  const runs: number[] = [];
  let states = "";
  for (const { members } of sections) {
    for (const { id, firmware, software, isOnline } of members) {
      const pair = JSON.stringify([firmware, software]);
      const place = places.get(pair) ?? versions.push([firmware, software]) - 1;
      places.set(pair, place);
      runs.push(place);
      const letter = letters[latest.get(id) ?? "idle"];
      states += isOnline ? letter : letter.toUpperCase();
    }
  }
  return {
    ...told,
    tasks: tasks.slice(-mostTasks).map(watchTask),
    taskCount: tasks.length,
    sections: sections.map(({ groups: names, members }) => ({
      groups: names,
      devices: members.map(({ id }) => id),
    })),
    ...{ versions, runs, states },
  };
}

/** Each device once, with those that are in the same groups; then the groups that nobody is in. */
function sectionsOf(
  groups: readonly string[],
  devices: readonly DeviceToWatch[],
): readonly { readonly groups: readonly string[]; readonly members: readonly DeviceToWatch[] }[] {
  const sections = new Map<string, { groups: readonly string[]; members: DeviceToWatch[] }>();
  const inUse = new Set<string>();
  for (const device of devices) {
    const key = JSON.stringify(device.groups);
    const section = sections.get(key) ?? { groups: device.groups, members: [] };
    section.members.push(device);
    sections.set(key, section);
  }
  for (const { groups: names } of sections.values()) for (const name of names) inUse.add(name);
  const empty = groups.filter((name) => !inUse.has(name));
  return [...sections.values(), ...empty.map((name) => ({ groups: [name], members: [] }))];
}

/** What goes on on each device: what is open comes before what has ended, and then the later task. */
function latestStates(tasks: readonly TaskToWatch[]): ReadonlyMap<string, keyof typeof letters> {
  const latest = new Map<string, keyof typeof letters>();
  for (const { parts } of tasks) {
    for (const { deviceId, state } of parts) {
      const held = latest.get(deviceId);
      if (held === "upgrading" || (held === "waiting" && state !== "upgrading")) continue;
      latest.set(deviceId, state === "succeeded" || state === "stopped" ? "idle" : state);
    }
  }
  return latest;
}

function watchTask({ parts, createdAt, ...told }: TaskToWatch): WatchedTask {
  const counts = { waiting: 0, upgrading: 0, succeeded: 0, failed: 0, stopped: 0 };
  for (const { state } of parts) counts[state] += 1;
  return { ...told, createdAt: new Date(createdAt).toISOString(), counts };
}
