import type { RolloutDeclaration } from "./declaration";
import { draw } from "./draw";
import { driftOf } from "./drift";
import type { RolloutOutputs } from "./outputs";
import type { RolloutPlatform } from "./platform";
import { readFacts } from "./reading";
import { noteDevices, readRecords } from "./records";
import { outputsOf } from "./report";
import { type Book, copyBook } from "./book";
import { openBook, sealBook } from "./seal";
import { Survey } from "./survey";
import { joinersOf } from "./taking";
import { told } from "./told";
import { goOnWith, namesOf } from "./waves";

export interface ReadRollout {
  /** What the state's inputs declare; version and `rerunAfter` are the book's, for inputs are old while red. */
  readonly declaration: RolloutDeclaration;
  readonly platform: RolloutPlatform;
  readonly outputs: Pick<RolloutOutputs, "outcome" | "failures">;
  readonly book: string | undefined;
}

export interface RefreshedRollout {
  readonly outputs: RolloutOutputs;
  readonly book: string;
  /** What others have done to it, in words; absent where nothing is to be shown. */
  readonly drift: string | undefined;
  readonly told: readonly string[];
}

/** What a `refresh` tells of a rollout: it pushes and stops nothing, and judges nothing anew. */
export async function readRollout(reading: ReadRollout): Promise<RefreshedRollout> {
  const last = openBook(reading.book);
  const { platform } = reading;
  const declaration =
    last === undefined ? reading.declaration : asInBook(reading.declaration, last);
  const facts = await readFacts(platform, declaration, last);
  const book = last === undefined ? undefined : copyBook(last);
  if (book === undefined) {
    throw new Error(
      "The rollout's book is lost, so a refresh has nothing to compare; run `pulumi up`.",
    );
  }
  const drawn = draw(declaration, facts.look, { isFirst: false });
  const { limits } = platform;
  const records = readRecords({
    ...{ book, declaration, limits, facts, draw: drawn, isRebuilt: false, isRemembered: false },
    lastFailures: reading.outputs.failures,
  });
  noteDevices(book, declaration, drawn, facts);
  const survey = new Survey(declaration, book, drawn, facts.look, records, facts.now);
  const memos = book.waves.map((memo) => ({ ...memo }));
  const waves = namesOf(declaration, book).map((name) =>
    goOnWith(name, declaration, book, survey, facts.now),
  );
  // What it comes to is for an `up` to find: by the declaration of then.
  book.waves = memos;
  const outcome = reading.outputs.outcome;
  const seen = { declaration, book, draw: drawn, survey, records, waves };
  return {
    outputs: outputsOf({ ...seen, outcome, nextAt: undefined }),
    book: sealBook(book),
    drift: driftOf({ ...seen, facts }),
    told: told(seen),
  };
}

/** Who would be pushed as joiners: for the plan of a continuous rollout that is through. */
export async function joinersNow({
  declaration,
  platform,
  book: text,
}: {
  readonly declaration: RolloutDeclaration;
  readonly platform: RolloutPlatform;
  readonly book: string | undefined;
}): Promise<readonly string[]> {
  const last = openBook(text);
  if (last?.isThrough !== true || last.version !== declaration.version) return [];
  if (declaration.targetSelection !== "continuous") return [];
  const book = copyBook(last);
  const facts = await readFacts(platform, declaration, book);
  const drawn = draw(declaration, facts.look, { isFirst: false });
  const { limits } = platform;
  const records = readRecords({
    ...{ book, declaration, limits, facts, draw: drawn, isRebuilt: false, isRemembered: false },
    lastFailures: [],
  });
  const survey = new Survey(declaration, book, drawn, facts.look, records, facts.now);
  return joinersOf(declaration, book, survey).flatMap(({ id }) => id ?? []);
}

function asInBook(declaration: RolloutDeclaration, book: Book): RolloutDeclaration {
  const { version, reportedVersion, packageId, rerunAfter } = book;
  return { ...declaration, version, reportedVersion, packageId, rerunAfter };
}
