"use strict";

const path = require("node:path");
const { parseArgs } = require("node:util");
const { ensureEngine } = require("../../tools/engine/index.js");
const { runAsCommand, write } = require("../../tools/terminal.js");
const { abandon } = require("../bench/stack.js");
const { table } = require("../bench/table.js");
const { breaks, withinTheLag } = require("./breaks.js");
const { callsOf, tryPoint } = require("./point.js");
const { stories } = require("./stories.js");

const HELP = `npm run faults -- [OPTIONS]

Breaks the world at each call of each operation (an up, one that goes on with a wait, one that
replaces, retries or confirms, a refresh, a destroy), runs the command again as a pipeline would, and
compares three sets of books: the platform's, the state's and the audit log's.

  --wing WING     northbound or iotda (default both)
  --door DOOR     dynamic or plugin (default dynamic)
  --operation NAME     only this operation of each wing, such as up
  --only TEXT     only points whose name holds this text; may be given several times
  --sample N      only N points, spread over all
  --at-once N     how many at the same time (default 3)
  --list-lag S    lists show what was made only S seconds later (default 0). Each point at which no
                  process is left that knows of a call is tried twice then: with the next command
                  once the list shows it, and with the next command at once, which cannot know
  --skip-checkpoints   with PULUMI_SKIP_CHECKPOINTS=true, which keeps the state of a killed run
                  from being written at all
  --help          this text
`;

/** @typedef {import("./point.js").Point} Point */

async function main() {
  const { values } = parseArgs({
    options: {
      wing: { type: "string" },
      door: { type: "string", default: "dynamic" },
      operation: { type: "string" },
      only: { type: "string", multiple: true, default: [] },
      sample: { type: "string" },
      "at-once": { type: "string", default: "3" },
      "list-lag": { type: "string", default: "0" },
      "skip-checkpoints": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.once(signal, () => {
      void abandon().finally(() => process.exit(130));
    });
  }
  const engine = await ensureEngine({ log: (line) => write(`${line}\n`) });
  process.env["PATH"] = engine.directory + path.delimiter + (process.env["PATH"] ?? "");

  /** @type {import("./point.js").Conditions} */
  const conditions = {
    engineDirectory: engine.directory,
    door: values.door === "plugin" ? "plugin" : "dynamic",
    listLagSeconds: Number(values["list-lag"]),
    skipCheckpoints: values["skip-checkpoints"],
  };
  const tried = conditions.listLagSeconds > 0 ? [...breaks, ...withinTheLag] : breaks;

  const atOnce = Number(values["at-once"]);
  const operations = stories
    .filter(({ wing }) => values.wing === undefined || values.wing === wing)
    .flatMap((story) => story.operations.map((operation) => ({ story, operation })))
    .filter(({ operation: { name } }) => [undefined, name].includes(values.operation));
  write(`listing the calls of ${operations.length} operations\n`);
  const calls = await sideBySide(operations, atOnce, async ({ story, operation }) => {
    const made = await callsOf(story, operation, conditions);
    const isFirst = operation === story.operations[0];
    return isFirst ? made : made.filter(({ path }) => !story.login.test(path));
  });
  /** @type {Point[]} */
  const all = calls
    .flat()
    .flatMap((call) =>
      tried
        .filter(
          ({ on }) =>
            on === "any" || (call.method !== "GET" && !call.path.endsWith("/search/query-devices")),
        )
        .map((broken) => ({ ...call, broken })),
    );
  const { only } = values;
  const wanted = all.filter((point) => {
    const name = nameOf(point);
    return only.length === 0 || only.some((text) => name.includes(text));
  });
  const points = values.sample === undefined ? wanted : spread(wanted, Number(values.sample));
  if (points.length === 0) throw new Error("There is no such point.");
  write(`${points.length} of ${all.length} points\n`);

  const results = await tryAll(points, conditions, atOnce);
  process.stdout.write(`\n${report(results)}\n`);
  return results.some(isSurprise) ? 1 : 0;
}

/** @param {Result} result */
function isSurprise({ point, wrong }) {
  return wrong.length > 0 && point.broken.isHopeless !== true;
}

/** @param {Point} point */
function nameOf({ story, operation, method, path: asked, after, broken }) {
  const short = asked.replace(/^\/(iodm\/northbound\/v1\.5\.0|v5\/iot\/\*)/, "");
  const which = after === 0 ? "" : ` (${after + 1}.)`;
  const where = operationOf({ story, operation });
  return `${where}: ${method} ${short}${which}, ${broken.name}`;
}

/** @param {Pick<Point, "story" | "operation">} point */
function operationOf({ story, operation }) {
  return `${story.wing} ${operation.name}`;
}

/**
 * @template Item
 * @param {readonly Item[]} items
 * @param {number} count
 * @returns {Item[]}
 */
function spread(items, count) {
  const step = Math.max(1, items.length / count);
  return Array.from(
    { length: Math.min(count, items.length) },
    (_, index) => items[Math.floor(index * step)],
  ).filter((item) => item !== undefined);
}

/** @typedef {import("./point.js").Verdict & { point: Point }} Result */

/**
 * @param {readonly Point[]} points
 * @param {import("./point.js").Conditions} conditions
 * @param {number} atOnce
 * @returns {Promise<Result[]>}
 */
function tryAll(points, conditions, atOnce) {
  let tried = 0;
  return sideBySide(points, atOnce, async (point) => {
    const started = Date.now();
    const result = { ...(await tryPoint(point, conditions)), point };
    tried += 1;
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    const mark = isSurprise(result) ? "✗" : "✓";
    write(
      `${mark} ${String(tried).padStart(3)}/${points.length} ${nameOf(point)} (${seconds} s)\n`,
    );
    for (const sentence of result.wrong) write(`      ${sentence}\n`);
    return result;
  });
}

/**
 * @template Item, Done
 * @param {readonly Item[]} items
 * @param {number} atOnce
 * @param {(item: Item) => Promise<Done>} work
 * @returns {Promise<Done[]>} in the order of the items
 */
async function sideBySide(items, atOnce, work) {
  /** @type {Done[]} */
  const done = [];
  const waiting = [...items.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next;
      done[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}

/** @param {readonly Result[]} results */
function report(results) {
  const rows = [...breaks, ...withinTheLag].flatMap(({ name }) => {
    const tried = results.filter(({ point }) => point.broken.name === name);
    if (tried.length === 0) return [];
    return [[name, ...countsOf(tried)]];
  });
  const operations = new Set(results.map(({ point }) => operationOf(point)));
  const byOperation = [...operations].sort().map((operation) => {
    const tried = results.filter(({ point }) => operationOf(point) === operation);
    return [operation, ...countsOf(tried)];
  });
  const heading = [
    ...["", "points", "duplicates", "losses", "lies", "leaks", "other"],
    ...["questions", "most runs"],
  ];
  const all = ["all", ...countsOf(results)];
  return `${table([heading, ...byOperation])}\n\n${table([heading, ...rows, all])}`;
}

/** @param {readonly Result[]} results */
function countsOf(results) {
  const count = (/** @type {RegExp} */ pattern) =>
    String(results.filter(({ wrong }) => wrong.some((one) => pattern.test(one))).length);
  const most = Math.max(0, ...results.map(({ commands }) => commands));
  return [
    String(results.length),
    count(/^DUPLICATE/),
    count(/^LOSS/),
    count(/^LIE/),
    count(/^LEAK/),
    count(/^(?!DUPLICATE|LOSS|LIE|LEAK)/),
    String(results.filter(({ isQuestion }) => isQuestion).length),
    String(most),
  ];
}

runAsCommand(main);
