import type { RolloutDeclaration } from "./declaration";
import { goingBack, refusalsOf, refusesRebuild } from "./edits";
import type { RolloutOutputs } from "./outputs";
import { openBook } from "./seal";

/** What a `diff` needs to know of the last outputs. */
export interface RolloutRest {
  /** Whether nothing is left to do but for a person: over, or held by an approval or `paused` with nothing running. */
  readonly isAtRest: boolean;
  /** Why the news may not be, as things stand, one sentence each: they fail the preview, and an update before any POST. */
  readonly refusals: readonly string[];
  /** Whether another package of the declared version will be refused. */
  readonly refusesRebuild: boolean;
  /** How many devices the news take back first of all. */
  readonly goBack: number;
}

/** The news beside the last outputs and book. */
export function compareRollout(
  declaration: RolloutDeclaration,
  last: { readonly outputs: Pick<RolloutOutputs, "outcome">; readonly book: string | undefined },
): RolloutRest {
  const book = openBook(last.book);
  if (book === undefined) {
    return { isAtRest: false, refusals: [], refusesRebuild: false, goBack: 0 };
  }
  const isHeldByPerson = book.heldBy === "approval" || book.heldBy === "paused";
  const hasOpen = book.waves.some(({ overAt }) => overAt === undefined);
  const isAtRest =
    last.outputs.outcome === "succeeded" ||
    (last.outputs.outcome === "held" && isHeldByPerson && !hasOpen);
  return {
    isAtRest,
    refusals: refusalsOf(declaration, book),
    refusesRebuild: refusesRebuild(declaration, book),
    goBack: goingBack(book, declaration).size,
  };
}
