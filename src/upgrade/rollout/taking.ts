import { type Book, newEntry } from "./book";
import { isApproved, JOINERS, type RolloutDeclaration, type WaveDeclaration } from "./declaration";
import type { Draw } from "./draw";
import { plannedDevices, type RolloutPlan } from "./plan";
import type { Survey, Surveyed } from "./survey";
import { isAllowed } from "./waves";

/** Whom a wave would take if it began now, and whether anybody stands before it at all. */
export interface Taking {
  readonly devices: readonly Surveyed[];
  /** Members that no wave has taken and that belong to it, who is left out and who has no place included. */
  readonly candidates: number;
}

/**
 * Everybody up to the wave's boundary whom no wave has taken, but who is left out; and, over all waves
 * so far, never more than the plan gives them: the highest ranks stay back.
 */
export function takingOf(
  wave: WaveDeclaration,
  declaration: RolloutDeclaration,
  plan: RolloutPlan,
  book: Book,
  draw: Draw,
  survey: Survey,
): Taking {
  const { waves } = declaration;
  const begun = new Set(book.waves.map(({ name }) => name));
  const index = waves.indexOf(wave);
  const isSoFar = ({ name }: { name: string }): boolean => begun.has(name) || name === wave.name;
  const soFar = new Set(waves.flatMap((each, at) => (isSoFar(each) ? [at] : [])));
  const belongs = (at: number): boolean => at <= index || soFar.has(at);
  const candidates = [...survey.untaken()].filter(({ id }) => belongs(draw.waveOf.get(id) ?? -1));
  const numbers = plannedDevices(plan);
  // Whose approval was taken back has no places to give.
  const names = new Set(
    waves.filter((each) => isSoFar(each) && isApproved(declaration, each)).map(({ name }) => name),
  );
  const planned = [...names].reduce((sum, name) => sum + (numbers.get(name) ?? 0), 0);
  let places = planned;
  for (const [key, entry] of book.entries) {
    if (entry.wave === undefined || entry.left === "before") continue;
    const id = survey.devices.get(key)?.id;
    const drawn = id === undefined ? undefined : draw.waveOf.get(id);
    const drawnIn = drawn === undefined ? undefined : waves[drawn]?.name;
    if (names.has(entry.wave) || (drawnIn !== undefined && names.has(drawnIn))) places -= 1;
  }
  const takeable = candidates.filter(
    ({ standing: { name } }) => name !== "leftOut" && name !== "gone" && name !== "excluded",
  );
  return { devices: takeable.slice(0, Math.max(0, places)), candidates: candidates.length };
}

/** Who joined a continuous rollout that is through, and who was asleep then and is awake now. */
export function joinersOf(declaration: RolloutDeclaration, book: Book, survey: Survey): Surveyed[] {
  if (declaration.targetSelection !== "continuous" || !book.isThrough) return [];
  if (!isAllowed(JOINERS, declaration)) return [];
  const joiners: Surveyed[] = [];
  for (const device of survey.devices.values()) {
    const { facts, isMember, standing, key } = device;
    if (!isMember) continue;
    const entry = book.entries.get(key);
    const isAwake =
      standing.name === "unreached" && facts?.connection === "ONLINE" && entry?.wasOnline !== true;
    const isNew =
      entry?.wave === undefined && (standing.name === "toPush" || standing.name === "busy");
    if (isAwake || isNew) joiners.push(device);
  }
  return joiners;
}

/** Writes into the book that a wave has begun with these devices. */
export function beginWave(
  book: Book,
  name: string,
  devices: readonly Surveyed[],
  declaration: RolloutDeclaration,
  now: number,
): void {
  if (name === JOINERS) {
    // The joiners of the time before are the last wave's from now on.
    book.waves = book.waves.filter((wave) => wave.name !== JOINERS);
    for (const entry of book.entries.values()) {
      if (entry.wave === JOINERS) entry.wave = declaration.waves.at(-1)?.name;
    }
  }
  for (const { key, facts } of devices) {
    const entry = book.entries.get(key) ?? newEntry();
    const runs = facts?.version;
    entry.wave = name;
    entry.from = runs;
    entry.ranIt = runs === declaration.reportedVersion;
    entry.left = "no";
    if (name === JOINERS && entry.tried === declaration.version && entry.result === "unreached") {
      entry.result = "none";
    }
    book.entries.set(key, entry);
  }
  const taken = [...book.entries.values()].filter(({ wave }) => wave === name).length;
  book.waves.push({ name, beganAt: now, taken });
}
