"use strict";

const { execFileSync, spawn } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { LANGUAGE_HOST, PYTHON_HOST, RESOURCE_PLUGIN, SDK_MAKER, YAML_HOST } = require("./find.js");

const HEARTBEAT_SECONDS = 5;
const STALE_AFTER_SECONDS = 60;
const PROGRESS_EVERY_SECONDS = 15;

/**
 * The programs, pinned by three Go modules whose dependencies do not mix. What runs programs in other
 * languages stands in folders of its own, for few tests need it.
 */
const sets = {
  engine: [
    pinned({
      name: LANGUAGE_HOST,
      module: "language-host",
      requires: "github.com/pulumi/pulumi/sdk/v3",
      source: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      version: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    }),
    pinned({
      name: "pulumi",
      module: "cli",
      requires: "github.com/pulumi/pulumi/pkg/v3",
      source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      version: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    }),
  ],
  yaml: [
    pinned({
      name: YAML_HOST,
      module: "yaml-host",
      requires: "github.com/pulumi/pulumi-yaml",
      source: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
      version: "github.com/pulumi/pulumi-yaml/pkg/version.Version",
    }),
  ],
  python: [
    pinned({
      name: PYTHON_HOST,
      module: "language-host",
      requires: "github.com/pulumi/pulumi/sdk/v3",
      source: "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
      version: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    }),
    pinned({
      name: SDK_MAKER,
      module: "cli",
      requires: "github.com/pulumi/pulumi/pkg/v3",
      source: "./make-sdk",
      version: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    }),
  ],
};

/** @typedef {keyof typeof sets} ProgramSet */

/** @param {{ name: string, module: string, requires: string, source: string, version: string }} program */
function pinned({ version: variable, ...program }) {
  const directory = path.join(__dirname, program.module);
  const goMod = fs.readFileSync(path.join(directory, "go.mod"), "utf8");
  const version = new RegExp(`${program.requires} v(\\S+)`).exec(goMod)?.[1];
  if (version === undefined)
    throw new Error(`${directory}/go.mod does not pin ${program.requires}.`);
  return { ...program, variable, directory, version };
}

const version = sets.engine.at(-1)?.version ?? "";

/**
 * The folder for what takes long to make and can be made again.
 * @param {NodeJS.ProcessEnv} environment
 */
function cacheDirectory(environment) {
  const caches = environment["XDG_CACHE_HOME"];
  const root = caches === undefined || caches === "" ? path.join(os.homedir(), ".cache") : caches;
  return path.join(root, "pulumi-huawei-ota");
}

/**
 * Where the programs of these versions stand once they are built.
 * @param {NodeJS.ProcessEnv} environment
 * @param {ProgramSet} [set]
 */
function builtDirectory(environment, set = "engine") {
  const programs = sets[set];
  const hash = createHash("sha256");
  for (const { directory, source } of programs) {
    hash.update(fs.readFileSync(path.join(directory, "go.sum")));
    if (source.startsWith("."))
      hash.update(fs.readFileSync(path.join(directory, source, "main.go")));
  }
  const versions = programs.map((program) => program.version).join("-");
  const name = `${set}-${versions}-${hash.digest("hex").slice(0, 12)}`;
  return path.join(cacheDirectory(environment), name);
}

/**
 * Builds the engine or what runs programs of a language, or waits for the process that is building it.
 * @param {{ go: string, environment: NodeJS.ProcessEnv, log: (line: string) => void, set?: ProgramSet }} options
 * @returns {Promise<string>} its directory
 */
async function build({ go, environment, log, set = "engine" }) {
  const directory = builtDirectory(environment, set);
  fs.mkdirSync(path.dirname(directory), { recursive: true });
  const unlock = await lock(`${directory}.lock`, () => fs.existsSync(directory), log);
  if (unlock === undefined) return directory;

  removeAbandoned(`${directory}.building-`);
  const temporary = fs.mkdtempSync(`${directory}.building-`);
  try {
    const minutes = set === "engine" ? "4 minutes" : "1 minute";
    log(`building ${called(set)} from its Go modules: once, about ${minutes} on two cores`);
    for (const program of sets[set])
      await buildProgram(program, { go, temporary, environment, log });
    if (set === "engine") copyResourcePlugin(temporary);
    if (set === "python") copyPythonExecutor(go, temporary);
    fs.renameSync(temporary, directory);
  } catch (error) {
    // A build whose lock had gone stale may have come first.
    if (!fs.existsSync(directory)) throw error;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
    unlock();
  }
  return directory;
}

/** @param {ProgramSet} set */
function called(set) {
  const program = sets[set].at(-1);
  return `${program?.name ?? ""} ${program?.version ?? ""}`;
}

/**
 * @param {typeof sets[ProgramSet][number]} program
 * @param {{ go: string, temporary: string, environment: NodeJS.ProcessEnv, log: (line: string) => void }} options
 * @returns {Promise<void>}
 */
function buildProgram(program, { go, temporary, environment, log }) {
  const versionFlag = `-X ${program.variable}=v${program.version}`;
  const suffix = process.platform === "win32" ? ".exe" : "";
  const output = path.join(temporary, program.name + suffix);
  const options = ["-trimpath", "-tags", "osusergo", "-ldflags", `-s -w ${versionFlag}`];

  const child = spawn(go, ["build", ...options, "-o", output, program.source], {
    cwd: program.directory,
    env: { ...environment, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr
    .setEncoding("utf8")
    .on("data", (text) => (said = (said + String(text)).slice(-4000)));

  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const progress = setInterval(() => {
    log(`building ${program.name}: ${seconds()} s`);
  }, PROGRESS_EVERY_SECONDS * 1000);

  /** @type {Promise<void>} */
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) {
        log(`built ${program.name} ${program.version} in ${seconds()} s`);
        resolve();
      } else {
        const ending = said.trimEnd().split("\n").slice(-8).join("\n");
        reject(new Error(`Go could not build ${program.name} ${program.version}:\n${ending}`));
      }
    });
  });
  return ended.finally(() => clearInterval(progress));
}

/**
 * What interrupted builds have left behind.
 * @param {string} prefix
 */
function removeAbandoned(prefix) {
  const parent = path.dirname(prefix);
  for (const entry of fs.readdirSync(parent)) {
    const folder = path.join(parent, entry);
    if (!folder.startsWith(prefix)) continue;
    const ageInHours = (Date.now() - fs.statSync(folder).mtimeMs) / 3_600_000;
    if (ageInHours > 1) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} directory */
function copyResourcePlugin(directory) {
  const sdk = path.dirname(require.resolve("@pulumi/pulumi/package.json"));
  const name = process.platform === "win32" ? `${RESOURCE_PLUGIN}.cmd` : RESOURCE_PLUGIN;
  fs.copyFileSync(path.join(sdk, name), path.join(directory, name));
  fs.chmodSync(path.join(directory, name), 0o755);
}

/**
 * The host of Python programs looks for it beside itself.
 * @param {string} go
 * @param {string} directory
 */
function copyPythonExecutor(go, directory) {
  const [host] = sets.python;
  if (host === undefined) return;
  const list = ["list", "-f", "{{.Dir}}", host.source];
  const folder = execFileSync(go, list, { cwd: host.directory, encoding: "utf8" }).trim();
  const file = path.join(directory, path.basename(`${folder}-exec`));
  fs.copyFileSync(`${folder}-exec`, file);
  fs.chmodSync(file, 0o755);
}

/**
 * Takes the lock, or waits while another process holds it and it makes what both want.
 * A lock whose holder has died is taken over: a living one touches it every few seconds.
 * @param {string} file
 * @param {() => boolean} isDone
 * @param {(line: string) => void} log
 * @returns {Promise<(() => void) | undefined>} undefined when there is nothing left to do
 */
async function lock(file, isDone, log) {
  for (let waited = 0; !isDone(); waited++) {
    try {
      fs.writeFileSync(file, "", { flag: "wx" });
      const unlock = hold(file);
      if (!isDone()) return unlock;
      unlock();
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
    const touched = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - touched > STALE_AFTER_SECONDS * 1000) fs.rmSync(file, { force: true });
    else if (waited % PROGRESS_EVERY_SECONDS === 0) log(`another process is building: ${waited} s`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return undefined;
}

/** @param {string} file */
function hold(file) {
  const heartbeat = setInterval(() => {
    if (fs.existsSync(file)) fs.utimesSync(file, new Date(), new Date());
  }, HEARTBEAT_SECONDS * 1000);
  return () => {
    clearInterval(heartbeat);
    fs.rmSync(file, { force: true });
  };
}

module.exports = { build, builtDirectory, cacheDirectory, version };
