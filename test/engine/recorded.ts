import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { CommandResult } from "./stack";
import { passes, type Story } from "./story";

/*
 * The logs from which the quick tests make their comments come from real runs: RECORD_REVIEWS=1 writes
 * them anew.
 */

export const STORIES = resolve(__dirname, "../review/stories");
const REPORT_STORIES = resolve(__dirname, "../report/stories");
/** RECORD_REPORTS=1 keeps the states from which the reports of the quick tests are made. */
export const isRecordingReports = process.env["RECORD_REPORTS"] === "1";
export const isRecording = process.env["RECORD_REVIEWS"] === "1";

/** What makes a preview stream its events, and `--event-log` a flag. */
export const WITH_EVENTS = {
  PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
  PULUMI_DEBUG_COMMANDS: "true",
} as const;

/** A preview whose output are its events. */
export async function previewed(
  name: string,
  story: Story,
  ...args: string[]
): Promise<CommandResult> {
  const result = await story.stack.preview("--json", ...args);
  keep(name, result.output, story);
  return result;
}

/** Any command, and the events that it keeps in a file. */
export async function logged(
  name: string,
  story: Story,
  ...command: string[]
): Promise<CommandResult & { readonly file: string }> {
  const file = join(story.stack.directory, `${name}.jsonl`);
  const result = await story.stack.pulumi(...command, "--event-log", file);
  keep(name, readFileSync(file, "utf8"), story);
  return { ...result, file };
}

/** What a log has for people, without what differs from machine to machine. */
function keep(name: string, log: string, { stack, simulator }: Story): void {
  if (!isRecording) return;
  const lines = log
    .split("\n")
    .filter((line) => line.startsWith("{") && !line.includes('"severity":"debug"'))
    .map((line) => line.replaceAll(stack.directory, "/project"))
    .map((line) => line.replaceAll(simulator.url, "https://platform.example"));
  writeFileSync(join(STORIES, `${name}.jsonl`), `${lines.join("\n")}\n`);
}

/** A state as `pulumi stack export` prints it. */
export async function exported(name: string, { stack, simulator }: Story): Promise<string> {
  const state = await passes(stack.pulumi("stack", "export"));
  if (isRecordingReports) {
    const kept = state
      .replaceAll(stack.directory, "/project")
      .replaceAll(simulator.url, "https://platform.example");
    writeFileSync(join(REPORT_STORIES, `${name}.json`), kept);
  }
  return state;
}
