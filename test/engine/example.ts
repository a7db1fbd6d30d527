import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import type { Simulator } from "../../src/simulator";
import { newStack, type Stack, type StackOptions, startPlatform } from "./stack";

const ROOT = resolve(__dirname, "../..");

/** A copy of an example as a reader would have it after `npm install`, with a stack of its own. */
export async function newExampleStack(
  name: string,
  stackName: string,
  options: Omit<StackOptions, "program"> = {},
): Promise<Stack> {
  const stack = await newStack({
    program: "",
    ...options,
    // Whether the types are right is a test of its own, and once is enough.
    environment: { PULUMI_NODEJS_TRANSPILE_ONLY: "true", ...options.environment },
  });
  rmSync(join(stack.directory, "index.js"));
  cpSync(join(ROOT, "examples", name), stack.directory, {
    recursive: true,
    filter: (source) => basename(source) !== "node_modules",
  });
  for (const dependency of ["@types", "typescript", "yaml"]) {
    symlinkSync(
      join(ROOT, "node_modules", dependency),
      join(stack.directory, "node_modules", dependency),
    );
  }
  const commands = join(stack.directory, "node_modules/.bin");
  mkdirSync(commands);
  const review = `#!/bin/sh\nexec node "${join(ROOT, "dist/review/command.js")}" "$@"\n`;
  writeFileSync(join(commands, "huawei-ota-review"), review, { mode: 0o755 });
  const { code, output } = await stack.pulumi("stack", "init", stackName);
  if (code !== 0) throw new Error(`pulumi stack init failed: ${output}`);
  return stack;
}

/** `pulumi config set ARGUMENTS`; throws what it says when it fails. */
export async function setConfig(stack: Stack, ...args: string[]): Promise<void> {
  const { code, output } = await stack.pulumi("config", "set", ...args);
  if (code !== 0) throw new Error(`pulumi config set ${args.join(" ")} failed: ${output}`);
}

/** The stack's outputs. */
export async function outputsOf(stack: Stack): Promise<Record<string, unknown>> {
  const { output } = await stack.pulumi("stack", "output", "--json");
  return JSON.parse(output) as Record<string, unknown>;
}

/** Replaces text of a file of the stack, which must be there. */
export function editFile({ directory }: Stack, name: string, before: string, after: string): void {
  const file = join(directory, name);
  const text = readFileSync(file, "utf8");
  expect(text).toContain(before);
  writeFileSync(file, text.replace(before, after));
}

/** A platform on which devices are upgraded at once and no call is throttled. */
export function startQuickPlatform(): Promise<Simulator> {
  return startPlatform({
    clock: { speed: 0 },
    behaviour: { waitSeconds: 0, upgradeSeconds: 0, callsPerMinute: null },
  });
}

/** How many devices each task of the northbound platform has, in the order of their creation. */
export function pushedBy(simulator: Simulator): number[] {
  return simulator.books().tasks.map(({ subTasks }) => subTasks.length);
}
