import type { Clock } from "../../clock";
import { messageOf, OtaError } from "../../errors";
import { formatInstant } from "../../instant";
import type { GateStanding } from "../gate";
import { untilRound } from "../rounds";
import type { Book } from "./book";
import type { DeviceFailure } from "../platform";
import type { RolloutDeclaration } from "./declaration";
import { decide, type Decision } from "./decide";
import { describeNext, describeRow } from "./describe-row";
import type { RolloutOutputs } from "./outputs";
import type { RolloutPlan } from "./plan";
import type { RolloutPlatform } from "./platform";
import { notePush, type PlannedPush } from "./pushing";
import { listingOf, readFacts } from "./reading";
import type { Facts } from "./records";
import { openBook, sealBook } from "./seal";

export interface RunRollout {
  readonly declaration: RolloutDeclaration;
  readonly plan: RolloutPlan;
  readonly platform: RolloutPlatform;
  /** The text of the last outputs' book; absent on a create and when it is lost. */
  readonly book: string | undefined;
  /** The last outputs' failures, where they are of this version. */
  readonly failures?: readonly DeviceFailure[];
  /** Where `onlyAfter` is given; a red one is for the caller to throw before. */
  readonly gate?: GateStanding | undefined;
  readonly waitSeconds: number;
  readonly listSettleSeconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The status of the row; `isLast` when nothing follows it. */
  readonly progress: (text: string, isLast: boolean) => void;
}

/** How an `up` ended. */
export interface RolloutEnd {
  readonly outputs: RolloutOutputs;
  readonly book: string;
  /** Why it is red, one sentence each; empty when it is green. */
  readonly reasons: readonly string[];
  /** What is told beside, one sentence each. */
  readonly told: readonly string[];
  /** What comes next and when; absent when it is over or red. */
  readonly next: string | undefined;
  /** Whether it was cancelled: it is green then, and goes on in the next `up`. */
  readonly isCancelled: boolean;
}

/** By how many looks were in vain. */
const PAUSES_SECONDS = [5, 5, 10, 10, 20, 20, 20, 60];
const LONGEST_LEAD_MILLISECONDS = 60_000;
const LISTINGS = 5;
const TRIES = 3;

/**
 * Goes on with a rollout until it is over, held or red, or `waitSeconds` are over. It throws as long as
 * nothing was decided; from then on each end comes with its book.
 */
export async function runRollout(run: RunRollout): Promise<RolloutEnd> {
  return new Run(run).go();
}

/** A `rerunAfter` in the future would not count what is pushed now. */
async function untilRerunAfter({
  declaration,
  platform,
  clock,
  signal,
}: RunRollout): Promise<boolean> {
  const { rerunAfter } = declaration;
  const ahead = (rerunAfter ?? -Infinity) - platform.now();
  if (ahead > LONGEST_LEAD_MILLISECONDS) {
    throw new OtaError(
      `rerunAfter lies ${Math.ceil(ahead / 1000)} s in the future of the platform's clock, so what is pushed now would not count. Nothing was pushed; set it to an instant that has passed.`,
    );
  }
  if (ahead > 0) await clock.sleep(ahead + 1_000, signal);
  return ahead > 0;
}

class Run {
  private readonly run: RunRollout;
  private readonly until: number;
  private book: Book | undefined;
  private decision: Decision | undefined;
  /** Whether two listings have agreed in this process. */
  private isSettled = false;
  private tries = 0;
  private readonly seen = new Set<string>();

  constructor(run: RunRollout) {
    this.run = run;
    this.book = openBook(run.book);
    this.until = run.clock.elapsed() + run.waitSeconds * 1000;
  }

  async go(): Promise<RolloutEnd> {
    try {
      return await this.goOn();
    } catch (error) {
      if (this.decision === undefined) throw error;
      // What was cut off on the way says nothing; the next `up` reads before it pushes.
      return this.end(this.run.signal.aborted ? [] : [messageOf(error)]);
    }
  }

  private async goOn(): Promise<RolloutEnd> {
    const { clock, signal, declaration, platform } = this.run;
    const isCancelled = (): boolean => signal.aborted;
    let facts = await this.read();
    // By its first answers the platform has told its time.
    if (await untilRerunAfter(this.run)) facts = await this.read();
    for (let quiet = 0; ; quiet += 1) {
      if (isCancelled()) return this.end();
      let decision = this.decide(facts);
      if (!this.isSettled && (decision.pushes.length > 0 || decision.isOverAtOnce)) {
        const settled = await this.settle(facts);
        if (typeof settled === "string") return this.end([settled]);
        if (settled === undefined) return this.end();
        facts = settled;
        decision = this.decide(facts);
      }
      const isDone = await this.act(decision, facts);
      if (typeof isDone === "string") return this.end([isDone]);
      if (!isDone) {
        facts = await this.read();
        continue;
      }
      if (decision.pushes.length + decision.stops.length > 0) quiet = 0;
      const { waitsFor, nextAt } = this.decision ?? decision;
      this.tell();
      const left = this.until - clock.elapsed();
      const ahead = nextAt === undefined ? Infinity : Math.max(1_000, nextAt - platform.now());
      if (waitsFor === "nothing" || left <= 0) return this.end();
      if (waitsFor === "time" && ahead > left) return this.end();
      const pause = waitsFor === "time" ? ahead : untilRound(PAUSES_SECONDS, quiet, clock.now());
      await clock.sleep(Math.min(pause, left, ahead), signal);
      if (isCancelled()) return this.end();
      const before = this.book;
      // Devices are many: they are looked at again only once the tasks, or the time, decide something.
      const glance = await readFacts(platform, declaration, before, facts.look);
      const isQuiet = !isNews(this.decideOn(glance), this.decision);
      if (!isQuiet) quiet = -1;
      facts = isQuiet ? glance : await this.read();
    }
  }

  private read(): Promise<Facts> {
    return readFacts(this.run.platform, this.run.declaration, this.book);
  }

  private decideOn(facts: Facts): Decision {
    const { declaration, plan, platform, gate } = this.run;
    const openFrom = platform.openFrom(facts.now);
    return decide({
      declaration,
      plan,
      limits: platform.limits,
      book: this.book,
      facts,
      lastFailures: this.decision?.outputs.failures ?? this.run.failures ?? [],
      openFrom,
      gate,
    });
  }

  private decide(facts: Facts): Decision {
    for (const { id } of facts.tasks) this.seen.add(id);
    const decision = this.decideOn(facts);
    this.decision = decision;
    return decision;
  }

  /** Reads until two listings in a row agree: the facts of the second, a reason, or nothing where it was cancelled. */
  private async settle(first: Facts): Promise<Facts | string | undefined> {
    const { clock, signal, declaration, listSettleSeconds } = this.run;
    let before = first;
    for (let listings = 1; listings < LISTINGS; listings += 1) {
      this.run.progress("looking twice before the first push", false);
      await clock.sleep(listSettleSeconds * 1000, signal);
      if (signal.aborted) return undefined;
      const now = await this.read();
      this.isSettled = listingOf(before.tasks, declaration) === listingOf(now.tasks, declaration);
      if (this.isSettled) return now;
      before = now;
    }
    return `The platform's lists of tasks differed ${LISTINGS} times in a row, so somebody else pushes to these devices right now. Nothing was pushed: run \`pulumi up\` again once that is over.`;
  }

  /** Sends what was decided. `false`: it has to be decided anew; a text: it ended red. */
  private async act(decision: Decision, facts: Facts): Promise<boolean | string> {
    const { platform, signal } = this.run;
    this.book = decision.book;
    for (const stop of decision.stops) await platform.stop(stop);
    for (const push of decision.pushes) {
      if (signal.aborted) return true;
      const end = await platform.push({ ...push, seen: this.seen });
      if (end.kind === "unknown") return this.afterUnknown(push);
      notePush(decision.book, push, end.id, facts, platform.now());
      this.seen.add(end.id);
    }
    // What was sent counts from now on; nothing more is sent for it.
    if (decision.pushes.length > 0) this.decision = this.decideOn(facts);
    return true;
  }

  private async afterUnknown({ devices, wave }: PlannedPush): Promise<false | string> {
    const { declaration, platform } = this.run;
    this.tries += 1;
    const { devices: known } = await platform.look({ devices, groups: [] }, { fresh: true });
    const gone = devices.filter((id) => !known.has(id));
    if (gone.length > 0 && this.tries <= TRIES) return false;
    const why =
      gone.length > 0
        ? `still does not know all of its devices at the ${TRIES + 1}th attempt`
        : `knows all ${devices.length} devices, so package ${declaration.packageId} must be gone`;
    return `A push of the wave ${wave} was refused (the platform does not know a device or the package), and the platform ${why}. Nothing was pushed: run \`pulumi up\` again once that is mended.`;
  }

  private tell(isLast = false): void {
    if (this.decision !== undefined) this.run.progress(describeRow(this.decision), isLast);
  }

  private end(reasons: readonly string[] = []): RolloutEnd {
    const decision = this.decision;
    if (decision === undefined) {
      throw new OtaError(
        "The rollout was cancelled before anything was decided; nothing was pushed.",
      );
    }
    this.tell(true);
    const red = [...reasons, ...decision.failures];
    const now = this.run.platform.now();
    const book = this.book ?? decision.book;
    const isBroken = reasons.length > 0 && decision.outputs.outcome !== "failed";
    if (isBroken) {
      book.outcome = "failed";
      book.since = now;
    }
    const outputs: RolloutOutputs = isBroken
      ? { ...decision.outputs, outcome: "failed", since: formatInstant(now) }
      : decision.outputs;
    return {
      ...{ outputs, book: sealBook(book), reasons: red, told: decision.told },
      next: red.length > 0 ? undefined : describeNext(decision),
      isCancelled: this.run.signal.aborted,
    };
  }
}

/** Whether a decision does or finds something that the one before did not. */
function isNews(now: Decision, before: Decision | undefined): boolean {
  if (now.pushes.length + now.stops.length > 0) return true;
  const states = ({ waves }: Decision): string => waves.map(({ state }) => state).join(" ");
  return (
    before === undefined ||
    states(now) !== states(before) ||
    now.outputs.outcome !== before.outputs.outcome
  );
}
