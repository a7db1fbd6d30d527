import type { GateStanding } from "../gate";
import { type Book, copyBook } from "./book";
import type { DeviceFailure } from "../platform";
import type { RolloutDeclaration } from "./declaration";
import { describeHeld, describeRed } from "./describe-state";
import { draw } from "./draw";
import { movedOf } from "./drift";
import { leaveBefore, openForToday, refusalsOf } from "./edits";
import type { RolloutOutputs } from "./outputs";
import { isDrawnAs, type RolloutPlan } from "./plan";
import type { RolloutLimits, Stop } from "./platform";
import { noteStops, type PlannedPush, pushesOf, stopsOf } from "./pushing";
import { type Facts, noteDevices, readRecords } from "./records";
import { reopen } from "./reopening";
import { outputsOf } from "./report";
import { type Held, Step } from "./step";
import { Survey } from "./survey";
import { told } from "./told";
import type { WaveNow } from "./waves";

export interface Situation {
  readonly declaration: RolloutDeclaration;
  readonly plan: RolloutPlan;
  readonly limits: RolloutLimits;
  /** Absent on a create and where the state is lost. */
  readonly book: Book | undefined;
  readonly facts: Facts;
  /** What was told of this version last. */
  readonly lastFailures?: readonly DeviceFailure[];
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
  readonly held: Held | undefined;
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
      ? { book: copyBook(last), isRebuilt: false, isStruck: false, isReplanned: false }
      : openForToday(declaration, plan, last);
  const { book, isRebuilt, isStruck, isReplanned } = opened;
  const drawn = draw(declaration, look, { isFirst: false });
  const records = readRecords({
    book,
    declaration,
    limits,
    facts,
    draw: drawn,
    lastFailures: situation.lastFailures ?? [],
    isRebuilt,
    isRemembered: true,
  });
  noteDevices(book, declaration, drawn, facts);
  // Where a draw of now comes to the plan, nobody has left since it was drawn.
  if (isReplanned && isDrawnAs(plan, declaration, drawn)) leaveBefore(book);
  const survey = new Survey(declaration, book, drawn, look, records, now);
  if (isStruck) reopen(book, declaration, survey);
  const step = new Step(situation, book, drawn, survey, records);
  const failures = [...refusals, ...(book.isThrough ? [] : step.missingGroups())];
  const { waves, held } = step.goOn(failures.length > 0);
  const failed = waves.filter(({ state }) => state === "failed");
  failures.push(
    ...failed.map((wave) => describeRed(wave, declaration, survey, records, situation.limits)),
  );
  const isRed = failures.length > 0;
  const sending = { declaration, limits, book, facts, records, survey };
  const stops = refusals.length > 0 ? [] : stopsOf(sending, failed.length > 0);
  noteStops(book, stops, facts);
  const pushes = isRed ? [] : step.pushing(waves).flatMap(({ name }) => pushesOf(sending, name));
  const isDone = !isRed && step.isThrough(waves);
  if (isDone) book.isThrough = true;
  const runs = waves.filter(({ state }) => state === "running" || state === "baking");
  const hasDevices =
    pushes.length > 0 || stops.length > 0 || runs.some((wave) => step.isWaitedFor(wave));
  const isUnderWay = hasDevices || runs.some(({ state }) => state === "baking");
  const isWindow = step.waitsForWindow(waves);
  const stuck: Held | undefined = isWindow
    ? { by: "window", because: describeHeld("window", undefined, situation.openFrom) }
    : (held ?? step.whyStuck(runs));
  const seen = { declaration, book, draw: drawn, survey, records, waves };
  const moved = movedOf({ ...seen, facts });
  book.acknowledged = moved.mark;
  const outcome = isRed ? "failed" : isDone ? "succeeded" : isUnderWay ? "inProgress" : "held";
  if (book.outcome !== outcome) book.since = now;
  book.outcome = outcome;
  book.heldBy = outcome === "held" ? stuck?.by : undefined;
  const waitsForWindow = stuck?.by === "window";
  const nextAt = step.nextAt(waves, waitsForWindow);
  const isOpen = outcome === "inProgress" || (outcome === "held" && waitsForWindow);
  const waitsFor = !isOpen ? "nothing" : hasDevices ? "devices" : "time";
  return {
    ...{ book, stops, pushes, waves, failures },
    outputs: outputsOf({ ...seen, outcome, nextAt }),
    told: [
      ...told(seen),
      ...moved.lines.map((line) => `${line}; only rerunAfter pushes them again.`),
    ],
    held: outcome === "held" ? stuck : undefined,
    nextAt,
    waitsFor,
    isOverAtOnce: step.isOverAtOnce,
  };
}
