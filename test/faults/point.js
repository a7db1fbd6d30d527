"use strict";

const { setTimeout: pause } = require("node:timers/promises");
const { openStack } = require("../bench/stack.js");
const {
  auditOf,
  auditTextOf,
  differencesAfterDestroy,
  differencesAfterUp,
  leaksIn,
} = require("./books.js");
const { openGate } = require("./gate.js");

/** @typedef {import("./stories.js").Story} Story */
/** @typedef {import("./breaks.js").Break} Break */
/** @typedef {"up" | "refresh" | "destroy"} Operation */

/**
 * One point of the matrix: an operation of a story, broken at one call.
 * @typedef {object} Point
 * @property {Story} story
 * @property {Operation} operation
 * @property {string} method
 * @property {string} path with `*` for each id
 * @property {number} after how many such calls pass before
 * @property {Break} broken
 *
 * @typedef {object} Conditions of a whole matrix
 * @property {string} engineDirectory
 * @property {number} listLagSeconds so long a list does not show what was made
 * @property {boolean} skipCheckpoints whether the engine writes its state at the end only
 *
 * @typedef {object} Verdict
 * @property {string[]} wrong duplicates, losses and lies
 * @property {boolean} isQuestion whether it took a person, beyond running the command again
 * @property {number} commands how often the command ran until it was content
 */

const MOST_RUNS = 4;
const PLATFORM = {
  data: "examples/simulator-data.json",
  behaviour: {
    callsPerMinute: null,
    waitSeconds: 0,
    upgradeSeconds: 1,
    iotdaInitializingSeconds: 0,
  },
};

/**
 * @param {Story} story
 * @param {Conditions} conditions
 */
async function openScene(story, { engineDirectory, listLagSeconds, skipCheckpoints }) {
  const { startSimulator } = loadSimulator();
  const simulator = await startSimulator({
    ...PLATFORM,
    behaviour: { ...PLATFORM.behaviour, listLagSeconds },
  });
  const gate = await openGate(simulator.url);
  const stack = await openStack({
    engineDirectory,
    program: story.program,
    settings: story.environment(gate.url),
  });
  stack.environment["HUAWEI_OTA_AUDIT_LOG"] = `${stack.directory}/audit.jsonl`;
  if (skipCheckpoints) stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "true";
  return {
    simulator,
    gate,
    stack,
    /** All that its commands printed. */
    printed: /** @type {string[]} */ ([]),
    close: async () => {
      stack.remove();
      await gate.close();
      await simulator.close();
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof openScene>>} Scene */

/** @returns {typeof import("../../src/simulator")} */
function loadSimulator() {
  /** @type {(file: string) => unknown} */
  const load = require;
  return /** @type {typeof import("../../src/simulator")} */ (load("../../dist/simulator.js"));
}

/** @type {Record<Operation, string[]>} */
const ARGUMENTS = {
  up: ["up", "--yes", "--skip-preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/** So far the next command has come when a provider that outlived its engine is answered. */
const AMID_MILLISECONDS = 2_500;

/**
 * @param {Point} point
 * @param {Conditions} conditions
 * @returns {Promise<Verdict>}
 */
async function tryPoint(point, conditions) {
  const { story, operation, method, path, after, broken } = point;
  const scene = await openScene(story, conditions);
  const { simulator, stack } = scene;
  try {
    if (operation !== "up") await runUntilContent(scene, "up");
    simulator.addFault({ ...broken.fault, method, path, after });
    await runBroken(scene, operation, broken.act);
    simulator.clearFaults();
    if (broken.isHopeless !== true) simulator.clock.advance(conditions.listLagSeconds);
    if (broken.act === "kill the engine alone") {
      setTimeout(() => simulator.releaseHeld(), AMID_MILLISECONDS);
    } else {
      simulator.releaseHeld();
    }
    const end = await runUntilContent(scene, operation);
    const last = operation === "destroy" ? end : await runUntilContent(scene, "up");
    const books = simulator.books();
    const { output } = await stack.pulumi("stack", "export");
    const wrong =
      operation === "destroy"
        ? differencesAfterDestroy(story, books, output)
        : differencesAfterUp(story, books, output, auditOf(stack.directory));
    const written = {
      "what was printed": scene.printed.join("\n"),
      "the state": output,
      "the audit log": auditTextOf(stack.directory),
      "what was sent, beside the login": JSON.stringify(books.requests),
      "what the platform keeps": JSON.stringify({ ...books, requests: [] }),
    };
    wrong.push(...leaksIn(written, [...story.secrets, ...scene.gate.tokens()]));
    if (!end.isContent || !last.isContent) wrong.push(`did not come to its end: ${last.said}`);
    return { wrong, isQuestion: end.isQuestion || last.isQuestion, commands: 1 + end.runs };
  } finally {
    await scene.close();
  }
}

/**
 * @param {Scene} scene
 * @param {Operation} operation
 * @param {Break["act"]} act
 */
async function runBroken({ simulator, gate, stack, printed }, operation, act) {
  const running = stack.start(...ARGUMENTS[operation]);
  if (act !== undefined) {
    const isHeld = () => simulator.books().requests.some(({ outcome }) => outcome === "held");
    while (!isHeld() && running.isRunning()) await pause(50);
    if (act === "shut the gate") await gate.shut();
    if (act === "kill the provider") stack.killProviders();
    if (act.startsWith("kill the engine")) running.kill("SIGKILL");
    if (act.startsWith("interrupt")) {
      running.kill("SIGINT");
      await pause(300);
      if (act === "interrupt twice") running.kill("SIGINT");
      else simulator.releaseHeld();
    }
  }
  printed.push((await running.done).output);
  if (act === "shut the gate") await gate.open();
}

/**
 * Runs the command again as a pipeline would, until it has nothing to complain of.
 * @param {Scene} scene
 * @param {Operation} operation
 */
async function runUntilContent({ stack, printed }, operation) {
  let said = "";
  for (let runs = 1; runs <= MOST_RUNS; runs += 1) {
    const { code, output } = await stack.start(...ARGUMENTS[operation]).done;
    printed.push(output);
    if (code === 0) return { runs, isContent: true, isQuestion: false, said };
    said = output
      .split("\n")
      .filter((line) => /error|\* /.test(line))
      .slice(0, 3)
      .join(" ");
    if (output.includes("currently locked")) await stack.pulumi("cancel", "--yes");
    if (output.includes("To go on with")) return { runs, isContent: false, isQuestion: true, said };
  }
  return { runs: MOST_RUNS, isContent: false, isQuestion: false, said };
}

/**
 * The calls that an operation makes when nothing breaks, each kind once: the matrix is made of them,
 * so that a new call cannot be forgotten.
 * @param {Story} story
 * @param {Conditions} conditions
 * @returns {Promise<Omit<Point, "broken">[]>}
 */
async function callsOf(story, conditions) {
  const scene = await openScene(story, conditions);
  const { simulator } = scene;
  try {
    /** @type {Omit<Point, "broken">[]} */
    const calls = [];
    for (const operation of /** @type {const} */ (["up", "refresh", "destroy"])) {
      const before = simulator.books().requests.length;
      const { isContent, said } = await runUntilContent(scene, operation);
      if (!isContent) throw new Error(`${story.wing}: ${operation} fails unbroken: ${said}`);
      const known = new Set();
      for (const { method, path: asked } of simulator.books().requests.slice(before)) {
        if (!story.api.test(asked)) continue;
        const path = patternOf(asked);
        const key = `${method} ${path}`;
        if (known.has(key)) continue;
        known.add(key);
        calls.push({ story, operation, method, path, after: 0 });
      }
    }
    return calls;
  } finally {
    await scene.close();
  }
}

/** @param {string} path */
function patternOf(path) {
  return path
    .replace(
      /\/(packages|batchtasks|operations|category)\/(?!firmwareUpgrade|softwareUpgrade)[^/]+/,
      "/$1/*",
    )
    .replace(/^\/v5\/iot\/[^/]+/, "/v5/iot/*");
}

module.exports = { callsOf, tryPoint };
