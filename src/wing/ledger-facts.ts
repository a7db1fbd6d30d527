import * as z from "zod/mini";

import type { Writer } from "./run-log";

/** An object on the platform, and the resource that has it. */
export interface Entry {
  /** Whose ids these are: the account's key, and where kinds count their ids apart, the kind. */
  readonly account: string;
  readonly id: string;
  readonly urn: string | undefined;
  /** What is declared, in its normal form, digested. */
  readonly key?: string | undefined;
  readonly packageId?: string | undefined;
  /** Milliseconds since the epoch, by the platform's clock. */
  readonly createdAt?: number | undefined;
  /** For what it is, digested: equal for equal targets. */
  readonly targets?: string | undefined;
  /** What else is known of it, as plain JSON and without secrets. */
  readonly record?: unknown;
}

/** What a resource has and is to be replaced in it. */
export interface Predecessor {
  readonly account: string;
  readonly id: string;
  /** Milliseconds since the epoch, by the platform's clock. */
  readonly createdAt: number | undefined;
  readonly key?: string | undefined;
  readonly packageId?: string | undefined;
  readonly targets?: string | undefined;
  readonly record?: unknown;
  /** Whether it may concern a device that what the resource gets concerns, too. */
  readonly overlaps?: boolean | undefined;
  /** What changes was not known yet: it may turn out to be what the resource is to have. */
  readonly mayStay?: boolean | undefined;
}

/** An object that this run made, or that a resource of it has or had in its state. */
export interface Known extends Entry {
  /** Whether it was in a state: it is this program's at any age. */
  readonly wasInState: boolean;
}

const entrySchema = z.object({
  account: z.string(),
  id: z.string(),
  urn: z.optional(z.string()),
  key: z.optional(z.string()),
  packageId: z.optional(z.string()),
  createdAt: z.optional(z.number()),
  targets: z.optional(z.string()),
  record: z.optional(z.unknown()),
});
const predecessorSchema = z.object({
  account: z.string(),
  id: z.string(),
  createdAt: z.optional(z.number()),
  key: z.optional(z.string()),
  packageId: z.optional(z.string()),
  targets: z.optional(z.string()),
  record: z.optional(z.unknown()),
  overlaps: z.optional(z.boolean()),
  mayStay: z.optional(z.boolean()),
});
const had = z.object({ act: z.enum(["made", "tookOver", "holds"]), entry: entrySchema });
const replaced = z.object({
  act: z.literal("replaces"),
  urn: z.string(),
  predecessor: predecessorSchema,
});
const gone = z.object({ act: z.literal("deleted"), account: z.string(), id: z.string() });
export const actSchema = z.discriminatedUnion("act", [
  had,
  replaced,
  gone,
  z.object({ act: z.literal("declares"), urn: z.string() }),
  z.object({ act: z.literal("wants"), account: z.string(), key: z.string(), urn: z.string() }),
  z.object({ act: z.enum(["claims", "ends"]), key: z.string(), claim: z.string() }),
]);
export type Act = z.infer<typeof actSchema>;
type Had = z.infer<typeof had>;
type Replaced = z.infer<typeof replaced>;

export type By<What> = What & { readonly writer: Writer };
export type OfResource = By<Had> | By<Replaced>;
export type OfObject = OfResource | By<z.infer<typeof gone>>;

/** What counts of an object since it was last deleted. */
export function sinceDeleted(facts: readonly OfObject[] = []): OfResource[] {
  const since: OfResource[] = [];
  for (const fact of facts) {
    if (!fact.writer.lives) continue;
    if (fact.act === "deleted") since.length = 0;
    else since.push(fact);
  }
  return since;
}

/** The last of these acts that counts. */
export function lastOf<Fact extends OfObject>(
  facts: readonly Fact[] | undefined,
  acts: readonly Fact["act"][],
): Fact | undefined {
  return facts?.findLast(({ act, writer }) => writer.lives && acts.includes(act));
}

export function getOr<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = create();
  map.set(key, made);
  return made;
}
