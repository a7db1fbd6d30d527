import { parseBasicTime } from "./basic-time";

/**
 * An option, a data file or a control call that the simulator cannot accept. The message is one
 * sentence that names the place and what is expected there.
 */
export class SimulatorInputError extends Error {
  /** Tells this error from others where `instanceof` cannot. */
  override readonly name = "SimulatorInputError";
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object that has no keys but the known ones. */
export function readObject(value: unknown, where: string, known: readonly string[]): JsonObject {
  if (!isObject(value)) throw new SimulatorInputError(`${where} must be a JSON object.`);
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw new SimulatorInputError(
        `${where} has the unknown key "${key}"; known are ${known.join(", ")}.`,
      );
    }
  }
  return value;
}

export function readList(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new SimulatorInputError(`${where} must be a list.`);
  return value as readonly unknown[];
}

export function readText(value: unknown, where: string): string {
  if (typeof value !== "string" || value === "") {
    throw new SimulatorInputError(`${where} must be a text that is not empty.`);
  }
  return value;
}

// eslint-disable-next-line no-control-regex -- they are what is refused
const controlCharacter = /[\u0000-\u001f\u007f]/;

/** A text that the platform may hold as an id or a name: not too long, no odd characters in it. */
export function readName(value: unknown, where: string, most = 256): string {
  const text = readText(value, where);
  if (text.length > most) {
    throw new SimulatorInputError(`${where} must have at most ${String(most)} characters.`);
  }
  if (text.trim() !== text || controlCharacter.test(text)) {
    throw new SimulatorInputError(
      `${where} must have no blanks at its ends and no control characters; it is ${JSON.stringify(text)}.`,
    );
  }
  return text;
}

export function readBasicTime(value: unknown, where: string): string {
  const text = readText(value, where);
  if (parseBasicTime(text) === undefined) {
    throw new SimulatorInputError(`${where} must be a UTC time such as 20260501T080000Z.`);
  }
  return text;
}

export function readBoolean(value: unknown, where: string): boolean {
  if (typeof value !== "boolean") throw new SimulatorInputError(`${where} must be true or false.`);
  return value;
}

export function readNumber(value: unknown, where: string, minimum = 0): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < minimum) {
    throw new SimulatorInputError(`${where} must be a number of at least ${String(minimum)}.`);
  }
  return value;
}

export function readChoice<Choice extends string | number>(
  value: unknown,
  where: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    const listed = choices.map((choice) => JSON.stringify(choice)).join(", ");
    throw new SimulatorInputError(`${where} must be one of ${listed}.`);
  }
  return found;
}

export function refuseRepetition(values: readonly string[], what: string, where: string): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) {
      throw new SimulatorInputError(`${where} holds the ${what} "${value}" twice.`);
    }
    seen.add(value);
  }
}

/** Reads a key that may be absent; `undefined` when it is. */
export function readOptional<Value>(
  source: JsonObject,
  key: string,
  where: string,
  read: (value: unknown, where: string) => Value,
): Value | undefined {
  const value = source[key];
  return value === undefined ? undefined : read(value, `${where}.${key}`);
}

/** Leaves out the keys whose value is `undefined`. */
export function withoutAbsent<Shape extends object>(
  shape: Shape,
): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } {
  const entries = Object.entries(shape).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Shape]: Exclude<Shape[Key], undefined> };
}
