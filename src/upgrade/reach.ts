import {
  type Brought,
  type Device,
  type DeviceKind,
  isOtherKind,
  type Tally,
  versionOn,
} from "./fleet";

/*
 * What a push reaches: pure. Steady facts are kept with the task that is made, figures of the moment
 * are only told.
 */

/** The steady facts about what a push reaches; one that nobody looked at is absent. */
export interface Reach {
  /** Devices that are pushed to. Of several groups whose members were not read it is the sum. */
  readonly devices: number;
  /** Versions that they run, the most frequent first, at most ten. */
  readonly from?: readonly string[];
  /** Devices that report the package's version. */
  readonly onVersion?: number;
  /** Devices of another model or product than the package's. */
  readonly otherKind?: number;
  /** Ids that the platform does not know. */
  readonly unknown?: number;
  /** Devices whose reports the platform passes over. */
  readonly frozen?: number;
  /** Devices whose version is none from which the package upgrades. */
  readonly otherSourceVersion?: number;
}

/** What is pushed. */
export interface Pushed extends Brought {
  readonly kind: DeviceKind;
  readonly version?: string | undefined;
  /** Versions from which the package upgrades; `undefined`: from any. */
  readonly sourceVersions?: readonly string[] | undefined;
}

/** What was seen of the devices that a push reaches. */
export interface Seen {
  readonly reach: Reach;
  /** Whether there are no more than so many devices, but maybe fewer. */
  readonly isAtMost?: boolean;
  readonly online?: number;
  readonly offline?: number;
  readonly busy?: number;
  /** Devices of each version that is not the package's, the most frequent first. */
  readonly versions?: readonly (readonly [version: string, devices: number])[];
  /** Ids for the figures that are odd. */
  readonly ids: Readonly<Partial<Record<Odd, readonly string[]>>>;
  /** Groups that do not exist. */
  readonly noGroups: readonly string[];
  /** What was not looked at, and why: clauses. */
  readonly leftOut: readonly string[];
}

export type Odd = "otherKind" | "unknown" | "busy" | "frozen" | "otherSourceVersion";

const MOST_VERSIONS = 10;

/**
 * What is known when each device was read.
 *
 * @param wanted - the devices that are named; `undefined`: exactly those that were read
 */
export function seenOf(
  read: ReadonlyMap<string, Device>,
  wanted: readonly string[] | undefined,
  pushed: Pushed,
): Omit<Seen, "noGroups" | "leftOut"> {
  const { kind, version, sourceVersions } = pushed;
  const unknown = (wanted ?? []).filter((id) => !read.has(id));
  const known = [...read.values()];
  const [others, fitting] = split(known, (device) => isOtherKind(device.kind, kind));
  const versions = new Map<string, number>();
  let onVersion = 0;
  for (const device of fitting) {
    const runs = versionOn(device, pushed);
    if (runs === undefined) continue;
    if (runs === version) onVersion += 1;
    else versions.set(runs, (versions.get(runs) ?? 0) + 1);
  }
  const sorted = [...versions].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const frozen = known.filter(({ isFrozen }) => isFrozen);
  const unfit = fitting.filter((device) => {
    const runs = versionOn(device, pushed);
    return runs !== undefined && runs !== version && !(sourceVersions ?? [runs]).includes(runs);
  });
  return {
    reach: {
      devices: known.length + unknown.length,
      from: sorted.slice(0, MOST_VERSIONS).map(([runs]) => runs),
      ...(version === undefined ? {} : { onVersion }),
      otherKind: others.length,
      unknown: unknown.length,
      frozen: frozen.length,
      ...(sourceVersions === undefined ? {} : { otherSourceVersion: unfit.length }),
    },
    online: known.filter(({ connection }) => connection === "ONLINE").length,
    offline: known.filter(({ connection = "ONLINE" }) => connection !== "ONLINE").length,
    versions: sorted,
    ids: {
      otherKind: idsOf(others),
      unknown,
      frozen: idsOf(frozen),
      otherSourceVersion: idsOf(unfit),
    },
  };
}

/** What is known of groups that were counted without reading a device. */
export function talliedOf(tally: Tally): Omit<Seen, "noGroups" | "leftOut"> {
  const { devices, online, frozen, otherKind, onVersion } = tally;
  return {
    reach: {
      devices,
      ...(onVersion === undefined ? {} : { onVersion }),
      otherKind,
      frozen,
    },
    online,
    offline: Math.max(0, devices - online - frozen),
    ids: {},
  };
}

/** The line that a reviewer reads. */
export function reachLine(
  name: string,
  { packageKind, version }: Pushed,
  seen: Seen,
  /** `of another model`: what a device is that the package is not for. */
  ofAnotherKind: string,
): string {
  const { reach, online, offline, busy, leftOut } = seen;
  const of = (figure: number | undefined, one: string, many: string, odd?: Odd): string[] =>
    figure === undefined || figure === 0
      ? []
      : [`${figure} ${figure === 1 ? one : many}${examplesOf(odd && seen.ids[odd])}`];
  const figures = [
    ...of(online, "online", "online"),
    ...of(offline, "offline", "offline"),
    ...of(reach.onVersion, "runs it already", "run it already"),
    ...of(reach.otherKind, ofAnotherKind, ofAnotherKind, "otherKind"),
    ...of(reach.unknown, "unknown to the platform", "unknown to the platform", "unknown"),
    ...of(busy, "busy in another task", "busy in another task", "busy"),
    ...of(reach.frozen, "frozen", "frozen", "frozen"),
    ...of(
      reach.otherSourceVersion,
      "on a version from which the package does not upgrade",
      "on versions from which the package does not upgrade",
      "otherSourceVersion",
    ),
  ];
  const what = `${fromOf(seen)}${version ?? packageKind} on ${seen.isAtMost === true ? "at most " : ""}${counted(reach.devices)}`;
  const said = figures.length === 0 ? what : `${what}: ${figures.join(", ")}`;
  const rest = leftOut.map((clause) => `; ${clause}`).join("");
  return `${name}: ${said}${rest}.`;
}

export function counted(devices: number): string {
  return devices === 1 ? "1 device" : `${devices} devices`;
}

/** `V1.3 (40), V1.4 (348) -> ` */
function fromOf({ versions = [] }: Seen): string {
  const [only] = versions;
  if (only === undefined) return "";
  if (versions.length === 1) return `${only[0]} -> `;
  const shown = versions.slice(0, 3).map(([version, devices]) => `${version} (${devices})`);
  const more = versions.length > 3 ? ` and ${versions.length - 3} others` : "";
  return `${shown.join(", ")}${more} -> `;
}

const MOST_EXAMPLES = 3;

/** `(meter-1, meter-2 and 5 others)` */
function examplesOf(ids: readonly string[] = []): string {
  if (ids.length === 0) return "";
  const others = ids.length - MOST_EXAMPLES;
  const shown = ids.slice(0, MOST_EXAMPLES).join(", ");
  return ` (${shown}${others > 0 ? ` and ${others} more` : ""})`;
}

function split<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

function idsOf(devices: readonly Device[]): string[] {
  return devices.map(({ id }) => id);
}
