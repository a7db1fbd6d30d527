import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import {
  behaviourNames,
  behaviourRules,
  parseSwitch,
  readBehaviour,
  type Behaviour,
} from "./behaviour";
import type { SimulatorClockOptions } from "./clock";
import type { SimulatorOptions, SimulatorTls } from "./handle";
import { isObject, SimulatorInputError } from "./reading";

type Flag = readonly [name: string, value: string, text: string];

const flags: readonly Flag[] = [
  ["data", "FILE", "what the platform holds, as JSON (default a small world)"],
  ["port", "NUMBER", "the port to listen at; 0 takes a free one (default 0)"],
  ["host", "ADDRESS", "the address to listen at (default 127.0.0.1)"],
  ["log", "FILE", "keep each request as a JSON line, secrets redacted"],
  ["tls-certificate", "FILE", "speak HTTPS with this certificate (PEM)"],
  ["tls-key", "FILE", "the key of that certificate (PEM)"],
  ["tls-client-authority", "FILE", "demand client certificates of this authority (PEM)"],
  ["start", "TIME", "where the simulated time starts, ISO 8601 (default now)"],
  ["speed", "NUMBER", "simulated seconds for each real second (default 1)"],
];

/** `listLagSeconds` as `list-lag-seconds`. */
export function flagOf(name: keyof Behaviour): string {
  return name.replace(/[A-Z]|\d+/g, (part) => `-${part.toLowerCase()}`);
}

function switchHelp(name: keyof Behaviour): string {
  const { accepts, initial } = behaviourRules[name];
  const values: Readonly<Record<string, string>> = {
    number: "NUMBER",
    "number or null": "NUMBER|off",
    "count or null": "NUMBER|off",
    boolean: "true|false",
  };
  const told = typeof accepts === "string" ? (values[accepts] ?? accepts) : accepts.join("|");
  return `  --${flagOf(name)} ${told}  (default ${initial === null ? "off" : String(initial)})`;
}

export function helpText(): string {
  const options = flags.map(([name, value, text]) => `  --${`${name} ${value}`.padEnd(30)}${text}`);
  return [
    "Usage: huawei-ota-simulator [--data FILE] [options]",
    "",
    "Simulates the Huawei northbound v1.5.0 device-upgrade API and the IoTDA v5 calls for packages",
    'and batch tasks. The first line it prints is "listening" and its address. SIGTERM and SIGINT',
    "stop it.",
    "",
    "Options:",
    ...options,
    `  --${"help".padEnd(30)}print this and stop`,
    "",
    "How the platform behaves; the same names stand in the data file's behaviour object,",
    "there as in listLagSeconds:",
    ...behaviourNames.map(switchHelp),
    "",
  ].join("\n");
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parse(given: readonly string[]): Values {
  const names = [...flags.map(([name]) => name), ...behaviourNames.map(flagOf)];
  const options: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean" } };
  for (const name of names) options[name] = { type: "string" };
  try {
    return parseArgs({ args: [...given], options }).values as Values;
  } catch (error) {
    // Node's messages go on with hints in further sentences.
    const message = error instanceof Error ? error.message : String(error);
    const [first = message] = message.split(/\.\s|\n/);
    throw new SimulatorInputError(`${first.replace(/\.$/, "")}; --help lists the options.`);
  }
}

function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

function readPem(values: Values, name: string): string | undefined {
  const file = text(values, name);
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = isObject(error) ? String(error["code"]) : String(error);
    throw new SimulatorInputError(`The file ${file} of --${name} cannot be read (${code}).`);
  }
}

function readTls(values: Values): SimulatorTls | undefined {
  const certificate = readPem(values, "tls-certificate");
  const key = readPem(values, "tls-key");
  const clientAuthority = readPem(values, "tls-client-authority");
  if (certificate !== undefined && key !== undefined) {
    return { certificate, key, ...(clientAuthority === undefined ? {} : { clientAuthority }) };
  }
  if (certificate === undefined && key === undefined && clientAuthority === undefined) {
    return undefined;
  }
  throw new SimulatorInputError("HTTPS needs both --tls-certificate and --tls-key.");
}

function readClock(values: Values): SimulatorClockOptions {
  const start = text(values, "start");
  const speed = text(values, "speed");
  if (speed !== undefined && !(speed.trim() !== "" && Number(speed) >= 0)) {
    throw new SimulatorInputError(`--speed must be a number of at least 0, not "${speed}".`);
  }
  return {
    ...(start === undefined ? {} : { start }),
    ...(speed === undefined ? {} : { speed: Number(speed) }),
  };
}

function readPort(values: Values): number {
  const port = text(values, "port") ?? "0";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new SimulatorInputError(`--port must be a number from 0 to 65535, not "${port}".`);
  }
  return Number(port);
}

function readSwitches(values: Values): Partial<Behaviour> {
  const given: Partial<Record<keyof Behaviour, unknown>> = {};
  for (const name of behaviourNames) {
    const flag = flagOf(name);
    const value = text(values, flag);
    if (value !== undefined) given[name] = parseSwitch(name, value, `--${flag}`);
  }
  return readBehaviour(given, "The command line");
}

/** What the command line asks for: help, or a simulator. */
export function readArguments(given: readonly string[]): SimulatorOptions | "help" {
  const values = parse(given);
  if (values["help"] === true) return "help";
  const data = text(values, "data");
  const log = text(values, "log");
  const tls = readTls(values);
  return {
    ...(data === undefined ? {} : { data }),
    port: readPort(values),
    host: text(values, "host") ?? "127.0.0.1",
    clock: readClock(values),
    behaviour: readSwitches(values),
    ...(log === undefined ? {} : { log }),
    ...(tls === undefined ? {} : { tls }),
  };
}
