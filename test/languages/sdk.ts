import { join, resolve } from "node:path";

import { ensurePythonHost } from "../../tools/engine";
import { run } from "../python";

const SCHEMA = resolve(__dirname, "../../plugin/schema.json");

export const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Runs a program that must end well, and gives what it printed. */
export async function ran(command: string, ...given: readonly string[]): Promise<string> {
  const { code, output, errors } = await run(command, ...given);
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}:\n${output}${errors}`);
  return output;
}

/** Writes the SDK of the schema, as the code generators of the pinned command line make it. */
export async function makeSdk(language: "go" | "python", directory: string): Promise<void> {
  await ran(join(await ensurePythonHost({ log }), "make-sdk"), language, SCHEMA, directory);
}
