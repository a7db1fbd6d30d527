import type { GateStanding } from "../gate";
import { type Book, copyBook, hasPushed, type HeldBy } from "./book";
import { BACK, JOINERS, type RolloutDeclaration, type WaveDeclaration } from "./declaration";
import { describeGoneGroups, describeHeld, describeHollow, describeRed } from "./describe-state";
import { type Draw, draw } from "./draw";
import { openForToday, refusalsOf } from "./edits";
import type { RolloutOutputs } from "./outputs";
import type { RolloutPlan } from "./plan";
import { plannedDevices } from "./plan";
import type { RolloutLimits, Stop } from "./platform";
import { noteStops, type PlannedPush, pushesOf, stopsOf } from "./pushing";
import { keyOf } from "./ranks";
import { type Facts, readRecords, type Records } from "./records";
import { outputsOf } from "./report";
import { Survey, type Surveyed } from "./survey";
import { beginWave, joinersOf, takingOf } from "./taking";
import { told } from "./told";
import { goOnWith, isAllowed, namesOf, type WaveNow } from "./waves";

export interface Situation {
  readonly declaration: RolloutDeclaration;
  readonly plan: RolloutPlan;
  readonly limits: RolloutLimits;
  /** Absent on a create and where the state is lost. */
  readonly book: Book | undefined;
  readonly facts: Facts;
  /** From when on a push may be POSTed: the platform's `openFrom`. */
  readonly openFrom: number;
  /** Where `onlyAfter` is given: open, or closed and not (yet) red. */
  readonly gate?: GateStanding | undefined;
}

export interface Decision {
  /** What is to be remembered, before anything below is done. */
  readonly book: Book;
  readonly stops: readonly Stop[];
  readonly pushes: readonly PlannedPush[];
  readonly waves: readonly WaveNow[];
  readonly outputs: RolloutOutputs;
  /** The red sentences; empty when it is not red. */
  readonly failures: readonly string[];
  /** What is told, one sentence each. */
  readonly told: readonly string[];
  /** Why it is held, and what opens it. */
  readonly held: { readonly by: HeldBy; readonly because: string } | undefined;
  /** When the next thing happens by itself: a deadline, a bake's end, a window. */
  readonly nextAt: number | undefined;
  /** Whether an `up` may wait for devices, or for nothing but `nextAt`. */
  readonly waitsFor: "devices" | "time" | "nothing";
  /** Whether it is over without a push, so that two listings must agree on it. */
  readonly isOverAtOnce: boolean;
}

/** What to do now, of what is declared, remembered and read. It changes nothing that it is given. */
export function decide(situation: Situation): Decision {
  const { declaration, plan, book: last, facts, limits } = situation;
  const { now, look } = facts;
  const refusals = refusalsOf(declaration, last);
  const opened =
    refusals.length > 0 && last !== undefined
      ? { book: copyBook(last), isRebuilt: false, isStruck: false }
      : openForToday(declaration, plan, last);
  const { book, isRebuilt, isStruck } = opened;
  const drawn = draw(declaration, look, { isFirst: false });
  const records = readRecords({ book, declaration, limits, facts, draw: drawn, isRebuilt });
  noteDevices(book, declaration, drawn, facts);
  const survey = new Survey(declaration, book, drawn, look, records, now);
  if (isStruck) reopen(book, declaration, survey);
  const step = new Step(situation, book, drawn, survey, records);
  const failures = [...refusals, ...(book.isThrough ? [] : step.missingGroups())];
  const isOverAtOnce = failures.length === 0 && step.endAtOnce();
  const { waves, held } = step.goOn(failures.length > 0);
  const failed = waves.filter(({ state }) => state === "failed");
  failures.push(
    ...failed.map((wave) => describeRed(wave, declaration, survey, records, situation.limits)),
  );
  const isRed = failures.length > 0;
  const sending = { declaration, limits, book, facts, records, survey };
  const stops = refusals.length > 0 ? [] : stopsOf(sending, isRed);
  noteStops(book, stops, facts);
  const pushes = isRed ? [] : step.pushing(waves).flatMap(({ name }) => pushesOf(sending, name));
  const isDone = !isRed && step.isThrough(waves);
  if (isDone) book.isThrough = true;
  const runs = waves.filter(({ state }) => state === "running" || state === "baking");
  const hasDevices =
    pushes.length > 0 || stops.length > 0 || runs.some((wave) => step.isWaitedFor(wave));
  const isUnderWay = hasDevices || runs.some(({ state }) => state === "baking");
  const isWindow = step.waitsForWindow(waves);
  const stuck: Decision["held"] = isWindow
    ? { by: "window", because: describeHeld("window", undefined, situation.openFrom) }
    : (held ?? step.whyStuck(runs));
  const outcome = isRed ? "failed" : isDone ? "succeeded" : isUnderWay ? "inProgress" : "held";
  if (book.outcome !== outcome) book.since = now;
  book.outcome = outcome;
  book.heldBy = outcome === "held" ? stuck?.by : undefined;
  const waitsForWindow = stuck?.by === "window";
  const nextAt = step.nextAt(waves, waitsForWindow);
  const isOpen = outcome === "inProgress" || (outcome === "held" && waitsForWindow);
  const waitsFor = !isOpen ? "nothing" : hasDevices ? "devices" : "time";
  return {
    ...{ book, stops, pushes, waves, failures, isOverAtOnce },
    outputs: outputsOf({ declaration, book, draw: drawn, survey, records, waves, outcome, nextAt }),
    told: told({ declaration, book, draw: drawn, survey, waves }),
    held: outcome === "held" ? stuck : undefined,
    nextAt,
    waitsFor,
  };
}

/** Who left is marked, and who reports the version after a push of it has done it for good. */
function noteDevices(
  book: Book,
  { version, reportedVersion }: RolloutDeclaration,
  { members }: Draw,
  { look }: Facts,
): void {
  const keys = new Set(Array.from(members.keys(), keyOf));
  for (const [key, entry] of book.entries) {
    if (keys.has(key)) entry.left = "no";
    else if (entry.left === "no") entry.left = "now";
  }
  for (const { id, version: runs } of look.devices.values()) {
    if (runs !== reportedVersion) continue;
    const entry = book.entries.get(keyOf(id));
    if (entry?.tried === version && entry.result !== "none") entry.result = "succeeded";
  }
}

/** After `rerunAfter` waves that have somebody to push are open again; who has no wave gets the last one. */
function reopen(book: Book, { waves }: RolloutDeclaration, survey: Survey): void {
  const last = waves.at(-1)?.name ?? "";
  const names = new Set([BACK, JOINERS, ...waves.map(({ name }) => name)]);
  const isDue = (name: string): boolean => name === "toPush" || name === "busy";
  const wasThrough = book.isThrough || book.waves.some(({ name }) => name === last);
  for (const device of survey.devices.values()) {
    if (!isDue(device.standing.name)) continue;
    const entry = book.entries.get(device.key);
    if (entry?.wave !== undefined && !names.has(entry.wave)) entry.wave = last;
  }
  if (wasThrough) takeLate(book, last, survey);
  const due = new Set<string>();
  for (const { key, standing } of survey.devices.values()) {
    const wave = book.entries.get(key)?.wave;
    if (wave !== undefined && isDue(standing.name)) due.add(wave);
  }
  book.waves = book.waves.filter(({ name, overAt }) => overAt === undefined || !due.has(name));
  if (due.size > 0) book.isThrough = false;
}

/** Whom no wave has taken, and none would. */
function takeLate(book: Book, last: string, survey: Survey): void {
  for (const { key, standing, facts } of [...survey.untaken()]) {
    if (standing.name !== "toPush" && standing.name !== "busy") continue;
    const entry = book.entries.get(key);
    const from = facts?.version;
    const fresh = { wasOnline: false, result: "none", attempts: 0, postedAt: 0 } as const;
    book.entries.set(key, { ...fresh, ...entry, wave: last, from, ranIt: false, left: "no" });
  }
}

/** One decision's look at the waves, from the first to the last. */
class Step {
  private readonly situation: Situation;
  private readonly book: Book;
  private readonly drawn: Draw;
  private readonly survey: Survey;
  private readonly records: Records;

  constructor(situation: Situation, book: Book, drawn: Draw, survey: Survey, records: Records) {
    this.situation = situation;
    this.book = book;
    this.drawn = drawn;
    this.survey = survey;
    this.records = records;
  }

  /** Groups that do not exist, of the fleet or a wave that is not over. */
  missingGroups(): string[] {
    const over = new Set(
      this.book.waves.flatMap(({ name, overAt }) => (overAt === undefined ? [] : [name])),
    );
    return [...this.drawn.missingGroups].flatMap(([wave, groups]) =>
      over.has(wave) ? [] : [describeGoneGroups(wave, groups)],
    );
  }

  /** With everybody on the version before any wave has begun there is nothing to do. */
  endAtOnce(): boolean {
    const { book, survey, drawn } = this;
    const { declaration, facts } = this.situation;
    const isBegun = book.waves.some(({ name, overAt }) => name !== BACK || overAt === undefined);
    const goesBack = namesOf(declaration, book)[0] === BACK && book.waves.length === 0;
    if (book.isThrough || isBegun || goesBack || drawn.members.size === 0) return false;
    const members = [...survey.devices.values()].filter(({ isMember }) => isMember);
    const runs = members.every(
      (device) =>
        device.facts?.version === declaration.reportedVersion &&
        !this.records.holds.has(device.key),
    );
    if (!runs) return false;
    for (const { name } of declaration.waves) {
      const index = declaration.waves.findIndex((wave) => wave.name === name);
      const own = [...survey.untaken()].filter(({ id }) => drawn.waveOf.get(id) === index);
      beginWave(book, name, own, declaration, facts.now);
      const memo = book.waves.at(-1);
      if (memo !== undefined) {
        memo.decidedAt = facts.now;
        memo.overAt = facts.now;
      }
    }
    return true;
  }

  /** Judges what has begun, and begins what may; each wave once that before it is over. */
  goOn(isBlocked: boolean): { waves: WaveNow[]; held: Decision["held"] } {
    const { declaration, facts } = this.situation;
    const { book, survey } = this;
    const judge = (): WaveNow[] =>
      namesOf(declaration, book).map((name) =>
        goOnWith(name, declaration, book, survey, facts.now),
      );
    for (;;) {
      const waves = judge();
      const isBusy = waves.some(({ state }) => state !== "over" && state !== "waiting");
      const isOpen = waves.some(({ state }) => state === "failed");
      if (isBlocked || isOpen || isBusy) return { waves, held: undefined };
      const next = this.next(waves);
      if (next === undefined) return { waves, held: undefined };
      const held = this.begin(next);
      if (held !== undefined) return { waves: judge(), held };
    }
  }

  private next(waves: readonly WaveNow[]): string | undefined {
    const { declaration, plan } = this.situation;
    if (this.book.isThrough) {
      const isPlanned = (plannedDevices(plan).get(JOINERS) ?? 0) > 0;
      const joiners = joinersOf(declaration, this.book, this.survey);
      return isPlanned && joiners.length > 0 ? JOINERS : undefined;
    }
    return waves.find(({ state }) => state === "waiting")?.name;
  }

  /** Begins a wave, or tells what holds it. */
  private begin(name: string): Decision["held"] {
    const { declaration, plan, gate, facts, openFrom } = this.situation;
    const { book, survey } = this;
    const hold = (by: HeldBy, because?: string): Decision["held"] => ({
      by,
      because: because ?? describeHeld(by, name, openFrom),
    });
    if (declaration.paused) return hold("paused");
    if (!isAllowed(name, declaration)) return hold("approval");
    const isGated = gate !== undefined && gate.kind !== "open" && !hasPushed(book);
    if (isGated && book.waves.length === 0) return hold("gate", gate.because);
    const wave = declaration.waves.find((each) => each.name === name);
    const taken = this.taken(name, wave);
    if ("held" in taken) return hold("wave", taken.held);
    const isClosed = openFrom > facts.now;
    const own = [...taken.devices, ...survey.of(name)];
    if (isClosed && own.some(({ standing }) => standing.name === "toPush")) return hold("window");
    const most = plannedDevices(plan).get(JOINERS) ?? 0;
    const devices = name === JOINERS ? taken.devices.slice(0, most) : taken.devices;
    beginWave(book, name, devices, declaration, facts.now);
    return undefined;
  }

  private taken(
    name: string,
    wave: WaveDeclaration | undefined,
  ): { devices: readonly Surveyed[] } | { held: string } {
    const { declaration, plan } = this.situation;
    const { book, survey, drawn } = this;
    if (name === JOINERS) return { devices: joinersOf(declaration, book, survey) };
    if (wave === undefined) return { devices: [] };
    const { devices, candidates } = takingOf(wave, declaration, plan, book, drawn, survey);
    const own = [...survey.of(name)].filter(({ standing }) => standing.counts !== "none");
    if (devices.length > 0 || own.length > 0 || wave.mayBeEmpty === true) return { devices };
    const isMissed =
      wave.selection !== undefined &&
      (drawn.waves[declaration.waves.indexOf(wave)]?.devices.length ?? 0) === 0;
    const isLeftOut =
      candidates > 0 && [...survey.untaken()].some((d) => d.standing.name === "leftOut");
    return isMissed || isLeftOut ? { held: describeHollow(name, isMissed) } : { devices };
  }

  /** The waves that may push now. */
  pushing(waves: readonly WaveNow[]): WaveNow[] {
    const { declaration, openFrom, facts } = this.situation;
    if (declaration.paused || openFrom > facts.now) return [];
    return waves.filter(({ name, state }) => state === "running" && isAllowed(name, declaration));
  }

  isThrough(waves: readonly WaveNow[]): boolean {
    const isOver = waves.every(({ state }) => state === "over");
    const isQuiet = waves.every(({ name, state }) => name !== JOINERS || state === "over");
    return this.book.isThrough ? isQuiet : isOver;
  }

  /** Whether anything in a running wave moves without a person. */
  isWaitedFor({ name, state }: WaveNow): boolean {
    const { declaration, openFrom, facts } = this.situation;
    if (state !== "running") return false;
    const mayPush = !declaration.paused && openFrom <= facts.now && isAllowed(name, declaration);
    for (const { standing } of this.survey.of(name)) {
      // With all slots taken, by the former version too.
      if (mayPush && standing.name === "toPush") return true;
      if (standing.hold !== undefined && standing.isLate !== true) return true;
    }
    return false;
  }

  waitsForWindow(waves: readonly WaveNow[]): boolean {
    const { declaration, openFrom, facts } = this.situation;
    if (declaration.paused || openFrom <= facts.now) return false;
    const isDue = ({ name }: WaveNow): boolean =>
      isAllowed(name, declaration) &&
      [...this.survey.of(name)].some(({ standing }) => standing.name === "toPush");
    const runs = waves.filter(({ state }) => state === "running");
    return runs.some(isDue) && !runs.some((wave) => this.isWaitedFor(wave));
  }

  /** Why a wave that has begun does not go on, where nothing in it moves. */
  whyStuck(runs: readonly WaveNow[]): Decision["held"] {
    const { declaration, openFrom } = this.situation;
    const [wave] = runs;
    if (wave === undefined) return undefined;
    if (wave.isHollow) return { by: "wave", because: describeHollow(wave.name, false) };
    const by = declaration.paused ? "paused" : "approval";
    return { by, because: describeHeld(by, wave.name, openFrom) };
  }

  nextAt(waves: readonly WaveNow[], isWindow: boolean): number | undefined {
    const { facts, openFrom } = this.situation;
    const instants = waves.flatMap(({ name, state, bakesUntil }) => {
      if (state === "baking") return bakesUntil ?? [];
      if (state !== "running") return [];
      return [...this.survey.of(name)].flatMap(({ standing }) => standing.deadline ?? []);
    });
    if (isWindow) instants.push(openFrom);
    const ahead = instants.filter((instant) => instant > facts.now);
    return ahead.length === 0 ? undefined : ahead.reduce((a, b) => Math.min(a, b));
  }
}
