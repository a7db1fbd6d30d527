import type { ReportFormat } from "./arguments";
import { csvOf } from "./csv";
import { gather } from "./gather";
import { htmlOf } from "./html";
import { markdownOf } from "./markdown";
import { platformsOf } from "./platform";
import type { UpgradeReport } from "./report";
import { readState } from "./state";

/** Where a report gets what the state does not tell. */
export interface UpgradeReportOptions {
  /** Whether no platform is asked, whatever credentials are set. Default: `false`. */
  readonly offline?: boolean;
  /** Where the credentials of the platforms stand. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reports what a stack's rollouts and upgrade tasks have done. Where the environment has the credentials
 * of the account, the platform is asked for each device of each task, at one call for each page of devices;
 * it is only read. What it does not tell is a note of the report, never an error.
 *
 * Errors: the text is no state, or one without a rollout, a task or a completion.
 *
 * @param state - what `pulumi stack export` prints
 * @param options - whether the platform is asked, and with which credentials
 */
export async function upgradeReport(
  state: string,
  options: UpgradeReportOptions = {},
): Promise<UpgradeReport> {
  const { offline = false, environment = process.env } = options;
  return await gather(readState(state), offline ? undefined : platformsOf(environment));
}

/**
 * A report as a text: one self-contained HTML page, Markdown for the summary of a job, or a table of the
 * devices.
 *
 * @param report - from {@link upgradeReport}
 * @param format - `"html"`, `"markdown"` or `"csv"`
 */
export function renderReport(report: UpgradeReport, format: "html" | "markdown" | "csv"): string {
  return FORMATS[format](report);
}

const FORMATS: Readonly<Record<ReportFormat, (report: UpgradeReport) => string>> = {
  html: htmlOf,
  markdown: markdownOf,
  csv: csvOf,
};
