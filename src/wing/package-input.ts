import * as pulumi from "@pulumi/pulumi";

import { OtaError } from "../errors";

/** A package by its id, or whatever has its id and says what it is. */
export interface PackageChoice {
  readonly versionPackage?: unknown;
}

/**
 * The inputs that a package travels as: its id under the wing's own name, and what else is known of it
 * leaf by leaf, so that a first preview says which version goes where although the id is still to come.
 *
 * @param idField - the input that names the package by its id
 * @param leaves - what else is told of a package
 */
export function packageInputs<Args extends PackageChoice>(
  what: string,
  args: Args,
  idField: keyof Args & string,
  leaves: readonly string[],
): pulumi.Inputs {
  const { versionPackage, [idField]: id, ...rest } = args;
  if (versionPackage === undefined) return { ...rest, [idField]: id };
  if (id !== undefined) {
    throw new OtaError(`${what} has both versionPackage and ${idField}; give one of them.`);
  }
  return {
    ...rest,
    [idField]: leafOf(versionPackage, "id"),
    versionPackage: Object.fromEntries(leaves.map((leaf) => [leaf, leafOf(versionPackage, leaf)])),
  };
}

/** A resource and a plain object have their leaves at once, an output has them later. */
function leafOf(from: unknown, leaf: string): pulumi.Input<unknown> {
  if (pulumi.Output.isInstance(from) || from instanceof Promise) {
    return pulumi.output(from).apply((value) => (value as Record<string, unknown>)[leaf]);
  }
  return (from as Record<string, pulumi.Input<unknown>>)[leaf];
}
