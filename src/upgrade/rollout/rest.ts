import type { RolloutDeclaration } from "./declaration";
import { decide } from "./decide";
import { refusalsOf } from "./edits";
import type { RolloutOutputs } from "./outputs";
import type { RolloutPlan } from "./plan";
import type { RolloutPlatform } from "./platform";
import { readFacts } from "./reading";
import { openBook } from "./seal";

/** What a `diff` needs to know of the last outputs. */
export interface RolloutRest {
  readonly isAtRest: boolean;
  readonly refusals: readonly string[];
  readonly line: string;
}

export function compareRollout(
  declaration: RolloutDeclaration,
  _plan: RolloutPlan | undefined,
  { outputs, book: text }: { readonly outputs: RolloutOutputs; readonly book: string },
): RolloutRest {
  const book = openBook(text);
  const moves = ["running", "baking", "failed"];
  const isQuiet = !outputs.progress.some(({ state }) => moves.includes(state));
  const isHeld =
    outputs.outcome === "held" && (book?.heldBy === "approval" || book?.heldBy === "paused");
  const isSame =
    book?.version === declaration.version && book.rerunAfter === declaration.rerunAfter;
  const states = outputs.progress.map(({ wave, state, succeeded, devices }) =>
    state === "waiting" ? `${wave} waits` : `${wave} ${state} (${succeeded} of ${devices})`,
  );
  return {
    isAtRest: isSame && isQuiet && (outputs.outcome === "succeeded" || isHeld),
    refusals: refusalsOf(declaration, book),
    line:
      isSame && outputs.outcome === "succeeded"
        ? ""
        : `${declaration.name}: ${outputs.version} ${outputs.outcome}: ${states.join(", ")}.`,
  };
}

export async function readRollout({
  declaration,
  plan,
  platform,
  book: text,
}: {
  readonly declaration: RolloutDeclaration;
  readonly plan: RolloutPlan;
  readonly platform: RolloutPlatform;
  readonly book: string | undefined;
}): Promise<{ outputs: RolloutOutputs; book: string; drift: string | undefined }> {
  const book = openBook(text);
  const facts = await readFacts(platform, declaration, book);
  const openFrom = platform.openFrom(facts.now);
  const { limits } = platform;
  const { outputs } = decide({ declaration, plan, limits, book, facts, openFrom });
  return { outputs, book: text ?? "", drift: undefined };
}

export function describeRemoval({ version, onVersion, inProgress }: RolloutOutputs): string {
  return `The rollout is forgotten here: ${onVersion} devices stay on ${version}, ${inProgress} are under way.`;
}
