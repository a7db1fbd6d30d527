"use strict";

const path = require("node:path");
const { step } = require("../../tools/terminal.js");
const { openStack } = require("./stack.js");
const { timePort } = require("./start-up.js");
const { spreadOf } = require("./statistics.js");
const { programOf, settingsFor, workloadOf } = require("./workloads.js");

/** @typedef {"dynamic" | "plugin" | "bare"} Way into a provider: through a door of ours, or into none of ours */
/** @typedef {import("./stack.js").Stack} Stack */

const WAYS = /** @type {const} */ (["dynamic", "plugin", "bare"]);

/** Of the CPU that a dynamic provider takes to its port: 0.25 s where that takes 0.7. */
const MOST_OF_DYNAMIC = 0.25 / 0.7;
const MOST_OF_BARE = 1.1;

/**
 * What a provider process takes to its port, and what a preview of packages takes in which nothing is
 * to be done, by the CPU of all processes but the platform's: through each door, and bare, in turn.
 * @param {import("./measure.js").Place} place
 * @param {number} rounds
 * @returns {Promise<import("./report.js").Section>}
 */
async function compareDoors({ engineDirectory, simulator, resources }, rounds) {
  simulator.reset();
  const workload = workloadOf("packages");
  const settings = settingsFor(simulator.url);
  /** @type {Stack[]} */
  const opened = [];
  const open = async (/** @type {Way} */ way) => {
    const stack = await openStack({
      engineDirectory,
      settings,
      door: way === "plugin" ? "plugin" : "dynamic",
      program: programOf(workload, way === "bare" ? "bare" : "ours", resources),
    });
    opened.push(stack);
    await stack.time("up");
    return stack;
  };
  try {
    const stacks = {
      dynamic: await open("dynamic"),
      plugin: await open("plugin"),
      bare: await open("bare"),
    };
    const starts = collected();
    const previews = collected();
    for (let round = 0; round <= rounds; round += 1) {
      await step(round === 0 ? "warm-up" : `doors ${round}/${rounds}`, async () => {
        for (const way of WAYS) {
          const start = await timePort({ ...stacks[way], command: providerOf(way) });
          const { cpuSeconds } = await stacks[way].time("preview");
          if (round === 0) continue;
          starts[way].push(start);
          previews[way].push(cpuSeconds);
        }
        return undefined;
      });
    }
    return {
      title: `${resources} packages, through each door and bare: seconds of CPU, median of ${rounds}`,
      heading: ["", ...WAYS, "aim"],
      rows: [
        rowOf("provider: start to port", starts, "dynamic", MOST_OF_DYNAMIC),
        rowOf("preview", previews, "bare", MOST_OF_BARE),
      ],
    };
  } finally {
    for (const stack of opened) stack.remove();
  }
}

/** @returns {Record<Way, number[]>} */
function collected() {
  return { dynamic: [], plugin: [], bare: [] };
}

/** @param {Way} way */
function providerOf(way) {
  return way === "plugin"
    ? [path.resolve(__dirname, "../../plugin/pulumi-resource-huawei-ota")]
    : [process.execPath, require.resolve("@pulumi/pulumi/cmd/dynamic-provider")];
}

/**
 * @param {string} name
 * @param {Record<Way, number[]>} costs
 * @param {Way} than what the plugin is held against
 * @param {number} most
 * @returns {import("./report.js").Row}
 */
function rowOf(name, costs, than, most) {
  const ratio = spreadOf(
    costs.plugin.map((cost, round) => cost / (costs[than][round] ?? 0)),
  ).median;
  return {
    name,
    cells: WAYS.map((way) => spreadOf(costs[way]).median.toFixed(2)),
    aim: {
      text: `plugin at most ${most.toFixed(2)} of ${than}: ${ratio.toFixed(2)}`,
      isMet: ratio <= most,
    },
  };
}

module.exports = { compareDoors };
