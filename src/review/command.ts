#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";

import { proposalsIn, withApproval } from "./approval";
import { UsageError } from "../usage-error";
import { HELP, readArguments, type ReviewOptions } from "./arguments";
import { commentOf } from "./comment";
import { render } from "./document";
import { readRun } from "./run";

/** Found by pipelines that write one comment and update it. */
const MARKER = "<!-- huawei-ota-review -->\n";

function main(): void {
  const options = readArguments(process.argv.slice(2));
  process.stdout.write(options === "help" ? HELP : answer(options));
}

function answer(options: ReviewOptions): string {
  const { format, limit, eventLog } = options;
  const run = readRun(readFileSync(eventLog ?? 0, "utf8"));
  if (options.proposeApproval) return propose(run, options);
  return render(commentOf(run), format, limit, format === "text" ? "" : MARKER);
}

function propose(
  run: ReturnType<typeof readRun>,
  { rollout, approvals }: Pick<ReviewOptions, "rollout" | "approvals">,
): string {
  const [proposal, ...others] = proposalsIn(run, rollout);
  if (proposal === undefined) return "";
  if (others.length > 0) {
    const names = [proposal, ...others].map((one) => one.rollout).join(", ");
    throw new UsageError(
      `Several rollouts wait for an approval: ${names}. Say which with --rollout.`,
    );
  }
  if (approvals !== undefined) {
    writeFileSync(approvals, withApproval(readFileSync(approvals, "utf8"), proposal.approved));
  }
  return `${proposal.title}\n\n${proposal.body}`;
}

try {
  main();
} catch (error) {
  process.stderr.write(
    `huawei-ota-review: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
