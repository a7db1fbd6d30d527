import * as z from "zod/mini";

import type { Properties } from "../pulumi/kind";
import { shape } from "../pulumi/inputs";

/*
 * The one memory of what was declared: the outputs, under the inputs' own names. So the engine keeps
 * secret there what the program keeps secret, and a failed update, which leaves the old inputs in the
 * state, is still known for what it was.
 */

/** What a state remembers of the inputs of such names. */
export function declaredIn(state: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(
    names.map((name) => [name, state[name]]).filter(([, value]) => value !== undefined),
  ) as Properties;
}

/** A field of a state; absent where another release wrote something else there. */
export function remembered<Schema extends z.ZodMiniType>(
  schema: Schema,
): z.ZodMiniCatch<z.ZodMiniOptional<Schema>> {
  return z.catch(z.optional(schema), undefined);
}

/**
 * Inputs as their schema reads them; `undefined` where it cannot read them whole, as those of another
 * release: what cannot be read is compared with nothing.
 */
export function readWhole<Inputs>(
  schema: z.ZodMiniType<Inputs>,
  declared: Properties,
): Inputs | undefined {
  return shape(schema, declared).inputs;
}
