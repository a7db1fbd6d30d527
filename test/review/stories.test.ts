import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { proposalsIn } from "../../src/review/approval";
import { commentOf } from "../../src/review/comment";
import { render } from "../../src/review/document";
import { readRun } from "../../src/review/run";

/*
 * The comment of each story, made from the events that the real engine wrote (test/engine/review.test.ts
 * and policy.test.ts record them), and kept as a file that people have read.
 */

const STORIES = join(__dirname, "stories");
const MARKER = "<!-- huawei-ota-review -->\n";
const names = readdirSync(STORIES)
  .filter((file) => file.endsWith(".jsonl"))
  .map((file) => file.slice(0, -".jsonl".length));

function eventsOf(name: string): string {
  return readFileSync(join(STORIES, `${name}.jsonl`), "utf8");
}

function expectKept(text: string, name: string, ending = "md"): void {
  const file = join(STORIES, `${name}.${ending}`);
  if (process.env["RECORD_REVIEWS"] === "1") writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
}

function githubComment(name: string): string {
  return render(commentOf(readRun(eventsOf(name))), "github", 60_000, MARKER);
}

test.each(names)("the comment of the story %s is the kept one", (name) => {
  expectKept(githubComment(name), name);
});

test("each kept comment has a story", () => {
  const kept = readdirSync(STORIES).filter((file) => file.endsWith(".md"));
  expect(kept.sort()).toEqual(
    [...names, "first-preview.gitlab", "proposal"].map((name) => `${name}.md`).sort(),
  );
});

test("four waves are told in fewer than 1,000 characters, but for what is folded", () => {
  const [shown = ""] = githubComment("first-preview").split("<details>");
  expect(shown).toContain("| rest | 10 | not approved |");
  expect(shown.length).toBeLessThan(1000);
});

test.each(["gitlab", "text"] as const)("the first preview reads well as %s", (format) => {
  const blocks = commentOf(readRun(eventsOf("first-preview")));
  const marker = format === "text" ? "" : MARKER;
  const ending = format === "text" ? "txt" : "gitlab.md";
  expectKept(render(blocks, format, Infinity, marker), "first-preview", ending);
});

test("the approval of the next wave is proposed with what speaks for it", () => {
  const [proposal, ...others] = proposalsIn(readRun(eventsOf("held")), undefined);
  expect(others).toEqual([]);
  expect(proposal).toMatchObject({
    rollout: "meters",
    wave: "early",
    approved: { version: "V1.5", waves: ["early"] },
  });
  expectKept(`${proposal?.title ?? ""}\n\n${proposal?.body ?? ""}`, "proposal");
});

test.each(["baking", "approval", "first-preview", "policies", "refused-max-devices"])(
  "nothing is proposed in the story %s",
  (name) => {
    expect(proposalsIn(readRun(eventsOf(name)), undefined)).toEqual([]);
  },
);

test("the manual shows the kept comment of an approval", () => {
  const manual = readFileSync(join(__dirname, "../../docs/review.md"), "utf8");
  const quoted = (manual.match(/^>.*$/gm) ?? []).map((line) => line.replace(/^> ?/, ""));
  const [head = ""] = githubComment("approval").slice(MARKER.length).split("\n\n1 to update.");
  expect(plainly(quoted.join("\n"))).toBe(plainly(head));
});

/** Without the time of the recording, and the blanks that keep a table straight. */
function plainly(text: string): string {
  return text
    .replaceAll(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}/g, "TIME")
    .replaceAll(/ *\| */g, "|")
    .replaceAll(/-{3,}/g, "---")
    .trim();
}
