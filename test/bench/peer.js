"use strict";

const { step } = require("../../tools/terminal.js");
const { openStack } = require("./stack.js");
const { deviceId, programOf, settingsFor, workloadOf } = require("./workloads.js");

/*
 * What an operation asks of the platform, beside Terraform's provider huaweicloud/huaweicloud 1.95.0.
 * The peer is not built here: its figures were measured on an independent server, and calls to IAM
 * (2 for a plan, 4 for an apply, 6 for a destroy) are left out of both columns.
 */

const MANY = 100;

/**
 * @typedef {import("./measure.js").Place} Place
 * @typedef {import("./stack.js").Stack} Stack
 *
 * @typedef {object} Operation
 * @property {string} name
 * @property {string} peer what it asks, or how it ends
 * @property {number} [peerCalls] absent where it does not end well
 * @property {(stack: Stack, place: Place) => Promise<void>} [prepare] asks what is not counted
 * @property {(stack: Stack, place: Place) => Promise<void>} run
 * @property {(place: Place) => string | undefined} [isWrong] why the end is not what it must be
 */

const packages = workloadOf("iotda-packages");

/** @type {readonly Operation[]} */
const operations = [
  {
    name: "create 1 package",
    peer: "2",
    peerCalls: 2,
    run: (stack) => up(stack, programOf(packages, "ours", 1)),
  },
  {
    name: `create ${MANY} packages`,
    peer: "200",
    peerCalls: 200,
    run: (stack) => up(stack, programOf(packages, "ours", MANY)),
  },
  {
    name: `preview ${MANY} packages`,
    peer: "100",
    peerCalls: 100,
    prepare: (stack) => up(stack, programOf(packages, "ours", MANY)),
    run: async (stack) => {
      await stack.pulumi("preview", "--expect-no-changes");
    },
  },
  {
    name: `refresh ${MANY} packages`,
    peer: "100",
    peerCalls: 100,
    prepare: (stack) => up(stack, programOf(packages, "ours", MANY)),
    run: async (stack) => {
      await stack.pulumi("refresh", "--yes", "--skip-preview");
    },
  },
  {
    name: "change a description",
    peer: "5 (1 + 2 + 2, by the rows above)",
    peerCalls: 5,
    prepare: (stack) => up(stack, programOf(packages, "ours", 1)),
    run: (stack) => up(stack, programOf(packages, "ours", 1).replace("Steadier", "Quieter")),
  },
  {
    name: `destroy ${MANY} packages`,
    peer: "200",
    peerCalls: 200,
    prepare: (stack) => up(stack, programOf(packages, "ours", MANY)),
    run: async (stack) => {
      await stack.pulumi("destroy", "--yes", "--skip-preview");
    },
  },
  {
    name: "refresh a task of 500 devices",
    peer: "11",
    peerCalls: 11,
    prepare: (stack) => up(stack, taskOf(500)),
    run: async (stack) => {
      await stack.pulumi("refresh", "--yes", "--skip-preview");
    },
  },
  {
    name: `create ${MANY} packages at 100 calls a minute`,
    peer: "not converged after 15 applies",
    run: async (stack, { simulator }) => {
      simulator.setBehaviour({ iotdaCallsPerMinute: 100 });
      await up(stack, programOf(packages, "ours", MANY));
      simulator.setBehaviour({ iotdaCallsPerMinute: null });
    },
    isWrong: (place) => duplicates(place, MANY),
  },
  {
    name: "lose the reply to a POST",
    peer: "fails after 64 s; the next apply makes a duplicate",
    run: async (stack, { simulator }) => {
      simulator.addFault({ kind: "drop", takesEffect: true, method: "POST", path: "**/packages" });
      await up(stack, programOf(packages, "ours", 1));
    },
    isWrong: (place) => duplicates(place, 1),
  },
];

/**
 * @param {Place} place
 * @returns {Promise<import("./report.js").Section>}
 */
async function comparePeer(place) {
  /** @type {import("./report.js").Row[]} */
  const rows = [];
  for (const operation of operations) {
    const { name, peer, peerCalls = Infinity } = operation;
    await step(name, async () => {
      const { calls, wrong } = await measure(operation, place);
      // A single create may need as many: a search and the POST.
      const isMet =
        wrong === undefined &&
        (name.startsWith("create 1 ") ? calls <= peerCalls : calls < peerCalls);
      const text = wrong ?? (name.startsWith("create 1 ") ? "no more calls" : "fewer calls");
      rows.push({ name, cells: [String(calls), peer], aim: { text, isMet } });
      return `${calls} calls`;
    });
  }
  return {
    title: "calls of an operation, beside Terraform's provider (1.95.0, figures measured before)",
    heading: ["", "ours", "peer", "aim"],
    rows,
  };
}

/**
 * @param {Operation} operation
 * @param {Place} place
 */
async function measure({ prepare, run, isWrong }, place) {
  const { engineDirectory, simulator } = place;
  simulator.reset();
  const settings = settingsFor(simulator.url);
  const stack = await openStack({ engineDirectory, settings, program: "" });
  try {
    await prepare?.(stack, place);
    const before = simulator.books().requests.length;
    await run(stack, place);
    const asked = simulator.books().requests.slice(before);
    const calls = asked.filter(({ path }) => path.startsWith("/v5/")).length;
    return { calls, wrong: isWrong?.(place) };
  } finally {
    simulator.clearFaults();
    stack.remove();
  }
}

/**
 * @param {Stack} stack
 * @param {string} program
 */
async function up(stack, program) {
  stack.program(program);
  await stack.pulumi("up", "--yes", "--skip-preview");
}

/**
 * @param {Place} place
 * @param {number} expected
 */
function duplicates({ simulator }, expected) {
  const made = simulator.books().counts.packagePostsInEffect;
  return made === expected ? undefined : `${made} packages were made, not ${expected}`;
}

/** @param {number} devices */
function taskOf(devices) {
  const { inputs, kind, wing } = workloadOf("iotda-tasks");
  const ids = Array.from({ length: devices }, (_, index) => deviceId(index));
  const declared = JSON.stringify({ ...inputs(0), targets: { devices: ids } });
  return `const { ${kind} } = require("pulumi-huawei-ota").${wing};\nnew ${kind}("many", ${declared});\n`;
}

module.exports = { comparePeer };
