import type { Book, Entry } from "./book";
import type { RolloutDeclaration } from "./declaration";
import type { Draw } from "./draw";
import type { DeviceFacts, Look } from "./platform";
import { keyOf } from "./ranks";
import type { Records } from "./records";
import { type Standing, standingOf } from "./standing";
import type { WaveTally } from "./thresholds";

/** A device of the fleet or the book, and where it stands. */
export interface Surveyed {
  readonly key: string;
  /** Absent where nothing tells it: it is in no group any more, and no task lists it. */
  readonly id: string | undefined;
  readonly facts: DeviceFacts | undefined;
  readonly isMember: boolean;
  readonly standing: Standing;
}

export interface TakenDevice extends Surveyed {
  readonly entry: Entry;
}

/** Where every device stands, as the book, the tasks and the devices tell. */
export class Survey {
  /** Members by wave and rank, then who is only in the book. */
  readonly devices: ReadonlyMap<string, Surveyed>;
  private readonly book: Book;
  private readonly stand: (device: Omit<Surveyed, "standing">) => Surveyed;
  private taken: Map<string, TakenDevice[]> | undefined;

  constructor(
    declaration: RolloutDeclaration,
    book: Book,
    draw: Draw,
    look: Look,
    records: Records,
    now: number,
  ) {
    this.book = book;
    const excluded = new Set(Array.from(draw.excluded, keyOf));
    const unknown = new Set(draw.unknown.map(keyOf));
    this.stand = ({ key, id, facts, isMember }) => {
      const entry = book.entries.get(key);
      const wave = entry && book.waves.find(({ name }) => name === entry.wave);
      const standing = standingOf(
        {
          ...{ isExcluded: excluded.has(key), isMember, isUnknown: unknown.has(key) },
          ...{ facts, entry, holds: records.holds.get(key) ?? [] },
          beganAt: wave?.beganAt,
        },
        declaration,
        now,
      );
      return { key, id, facts, isMember, standing };
    };
    const devices = new Map<string, Surveyed>();
    const survey = (key: string, id: string | undefined, isMember: boolean): void => {
      const facts = id === undefined ? undefined : look.devices.get(id);
      devices.set(key, this.stand({ key, id, facts, isMember }));
    };
    for (const id of draw.waveOf.keys()) survey(keyOf(id), id, true);
    const others = new Map<string, string>();
    for (const id of look.devices.keys()) if (!draw.members.has(id)) others.set(keyOf(id), id);
    for (const key of book.entries.keys()) {
      if (!devices.has(key)) survey(key, others.get(key) ?? records.ids.get(key), false);
    }
    this.devices = devices;
  }

  /** To be called when the book has changed: a wave has begun with devices, which are to be pushed now. */
  renew(): void {
    this.taken = undefined;
    const devices = this.devices as Map<string, Surveyed>;
    for (const [key, device] of devices) devices.set(key, this.stand(device));
  }

  /** The devices that a wave has taken, by the book. */
  of(wave: string): readonly TakenDevice[] {
    this.taken ??= this.group();
    return this.taken.get(wave) ?? [];
  }

  private group(): Map<string, TakenDevice[]> {
    const taken = new Map<string, TakenDevice[]>();
    for (const device of this.devices.values()) {
      const entry = this.book.entries.get(device.key);
      if (entry?.wave === undefined) continue;
      const others = taken.get(entry.wave);
      if (others === undefined) taken.set(entry.wave, [{ ...device, entry }]);
      else others.push({ ...device, entry });
    }
    return taken;
  }

  /** Members that no wave has taken, in the order of today's draw. */
  *untaken(): Generator<Surveyed & { readonly id: string }> {
    for (const device of this.devices.values()) {
      const { id, key, isMember } = device;
      if (!isMember || id === undefined) continue;
      if (this.book.entries.get(key)?.wave === undefined) yield { ...device, id };
    }
  }
}

/** A wave's devices, counted. */
export interface WaveCount extends WaveTally {
  /** Of them who ran the version when it began, and is on it: nobody counts them. */
  readonly ran: number;
  /** Whether somebody is still to be pushed, or busy. */
  readonly hasMore: boolean;
}

export function countWave(survey: Survey, wave: string): WaveCount {
  const counts = { succeeded: 0, failed: 0, unreached: 0, open: 0, none: 0 };
  let ran = 0;
  let hasMore = false;
  for (const { standing, entry } of survey.of(wave)) {
    if (standing.name === "toPush" || (standing.name === "busy" && standing.isLate !== true)) {
      hasMore = true;
    }
    if (!entry.ranIt) counts[standing.counts] += 1;
    else if (standing.counts === "succeeded") ran += 1;
  }
  const { succeeded, failed, unreached, open } = counts;
  return { succeeded, failed, unreached, open, ran, hasMore };
}

/** Who succeeded in a wave and is now back on the version it came from, or has fallen silent. */
export function lostOf(
  survey: Survey,
  wave: string,
  { reportedVersion }: RolloutDeclaration,
): Surveyed[] {
  const devices = [...survey.of(wave)];
  const anybodyReports = devices.some(({ facts }) => facts?.version === reportedVersion);
  return devices.filter(({ entry, facts, standing }) => {
    if (entry.ranIt || standing.counts !== "succeeded" || facts === undefined) return false;
    const { version, connection } = facts;
    const isBackOnOld =
      anybodyReports &&
      version !== reportedVersion &&
      version !== undefined &&
      version === entry.from;
    const isSilent = entry.wasOnline && (connection === "ABNORMAL" || connection === "OFFLINE");
    return isBackOnOld || isSilent;
  });
}
