import { type ChildProcess, spawn } from "node:child_process";
import { hash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

import { type Simulator, startSimulator } from "../../src/simulator";
import { engineEnvironment, ensureEngine } from "../../tools/engine";
import { PLUGINS, THROUGH_PLUGIN } from "./plugin/program";
import { IOTDA, world } from "./world";

/*
 * A stack of one's own on the real engine: a folder with a program, a file backend, and the very
 * `pulumi` commands that people type. The library is loaded from dist, as users load it.
 */

const ROOT = resolve(__dirname, "../..");
export const APP_ID = "waterworks";
export const SECRET = "waterworks-secret";

/** The doors into the library; `npm run test:plugin` runs the stories of one through the other. */
export type Door = "dynamic" | "plugin";
const DOOR: Door = process.env["TEST_DOOR"] === "plugin" ? "plugin" : "dynamic";

/** Every program begins with this. `kind` are the attributes of the simulated water meters. */
const prelude = (door: Door): string => `
const pulumi = require("@pulumi/pulumi");
${
  door === "plugin"
    ? `${THROUGH_PLUGIN}const { iotda, northbound, Provider } = throughPlugin(require("pulumi-huawei-ota"));`
    : 'const { iotda, northbound, Provider } = require("pulumi-huawei-ota");'
}
const kind = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };
const V14 = "firmware-nbm1-v1.4";
`;

const PROJECT = "name: test\nruntime: nodejs\n";

export interface CommandResult {
  readonly code: number | null;
  /** Both streams, as they came. */
  readonly output: string;
}

/** A command under way. */
export interface Running {
  readonly process: ChildProcess;
  readonly done: Promise<CommandResult>;
  output(): string;
}

export interface StackState {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly unknown[];
  };
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
  readonly delete?: boolean;
}

export interface Stack {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Replaces the program; see `prelude` for what it can use. */
  program(text: string, door?: Door): void;
  /** `pulumi ARGUMENTS --non-interactive`, to its end. */
  pulumi(...args: string[]): Promise<CommandResult>;
  /** The same, without waiting. */
  start(...args: string[]): Running;
  up(...args: string[]): Promise<CommandResult>;
  preview(...args: string[]): Promise<CommandResult>;
  refresh(...args: string[]): Promise<CommandResult>;
  /** `pulumi refresh --preview-only --expect-no-changes`: 0 when clean, else drift. */
  drift(): Promise<CommandResult>;
  destroy(...args: string[]): Promise<CommandResult>;
  state(): Promise<StackState>;
  /** The resource of that name, by the end of its type, such as "FirmwareUpgradeTask". */
  resource(type: string, name: string): Promise<StateResource | undefined>;
  /** Process ids of the providers that work for this stack, whatever the door. */
  providers(): number[];
  remove(): void;
}

export interface StackOptions {
  readonly program: string;
  /** Laid over the environment; the simulator's settings are there already when one is given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly simulator?: Simulator;
}

/** A simulated platform with a small world; devices take four simulated seconds. */
export function startPlatform(
  options: Partial<Parameters<typeof startSimulator>[0]> = {},
): Promise<Simulator> {
  return startSimulator({ data: world(), ...options });
}

export async function newStack(options: StackOptions): Promise<Stack> {
  const engine = await ensureEngine({ log: (line) => process.stderr.write(`${line}\n`) });
  const directory = mkdtempSync(join(tmpdir(), "huawei-ota-stack-"));
  const environment: NodeJS.ProcessEnv = {
    ...withoutOwnSettings(process.env),
    ...engineEnvironment({
      directory: engine.directory,
      home: join(directory, ".home"),
      backend: join(directory, ".backend"),
      passphrase: "a passphrase of the tests",
    }),
    ...(options.simulator === undefined ? {} : settingsFor(options.simulator)),
    ...options.environment,
  };
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(ROOT, join(directory, "node_modules/pulumi-huawei-ota"));
  symlinkSync(join(ROOT, "node_modules/@pulumi"), join(directory, "node_modules/@pulumi"));
  writeFileSync(join(directory, "Pulumi.yaml"), PROJECT);
  writeFileSync(join(directory, "package.json"), '{ "name": "test", "main": "index.js" }\n');

  const start = (...args: string[]): Running => {
    const child = spawn("pulumi", [...args, "--non-interactive"], {
      cwd: directory,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const add = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    // "exit", not "close": a provider that outlives a killed command keeps the streams open.
    const done = new Promise<CommandResult>((settle, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => {
        setTimeout(() => {
          settle({ code, output });
        }, 50);
      });
    });
    return { process: child, done, output: () => output };
  };
  const pulumi = (...args: string[]): Promise<CommandResult> => start(...args).done;

  const stack: Stack = {
    directory,
    environment,
    program: (text, door = DOOR) => {
      if (door === "plugin") writeFileSync(join(directory, "Pulumi.yaml"), PROJECT + PLUGINS);
      writeFileSync(join(directory, "index.js"), prelude(door) + text);
    },
    pulumi,
    start,
    up: (...args) => pulumi("up", "--yes", "--skip-preview", ...args),
    preview: (...args) => pulumi("preview", ...args),
    refresh: (...args) => pulumi("refresh", "--yes", "--skip-preview", ...args),
    drift: () => pulumi("refresh", "--preview-only", "--expect-no-changes"),
    destroy: (...args) => pulumi("destroy", "--yes", "--skip-preview", ...args),
    state: async () => {
      const [file, ...others] = stateFiles(directory);
      if (file !== undefined && others.length === 0) return stateIn(file);
      const { output } = await pulumi("stack", "export");
      return JSON.parse(output) as StackState;
    },
    resource: async (type, name) =>
      (await stack.state()).deployment.resources?.find(({ urn }) =>
        urn.endsWith(`${type}::${name}`),
      ),
    providers: () => providersIn(directory),
    remove: () => {
      // A killed command leaves its language host and its providers behind.
      for (const { pid } of processesOf(directory)) kill(pid);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  stack.program(options.program);
  if (initialised === undefined) {
    const made = await pulumi("stack", "init", "dev");
    if (made.code !== 0) throw new Error(`pulumi stack init failed: ${made.output}`);
    initialised = { directory, files: filesOfInit(directory) };
  } else copyInit(initialised, directory);
  return stack;
}

interface Initialised {
  readonly directory: string;
  /** Texts by their place in the folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** What the first `pulumi stack init dev` wrote; other stacks get the same, for it takes its time. */
let initialised: Initialised | undefined;

function filesOfInit(directory: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of [".backend", ".home/workspaces", "Pulumi.dev.yaml"]) {
    for (const place of placesIn(directory, folder)) {
      files.set(place, readFileSync(join(directory, place), "utf8"));
    }
  }
  return files;
}

function placesIn(directory: string, place: string): string[] {
  if (!statSync(join(directory, place)).isDirectory()) return [place];
  return readdirSync(join(directory, place)).flatMap((name) =>
    placesIn(directory, join(place, name)),
  );
}

/** The engine finds the selected stack by a digest of the project's path. */
function copyInit({ directory: from, files }: Initialised, directory: string): void {
  const [before, after] = [from, directory].map((folder) =>
    hash("sha1", join(realpathSync(dirname(folder)), basename(folder), "Pulumi.yaml"), "hex"),
  ) as [string, string];
  for (const [place, text] of files) {
    const file = join(directory, place.replace(before, after));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.replaceAll(from, directory));
  }
}

/** The files in which the engine keeps the states of a folder's stacks. */
function stateFiles(directory: string): string[] {
  const folder = join(directory, ".backend/.pulumi/stacks");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(folder, name));
}

function stateIn(file: string): StackState {
  const { version, checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
    version: number;
    checkpoint: { latest?: StackState["deployment"] | null };
  };
  return { version, deployment: checkpoint.latest ?? {} };
}

/** The settings by which a program of either wing finds a simulator. */
function settingsFor(simulator: Simulator): Record<string, string> {
  return {
    HUAWEI_OTA_NORTHBOUND_ENDPOINT: simulator.url,
    HUAWEI_OTA_NORTHBOUND_APP_ID: APP_ID,
    HUAWEI_OTA_NORTHBOUND_SECRET: SECRET,
    HUAWEI_OTA_IOTDA_ENDPOINT: simulator.url,
    HW_REGION_NAME: IOTDA.region,
    HW_PROJECT_ID: IOTDA.projectId,
    HW_ACCESS_KEY: IOTDA.accessKey,
    HW_SECRET_KEY: IOTDA.secretKey,
  };
}

/** A script in the stack's folder, run by Node to its end. */
export function nodeIn({ directory, environment }: Stack, script: string): Promise<CommandResult> {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, [script], { cwd: directory, env: environment });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    child.on("error", reject);
    child.on("close", (code) => {
      settle({ code, output });
    });
  });
}

/** Waits for a condition of another process, which no clock of ours can move. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  for (let tries = 0; tries < seconds * 20; tries += 1) {
    if (await condition()) return;
    await new Promise((settle) => setTimeout(settle, 50));
  }
  throw new Error(`Waited ${String(seconds)} s in vain: ${what}.`);
}

/** The number of task POSTs that took effect on the platform. */
export function pushes(simulator: Simulator): number {
  return simulator.books().counts.taskPostsInEffect;
}

function withoutOwnSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(HUAWEI_OTA|HW|PULUMI)_/.test(name)),
  );
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function providersIn(directory: string): number[] {
  return processesOf(directory)
    .filter(
      ({ command }) =>
        (command[0] ?? "").endsWith("node") &&
        command.some((part) => /cmd\/dynamic-provider|plugin\/command\.js/.test(part)),
    )
    .map(({ pid }) => pid);
}

/** The processes that were started for the stack in that folder, and theirs. */
function processesOf(directory: string): { pid: number; command: string[] }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        if (!environment.includes(`PULUMI_HOME=${join(directory, ".home")}`)) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return [{ pid: Number(pid), command }];
      } catch {
        return [];
      }
    });
}
