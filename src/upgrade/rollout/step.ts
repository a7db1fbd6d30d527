import type { Book, HeldBy } from "./book";
import { BACK, JOINERS, type WaveDeclaration } from "./declaration";
import type { Situation } from "./decide";
import { describeGoneGroups, describeHeld, describeHollow } from "./describe-state";
import type { Draw } from "./draw";
import { plannedDevices } from "./plan";
import type { Records } from "./records";
import type { Survey, Surveyed } from "./survey";
import { beginWave, joinersOf, takingOf } from "./taking";
import { goOnWith, isAllowed, namesOf, type WaveNow } from "./waves";

/** Why nothing goes on, and what opens it. */
export interface Held {
  readonly by: HeldBy;
  readonly because: string;
}

/** One decision's look at the waves, from the first to the last. */
export class Step {
  private readonly situation: Situation;
  private readonly book: Book;
  private readonly drawn: Draw;
  private readonly survey: Survey;
  private readonly records: Records;
  /** Whether everybody ran the version before any wave had begun. */
  isOverAtOnce = false;

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
  private endAtOnce(): boolean {
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
      survey.renew();
      const memo = book.waves.at(-1);
      if (memo !== undefined) {
        memo.decidedAt = facts.now;
        memo.overAt = facts.now;
      }
    }
    return true;
  }

  /** Judges what has begun, and begins what may; each wave once that before it is over. */
  goOn(isBlocked: boolean): { waves: WaveNow[]; held: Held | undefined } {
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
      if (this.endAtOnce()) {
        this.isOverAtOnce = true;
        continue;
      }
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
  private begin(name: string): Held | undefined {
    const { declaration, plan, gate, facts, openFrom } = this.situation;
    const { book, survey } = this;
    const hold = (by: HeldBy, because?: string): Held | undefined => ({
      by,
      because: because ?? describeHeld(by, name, openFrom),
    });
    if (declaration.paused) return hold("paused");
    if (!isAllowed(name, declaration)) return hold("approval");
    // Others may have pushed the version to some of its devices already.
    const isGated = gate !== undefined && gate.kind !== "open";
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
    survey.renew();
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
  whyStuck(runs: readonly WaveNow[]): Held | undefined {
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
