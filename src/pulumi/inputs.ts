import * as z from "zod/mini";

import { WrongInputError } from "../errors";
import { namesOrNearest } from "../unknown-names";
import type { Failure, Properties } from "./kind";
import { UNKNOWN } from "./unknown";

/**
 * A leaf of an input schema. In previews any leaf may be unknown, whatever its type is; the type of
 * the schema does not tell, so whoever looks at a value asks `isKnown` first.
 */
export function leaf<Schema extends z.ZodMiniType>(what: string, schema: Schema): Schema {
  return z.union([z.literal(UNKNOWN), schema], {
    error: () => `must be ${what}`,
  }) as unknown as Schema;
}

export function isKnown(value: unknown): boolean {
  return value !== UNKNOWN;
}

/** Either the inputs in their own type, or what is wrong with their shape. */
export type Shaped<Inputs> =
  | { readonly inputs: Inputs; readonly failures?: undefined }
  | { readonly inputs?: undefined; readonly failures: readonly Failure[] };

/** Holds inputs against their schema. Absent and null are the same. */
export function shape<Schema extends z.ZodMiniType>(
  schema: Schema,
  news: Properties,
): Shaped<z.output<Schema>> {
  const given = withoutNulls(news);
  const parsed = schema.safeParse(given);
  if (parsed.success) return { inputs: parsed.data };
  return {
    failures: parsed.error.issues.flatMap((issue) => failuresOf(issue, [], given, schema)),
  };
}

/** What a look finds wrong with the inputs, in its own sentence; what the platform refuses is thrown. */
export async function asFailures(look: () => Promise<unknown>): Promise<Failure[]> {
  try {
    await look();
    return [];
  } catch (error) {
    if (!(error instanceof WrongInputError)) throw error;
    return [{ path: "", reason: error.message }];
  }
}

/** A leaf that is an object or a list, and is wrong inside, is told by what is wrong in it. */
function failuresOf(
  issue: z.core.$ZodIssue,
  parents: readonly PropertyKey[],
  given: unknown,
  schema: z.core.$ZodType,
): Failure[] {
  const path = [...parents, ...issue.path];
  if (issue.code === "invalid_union") {
    const inside = (issue.errors.at(-1) ?? []).filter((inner) => inner.path.length > 0);
    if (inside.length > 0) return inside.flatMap((inner) => failuresOf(inner, path, given, schema));
  }
  const isMissing = path.length > 0 && valueAt(given, path) === undefined;
  const reason =
    issue.code === "unrecognized_keys"
      ? noField(issue.keys, fieldsAt(schema, path))
      : `${isMissing ? "is missing; it " : ""}${issue.message}.`;
  return [{ path: pathText(path), reason }];
}

function noField(keys: readonly string[], fields: readonly string[]): string {
  const [first = ""] = keys;
  const names = keys.map((key) => `"${key}"`).join(", ");
  return `has no field ${names}; it has ${namesOrNearest(first, fields)}`;
}

/** The fields that may be given there; not those that a program does not write itself. */
function fieldsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const [first, ...rest] = path;
  if (def.type === "union") return def.options.flatMap((option) => fieldsAt(option, path));
  if (def.type === "optional") return fieldsAt(def.innerType, path);
  if (def.type === "array") return fieldsAt(def.element, rest);
  if (def.type !== "object") return [];
  if (first === undefined) return Object.keys(def.shape).filter((name) => !name.startsWith("_"));
  const inner = def.shape[String(first)];
  return inner === undefined ? [] : fieldsAt(inner, rest);
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null
        ? (value as Readonly<Record<PropertyKey, unknown>>)[part]
        : undefined,
    given,
  );
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${String(part)}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
