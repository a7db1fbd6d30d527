import type { Unwrap } from "@pulumi/pulumi";
import type * as z from "zod/mini";

/** The bare shape: no `readonly`, and no `undefined` that merely says "optional". */
type Plain<T> = T extends readonly (infer Entry)[]
  ? Plain<Entry>[]
  : T extends object
    ? { -readonly [Name in keyof T]: Plain<Exclude<T[Name], undefined>> }
    : T;

/*
 * Two conditional types are the same to the compiler only when what they ask for is identical, which
 * is more than that one fits the other.
 */
/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters */
export type Equal<One, Other> =
  (<Any>() => Any extends One ? 1 : 2) extends <Any>() => Any extends Other ? 1 : 2 ? true : false;
/* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */

/** What a program may give. */
export type Declared<Args> = Plain<Unwrap<Args>>;
/** What a schema lets through. */
export type Allowed<Schema extends z.ZodMiniType> = Plain<z.input<Schema>>;
