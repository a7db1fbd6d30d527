import { parseArgs } from "node:util";

import { UsageError, usageErrorOf } from "../usage-error";

export type ReportFormat = "html" | "markdown" | "csv";

export interface ReportArguments {
  readonly format: ReportFormat;
  /** A file; without it standard input. */
  readonly state: string | undefined;
  /** Whether no platform is asked, whatever credentials are set. */
  readonly isOffline: boolean;
}

export const HELP = `Usage: huawei-ota-report [--state FILE] [options]

Makes a report of what a stack's rollouts and upgrade tasks have done, from its state: from FILE, or from
standard input, as in

  pulumi stack export | huawei-ota-report > report.html

Where the environment has the credentials of the account, the platform tells each device of each task,
and who is behind; it is only read.

Options:
  --state FILE       what \`pulumi stack export\` printed
  --format FORMAT    html, one page that needs no other file, or markdown, for the summary of a job
                     (default html)
  --csv              a table of the devices in place of the report
  --offline          ask no platform, whatever credentials are set
  --help             print this and stop
`;

export function readArguments(given: readonly string[]): ReportArguments | "help" {
  const { format = "html", csv = false, state, offline = false, help } = parse(given);
  if (help === true) return "help";
  if (format !== "html" && format !== "markdown") {
    throw new UsageError(`--format is html or markdown, and not "${format}".`);
  }
  return { format: csv ? "csv" : format, state, isOffline: offline };
}

function parse(given: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        state: { type: "string" },
        format: { type: "string" },
        csv: { type: "boolean" },
        offline: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    throw usageErrorOf(error);
  }
}
