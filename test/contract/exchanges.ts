import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Behaviour, SimulatorData } from "../../src/simulator";

/** A request as README.md describes it. */
export interface TypedRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly text?: string;
}

export interface TypedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Step =
  | {
      readonly request: TypedRequest;
      readonly times?: number;
      readonly remember?: Readonly<Record<string, string>>;
      readonly wait?: undefined;
    }
  | { readonly wait: string; readonly request?: undefined };

export interface Exchange {
  readonly name: string;
  readonly source: { readonly page: string; readonly row: string };
  readonly binds: readonly ("client" | "simulator")[];
  readonly needs?: {
    readonly description: string;
    readonly behaviour?: Partial<Behaviour>;
    readonly before?: readonly Step[];
  };
  readonly request: TypedRequest;
  readonly reply: TypedReply;
}

export interface ContractFile {
  readonly file: string;
  readonly endpoint: { readonly method: string; readonly path: string };
  readonly exchanges: readonly Exchange[];
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, name), "utf8"));
}

interface ContractWorld {
  readonly data: SimulatorData;
  readonly names: Readonly<Record<string, string>>;
}

function contractIn(folder: string): readonly ContractFile[] {
  return readdirSync(join(__dirname, folder))
    .filter((name) => name.endsWith(".json") && name !== "world.json")
    .map((file) => ({
      file,
      ...(readJson(join(folder, file)) as Omit<ContractFile, "file">),
    }));
}

export const world = readJson("world.json") as ContractWorld;
export const contract = contractIn(".");

/** The same for IoTDA v5. */
export const iotdaWorld = readJson("iotda/world.json") as ContractWorld;
export const iotdaContract = contractIn("iotda");

export type Names = Readonly<Record<string, string>>;

const PLACEHOLDER = /\{\{([^}]+)\}\}/g;
const ENTRIES = /^\{\{(.+)-\[(\d+)\.\.(\d+)\]\}\}$/;

/** The value with all placeholders that stand for one certain text replaced. */
export function filled(value: unknown, names: Names, now: number): unknown {
  if (typeof value === "string") {
    return value.replaceAll(PLACEHOLDER, (whole, name: string) => {
      if (name in names) return names[name] ?? whole;
      const [, sign, parts] = /^now([+-])(.+)$/.exec(name) ?? [];
      if (parts === undefined) return whole;
      return basicTime(now + (sign === "-" ? -1 : 1) * milliseconds(parts));
    });
  }
  if (Array.isArray(value)) {
    return value.flatMap((entry: unknown) => {
      const [, stem, from, to] = ENTRIES.exec(typeof entry === "string" ? entry : "") ?? [];
      if (stem === undefined) return [filled(entry, names, now)];
      const count = Number(to) - Number(from) + 1;
      return Array.from({ length: count }, (_, index) => `${stem}-${String(Number(from) + index)}`);
    });
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, inner]) => [key, filled(inner, names, now)]));
  }
  return value;
}

/** `1h10m5s` */
export function milliseconds(duration: string): number {
  const unit = { h: 3_600_000, m: 60_000, s: 1_000 };
  let sum = 0;
  for (const [, number, letter] of duration.matchAll(/(\d+)([hms])/g)) {
    sum += Number(number) * unit[letter as "h" | "m" | "s"];
  }
  return sum;
}

function basicTime(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}
