import { formatInstant } from "../../instant";
import { type Book, newEntry } from "./book";
import type { RolloutDeclaration } from "./declaration";
import { failuresOf } from "./describe-state";
import type { Draw } from "./draw";
import type { RolloutOutcome, RolloutOutputs, WaveProgress } from "./outputs";
import type { Records } from "./records";
import type { Survey } from "./survey";
import type { WaveNow } from "./waves";

interface Report {
  readonly declaration: RolloutDeclaration;
  readonly book: Book;
  readonly draw: Draw;
  readonly survey: Survey;
  readonly records: Records;
  readonly waves: readonly WaveNow[];
  readonly outcome: RolloutOutcome;
  readonly nextAt: number | undefined;
}

const MOST_FAILURES = 20;

export function outputsOf(report: Report): RolloutOutputs {
  const { declaration, book, draw, survey, records, waves, outcome, nextAt } = report;
  const leftOut: Record<string, number> = {};
  if (draw.otherKind.length > 0) leftOut["otherKind"] = draw.otherKind.length;
  let inProgress = 0;
  let onVersion = 0;
  for (const { standing, isMember, facts } of survey.devices.values()) {
    if (standing.name === "underWay") inProgress += 1;
    if (isMember && facts?.version === declaration.reportedVersion) onVersion += 1;
    if (standing.leftOut !== undefined) {
      leftOut[standing.leftOut] = (leftOut[standing.leftOut] ?? 0) + 1;
    }
  }
  const from = new Set([...book.entries.values()].flatMap((entry) => entry.from ?? []));
  from.delete(declaration.reportedVersion);
  return {
    version: book.version,
    packageId: book.packageId,
    outcome,
    since: formatInstant(book.since ?? 0),
    from: [...from].sort(),
    progress: waves.map((wave) => progressOf(wave, book)),
    devices: draw.members.size,
    ...{ onVersion, inProgress, behind: behindOf(book, survey), leftOut },
    failures: waves
      .flatMap(({ name }) => failuresOf(survey, records, name))
      .slice(0, MOST_FAILURES),
    ...(nextAt === undefined ? {} : { openAt: formatInstant(nextAt) }),
  };
}

function progressOf(wave: WaveNow, book: Book): WaveProgress {
  const { name, state, count, lost, memo, bakesUntil } = wave;
  const { succeeded, failed, unreached, open } = count;
  return {
    wave: name,
    state: state === "waiting" && book.isThrough ? "over" : state,
    devices: succeeded + failed + unreached + open,
    ...{ succeeded, failed, unreached, lost: lost.length },
    ...(memo === undefined ? {} : { beganAt: formatInstant(memo.beganAt) }),
    ...(memo?.decidedAt === undefined ? {} : { decidedAt: formatInstant(memo.decidedAt) }),
    ...(bakesUntil === undefined ? {} : { bakesUntil: formatInstant(bakesUntil) }),
    ...(memo?.overAt === undefined ? {} : { overAt: formatInstant(memo.overAt) }),
    tasks: book.tasks
      .filter((task) => task.version === book.version && task.wave === name)
      .map(({ id }) => id),
  };
}

/** Members that no wave will push any more, though they are not on the version. */
export function behindOf(book: Book, survey: Survey): number {
  const states = new Map(
    book.waves.map(({ name, overAt }) => [name, overAt === undefined ? "running" : "over"]),
  );
  let behind = 0;
  for (const { key, standing, isMember } of survey.devices.values()) {
    const { wave, ranIt } = book.entries.get(key) ?? newEntry();
    const state = wave === undefined ? undefined : states.get(wave);
    const isPast = state === "over" || (state === undefined && book.isThrough);
    const isOpen = standing.counts === "open" || standing.counts === "unreached";
    const isUncounted = standing.counts === "failed" && (wave === undefined || ranIt);
    if (isMember && isPast && (isOpen || isUncounted)) behind += 1;
  }
  return behind;
}
