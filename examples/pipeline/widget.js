// What GitLab's widget shows of a merge request: how many resources are made, changed and taken away.
const { readFileSync } = require("node:fs");

const [, , log] = process.argv;
const summaries = readFileSync(log, "utf8")
  .split("\n")
  .filter((line) => line.startsWith("{") && line.includes('"summaryEvent"'))
  .map((line) => JSON.parse(line).summaryEvent.resourceChanges ?? {});
const counts = summaries.at(-1) ?? {};
const of = (...operations) =>
  operations.reduce((sum, operation) => sum + (counts[operation] ?? 0), 0);
const widget = { create: of("create"), update: of("update", "replace"), delete: of("delete") };
process.stdout.write(`${JSON.stringify(widget)}\n`);
