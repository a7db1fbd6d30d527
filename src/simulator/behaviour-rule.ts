/** What a switch takes: a kind of value, or one of a few values. */
export type Accepts<Value> =
  "number" | "number or null" | "boolean" | "count or null" | readonly Value[];

export interface BehaviourRule<Value> {
  readonly initial: Value;
  readonly accepts: Accepts<Value>;
}

export function number(initial: number): BehaviourRule<number> {
  return { initial, accepts: "number" };
}

export function numberOrNull(initial: number | null): BehaviourRule<number | null> {
  return { initial, accepts: "number or null" };
}

/** A number of at least 1, or null for no limit. */
export function countOrNull(initial: number): BehaviourRule<number | null> {
  return { initial, accepts: "count or null" };
}

export function flag(initial: boolean): BehaviourRule<boolean> {
  return { initial, accepts: "boolean" };
}

/** The first of the choices is the default. */
export function choice<const Values extends readonly [unknown, ...unknown[]]>(
  ...accepts: Values
): BehaviourRule<Values[number]> {
  return { initial: accepts[0], accepts };
}
