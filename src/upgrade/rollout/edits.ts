import { type Book, copyBook, type Entry, hasPushed } from "./book";
import { BACK, JOINERS, type RolloutDeclaration } from "./declaration";
import { describeLostWaves, describeRebuilt } from "./describe-edits";
import { planMark, type RolloutPlan } from "./plan";

/** The book as today's declaration finds it. */
export interface OpenedBook {
  readonly book: Book;
  /** Whether the state is lost, or the rollout new: the platform's tasks say what was pushed. */
  readonly isRebuilt: boolean;
  /** Whether `rerunAfter` is another one, and may strike more than the one before. */
  readonly isStruck: boolean;
  /** Whether the plan is another one than that of the last `up`. */
  readonly isReplanned: boolean;
}

/** What of the declaration may not be, as things stand; one sentence each. */
export function refusalsOf(declaration: RolloutDeclaration, book: Book | undefined): string[] {
  if (book?.version !== declaration.version) return [];
  const names = new Set([BACK, JOINERS, ...declaration.waves.map(({ name }) => name)]);
  const lost = book.waves.filter(({ name, overAt }) => overAt === undefined && !names.has(name));
  const isRebuilt = book.packageId !== declaration.packageId && refusesRebuild(declaration, book);
  return [
    ...(lost.length > 0 ? [describeLostWaves(lost.map(({ name }) => name))] : []),
    ...(isRebuilt ? [describeRebuilt(declaration, book.packageId)] : []),
  ];
}

/** Whether another package of the declared version may not take the place of the book's. */
export function refusesRebuild(declaration: RolloutDeclaration, book: Book): boolean {
  return (
    book.version === declaration.version &&
    book.rerunAfter === declaration.rerunAfter &&
    hasPushed(book)
  );
}

/** Brings the book up to what is declared today: another version, another `rerunAfter`, another plan. */
export function openForToday(
  declaration: RolloutDeclaration,
  plan: RolloutPlan,
  last: Book | undefined,
): OpenedBook {
  if (last === undefined)
    return {
      book: newBook(declaration, plan),
      isRebuilt: true,
      isStruck: false,
      isReplanned: false,
    };
  const book = copyBook(last);
  if (book.version !== declaration.version) turnTo(book, declaration);
  book.packageId = declaration.packageId;
  book.reportedVersion = declaration.reportedVersion;
  const isStruck =
    book.rerunAfter !== declaration.rerunAfter && declaration.rerunAfter !== undefined;
  book.rerunAfter = declaration.rerunAfter;
  forgetWaves(book, declaration);
  const mark = planMark({ declaration, plan });
  const isReplanned = book.plan !== mark;
  if (isReplanned) leaveBefore(book);
  book.plan = mark;
  return { book, isRebuilt: false, isStruck, isReplanned };
}

/** Who is gone by now had left before the plan was drawn: a place of his in it there is none. */
export function leaveBefore(book: Book): void {
  for (const [key, entry] of book.entries) {
    if (entry.left === "no") continue;
    if (entry.tried === undefined && entry.task === undefined) book.entries.delete(key);
    else entry.left = "before";
  }
}

function newBook(declaration: RolloutDeclaration, plan: RolloutPlan): Book {
  const { version, reportedVersion, packageId, rerunAfter } = declaration;
  return {
    reportedVersion,
    ...{
      version,
      packageId,
      rerunAfter,
      readUntil: 0,
      plan: planMark({ declaration, plan }),
      isThrough: false,
    },
    ...{ waves: [], tasks: [], entries: new Map() },
  };
}

/**
 * Another version begins with its first wave. Whom a version that is not through has moved away from
 * it is taken back first of all; not again whom a way back has taken.
 */
function turnTo(book: Book, declaration: RolloutDeclaration): void {
  const back = goingBack(book, declaration);
  for (const entry of book.entries.values()) {
    const comesBack = back.has(entry);
    entry.wave = comesBack ? BACK : undefined;
    if (!comesBack) entry.from = undefined;
    entry.ranIt = false;
  }
  book.version = declaration.version;
  book.waves = [];
  book.isThrough = false;
}

/** Whom another version than the book's takes back first of all. */
export function goingBack(
  book: Book,
  { version, reportedVersion }: RolloutDeclaration,
): Set<Entry> {
  if (book.isThrough || book.version === version) return new Set();
  const hasGoneBack = book.waves.some(({ name }) => name === BACK);
  return new Set(
    [...book.entries.values()].filter(
      ({ wave, from, ranIt }) =>
        wave !== undefined && !(hasGoneBack && wave === BACK) && from === reportedVersion && !ranIt,
    ),
  );
}

/** Whom the tasks alone put into a wave that has not begun and is declared no more has none. */
function forgetWaves(book: Book, { waves }: RolloutDeclaration): void {
  const known = new Set([BACK, JOINERS, ...[...waves, ...book.waves].map(({ name }) => name)]);
  for (const entry of book.entries.values()) {
    if (entry.wave !== undefined && !known.has(entry.wave)) entry.wave = undefined;
  }
}
