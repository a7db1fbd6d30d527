"use strict";

const { setTimeout: pause } = require("node:timers/promises");
const { openStack } = require("../bench/stack.js");
const { auditOf, auditTextOf, differences, leaksIn } = require("./books.js");
const { openGate } = require("./gate.js");
const {
  allowLedger,
  breakLedger,
  ledgerTextOf,
  preventLedger,
  temporaryFolderIn,
} = require("./ledger.js");

/** @typedef {import("./stories.js").Story} Story */
/** @typedef {import("./stories.js").Operation} Operation */
/** @typedef {import("./stories.js").Command} Command */
/** @typedef {import("./breaks.js").Break} Break */

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
 * @property {import("../bench/stack.js").Door} door into the library
 * @property {number} listLagSeconds so long a list does not show what was made
 * @property {boolean} skipCheckpoints whether the engine writes its state at the end only
 *
 * @typedef {object} Verdict
 * @property {string[]} wrong duplicates, losses and lies
 * @property {boolean} isQuestion whether it took a person, beyond running the command again
 * @property {number} commands how often the command ran until it was content
 */

const MOST_RUNS = 4;
/** A poll is no other call than the look before it, and yet somebody else makes it. */
const MOST_OF_A_KIND = 2;
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
async function openScene(story, { engineDirectory, door, listLagSeconds, skipCheckpoints }) {
  const { startSimulator } = loadSimulator();
  const simulator = await startSimulator({
    ...PLATFORM,
    behaviour: { ...PLATFORM.behaviour, listLagSeconds },
  });
  const gate = await openGate(simulator.url);
  const stack = await openStack({
    engineDirectory,
    door,
    program: "",
    settings: story.environment(gate.url),
  });
  stack.environment["HUAWEI_OTA_AUDIT_LOG"] = `${stack.directory}/audit.jsonl`;
  stack.environment["TMPDIR"] = temporaryFolderIn(stack.directory);
  if (skipCheckpoints) stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "true";
  /** @type {string[]} */
  const printed = [];

  const attempt = async (/** @type {Command} */ command, /** @type {string} */ program) => {
    stack.program(program);
    const { code, output } = await stack.start(...ARGUMENTS[command]).done;
    printed.push(output);
    return { hasFailed: code !== 0, output };
  };
  /**
   * @param {Command} command
   * @param {string} program
   * @param {boolean} shallFail
   */
  const insist = async (command, program, shallFail) => {
    const { hasFailed, output } = await attempt(command, program);
    if (hasFailed !== shallFail) throw new Error(`Before anything was broken:\n${output}`);
    simulator.clock.advance(listLagSeconds);
  };
  return {
    story,
    simulator,
    gate,
    stack,
    /** All that its commands printed. */
    printed,
    succeed: (/** @type {Command} */ command, /** @type {string} */ program) =>
      insist(command, program, false),
    failOnce: (/** @type {Command} */ command, /** @type {string} */ program) =>
      insist(command, program, true),
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

/** @type {Record<Command, string[]>} */
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
  const { command } = operation;
  const scene = await openScene(story, conditions);
  const { simulator, stack } = scene;
  try {
    await operation.before?.(scene);
    stack.program(operation.program);
    simulator.addFault({ ...broken.fault, method, path, after });
    if (broken.hasLedger === false) preventLedger(stack.directory);
    await runBroken(scene, command, broken.act);
    if (broken.hasLedger === false) allowLedger(stack.directory);
    const isMet = simulator.faults().length === 0;
    simulator.clearFaults();
    if (broken.isHopeless !== true) simulator.clock.advance(conditions.listLagSeconds);
    if (broken.act === "kill the engine alone") {
      setTimeout(() => simulator.releaseHeld(), AMID_MILLISECONDS);
    } else {
      simulator.releaseHeld();
    }
    const end = await runUntilContent(scene, command);
    const last = command === "destroy" ? end : await runUntilContent(scene, "up");
    const books = simulator.books();
    const { output } = await stack.pulumi("stack", "export");
    const wrong = differences(story, operation, books, output, auditOf(stack.directory));
    const written = {
      "what was printed": scene.printed.join("\n"),
      "the state": output,
      "the audit log": auditTextOf(stack.directory),
      "the ledger": ledgerTextOf(stack.directory),
      "what was sent, beside the login": JSON.stringify(books.requests),
      "what the platform keeps": JSON.stringify({ ...books, requests: [] }),
    };
    wrong.push(...leaksIn(written, [...story.secrets, ...scene.gate.tokens()]));
    if (!isMet) wrong.push("The call was not made, so nothing was broken");
    if (!end.isContent || !last.isContent) wrong.push(`did not come to its end: ${last.said}`);
    return { wrong, isQuestion: end.isQuestion || last.isQuestion, commands: 1 + end.runs };
  } finally {
    await scene.close();
  }
}

/**
 * @param {Scene} scene
 * @param {Command} command
 * @param {Break["act"]} act
 */
async function runBroken({ simulator, gate, stack, printed }, command, act) {
  const running = stack.start(...ARGUMENTS[command]);
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
    if (isOnLedger(act)) {
      breakLedger(act, stack.directory);
      simulator.releaseHeld();
    }
  }
  printed.push((await running.done).output);
  if (act === "shut the gate") await gate.open();
}

/**
 * @param {import("./breaks.js").Act} act
 * @returns {act is import("./breaks.js").LedgerAct}
 */
function isOnLedger(act) {
  return /\bledger\b/.test(act);
}

/**
 * Runs the command again as a pipeline would, until it has nothing to complain of.
 * @param {Scene} scene
 * @param {Command} command
 */
async function runUntilContent({ stack, printed }, command) {
  let said = "";
  for (let runs = 1; runs <= MOST_RUNS; runs += 1) {
    const { code, output } = await stack.start(...ARGUMENTS[command]).done;
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
 * The calls that an operation makes when nothing breaks: the matrix is made of them, so that a new
 * call cannot be forgotten.
 * @param {Story} story
 * @param {Operation} operation
 * @param {Conditions} conditions
 * @returns {Promise<Omit<Point, "broken">[]>}
 */
async function callsOf(story, operation, conditions) {
  const scene = await openScene(story, conditions);
  const { simulator, stack } = scene;
  try {
    await operation.before?.(scene);
    stack.program(operation.program);
    const before = simulator.books().requests.length;
    const { isContent, said } = await runUntilContent(scene, operation.command);
    if (!isContent) throw new Error(`${story.wing}: ${operation.name} fails unbroken: ${said}`);
    /** @type {Map<string, number>} */
    const ofAKind = new Map();
    /** @type {Map<string, number>} */
    const onAPath = new Map();
    return simulator
      .books()
      .requests.slice(before)
      .flatMap(({ method, path: asked, query }) => {
        const path = patternOf(asked);
        const after = onAPath.get(`${method} ${path}`) ?? 0;
        onAPath.set(`${method} ${path}`, after + 1);
        const kind = `${method} ${path} ${Object.keys(query).sort().join()}`;
        const times = (ofAKind.get(kind) ?? 0) + 1;
        ofAKind.set(kind, times);
        return times > MOST_OF_A_KIND ? [] : [{ story, operation, method, path, after }];
      });
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
