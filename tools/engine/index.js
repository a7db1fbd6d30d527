"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { runAsCommand } = require("../terminal.js");
const { build, builtDirectory, version } = require("./build.js");
const {
  findExecutable,
  findInstalled,
  searchPath,
  MINIMUM,
  PYTHON_HOST,
  YAML_HOST,
} = require("./find.js");

/**
 * @typedef {object} Engine
 * @property {string} directory to stand first on the PATH
 * @property {string} version
 * @property {"path" | "built"} source installed on this computer, or built by this project
 */

/**
 * The Pulumi engine to test with: the installed one if it is new enough, else one that is built
 * once from pinned Go modules and kept outside the repository.
 * @param {{ log?: (line: string) => void, environment?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Engine>}
 */
async function ensureEngine({ log = () => undefined, environment = process.env } = {}) {
  const installed = findInstalled(environment);
  if (installed !== undefined && "directory" in installed) return { ...installed, source: "path" };
  if (installed !== undefined) log(`passing over the installed Pulumi: ${installed.reason}`);

  const missing =
    `There is no Pulumi engine to run with. Install the Pulumi CLI, ${MINIMUM.join(".")} or later ` +
    `(https://www.pulumi.com/docs/install/), or Go 1.25 or later (https://go.dev/dl/), ` +
    `from which it is built once, and run this again.`;
  const directory = await ensureBuilt("engine", missing, { environment, log });
  return { directory, version, source: "built" };
}

/**
 * The folder of what runs YAML programs: the installed one, which belongs to every Pulumi, else one
 * that is built once.
 * @param {{ log?: (line: string) => void, environment?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>}
 */
async function ensureYamlHost({ log = () => undefined, environment = process.env } = {}) {
  const installed = findExecutable(YAML_HOST, searchPath(environment));
  if (installed !== undefined) return path.dirname(installed);
  const missing =
    `There is no ${YAML_HOST} to run YAML programs with: it comes with the Pulumi CLI, or is built ` +
    `once with Go 1.25 or later (https://go.dev/dl/). Install one of them, and run this again.`;
  return await ensureBuilt("yaml", missing, { environment, log });
}

/**
 * The folder of what runs Python programs, and of what makes the SDKs that they and Go programs need.
 * @param {{ log?: (line: string) => void, environment?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>}
 */
async function ensurePythonHost({ log = () => undefined, environment = process.env } = {}) {
  const missing =
    `There is no ${PYTHON_HOST} to run Python programs with: it is built once with Go 1.25 or later ` +
    `(https://go.dev/dl/). Install it, and run this again.`;
  return await ensureBuilt("python", missing, { environment, log });
}

/**
 * @param {import("./build.js").ProgramSet} set
 * @param {string} missing what to say where it is not built yet and cannot be
 * @param {{ environment: NodeJS.ProcessEnv, log: (line: string) => void }} options
 * @returns {Promise<string>} its folder
 */
async function ensureBuilt(set, missing, { environment, log }) {
  const directory = builtDirectory(environment, set);
  if (fs.existsSync(directory)) return directory;
  const go = findExecutable("go", searchPath(environment));
  if (go === undefined) throw new Error(missing);
  return await build({ go, environment, log, set });
}

/**
 * What an engine of one's own runs with: no account, no network, nothing of the person's own
 * Pulumi set-up. Makes the two folders.
 * @param {object} options
 * @param {string} options.directory the engine's, from {@link ensureEngine}
 * @param {string} options.home a folder for what Pulumi keeps beside the states
 * @param {string} options.backend a folder for the states
 * @param {string} options.passphrase what secrets in the states are encrypted with
 * @returns {Record<string, string>} to be laid over `process.env`: the Automation API looks for
 *   `pulumi` on the PATH of its own process, whatever it is told about the stack's
 */
function engineEnvironment({ directory, home, backend, passphrase }) {
  fs.mkdirSync(home, { recursive: true });
  fs.mkdirSync(backend, { recursive: true });
  return {
    PATH: [directory, ...searchPath(process.env)].join(path.delimiter),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

module.exports = { engineEnvironment, ensureEngine, ensurePythonHost, ensureYamlHost };

/**
 * @param {string | undefined} language nothing for the engine itself
 * @param {(line: string) => void} log
 */
async function directoryOf(language, log) {
  if (language === "yaml") return await ensureYamlHost({ log });
  if (language === "python") return await ensurePythonHost({ log });
  return (await ensureEngine({ log })).directory;
}

if (require.main === module) {
  runAsCommand(async () => {
    const log = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
    process.stdout.write(`${await directoryOf(process.argv[2], log)}\n`);
    return 0;
  });
}
