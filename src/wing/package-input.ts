import * as pulumi from "@pulumi/pulumi";

import { OtaError } from "../errors";
import { describePackageTwice } from "../named-twice";

/** A package by its id, or whatever has its id and says what it is. */
export interface PackageChoice {
  readonly versionPackage?: unknown;
}

/**
 * The inputs that a package travels as: its id under the wing's own name, and what else is known of it
 * leaf by leaf, so that a first preview says which version goes where although the id is still to come.
 *
 * @param kind - of the resource: `wing.Kind`
 * @param idField - the input that names the package by its id
 * @param leaves - what else is told of a package, each by the first of its names that the package has
 */
export function packageInputs(
  what: string,
  kind: string,
  args: PackageChoice,
  idField: string,
  leaves: readonly (string | readonly [string, ...string[]])[],
): pulumi.Inputs {
  const { versionPackage, [idField]: id, ...rest } = args as Readonly<Record<string, unknown>>;
  if (versionPackage === undefined) return { ...rest, [idField]: id };
  const [wing = ""] = kind.split(".");
  const otherWing = wingOf(versionPackage);
  if (otherWing !== undefined && otherWing !== wing) {
    throw new OtaError(
      `${what} is of ${wing}, and its versionPackage is a package of ${otherWing}; give it one of ${wing}.`,
    );
  }
  if (typeof versionPackage === "string") {
    throw new OtaError(
      `${what}: versionPackage must be a package; the id of one, such as "${versionPackage}", goes into ${idField}.`,
    );
  }
  if (id !== undefined) {
    throw new OtaError(describePackageTwice(what, idField));
  }
  return {
    ...rest,
    [idField]: leafOf(versionPackage, idField, "id"),
    versionPackage: Object.fromEntries(
      leaves.map((leaf) => {
        const names = typeof leaf === "string" ? ([leaf] as const) : leaf;
        return [names[0], leafOf(versionPackage, ...names)];
      }),
    ),
  };
}

/** The wing of a resource of this library. */
function wingOf(resource: unknown): string | undefined {
  if (!pulumi.Resource.isInstance(resource)) return undefined;
  const { __pulumiType: type } = resource.constructor as { readonly __pulumiType?: string };
  return /huawei-ota\/(\w+):/.exec(type ?? "")?.[1];
}

/**
 * A resource and a plain object have their leaves at once, an output has them later.
 *
 * @param names - the first that it has: the id of a resource that is looked up is known in a preview
 * only under the name of the field that `check` fills in
 */
function leafOf(from: unknown, ...names: readonly string[]): pulumi.Input<unknown> {
  const leaf = (value: unknown): unknown => {
    const leaves = value as Readonly<Record<string, unknown>>;
    return names.map((name) => leaves[name]).find((one) => one !== undefined);
  };
  return pulumi.Output.isInstance(from) || from instanceof Promise
    ? pulumi.output(from).apply(leaf)
    : leaf(from);
}
