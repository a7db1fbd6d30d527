"use strict";

const { CALL_KINDS } = require("./calls.js");
const { COMMANDS } = require("./stack.js");
const { spreadOf } = require("./statistics.js");

const MOST_TIMES_BARE = 1.1;
const MOST_LOADER_BYTES = 200;

/**
 * @typedef {import("./measure.js").Pair} Pair
 *
 * @typedef {object} Aim
 * @property {string} text
 * @property {boolean} isMet
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {readonly string[]} cells
 * @property {Aim} [aim]
 *
 * @typedef {Partial<Record<import("./stack.js").Command, number>>} Bounds times bare
 *
 * @typedef {object} Section
 * @property {string} title
 * @property {readonly string[]} heading
 * @property {readonly Row[]} rows
 */

/**
 * @param {string} name of the workload
 * @param {readonly Pair[]} pairs
 * @param {number} resources
 * @returns {Section[]}
 */
function sectionsOf(name, pairs, resources) {
  const title = `${resources} ${name}`;
  return [
    {
      title: `${title}: seconds, and ours/bare pair by pair`,
      heading: ["", "ours", "bare", "ratio", "min", "max", "aim"],
      rows: [
        ...COMMANDS.map((command) =>
          ratioRow(command, costsOf(pairs, command, "seconds"), MOST_TIMES_BARE),
        ),
      ],
    },
    ...cpuSections(title, pairs),
    {
      title: `${title}: calls of a command (the most of any run)`,
      heading: ["", ...CALL_KINDS, "aim"],
      rows: COMMANDS.map((command) => callsRow(command, name, pairs, resources)),
    },
    {
      title: `${title}: bytes of state for each resource`,
      heading: ["", "ours", "bare", "ratio", "aim"],
      rows: sizeRows(pairs, resources),
    },
  ];
}

/**
 * What other work on the computer does not change as much as it does the seconds.
 * @param {string} title
 * @param {readonly Pair[]} pairs
 * @param {Bounds} [bounds] where the aim is not what must hold
 * @returns {Section[]}
 */
function cpuSections(title, pairs, bounds = {}) {
  const rows = [
    ...COMMANDS.map((command) =>
      ratioRow(command, costsOf(pairs, command, "cpuSeconds"), bounds[command] ?? MOST_TIMES_BARE),
    ),
    ...STARTS.map(({ name, part, most }) => startRow(name, pairs, part, most)),
  ];
  const isKnown = pairs.every(({ costs }) => !Number.isNaN(costs.up.ours.cpuSeconds));
  const heading = ["", "ours", "bare", "ratio", "min", "max", "aim"];
  return isKnown
    ? [{ title: `${title}: seconds of CPU, of all processes but the platform's`, heading, rows }]
    : [];
}

/**
 * How a provider starts, and how much more than bare each part may take.
 * @type {readonly { name: string, part: keyof import("./start-up.js").StartUp, most?: number }[]}
 */
const STARTS = [
  { name: "provider: start to port", part: "port" },
  { name: "provider: first check", part: "firstCheck", most: 0.03 },
  { name: "provider: first call", part: "firstCall", most: 0.05 },
];

/**
 * @param {string} name
 * @param {readonly Pair[]} pairs
 * @param {keyof import("./start-up.js").StartUp} part
 * @param {number} [most] seconds more than bare
 * @returns {Row}
 */
function startRow(name, pairs, part, most) {
  const costs = pairs.map(({ startUp: { ours, bare } }) => ({
    ours: ours[part].cpuSeconds,
    bare: bare[part].cpuSeconds,
  }));
  const more = spreadOf(costs.map(({ ours, bare }) => ours - bare)).median.toFixed(3);
  return {
    ...ratioRow(name, costs),
    ...(most === undefined
      ? {}
      : { aim: { text: `at most ${most} s more: ${more}`, isMet: Number(more) <= most } }),
  };
}

/**
 * @param {readonly Pair[]} pairs
 * @param {import("./stack.js").Command} command
 * @param {"seconds" | "cpuSeconds"} what
 */
function costsOf(pairs, command, what) {
  return pairs.map(({ costs }) => ({
    ours: costs[command].ours[what],
    bare: costs[command].bare[what],
  }));
}

/**
 * @param {string} name
 * @param {readonly { ours: number, bare: number }[]} pairs
 * @param {number} [most]
 * @returns {Row}
 */
function ratioRow(name, pairs, most) {
  const ratio = spreadOf(pairs.map(({ ours, bare }) => ours / bare));
  const seconds = (/** @type {"ours" | "bare"} */ side) =>
    spreadOf(pairs.map((pair) => pair[side])).median.toFixed(2);
  return {
    name,
    cells: [
      seconds("ours"),
      seconds("bare"),
      ...[ratio.median, ratio.min, ratio.max].map(twoDigits),
    ],
    ...(most === undefined
      ? {}
      : { aim: { text: `at most ${most}`, isMet: Number(twoDigits(ratio.median)) <= most } }),
  };
}

/** @param {number} value */
const twoDigits = (value) => value.toFixed(2);

/**
 * @param {import("./stack.js").Command} command
 * @param {string} name
 * @param {readonly Pair[]} pairs
 * @param {number} resources
 * @returns {Row}
 */
function callsRow(command, name, pairs, resources) {
  const most = (/** @type {import("./calls.js").CallKind} */ kind) =>
    Math.max(...pairs.map(({ calls }) => calls[command][kind]));
  const aim = callsAim(command, name, most, resources);
  return {
    name: command,
    cells: CALL_KINDS.map((kind) => String(most(kind))),
    ...(aim === undefined ? {} : { aim }),
  };
}

/**
 * @param {import("./stack.js").Command} command
 * @param {string} name
 * @param {(kind: import("./calls.js").CallKind) => number} most
 * @param {number} resources
 * @returns {Aim | undefined}
 */
function callsAim(command, name, most, resources) {
  if (name.endsWith("packages") && command === "refresh") {
    const isMet = most("list") + most("get") <= resources;
    return { text: "at most 1 for each package", isMet };
  }
  if (name.endsWith("tasks") && command === "up") {
    // A listing of packages, one of tasks, and a page more for each hundred.
    const pages = 2 + 2 * Math.ceil(resources / 100);
    return { text: `at most ${pages} listings`, isMet: most("list") <= pages };
  }
  return undefined;
}

/**
 * @param {readonly Pair[]} pairs
 * @param {number} resources
 * @returns {Row[]}
 */
function sizeRows(pairs, resources) {
  const row = (
    /** @type {string} */ name,
    /** @type {(sizes: import("./stack.js").StateSizes) => number} */ read,
  ) => {
    const ours = spreadOf(pairs.map(({ sizes }) => read(sizes.ours))).median;
    const bare = spreadOf(pairs.map(({ sizes }) => read(sizes.bare))).median;
    return { name, cells: [ours.toFixed(0), bare.toFixed(0), twoDigits(ours / bare)], ours };
  };
  const { ours: loader, ...loaderRow } = row("__provider", ({ loaders }) => Math.max(...loaders));
  return [
    row("file on disk", ({ onDisk }) => onDisk / resources),
    row("pulumi stack export", ({ exported }) => exported / resources),
    {
      ...loaderRow,
      aim: { text: `at most ${MOST_LOADER_BYTES}`, isMet: loader <= MOST_LOADER_BYTES },
    },
  ];
}

module.exports = { cpuSections, sectionsOf };
