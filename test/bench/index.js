"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { parseArgs } = require("node:util");
const { ensureEngine } = require("../../tools/engine/index.js");
const { runAsCommand, step, write } = require("../../tools/terminal.js");
const { compareDoors } = require("./doors.js");
const { measurePair } = require("./measure.js");
const { comparePeer } = require("./peer.js");
const { sectionsOf } = require("./report.js");
const { measureRegress } = require("./regress.js");
const { measureFleets } = require("./fleets.js");
const { measureScale, SCALE } = require("./scale.js");
const { abandon } = require("./stack.js");
const { table } = require("./table.js");
const { platformFor, workloads } = require("./workloads.js");

const HELP = `npm run bench -- [OPTIONS]

Measures what this library adds to the bare cost of the Pulumi engine: up, preview, refresh and
destroy of many packages and of many upgrade tasks, against resources whose provider does nothing;
compares the doors into the library; counts the calls of an operation beside those of Terraform's
provider; and measures large stacks, which takes half an hour, and rollouts over large fleets.
docs/benchmark.md says more.

  --pairs N         runs of ours and of bare, in turn (default 7)
  --resources N     packages or tasks in a stack (default 100)
  --only WHAT       packages, tasks, iotda-packages, iotda-tasks, doors, peer, scale or
                    fleets (default all), or regress: as many pairs of the four as fit into five
                    minutes, by their CPU alone, and strict
  --json FILE       every single measurement, as JSON
  --strict          exit code 1 when an aim is missed
  --help            this text
`;

async function main() {
  const options = readOptions();
  if (options === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.once(signal, () => {
      write("\n");
      void abandon().finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
    });
  }
  const [loadBefore = 0] = os.loadavg();
  const cores = os.availableParallelism();
  const engine = await ensureEngine({ log: (line) => write(`${line}\n`) });
  process.env["PATH"] = engine.directory + path.delimiter + (process.env["PATH"] ?? "");
  const { resources } = options;
  const least = options.withScale ? SCALE : { packages: 0, devices: 0 };
  const simulator = await startSimulated(
    platformFor({
      packages: Math.max(resources, least.packages),
      devices: Math.max(resources, least.devices),
    }),
  );
  try {
    const place = { engineDirectory: engine.directory, simulator, resources: options.resources };
    const measured = options.isRegress ? [] : await measureAll(place, options);
    const sections = measured.flatMap(({ name, pairs }) =>
      sectionsOf(name, pairs, options.resources),
    );
    if (options.isRegress) sections.push(...(await measureRegress(place)));
    if (options.withDoors) sections.push(await compareDoors(place, options.pairs));
    if (options.withPeer) sections.push(await comparePeer(place));
    if (options.withScale) sections.push(...(await measureScale(place)));
    if (options.withFleets)
      sections.push(...(await measureFleets(engine.directory, startSimulated)));
    const pairs = options.isRegress ? "" : `, ${options.pairs} pairs`;
    const setting = `pulumi ${engine.version}, Node ${process.versions.node}, ${cores} cores${pairs}`;
    process.stdout.write(`${setting}\n`);
    if (loadBefore > cores / 2) {
      const load = loadBefore.toFixed(1);
      process.stdout.write(
        `The computer was busy with other work (load ${load}): of the times, trust the CPU's most.\n`,
      );
    }
    process.stdout.write(sections.map(print).join(""));
    if (options.json !== undefined) {
      const all = { setting, resources: options.resources, measured, sections };
      fs.writeFileSync(options.json, `${JSON.stringify(all, undefined, 2)}\n`);
    }
    const missed = sections
      .flatMap(({ rows }) => rows)
      .filter(({ aim }) => aim !== undefined && !aim.isMet);
    return options.strict && missed.length > 0 ? 1 : 0;
  } finally {
    await simulator.close();
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      pairs: { type: "string", default: "7" },
      resources: { type: "string", default: "100" },
      only: { type: "string" },
      json: { type: "string" },
      strict: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const isRegress = values.only === "regress";
  const isChosen = (/** @type {string} */ name) =>
    values.only === undefined || values.only === name;
  const chosen = workloads.filter(({ name }) => isChosen(name));
  const withDoors = isChosen("doors");
  const withPeer = isChosen("peer");
  const withScale = isChosen("scale");
  const withFleets = isChosen("fleets");
  const isKnown = withDoors || withPeer || withScale || withFleets || isRegress;
  if (chosen.length === 0 && !isKnown) {
    const names = workloads.map(({ name }) => name).join(", ");
    throw new Error(`--only takes ${names}, doors, peer, scale, fleets or regress.`);
  }
  return {
    pairs: wholeNumber("--pairs", values.pairs),
    resources: wholeNumber("--resources", values.resources),
    json: values.json,
    strict: values.strict || isRegress,
    chosen,
    isRegress,
    withDoors,
    withPeer,
    withScale,
    withFleets,
  };
}

/**
 * @param {string} flag
 * @param {string} text
 */
function wholeNumber(flag, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`${flag} takes a whole number from 1.`);
  }
  return value;
}

/** @type {(file: string) => unknown} */
const load = require;

/**
 * @param {import("../../src/simulator").SimulatorOptions} options
 * @returns {Promise<import("../../src/simulator").Simulator>}
 */
function startSimulated(options) {
  const file = path.resolve(__dirname, "../../dist/simulator.js");
  if (!fs.existsSync(file))
    throw new Error("The library is not built: start this by `npm run bench`.");
  const { startSimulator } = /** @type {typeof import("../../src/simulator")} */ (load(file));
  return startSimulator(options);
}

/**
 * @param {import("./measure.js").Place} place
 * @param {{ pairs: number, chosen: readonly import("./workloads.js").Workload[] }} options
 */
async function measureAll(place, { pairs, chosen }) {
  const measured = chosen.map((workload) => ({
    workload,
    name: workload.name,
    pairs: /** @type {import("./measure.js").Pair[]} */ ([]),
  }));
  if (measured.length === 0) return [];
  await step("warm-up", async () => {
    const few = { ...place, resources: Math.min(2, place.resources) };
    for (const { workload } of measured) await measurePair(workload, few);
    return "not counted";
  });
  const started = Date.now();
  let done = 0;
  for (let index = 0; index < pairs; index += 1) {
    for (const one of measured) {
      await step(`${one.name} ${index + 1}/${pairs}`, async () => {
        const pair = await measurePair(one.workload, place);
        one.pairs.push(pair);
        done += 1;
        const left = ((Date.now() - started) / done) * (pairs * measured.length - done);
        return `${ratiosOf(pair)}; ${remaining(left / 1000)}`;
      });
    }
  }
  return measured.map(({ name, pairs: all }) => ({ name, pairs: all }));
}

/** @param {import("./measure.js").Pair} pair */
function ratiosOf({ costs }) {
  return Object.entries(costs)
    .map(([command, { ours, bare }]) => `${command} ${(ours.seconds / bare.seconds).toFixed(2)}`)
    .join(", ");
}

/** @param {number} seconds */
function remaining(seconds) {
  if (seconds < 1) return "done";
  return seconds < 90 ? `${Math.round(seconds)} s left` : `${Math.round(seconds / 60)} min left`;
}

/** @param {import("./report.js").Section} section */
function print({ title, heading, rows }) {
  const cells = rows.map(({ name, cells: own, aim }) => {
    const padding = Array.from({ length: heading.length - own.length - 2 }, () => "");
    const mark = aim === undefined ? "" : `${aim.isMet ? "✓" : "✗"} ${aim.text}`;
    return [name, ...own, ...padding, mark];
  });
  return `\n${title}\n\n${table([heading, ...cells])}\n`;
}

runAsCommand(main);
