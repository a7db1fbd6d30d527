import { percentOf } from "../percent";
import type { RolloutDeclaration, WaveDeclaration } from "./declaration";
import {
  describeEmptyWave,
  describeMissingGroups,
  describeNobodyAtAll,
  describeOutsiders,
  describePercentOfNobody,
  describeTooMany,
  describeUnknownDevices,
} from "./describe-draw";
import type { DeviceFacts, Look, Selection } from "./platform";
import { ranked } from "./ranks";

export interface DrawnWave {
  readonly name: string;
  /** Members, by their ranks. */
  readonly devices: readonly string[];
}

/** Who is in which wave, drawn as if nothing had begun. */
export interface Draw {
  readonly waves: readonly DrawnWave[];
  /** The fleet's devices of the package's kind, but who is excluded: what the waves are made of. */
  readonly members: ReadonlyMap<string, DeviceFacts>;
  /** The index of each member's wave, the lowest rank of the first wave first. */
  readonly waveOf: ReadonlyMap<string, number>;
  readonly excluded: ReadonlySet<string>;
  /** Who is listed in the fleet, and the platform does not know. */
  readonly unknown: readonly string[];
  readonly otherKind: readonly string[];
  /** Groups that do not exist, by the wave that names them; `""` for the fleet and `exclude`. */
  readonly missingGroups: ReadonlyMap<string, readonly string[]>;
  /** Why a preview fails, one sentence each. */
  readonly refusals: readonly string[];
  /** What is told beside the line of the plan, one sentence each. */
  readonly told: readonly string[];
}

/** All that a draw has to look at. */
export function selectionOf({ fleet, exclude, waves }: RolloutDeclaration): Selection {
  const all = [fleet, exclude, ...waves.flatMap(({ selection }) => selection ?? [])];
  return {
    devices: [...new Set(all.flatMap(({ devices }) => devices))].sort(),
    groups: [...new Set(all.flatMap(({ groups }) => groups))].sort(),
  };
}

/** @param isFirst - an unknown device is refused in the first draw, and told in a later one */
export function draw(
  declaration: RolloutDeclaration,
  look: Look,
  { isFirst }: { readonly isFirst: boolean },
): Draw {
  const { fleet, exclude, waves, maxDevices } = declaration;
  const refusals: string[] = [];
  const told: string[] = [];
  const excluded = new Set(chosen(exclude, look));
  const inFleet = new Set(chosen(fleet, look));
  const unknown = fleet.devices.filter((id) => !look.devices.has(id));
  const members = new Map<string, DeviceFacts>();
  const otherKind: string[] = [];
  for (const id of inFleet) {
    const facts = look.devices.get(id);
    if (facts === undefined || excluded.has(id)) continue;
    if (facts.isOfKind) members.set(id, facts);
    else otherKind.push(id);
  }
  const { drawn, outsiders } = share(declaration, members, look, inFleet);
  const missingGroups = missingOf(declaration, look);
  for (const [wave, groups] of missingGroups) refusals.push(describeMissingGroups(wave, groups));
  const strangers = isFirst ? unknown.concat(unknownIn(waves, look, inFleet)) : [];
  if (strangers.length > 0) refusals.push(describeUnknownDevices(strangers));
  else if (unknown.length > 0) told.push(describeUnknownDevices(unknown));
  if (members.size === 0) refusals.push(describeNobodyAtAll(otherKind.length, excluded.size));
  for (const [index, wave] of waves.entries()) {
    const count = drawn[index]?.devices.length ?? 0;
    if (count > 0 || wave.mayBeEmpty === true || missingGroups.has(wave.name)) continue;
    if (wave.selection !== undefined) refusals.push(describeEmptyWave(wave.name));
    else if (members.size > 0) told.push(describePercentOfNobody(wave));
  }
  if (maxDevices !== undefined && members.size > maxDevices) {
    refusals.push(describeTooMany(members.size, maxDevices));
  }
  if (outsiders.length > 0) told.push(describeOutsiders(outsiders));
  const waveOf = new Map(
    drawn.flatMap(({ devices }, index) => devices.map((id) => [id, index] as const)),
  );
  return {
    ...{ waves: drawn, members, waveOf, excluded, unknown, otherKind },
    ...{ missingGroups, refusals, told },
  };
}

function chosen({ devices, groups }: Selection, look: Look): string[] {
  return [...devices, ...groups.flatMap((group) => look.groups.get(group) ?? [])];
}

function share(
  { waves, seed }: RolloutDeclaration,
  members: ReadonlyMap<string, DeviceFacts>,
  look: Look,
  inFleet: ReadonlySet<string>,
): { drawn: DrawnWave[]; outsiders: string[] } {
  const named = new Set<string>();
  const outsiders = new Set<string>();
  const byName = new Map<string, string[]>();
  for (const { name, selection } of waves) {
    if (selection === undefined) continue;
    const own: string[] = [];
    for (const id of chosen(selection, look)) {
      if (!inFleet.has(id)) outsiders.add(id);
      if (!members.has(id) || named.has(id)) continue;
      named.add(id);
      own.push(id);
    }
    byName.set(name, ranked(seed, own));
  }
  const others = ranked(
    seed,
    [...members.keys()].filter((id) => !named.has(id)),
  );
  let boundary = 0;
  const drawn = waves.map(({ name, selection, untilPercent }): DrawnWave => {
    if (selection !== undefined) return { name, devices: byName.get(name) ?? [] };
    const end = untilPercent === undefined ? others.length : percentOf(untilPercent, others.length);
    const devices = others.slice(boundary, end);
    boundary = Math.max(boundary, end);
    return { name, devices };
  });
  return { drawn, outsiders: [...outsiders] };
}

function missingOf(
  { fleet, exclude, waves }: RolloutDeclaration,
  look: Look,
): Map<string, string[]> {
  const missing = new Map<string, string[]>();
  const miss = (wave: string, groups: readonly string[]): void => {
    const gone = groups.filter((group) => look.groups.get(group) === undefined);
    if (gone.length > 0) missing.set(wave, gone);
  };
  miss("", [...fleet.groups, ...exclude.groups]);
  for (const { name, selection } of waves) miss(name, selection?.groups ?? []);
  return missing;
}

function unknownIn(
  waves: readonly WaveDeclaration[],
  look: Look,
  inFleet: ReadonlySet<string>,
): string[] {
  const listed = new Set(waves.flatMap(({ selection }) => selection?.devices ?? []));
  return [...listed].filter((id) => !look.devices.has(id) && !inFleet.has(id));
}
