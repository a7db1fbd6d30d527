/** Why a walk has ended: a word to sort by, and a sentence. */
export class Stumble extends Error {
  readonly kind: string;
  /** What the last command printed. */
  readonly output: string;

  constructor(kind: string, sentence: string, output = "") {
    super(sentence);
    this.kind = kind;
    this.output = output;
  }
}

const KINDS = [
  // With a whole state nothing is there that would have to be asked for.
  ["SEVERAL", /The platform has \d+ tasks that are exactly what is declared/],
  ["ASKED", /set adopt to its id/],
  ["HANG", /promises were still active/],
] as const;

/** A command that should have been green. */
export function redness(command: string, output: string): Stumble {
  const errors = errorsIn(output);
  const [kind] = KINDS.find(([, pattern]) => pattern.test(errors.join("\n"))) ?? ["RED"];
  return new Stumble(kind, `${command} failed: ${errors.slice(0, 4).join(" | ")}`, output);
}

/** What a command said went wrong, each sentence once. */
export function errorsIn(output: string): string[] {
  const said = output.split("\n").flatMap((line) => /error: (.+)/.exec(line)?.[1] ?? []);
  return [...new Set(said)].filter((sentence) => sentence !== "update failed");
}
