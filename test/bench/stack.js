"use strict";

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { engineEnvironment } = require("../../tools/engine/index.js");
const { PLUGINS, throughPlugin } = require("../engine/plugin/program.js");

const ROOT = path.resolve(__dirname, "../..");

/** The commands of a story, in their order. */
const COMMANDS = /** @type {const} */ (["up", "preview", "refresh", "destroy"]);
/** @typedef {(typeof COMMANDS)[number]} Command */

/** @type {Record<Command, string[]>} */
const ARGUMENTS = {
  up: ["up", "--yes", "--skip-preview"],
  preview: ["preview", "--expect-no-changes"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/**
 * @typedef {object} Stack
 * @property {string} directory
 * @property {NodeJS.ProcessEnv} environment
 * @property {(command: Command) => Promise<Cost>} time
 * @property {() => Promise<StateSizes>} sizes
 * @property {(...args: string[]) => Promise<{ seconds: number, output: string }>} pulumi throws
 *   what it prints when it fails
 * @property {(...args: string[]) => Started} start the same, without waiting and without throwing
 * @property {() => void} killProviders
 * @property {() => { stop: () => number }} watchProviders until stopped, which tells the most bytes of
 *   memory that a provider had; not a number where that is unknown
 * @property {(text: string) => void} program another program from now on
 * @property {() => void} remove
 *
 * @typedef {object} Started
 * @property {Promise<{ code: number | null, output: string }>} done
 * @property {(signal: "SIGINT" | "SIGKILL") => void} kill
 * @property {() => boolean} isRunning
 *
 * @typedef {object} Cost of a command
 * @property {number} seconds from its start to its end
 * @property {number} cpuSeconds of it and all that it started; not a number where that is unknown
 *
 * @typedef {object} StateSizes
 * @property {number} onDisk bytes of the file
 * @property {number} exported bytes of `pulumi stack export`
 * @property {number} resources
 * @property {readonly number[]} loaders bytes of each `__provider`
 */

/** In the command line of a provider process, of either door. */
const PROVIDER = /cmd\/dynamic-provider|plugin\/command\.js/;

/** @typedef {"dynamic" | "plugin"} Door */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
/** @type {Set<string>} */
const directories = new Set();

/**
 * A new stack with a folder, a Pulumi home and a backend of its own.
 * @param {object} options
 * @param {string} options.engineDirectory
 * @param {string} options.program
 * @param {Record<string, string>} options.settings
 * @param {Door} [options.door] through which the programs reach the library
 * @returns {Promise<Stack>}
 */
async function openStack({ engineDirectory, program, settings, door = "dynamic" }) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "huawei-ota-bench-"));
  directories.add(directory);
  const backend = path.join(directory, ".backend");
  const environment = {
    ...withoutPersonalSettings(process.env),
    ...engineEnvironment({
      directory: engineDirectory,
      home: path.join(directory, ".home"),
      backend,
      passphrase: "a passphrase of the benchmark",
    }),
    ...settings,
  };
  const modules = path.join(directory, "node_modules");
  fs.mkdirSync(modules);
  fs.symlinkSync(path.join(ROOT, "node_modules/@pulumi"), path.join(modules, "@pulumi"));
  fs.symlinkSync(ROOT, path.join(modules, "pulumi-huawei-ota"));
  fs.cpSync(path.join(__dirname, "bare"), path.join(modules, "bare"), { recursive: true });
  const project = `name: bench\nruntime: nodejs\n${door === "plugin" ? PLUGINS : ""}`;
  fs.writeFileSync(path.join(directory, "Pulumi.yaml"), project);
  const write = (/** @type {string} */ text) => {
    const file = path.join(directory, "index.js");
    fs.writeFileSync(file, door === "plugin" ? throughPlugin(text) : text);
  };
  write(program);

  const pulumi = (/** @type {string[]} */ ...args) =>
    run([...args, "--non-interactive", "--color", "never"], directory, environment);
  await pulumi("stack", "init", "dev");
  return {
    directory,
    environment,
    pulumi,
    start: (...args) =>
      start([...args, "--non-interactive", "--color", "never"], directory, environment),
    killProviders: () => {
      for (const { pid, command } of processesOf(directory)) {
        if (PROVIDER.test(command)) end(pid);
      }
    },
    watchProviders: () => watchProviders(directory),
    program: write,
    time: async (command) => {
      const before = cpuSecondsOfEndedChildren();
      const { seconds } = await pulumi(...ARGUMENTS[command]);
      return { seconds, cpuSeconds: cpuSecondsOfEndedChildren() - before };
    },
    sizes: async () => {
      const { output } = await pulumi("stack", "export");
      const state = /** @type {State} */ (parse(output));
      const loaders = (state.deployment.resources ?? []).flatMap(({ inputs }) =>
        inputs?.__provider === undefined ? [] : [Buffer.byteLength(inputs.__provider)],
      );
      const file = path.join(backend, ".pulumi/stacks/bench/dev.json");
      return {
        onDisk: fs.statSync(file).size,
        exported: Buffer.byteLength(output),
        resources: loaders.length,
        loaders,
      };
    },
    remove: () => {
      // A killed command leaves its language host and its providers behind.
      for (const { pid } of processesOf(directory)) end(pid);
      fs.rmSync(directory, { recursive: true, force: true });
      directories.delete(directory);
    },
  };
}

/** @type {(text: string) => unknown} */
const parse = JSON.parse;

/** @typedef {{ deployment: { resources?: { inputs?: { __provider?: string } }[] } }} State */

/**
 * Runs `pulumi`. A child of Node has SIGINT not ignored, as one of a terminal and unlike a shell's
 * background job: the language host would otherwise take five seconds longer to stop.
 * @param {string[]} args
 * @param {string} directory
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<{ seconds: number, output: string }>}
 */
function run(args, directory, environment) {
  const started = performance.now();
  const child = spawn("pulumi", args, {
    cwd: directory,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += String(text)));
  child.stderr.setEncoding("utf8").on("data", (text) => (errors += String(text)));
  return new Promise((resolve, reject) => {
    let seconds = Number.NaN;
    child.on("error", reject);
    child.on("exit", () => (seconds = (performance.now() - started) / 1000));
    child.on("close", (code) => {
      running.delete(child);
      if (code === 0) resolve({ seconds, output });
      else
        reject(
          new Error(`pulumi ${args.join(" ")} ended with ${String(code)}:\n${output}${errors}`),
        );
    });
  });
}

/**
 * @param {string[]} args
 * @param {string} directory
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Started}
 */
function start(args, directory, environment) {
  const child = spawn("pulumi", args, {
    cwd: directory,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (output += String(text)));
  }
  return {
    // "exit", not "close": a provider that outlives a killed command keeps the streams open.
    done: new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => {
        running.delete(child);
        setTimeout(() => {
          resolve({ code, output });
        }, 100);
      });
    }),
    kill: (signal) => child.kill(signal),
    isRunning: () => child.exitCode === null && child.signalCode === null,
  };
}

/**
 * The processes that were started for the stack in that folder, and theirs.
 * @param {string} directory
 * @returns {{ pid: number, command: string }[]}
 */
function processesOf(directory) {
  return fs.readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = fs.readFileSync(`/proc/${name}/environ`, "utf8").split("\0");
      if (!environment.includes(`PULUMI_HOME=${path.join(directory, ".home")}`)) return [];
      return [{ pid: Number(name), command: fs.readFileSync(`/proc/${name}/cmdline`, "utf8") }];
    } catch {
      return [];
    }
  });
}

/** @param {number} pid */
function end(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** @param {string} directory */
function watchProviders(directory) {
  let peakBytes = Number.NaN;
  const look = () => {
    for (const { pid, command } of processesOf(directory)) {
      if (!PROVIDER.test(command)) continue;
      const bytes = peakBytesOf(pid);
      if (!(bytes <= peakBytes)) peakBytes = bytes;
    }
  };
  const timer = setInterval(look, 250);
  return {
    stop: () => {
      clearInterval(timer);
      return peakBytes;
    },
  };
}

/** @param {number} pid */
function peakBytesOf(pid) {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}

const TICKS_PER_SECOND = 100;

/** Of this process, with theirs. Node does not tell, but Linux does. */
function cpuSecondsOfEndedChildren() {
  try {
    const fields = fs.readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}

/** Ends what runs, as a second Ctrl-C does, and takes all folders away. */
async function abandon() {
  for (const child of running) {
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGINT"), 200);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000))]);
  }
  for (const directory of directories) fs.rmSync(directory, { recursive: true, force: true });
}

/** @param {NodeJS.ProcessEnv} environment */
function withoutPersonalSettings(environment) {
  const isPersonal = (/** @type {string} */ name) => /^(HUAWEI_OTA|HW|PULUMI)_/.test(name);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isPersonal(name)));
}

module.exports = { abandon, COMMANDS, openStack };
