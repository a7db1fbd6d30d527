"use strict";

const { step } = require("../../tools/terminal.js");
const { measurePair } = require("./measure.js");
const { cpuSections } = require("./report.js");
const { workloads } = require("./workloads.js");

const SECONDS = 270;

/**
 * How much CPU of bare's each command may take, where the aim of 1.1 is not met yet (docs/benchmark.md
 * says why).
 * @type {Readonly<Record<string, import("./report.js").Bounds>>}
 */
const BOUNDS = {};

/**
 * As many rounds as fit into five minutes, each a pair of all workloads, and their ratios by CPU.
 * @param {import("./measure.js").Place} place
 * @returns {Promise<import("./report.js").Section[]>}
 */
async function measureRegress(place) {
  const measured = workloads.map((workload) => ({
    workload: forgetting(workload),
    pairs: /** @type {import("./measure.js").Pair[]} */ ([]),
  }));
  await step("warm-up", async () => {
    for (const { workload } of measured) await measurePair(workload, { ...place, resources: 2 });
    return "not counted";
  });
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  for (let round = 1; round === 1 || elapsed() * (round / (round - 1)) < SECONDS; round += 1) {
    for (const { workload, pairs } of measured) {
      await step(`${workload.name} ${round}`, async () => {
        pairs.push(await measurePair(workload, place));
        return undefined;
      });
    }
  }
  return measured.flatMap(({ workload: { name }, pairs }) =>
    cpuSections(`${place.resources} ${name}, ${pairs.length} pairs`, pairs, BOUNDS[name]),
  );
}

/**
 * To stop a hundred running tasks takes the platform's own time, which is no cost of the engine.
 * @param {import("./workloads.js").Workload} workload
 * @returns {import("./workloads.js").Workload}
 */
function forgetting(workload) {
  if (workload.name !== "iotda-tasks") return workload;
  return { ...workload, inputs: (index) => ({ ...workload.inputs(index), onDelete: "keep" }) };
}

module.exports = { measureRegress };
