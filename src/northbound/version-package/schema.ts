import * as z from "zod/mini";

import type { Failure } from "../../pulumi/kind";
import { isKnown, leaf } from "../../pulumi/inputs";
import { wrongText } from "../text-rules";
import { NAMING_FIELDS } from "./same";

const text = z.optional(leaf("text", z.string()));

/** What may be declared. */
export const versionPackageInputs = z.strictObject({
  fileId: text,
  fileType: z.optional(
    leaf('"firmwarePackage" or "softwarePackage"', z.enum(["firmwarePackage", "softwarePackage"])),
  ),
  version: text,
  deviceType: text,
  model: text,
  manufacturerName: text,
  onDelete: z.optional(leaf('"keep" or "delete"', z.enum(["keep", "delete"]))),
});

export type VersionPackageInputs = z.output<typeof versionPackageInputs>;

export const INPUT_NAMES = Object.keys(versionPackageInputs.shape);

/** All that is wrong with inputs of the right shape. */
export function versionPackageFailures(inputs: VersionPackageInputs): Failure[] {
  const failures: Failure[] = [];
  for (const field of NAMING_FIELDS) {
    const value = inputs[field];
    if (value !== undefined && isKnown(value)) failures.push(...wrongText(field, value));
  }
  if (inputs.fileId === undefined) {
    for (const field of ["fileType", "version"] as const) {
      if (inputs[field] === undefined) {
        failures.push({
          path: field,
          reason: "is missing: name the package by fileId, or by fileType and version.",
        });
      }
    }
  }
  return failures;
}
