import { type Walk, walkOf } from "./program";
import { abandonWalks, runWalk, type WalkResult } from "./run";
import { type WalkWing, wings } from "./wings";

export { abandonWalks };

export interface WalkOptions {
  readonly seed: number;
  /** Steps that are left out, by their numbers from 1. */
  readonly skipped: readonly number[];
  /** Edits, and ways of an `up`, by their names. */
  readonly without: readonly string[];
  readonly isShrinking: boolean;
  readonly isVerbose: boolean;
}

/** Walks, and tells it; of one that failed, in which way. */
export async function walkOnce(
  options: WalkOptions,
): Promise<{ readonly told: string; readonly failed: string | undefined }> {
  const { seed, skipped, without, isShrinking, isVerbose } = options;
  const began = Date.now();
  const wing = wingOf(seed);
  const walk = lessOf(walkOf(seed), skipped, without);
  const result = await runWalk(wing, walk);
  const { story, stumble } = isShrinking ? await shrunk(seed, walk, result) : result;
  const seconds = Math.round((Date.now() - began) / 1000);
  const name = `walk ${String(seed)} (${wing.name}), ${String(seconds)} s`;
  if (stumble === undefined) return { told: `✓ ${name}\n`, failed: undefined };
  const lines = [...story, `   ${stumble.kind}: ${stumble.message}`];
  const output = isVerbose ? `${stumble.output}\n` : "";
  return {
    told: `✗ ${name}\n${lines.map((line) => `    ${line}\n`).join("")}${output}`,
    failed: `${wing.name} ${stumble.kind}`,
  };
}

/** The wings take turns. */
function wingOf(seed: number): WalkWing {
  const wing = wings[seed % wings.length];
  if (wing === undefined) throw new Error("There is no wing.");
  return wing;
}

function lessOf(walk: Walk, skipped: readonly number[], without: readonly string[]): Walk {
  const steps = walk.steps.filter((_, at) => !skipped.includes(at + 1));
  return {
    ...walk,
    steps: steps.map((step) => ({
      ...step,
      edits: step.edits.filter(({ edit }) => !without.includes(edit)),
      up: without.includes(step.up.way) ? { way: "plain" } : step.up,
    })),
  };
}

/** Leaves out what is not needed to fail in the same way. */
async function shrunk(seed: number, walk: Walk, result: WalkResult): Promise<WalkResult> {
  if (result.stumble === undefined) return result;
  for (const simpler of simplerThan(walk)) {
    const again = await runWalk(wingOf(seed), simpler);
    if (again.stumble?.kind === result.stumble.kind) return shrunk(seed, simpler, again);
  }
  return result;
}

function simplerThan(walk: Walk): Walk[] {
  const replacing = (at: number, ...by: Walk["steps"]): Walk => ({
    ...walk,
    steps: walk.steps.toSpliced(at, 1, ...by),
  });
  return [
    ...walk.steps.map((_, at) => replacing(at)).reverse(),
    ...walk.steps.flatMap((step, at) =>
      step.edits.length < 2
        ? []
        : step.edits.map((_, left) =>
            replacing(at, { ...step, edits: step.edits.toSpliced(left, 1) }),
          ),
    ),
    ...walk.steps.flatMap((step, at) =>
      step.up.way === "plain" ? [] : [replacing(at, { ...step, up: { way: "plain" } })],
    ),
    ...walk.start
      .map((_, at) => ({ ...walk, start: walk.start.toSpliced(at, 1) }))
      .filter(({ start }) => start.length > 0),
  ];
}
