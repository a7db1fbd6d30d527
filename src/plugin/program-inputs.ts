import { OtaError } from "../errors";
import type { Properties } from "../pulumi/kind";
import { isKnown } from "../pulumi/inputs";
import { UNKNOWN } from "../pulumi/unknown";
import { describePackageTwice, describeTaskTwice } from "../named-twice";

/*
 * What a program in any language writes, as the inputs that it travels as. In TypeScript the classes do
 * the same before anything is sent (wing/package-input.ts, gate-input.ts and completion-args.ts).
 */

/** The names that a wing has of its own. */
export interface WingNames {
  /** The input that names a package by its id, and the one that names a task. */
  readonly packageField: string;
  readonly taskField: string;
  /** What else is told of a package, each by its name as an input and by that of a package's output. */
  readonly packageLeaves: Readonly<Record<string, string>>;
}

/**
 * `versionPackage` with an id is a package; without one it is what is known of a package.
 *
 * @param what - kind and name of the resource
 */
export function withPackage(
  what: string,
  { packageField, packageLeaves }: WingNames,
  { versionPackage, ...inputs }: Properties,
): Properties {
  if (versionPackage === undefined) return inputs;
  const isNamed = inputs[packageField] !== undefined;
  if (isNamed && (!isKnown(versionPackage) || isPackage(versionPackage, packageField))) {
    throw new OtaError(describePackageTwice(what, packageField));
  }
  if (!isKnown(versionPackage)) return { ...inputs, [packageField]: UNKNOWN };
  if (!isPackage(versionPackage, packageField)) return { ...inputs, versionPackage };
  const { id = versionPackage[packageField], ...rest } = versionPackage;
  const leaves = Object.entries(packageLeaves).map(([input, output]) => [
    input,
    rest[input] ?? rest[output],
  ]);
  const told = Object.fromEntries(leaves.filter(([, leaf]) => leaf !== undefined)) as Properties;
  return {
    ...inputs,
    [packageField]: id,
    ...(Object.keys(told).length === 0 ? {} : { versionPackage: told }),
  };
}

const GATE_LEAVES = ["outcome", "version", "packageId", "packageKind", "openAt"] as const;

/** One gate or several. One that turns out to be nothing still is a gate, and a closed one. */
export function withGates({ onlyAfter, ...inputs }: Properties): Properties {
  if (onlyAfter === undefined) return inputs;
  if (!isKnown(onlyAfter)) return { ...inputs, onlyAfter };
  const gates: unknown[] = Array.isArray(onlyAfter) ? onlyAfter : [onlyAfter];
  return { ...inputs, onlyAfter: gates.map(gateLeaves) };
}

function gateLeaves(gate: unknown): unknown {
  if (!isKnown(gate)) return gate;
  if (!isObject(gate)) return {};
  const leaves = GATE_LEAVES.map((leaf) => [leaf, gate[leaf]]);
  return Object.fromEntries(leaves.filter(([, leaf]) => leaf !== undefined && leaf !== null));
}

/**
 * `task` is what a task's `ref` holds.
 *
 * @param what - kind and name of the resource
 */
export function withTask(
  what: string,
  { taskField }: WingNames,
  { task, ...inputs }: Properties,
): Properties {
  if (task === undefined) return inputs;
  const told = [taskField, "version", "packageId", "packageKind"];
  const twice = told.find((field) => inputs[field] !== undefined);
  if (twice !== undefined) throw new OtaError(describeTaskTwice(what, twice));
  if (!isKnown(task)) return { ...inputs, [taskField]: UNKNOWN };
  if (!isObject(task)) return { ...inputs, task };
  const { id, version, packageId, packageKind } = task;
  const leaves = Object.entries({ [taskField]: id, version, packageId, packageKind });
  return {
    ...inputs,
    ...Object.fromEntries(leaves.filter(([, leaf]) => leaf !== undefined && leaf !== null)),
  };
}

/** Whether it says which package it is, and not only what is known of one. */
function isPackage(value: unknown, packageField: string): value is Properties {
  return isObject(value) && (value["id"] ?? value[packageField]) !== undefined;
}

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
