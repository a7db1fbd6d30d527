"use strict";

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { createInterface } = require("node:readline");
const { setTimeout: pause } = require("node:timers/promises");
const { engineEnvironment, ensureEngine } = require("../engine/index.js");
const { killAll, processTree } = require("./processes.js");

/**
 * What a story plays on: a project in a temporary folder, a simulated platform, and the `pulumi`
 * commands that people type. Everything that it starts or writes is gone after `strike`.
 */

const root = path.resolve(__dirname, "../..");

/** @typedef {import("../../src/simulator").Books} Books */

/**
 * @typedef {object} Setting
 * @property {string} project the folder with Pulumi.yaml, of this repository
 * @property {string} program the folder of the program that it names
 * @property {readonly string[]} simulator arguments of the simulator
 * @property {object} [world] what the platform holds; default examples/simulator-data.json
 * @property {(url: string) => Record<string, string>} environment what leads the program to it
 */

/**
 * @typedef {object} Result
 * @property {number | null} code
 * @property {string} output both streams
 */

/**
 * A command under way.
 * @typedef {object} Running
 * @property {Promise<Result>} done
 * @property {() => string} output what it has printed so far
 * @property {(signal: "SIGINT") => void} signal
 * @property {() => Promise<void>} killWithAllBelow as when the computer dies
 */

/** @param {Setting} setting */
async function buildStage(setting) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "huawei-ota-demo-")));
  /** @type {Set<import("node:child_process").ChildProcess>} */
  const children = new Set();

  /**
   * A process group of its own: a Ctrl-C at the demo's terminal is the demo's to handle.
   * @param {string} command
   * @param {readonly string[]} args
   * @param {NodeJS.ProcessEnv} environment
   */
  function start(command, args, environment) {
    const child = spawn(command, args, {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    children.add(child);
    child.on("exit", () => children.delete(child));
    return child;
  }

  /** Ends all that runs and removes all that was written; may be called at any time, and twice. */
  function strike() {
    for (const { pid } of children) if (pid !== undefined) killAll(processTree(pid));
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    copyProject(setting, folder);
    const url = await startSimulator(setting, folder, start);
    const engine = await ensureEngine();
    const settings = setting.environment(url);
    const environment = {
      ...process.env,
      ...engineEnvironment({
        directory: engine.directory,
        home: path.join(folder, ".pulumi-home"),
        backend: path.join(folder, ".pulumi-states"),
        passphrase: "demo",
      }),
      // The types of the examples are checked by the tests; here it would only take time.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      ...settings,
    };

    /**
     * @param {readonly string[]} args
     * @param {(line: string) => void} onLine
     * @returns {Running}
     */
    function pulumi(args, onLine) {
      const child = start("pulumi", args, environment);
      /** @type {string[]} */
      const lines = [];
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          lines.push(line);
          onLine(line);
        });
      }
      const output = () => lines.join("\n");
      return {
        done: new Promise((resolve, reject) => {
          child.on("error", reject);
          // Not "close": a provider that outlives a killed command keeps the streams open.
          child.on("exit", (code) => {
            void pause(100).then(() => {
              resolve({ code, output: output() });
            });
          });
        }),
        output,
        signal: (signal) => child.kill(signal),
        killWithAllBelow: async () => {
          const exited = new Promise((resolve) => child.once("exit", resolve));
          killAll(processTree(child.pid ?? NaN));
          await exited;
        },
      };
    }

    return {
      folder,
      url,
      settings,
      engineVersion: engine.version,
      pulumi,
      control: controlOf(url),
      /** @type {(file: string, text: string) => void} */
      write: (file, text) => {
        fs.writeFileSync(path.join(folder, setting.program, file), text);
      },
      strike,
    };
  } catch (error) {
    strike();
    throw error;
  }
}

/** @typedef {Awaited<ReturnType<typeof buildStage>>} Stage */

/**
 * The project as it stands in the repository, with the library and the SDK beside it.
 * @param {Setting} setting
 * @param {string} folder
 */
function copyProject({ project, program }, folder) {
  const description = fs.readFileSync(path.join(root, project, "Pulumi.yaml"), "utf8");
  const main = /^main:/m.test(description) ? "" : `main: ${program}\n`;
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), description + main);
  fs.cpSync(path.join(root, program), path.join(folder, program), {
    recursive: true,
    filter: (source) => path.basename(source) !== "node_modules",
  });
  const modules = path.join(folder, "node_modules");
  fs.mkdirSync(modules);
  for (const name of ["@pulumi", "@types", "typescript", "yaml"]) {
    fs.symlinkSync(path.join(root, "node_modules", name), path.join(modules, name), "junction");
  }
  fs.symlinkSync(root, path.join(modules, "pulumi-huawei-ota"), "junction");
}

/**
 * @param {Setting} setting
 * @param {string} folder
 * @param {(command: string, args: readonly string[], environment: NodeJS.ProcessEnv) => import("node:child_process").ChildProcess} start
 * @returns {Promise<string>} its address
 */
function startSimulator({ simulator, world }, folder, start) {
  const command = path.join(root, "dist/simulator/command.js");
  const example = path.join(root, "examples/simulator-data.json");
  const data = world === undefined ? example : path.join(folder, "simulator-data.json");
  if (world !== undefined) fs.writeFileSync(data, JSON.stringify(world));
  const args = [command, "--port", "0", "--data", data, ...simulator];
  const child = start(process.execPath, args, process.env);
  return new Promise((resolve, reject) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (/** @type {Buffer} */ chunk) => {
        output += chunk.toString();
        const url = /^listening (\S+)\n/.exec(output)?.[1];
        if (url !== undefined) resolve(url);
      });
    }
    child.on("error", reject);
    child.on("exit", () => {
      reject(new Error(`The simulator did not start: ${output.trim()}`));
    });
  });
}

/**
 * The simulator's control interface: what happens at the portal and in the field.
 * @param {string} url
 */
function controlOf(url) {
  /**
   * @param {string} method
   * @param {string} call
   * @param {object} [body]
   * @returns {Promise<unknown>}
   */
  async function ask(method, call, body) {
    const reply = await fetch(`${url}/_control/${call}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = /** @type {unknown} */ (await reply.json());
    if (!reply.ok) throw new Error(`The simulator refused ${call}: ${JSON.stringify(answer)}`);
    return answer;
  }
  return {
    books: async () => /** @type {Books} */ (await ask("GET", "books")),
    /** @type {(operationId: string) => Promise<unknown>} */
    stopTask: (operationId) => ask("POST", `tasks/${operationId}/stop`),
    /** @type {(operationId: string) => Promise<unknown>} */
    finishTask: (operationId) => ask("POST", `tasks/${operationId}/finish`),
    /** @type {(fileId: string) => Promise<unknown>} */
    deletePackage: (fileId) => ask("DELETE", `packages/${fileId}`),
    /** @type {(data: object) => Promise<unknown>} */
    putPackage: (data) => ask("PUT", "packages", data),
    /** @type {(deviceId: string, change: object) => Promise<unknown>} */
    putDevice: (deviceId, change) => ask("PUT", `devices/${deviceId}`, change),
    /** @type {(deviceId: string, change: object) => Promise<unknown>} */
    putIotdaDevice: (deviceId, change) => ask("PUT", `iotda/devices/${deviceId}`, change),
    /** @type {(object: object) => Promise<unknown>} */
    putIotdaObject: (object) => ask("PUT", "iotda/objects", object),
    /** @type {(fault: object) => Promise<unknown>} */
    addFault: (fault) => ask("POST", "faults", fault),
  };
}

module.exports = { buildStage };
