"use strict";

const { spawn } = require("node:child_process");
const path = require("node:path");
const { setUp } = require("./setup.js");
const { runAsCommand } = require("./terminal.js");

const root = path.dirname(__dirname);
const jest = "node_modules/jest/bin/jest.js";

/**
 * Each command: what it needs first, and the script that is then run. Fixed arguments come last,
 * because Jest's list of projects swallows what stands behind it.
 * @type {Record<string, { needs: ("build" | "engine")[], script: string, args?: string[], environment?: Record<string, string> } | undefined>}
 */
const commands = {
  check: { needs: [], script: "tools/check.js" },
  fix: { needs: [], script: "tools/check.js", args: ["--fix"] },
  test: { needs: ["build", "engine"], script: jest },
  "test:quick": { needs: [], script: jest, args: ["--selectProjects", "quick"] },
  "test:engine": { needs: ["build", "engine"], script: jest, args: ["--selectProjects", "engine"] },
  "test:node-22": { needs: ["engine"], script: "tools/node-22.js" },
  demo: { needs: ["build", "engine"], script: "tools/demo/index.js" },
  bench: { needs: ["build", "engine"], script: "test/bench/index.js" },
  faults: { needs: ["build", "engine"], script: "test/faults/index.js" },
  "plugin:bundle": { needs: ["build"], script: "tools/plugin-bundle.js" },
  "test:plugin": {
    needs: ["build", "engine"],
    script: jest,
    args: ["test/engine/behaviours", "test/engine/plugin", "--selectProjects", "engine"],
    environment: { TEST_DOOR: "plugin" },
  },
  walk: { needs: ["build", "engine"], script: "test/walk/index.js" },
  histories: { needs: [], script: "test/rollout-walk/index.js" },
};

async function main() {
  const [name = "", ...args] = process.argv.slice(2);
  const command = commands[name];
  if (command === undefined) {
    throw new Error(
      `There is no command "${name}". There are: ${Object.keys(commands).join(", ")}.`,
    );
  }
  const { engineDirectory } = await setUp(command);
  const environment = { ...withoutPersonalSettings(process.env), ...command.environment };
  if (engineDirectory !== undefined) {
    environment["PATH"] = engineDirectory + path.delimiter + (environment["PATH"] ?? "");
  }
  return await run([command.script, ...args, ...(command.args ?? [])], environment);
}

/**
 * Nothing that runs from here may reach a real account, or a real stack, of the person at the keyboard.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
function withoutPersonalSettings(environment) {
  const isPersonal = (/** @type {string} */ name) => /^(HUAWEI_OTA|HW|PULUMI)_/.test(name);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isPersonal(name)));
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<number>} its exit code
 */
function run(args, environment) {
  const child = spawn(process.execPath, args, { cwd: root, env: environment, stdio: "inherit" });
  // A Ctrl-C reaches the child from the terminal; it decides what to do, and this waits for it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

runAsCommand(main);
