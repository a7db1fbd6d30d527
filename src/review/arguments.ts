import { parseArgs } from "node:util";

import { UsageError, usageErrorOf } from "../usage-error";
import type { Format } from "./document";

export interface ReviewOptions {
  readonly format: Format;
  readonly limit: number;
  readonly eventLog: string | undefined;
  readonly proposeApproval: boolean;
  readonly approvals: string | undefined;
  readonly rollout: string | undefined;
}

/** GitHub takes comments of 65,536 characters, GitLab of a million. */
const LIMITS: Readonly<Record<Format, number>> = {
  github: 60_000,
  gitlab: 900_000,
  text: Infinity,
};

export const HELP = `Usage: huawei-ota-review [--event-log FILE] [options]

Makes a comment of what a preview, an up or a refresh does, from the engine's events: from FILE, or
from standard input, as in

  PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json | huawei-ota-review

Options:
  --event-log FILE        the events that a command wrote with --event-log
  --format FORMAT         github, gitlab or text (default github)
  --limit NUMBER          the most characters, cut from the end (default 60000 for github)
  --propose-approval      print the pull request that approves the next wave: its title, an empty
                          line and its text; nothing where no wave waits for its approval alone
  --approvals FILE        with --propose-approval: put the approval into this file, one line
  --rollout NAME          with --propose-approval: of this rollout (needed where several wait)
  --help                  print this and stop
`;

export function readArguments(given: readonly string[]): ReviewOptions | "help" {
  const values = parse(given);
  if (values.help === true) return "help";
  const format = formatIn(values.format ?? "github");
  return {
    format,
    limit: values.limit === undefined ? LIMITS[format] : limitIn(values.limit),
    eventLog: values["event-log"],
    proposeApproval: values["propose-approval"] ?? false,
    approvals: values.approvals,
    rollout: values.rollout,
  };
}

function parse(given: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        "event-log": { type: "string" },
        format: { type: "string" },
        limit: { type: "string" },
        "propose-approval": { type: "boolean" },
        approvals: { type: "string" },
        rollout: { type: "string" },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    throw usageErrorOf(error);
  }
}

function formatIn(text: string): Format {
  if (text === "github" || text === "gitlab" || text === "text") return text;
  throw new UsageError(`--format is github, gitlab or text, and not "${text}".`);
}

function limitIn(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 200) return limit;
  throw new UsageError(`--limit is a whole number of characters from 200, and not "${text}".`);
}
