import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import { newStack, type Stack, type StackOptions } from "./stack";

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
