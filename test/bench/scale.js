"use strict";

const { step } = require("../../tools/terminal.js");
const { COMMANDS, openStack } = require("./stack.js");
const { floorSeconds } = require("./statistics.js");
const { deviceId, programOf, settingsFor, workloadOf } = require("./workloads.js");

/*
 * Large stacks, measured once each: what they cost beside the bare engine, and beside the least time
 * in which the quota of an account lets the same calls through.
 */

const PACKAGES = 1_000;
const TASKS = 300;
const DEVICES = 30_000;
const PACKAGES_WITHOUT_CHECKPOINTS = 500;
const CALLS_PER_MINUTE = 100;
const LEAST_SHARE_OF_QUOTA = 0.98;
const MOST_TIMES_BARE = 1.1;
const MEBIBYTE = 1024 * 1024;

/**
 * @typedef {import("./report.js").Section} Section
 * @typedef {import("./report.js").Row} Row
 * @typedef {import("./report.js").Aim} Aim
 * @typedef {import("./stack.js").Stack} Stack
 * @typedef {import("./measure.js").Side} Side
 * @typedef {import("./measure.js").Place} Place
 */

/**
 * @param {Place} place whose platform has as many devices and packages as `SCALE` says
 * @returns {Promise<Section[]>}
 */
async function measureScale(place) {
  const many = `${count(PACKAGES)} packages and ${TASKS} tasks`;
  const both = (/** @type {string} */ prefix) => (/** @type {Side} */ side) =>
    programOf(workloadOf(`${prefix}packages`), side, PACKAGES) +
    programOf(workloadOf(`${prefix}tasks`), side, TASKS);
  return [
    await measureStory(`${many} of northbound`, place, both("")),
    await measureStory(`${many} of IoTDA`, place, both("iotda-")),
    await measureStory(`a task of ${count(DEVICES)} devices`, place, taskOfAllDevices),
    await measureCheckpoints(place),
    await measureQuota(place),
  ];
}

/** @param {Side} side */
function taskOfAllDevices(side) {
  const task = workloadOf("iotda-tasks");
  const devices = Array.from({ length: DEVICES }, (_, index) => deviceId(index));
  const inputs = () => ({ ...task.inputs(0), targets: { devices } });
  return programOf({ ...task, inputs }, side, 1);
}

/**
 * @param {string} title
 * @param {Place} place
 * @param {(side: Side) => string} programFor
 * @returns {Promise<Section>}
 */
async function measureStory(title, place, programFor) {
  const { simulator } = place;
  simulator.reset();
  const ours = await open(place, programFor("ours"));
  const bare = await open(place, programFor("bare"));
  /** @type {Row[]} */
  const rows = [];
  try {
    for (const command of COMMANDS) {
      await step(`${title}: ${command}`, async () => {
        const before = simulator.books().requests.length;
        const one = await runWatched(ours, command);
        const calls = simulator.books().requests.length - before;
        const other = await runWatched(bare, command);
        const ratio = one.seconds / other.seconds;
        rows.push({
          name: command,
          cells: [
            one.seconds.toFixed(1),
            other.seconds.toFixed(1),
            ratio.toFixed(2),
            (one.peakBytes / MEBIBYTE).toFixed(0),
            (other.peakBytes / MEBIBYTE).toFixed(0),
            count(calls),
            floorSeconds(calls, CALLS_PER_MINUTE).toFixed(0),
          ],
          // A destroy waits for the platform, which stops what runs.
          ...(command === "destroy" ? {} : { aim: atMostTimesBare(ratio) }),
        });
        return `${ratio.toFixed(2)} times the bare engine`;
      });
      if (command === "up") rows.push(await stateRow(ours, bare));
    }
  } finally {
    ours.remove();
    bare.remove();
  }
  const seconds = ["seconds: ours", "bare", "ratio"];
  const heading = ["", ...seconds, "provider's MiB: ours", "bare", "calls", "floor in s", "aim"];
  return { title: `${title}, and the floor of ${CALLS_PER_MINUTE} calls a minute`, heading, rows };
}

/**
 * The engine's own cost of a large stack is its state, which it writes after each step.
 * @param {Place} place
 * @returns {Promise<Section>}
 */
async function measureCheckpoints(place) {
  const workload = workloadOf("packages");
  /** @type {Row[]} */
  const rows = [];
  for (const skip of ["", "true"]) {
    const name = skip === "" ? "up" : "up with PULUMI_SKIP_CHECKPOINTS=true";
    await step(`${PACKAGES_WITHOUT_CHECKPOINTS} packages: ${name}`, async () => {
      place.simulator.reset();
      const seconds = { ours: 0, bare: 0 };
      for (const side of /** @type {const} */ (["ours", "bare"])) {
        const program = programOf(workload, side, PACKAGES_WITHOUT_CHECKPOINTS);
        const stack = await open(place, program);
        stack.environment["PULUMI_SKIP_CHECKPOINTS"] = skip;
        try {
          seconds[side] = (await stack.time("up")).seconds;
        } finally {
          stack.remove();
        }
      }
      const ratio = seconds.ours / seconds.bare;
      const cells = [seconds.ours.toFixed(1), seconds.bare.toFixed(1), ratio.toFixed(2)];
      rows.push({ name, cells });
      return `${seconds.ours.toFixed(1)} s`;
    });
  }
  const title = `${PACKAGES_WITHOUT_CHECKPOINTS} packages of northbound: seconds`;
  return { title, heading: ["", "ours", "bare", "ratio", "aim"], rows };
}

/**
 * With the quota on, at the platform and here.
 * @param {Place} place
 * @returns {Promise<Section>}
 */
async function measureQuota(place) {
  const { simulator } = place;
  simulator.reset();
  simulator.setBehaviour({ callsPerMinute: CALLS_PER_MINUTE });
  const stack = await open(place, programOf(workloadOf("tasks"), "ours", TASKS));
  stack.environment["HUAWEI_OTA_NORTHBOUND_CALLS_PER_MINUTE"] = String(CALLS_PER_MINUTE);
  const title = `${TASKS} tasks of northbound at ${CALLS_PER_MINUTE} calls a minute`;
  try {
    /** @type {Row[]} */
    const rows = [];
    await step(title, async () => {
      const before = simulator.books().requests.length;
      await stack.time("up");
      const requests = simulator.books().requests.slice(before);
      const [first, last] = [requests[0], requests.at(-1)];
      const seconds = (Date.parse(last?.time ?? "") - Date.parse(first?.time ?? "")) / 1000;
      const floor = floorSeconds(requests.length, CALLS_PER_MINUTE);
      const refused = requests.filter(({ status }) => status === 403 || status === 429).length;
      const share = floor / seconds;
      const isMet = share >= LEAST_SHARE_OF_QUOTA && refused === 0;
      rows.push({
        name: "up, from its first call to its last",
        cells: [seconds.toFixed(1), floor.toFixed(0), count(requests.length), String(refused)],
        aim: { text: `at least ${LEAST_SHARE_OF_QUOTA * 100} % of the quota, none refused`, isMet },
      });
      return `${(share * 100).toFixed(1)} % of the quota`;
    });
    return { title, heading: ["", "seconds", "floor", "calls", "refused", "aim"], rows };
  } finally {
    simulator.setBehaviour({ callsPerMinute: null });
    stack.remove();
  }
}

/**
 * @param {Stack} ours
 * @param {Stack} bare
 * @returns {Promise<Row>}
 */
async function stateRow(ours, bare) {
  const [one, other] = [await ours.sizes(), await bare.sizes()];
  const ratio = one.onDisk / other.onDisk;
  const kibibytes = (/** @type {number} */ bytes) => count(Math.round(bytes / 1024));
  const cells = [kibibytes(one.onDisk), kibibytes(other.onDisk), ratio.toFixed(2), "", "", "", ""];
  if (one.resources !== other.resources) {
    throw new Error(`Our state has ${one.resources} resources, the bare one ${other.resources}.`);
  }
  return { name: "state after it, KiB", cells };
}

/**
 * @param {Stack} stack
 * @param {import("./stack.js").Command} command
 */
async function runWatched(stack, command) {
  const watch = stack.watchProviders();
  try {
    const { seconds } = await stack.time(command);
    return { seconds, peakBytes: watch.stop() };
  } finally {
    watch.stop();
  }
}

/**
 * @param {Place} place
 * @param {string} program
 */
function open({ engineDirectory, simulator }, program) {
  return openStack({ engineDirectory, settings: settingsFor(simulator.url), program });
}

/**
 * @param {number} ratio
 * @returns {Aim}
 */
function atMostTimesBare(ratio) {
  const isMet = Number(ratio.toFixed(2)) <= MOST_TIMES_BARE;
  return { text: `at most ${MOST_TIMES_BARE} times bare`, isMet };
}

/** @param {number} value */
function count(value) {
  return value.toLocaleString("en");
}

/** What the platform must have for all of it. */
const SCALE = { packages: PACKAGES, devices: DEVICES };

module.exports = { measureScale, SCALE };
