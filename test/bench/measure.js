"use strict";

const { countCalls } = require("./calls.js");
const { COMMANDS, openStack } = require("./stack.js");
const { timeStartUp } = require("./start-up.js");
const { programOf, settingsFor } = require("./workloads.js");

/**
 * @typedef {import("./stack.js").Command} Command
 * @typedef {"ours" | "bare"} Side
 * @typedef {import("./workloads.js").Workload} Workload
 *
 * @typedef {object} Place what all measurements have in common
 * @property {string} engineDirectory
 * @property {import("../../src/simulator").Simulator} simulator
 * @property {number} resources
 *
 * @typedef {object} Pair one run of ours and one of bare
 * @property {Record<Command, Record<Side, import("./stack.js").Cost>>} costs
 * @property {Record<Command, Record<import("./calls.js").CallKind, number>>} calls of ours
 * @property {Record<Side, import("./stack.js").StateSizes>} sizes after `up`
 * @property {Record<Side, import("./start-up.js").StartUp>} startUp
 */

/**
 * One story on two fresh stacks, command by command in turn, so that what else the computer does
 * meets both alike.
 * @param {Workload} workload
 * @param {Place} place
 * @returns {Promise<Pair>}
 */
async function measurePair(workload, place) {
  const { simulator, engineDirectory, resources } = place;
  simulator.reset();
  const settings = settingsFor(simulator.url);
  const open = (/** @type {Side} */ side) =>
    openStack({ engineDirectory, settings, program: programOf(workload, side, resources) });
  const stacks = { ours: await open("ours"), bare: await open("bare") };
  try {
    /** @type {Partial<Pair["costs"]>} */
    const costs = {};
    /** @type {Partial<Pair["calls"]>} */
    const calls = {};
    /** @type {Pair["sizes"] | undefined} */
    let sizes;
    for (const command of COMMANDS) {
      const before = simulator.books().requests.length;
      const ours = await stacks.ours.time(command);
      calls[command] = countCalls(simulator.books().requests.slice(before));
      costs[command] = { ours, bare: await stacks.bare.time(command) };
      if (command === "up") {
        sizes = { ours: await stacks.ours.sizes(), bare: await stacks.bare.sizes() };
        assertMade(sizes, workload, place);
      }
    }
    const loaderOf = (/** @type {string} */ opened) =>
      `exports.handler = () => require("module").createRequire(process.cwd() + "/_")(${opened};`;
    // What was forgotten still runs, and a new resource would take it for its own.
    simulator.reset();
    const startUp = async (/** @type {Side} */ side) => {
      const loader = (/** @type {string} */ kind) =>
        side === "ours"
          ? loaderOf(`"pulumi-huawei-ota/provider")["${workload.wing}.${kind}"]`)
          : loaderOf(`"bare/provider")`);
      const idField = workload.wing === "iotda" ? "taskId" : "operationId";
      return timeStartUp({
        ...stacks[side],
        inputs: workload.inputs(0),
        loader: loader(workload.kind),
        wait: { loader: loader("UpgradeCompletion"), inputs: { [idField]: "698dc5a4" } },
      });
    };
    return {
      costs: /** @type {Pair["costs"]} */ (costs),
      calls: /** @type {Pair["calls"]} */ (calls),
      sizes: /** @type {Pair["sizes"]} */ (sizes),
      startUp: {
        ours: await startUp("ours"),
        bare: await startUp("bare"),
      },
    };
  } finally {
    stacks.ours.remove();
    stacks.bare.remove();
  }
}

/**
 * A run that did something else than it should must not be taken for a quick one.
 * @param {Pair["sizes"]} sizes
 * @param {Workload} workload
 * @param {Place} place
 */
function assertMade(sizes, { name }, { simulator, resources }) {
  const pushed = simulator.books().counts.taskPostsInEffect;
  const expected = name.endsWith("tasks") ? resources : 0;
  if (pushed !== expected) {
    throw new Error(`${pushed} tasks were pushed for ${resources} ${name}, not ${expected}.`);
  }
  for (const side of /** @type {const} */ (["ours", "bare"])) {
    if (sizes[side].resources === resources) continue;
    throw new Error(`The ${side} state has ${sizes[side].resources} of ${resources} ${name}.`);
  }
}

module.exports = { measurePair };
