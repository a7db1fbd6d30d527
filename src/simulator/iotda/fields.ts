import { isObject, type JsonObject } from "../reading";
import { invalid } from "./error-codes";

/** What a text may be: at most so long, and of these characters. */
export interface TextRule {
  readonly most: number;
  /** Without it a text that is required must not be empty, and an optional one is then absent. */
  readonly least?: number;
  readonly of?: RegExp;
}

export const identifier: TextRule = { most: 36, of: /^[A-Za-z0-9_-]*$/ };
export const versionText: TextRule = { most: 256, of: /^[A-Za-z0-9_.-]*$/ };
export const deviceIdText: TextRule = { most: 128, of: /^[A-Za-z0-9_-]*$/ };
export const moduleText: TextRule = { most: 64, of: /^[A-Za-z0-9_.-]*$/ };
export const regionText: TextRule = { most: 256, of: /^[A-Za-z0-9-]*$/ };
export const bucketText: TextRule = { least: 3, most: 63, of: /^[a-z0-9.-]*$/ };
export const objectKeyText: TextRule = { most: 1024 };
export const descriptionText: TextRule = { least: 0, most: 1024 };
export const customInfoText: TextRule = { least: 0, most: 4096 };

const suffixes = [
  ...[".bin", ".dav", ".tar", ".gz", ".zip", ".gzip", ".apk", ".tar.gz", ".ta.gz", ".tar.xz"],
  ...[".pack", ".exe", ".bat", ".img"],
];

/** What is wrong with the end of an object's key, if anything. */
export function suffixProblem(key: string): string | undefined {
  if (suffixes.some((suffix) => key.endsWith(suffix))) return undefined;
  return `must end in one of ${suffixes.join(", ")}`;
}

/** The field, with null taken for absent. */
function field(source: JsonObject, name: string): unknown {
  return source[name] ?? undefined;
}

/** What is wrong with a text; `undefined` when it keeps to the rule. */
export function textProblem(value: unknown, { most, least = 1, of }: TextRule): string | undefined {
  if (typeof value !== "string") return "must be a string";
  // Characters are counted, not the units that some of them take two of.
  const { length } = Array.from(value);
  if (length < least || length > most) {
    return `must have ${String(least)} to ${String(most)} characters`;
  }
  return of?.test(value) === false ? "has characters that are not allowed" : undefined;
}

function checkText(value: unknown, name: string, rule: TextRule): string {
  const problem = textProblem(value, rule);
  if (problem !== undefined) throw invalid(`${name} ${problem}.`);
  return String(value);
}

export function optionalText(source: JsonObject, name: string, rule: TextRule): string | undefined {
  const value = field(source, name);
  const isAbsent = value === undefined || (value === "" && rule.least === undefined);
  return isAbsent ? undefined : checkText(value, name, rule);
}

export function requiredText(source: JsonObject, name: string, rule: TextRule): string {
  const value = field(source, name);
  if (value === undefined) throw invalid(`${name} is required.`);
  return checkText(value, name, rule);
}

export function optionalChoice<const Choice extends string>(
  source: JsonObject,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = field(source, name);
  if (value === undefined) return undefined;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw invalid(`${name} must be one of ${choices.join(", ")}.`);
  return found;
}

export function requiredChoice<const Choice extends string>(
  source: JsonObject,
  name: string,
  choices: readonly Choice[],
): Choice {
  const found = optionalChoice(source, name, choices);
  if (found === undefined) throw invalid(`${name} is required.`);
  return found;
}

export function optionalTexts(
  source: JsonObject,
  name: string,
  most: number,
  rule: TextRule,
): readonly string[] | undefined {
  const value = field(source, name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalid(`${name} must be an array.`);
  if (value.length > most) throw invalid(`${name} may have at most ${String(most)} entries.`);
  return value.map((each: unknown) => checkText(each, name, rule));
}

export function optionalInteger(
  source: JsonObject,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const value = field(source, name);
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
    throw invalid(`${name} must be an integer from ${String(least)} to ${String(most)}.`);
  }
  return Number(value);
}

export function optionalBoolean(source: JsonObject, name: string): boolean | undefined {
  const value = field(source, name);
  if (value === undefined) return undefined;
  if (typeof value !== "boolean") throw invalid(`${name} must be true or false.`);
  return value;
}

export function optionalObject(source: JsonObject, name: string): JsonObject | undefined {
  const value = field(source, name);
  if (value === undefined) return undefined;
  if (!isObject(value)) throw invalid(`${name} must be an object.`);
  return value;
}

export function requiredObject(source: JsonObject, name: string): JsonObject {
  const value = optionalObject(source, name);
  if (value === undefined) throw invalid(`${name} is required.`);
  return value;
}

/** The parameters of a query that are there and not empty. */
export function queryFields(query: URLSearchParams): JsonObject {
  return Object.fromEntries([...query].filter(([, value]) => value !== ""));
}
