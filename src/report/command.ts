#!/usr/bin/env node
import { readFileSync } from "node:fs";

import { messageOf } from "../errors";
import { withoutSecrets } from "../known-secrets";
import { UsageError } from "../usage-error";
import { HELP, readArguments, type ReportArguments } from "./arguments";
import { renderReport, upgradeReport } from "./make";

async function main(): Promise<void> {
  const given = readArguments(process.argv.slice(2));
  process.stdout.write(given === "help" ? HELP : await answer(given));
}

async function answer({ format, state, isOffline }: ReportArguments): Promise<string> {
  const report = await upgradeReport(textOf(state), { offline: isOffline });
  // A table has no place for them.
  if (format === "csv") {
    for (const note of report.notes) process.stderr.write(`huawei-ota-report: ${note}\n`);
  }
  return renderReport(report, format);
}

function textOf(file: string | undefined): string {
  if (file === undefined && process.stdin.isTTY) {
    throw new UsageError(
      "There is no state on standard input: pipe `pulumi stack export` into huawei-ota-report, or name a file with --state.",
    );
  }
  try {
    return readFileSync(file ?? 0, "utf8");
  } catch (error) {
    if (file === undefined) throw error;
    throw new Error(`The state ${file} could not be read: ${messageOf(error)}`, { cause: error });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`huawei-ota-report: ${withoutSecrets(messageOf(error))}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
