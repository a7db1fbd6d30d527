import { en } from "zod/locales";
import * as z from "zod/mini";

import { OtaError } from "../errors";
import { formatBasicInstant, formatInstant, parseInstant } from "../instant";

/*
 * Replies are read leniently, because servers grow and differ: absent and null are the same, counters
 * may be text, unknown fields are passed over.
 */

/** What the schema lets through, read further. */
export function read<Schema extends z.ZodMiniType, Result>(
  schema: Schema,
  further: (value: z.output<Schema>) => Result,
): z.ZodMiniPipe<Schema, z.ZodMiniTransform<Result, z.output<Schema>>> {
  return z.pipe(schema, z.transform(further));
}

const textOrNumber = z.union([z.string(), z.number()]);

export const text = read(z.nullish(textOrNumber), (value) =>
  value === null || value === undefined ? undefined : String(value),
);

/** Text that is absent where it is blank: what was never said. */
export const filled = read(text, (value) => (value?.trim() === "" ? undefined : value));

export const count = read(z.nullish(textOrNumber), (value) => {
  const number = Number(value ?? Number.NaN);
  return Number.isInteger(number) && number >= 0 ? number : undefined;
});

export const flag = read(z.optional(z.unknown()), (value) => value === true || value === "true");

export const names = read(
  z.nullish(z.array(read(textOrNumber, String))),
  (value) => value ?? undefined,
);

export const id = read(z.union([z.string().check(z.minLength(1)), z.number()]), String);

const english = en().localeError;

/** Zod's first complaint as a clause; its own message is a list in JSON. */
export function parseReply<Schema extends z.ZodMiniType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(body, { error: english });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  throw new OtaError(`${where === "" ? "its body" : where} is wrong (${issue?.message ?? ""})`);
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** How many there are on all pages; `undefined` when the reply does not say. */
  readonly total: number | undefined;
  /** Where the next page begins, where the platform tells it. */
  readonly marker?: string | undefined;
}

/**
 * The entries of a page. One without its list says nothing, unless it says that there are none.
 *
 * @throws OtaError, a clause about the body
 */
export function entriesOf<Entry>(
  field: string,
  entries: readonly Entry[] | null | undefined,
  total: number | undefined,
): readonly Entry[] {
  if (entries !== null && entries !== undefined) return entries;
  if (total === 0) return [];
  const claim = total === undefined ? "" : `, though it says that there are ${String(total)}`;
  throw new OtaError(`${field} is wrong (it is missing${claim})`);
}

export function readTime(value: string | undefined): string | undefined {
  const instant = parseInstant(value ?? "");
  return instant === undefined ? value : formatInstant(instant);
}

export function writeTime(value: string | undefined): string | undefined {
  const instant = parseInstant(value ?? "");
  return instant === undefined ? value : formatBasicInstant(instant);
}
