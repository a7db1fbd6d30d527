import { type Walk, walkOf } from "./program";
import { runWalk, type WalkResult } from "./run";
import { type WalkWing, wings } from "./wings";

export interface WalksOptions {
  readonly seeds: readonly number[];
  /** Steps that are left out, by their numbers from 1. */
  readonly skipped: readonly number[];
  /** Edits, and ways of an `up`, by their names. */
  readonly without: readonly string[];
  readonly isShrinking: boolean;
  readonly atOnce: number;
  readonly isVerbose: boolean;
  readonly write: (text: string) => void;
}

/** Walks them all, tells each one, and then how many failed in which way: the exit code of a command. */
export async function walkAll(options: WalksOptions): Promise<number> {
  const { seeds, skipped, without, isShrinking, atOnce, isVerbose, write } = options;
  const failed: { seed: number; kind: string; sentence: string }[] = [];
  await sideBySide(seeds, atOnce, async (seed) => {
    const began = Date.now();
    const wing = wingOf(seed);
    const walk = lessOf(walkOf(seed), skipped, without);
    const result = await runWalk(wing, walk);
    const { story, stumble } = isShrinking ? await shrunk(seed, walk, result) : result;
    const seconds = Math.round((Date.now() - began) / 1000);
    const name = `walk ${String(seed)} (${wing.name})`;
    if (stumble === undefined) {
      write(`✓ ${name}, ${String(seconds)} s\n`);
      return;
    }
    failed.push({ seed, kind: `${wing.name} ${stumble.kind}`, sentence: stumble.message });
    const lines = [...story, `   ${stumble.kind}: ${stumble.message}`];
    const output = isVerbose ? `${stumble.output}\n` : "";
    write(
      `✗ ${name}, ${String(seconds)} s\n${lines.map((line) => `    ${line}\n`).join("")}${output}`,
    );
  });
  write(`\n${String(seeds.length - failed.length)} of ${String(seeds.length)} walks ended well.\n`);
  for (const kind of [...new Set(failed.map((one) => one.kind))].sort()) {
    const ofKind = failed.filter((one) => one.kind === kind);
    write(`${kind}: ${ofKind.map(({ seed }) => seed).join(", ")}\n`);
  }
  return failed.length === 0 ? 0 : 1;
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
        : step.edits.map((edit) => replacing(at, { ...step, edits: [edit] })),
    ),
    ...walk.steps.flatMap((step, at) =>
      step.up.way === "plain" ? [] : [replacing(at, { ...step, up: { way: "plain" } })],
    ),
    ...walk.start
      .map((_, at) => ({ ...walk, start: walk.start.toSpliced(at, 1) }))
      .filter(({ start }) => start.length > 0),
  ];
}

async function sideBySide<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
