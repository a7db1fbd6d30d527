import { sortedSet, stable } from "../../wing/task-changes";
import type { PackageRecord } from "../api/wire/package";
import { CONTENT_FIELDS, type VersionPackageInputs } from "./schema";

type ContentField = (typeof CONTENT_FIELDS)[number];

/** The inputs that would have made a found package; lists do not tell where its file is. */
export function declaredBy(found: PackageRecord): VersionPackageInputs {
  const { supportSourceVersions: versions } = found;
  const told = {
    ...found,
    supportSourceVersions: versions && sortedSet(versions),
  };
  return Object.fromEntries(
    CONTENT_FIELDS.map((field): [string, unknown] => [field, told[field]]).filter(
      ([, value]) => value !== undefined,
    ),
  ) as unknown as VersionPackageInputs;
}

/** The fields in which a package is not what is declared. */
export function differences(
  found: PackageRecord,
  inputs: VersionPackageInputs,
  except: readonly string[],
): ContentField[] {
  const there = declaredBy(found);
  return CONTENT_FIELDS.filter(
    (field) => !except.includes(field) && !isSameContent(there, inputs, field),
  );
}

/** Whether both say the same in a field. */
export function isSameContent(
  one: Partial<VersionPackageInputs>,
  other: Partial<VersionPackageInputs>,
  field: ContentField,
): boolean {
  return stable(content(one, field)) === stable(content(other, field));
}

/** Absent, empty and the documented default are the same. */
function content(
  inputs: Partial<VersionPackageInputs>,
  field: (typeof CONTENT_FIELDS)[number],
): unknown {
  if (field === "fileLocation") {
    const { fileLocation } = inputs;
    return { signMethod: "SHA256", sign: null, ...fileLocation?.obsLocation };
  }
  const value = inputs[field];
  return value === undefined || value.length === 0 ? null : value;
}

/** `version is "2.1" there and "2.2" here` */
export function describeDifferences(found: PackageRecord, inputs: VersionPackageInputs): string[] {
  return differences(found, inputs, []).map(
    (field) =>
      `${field} is ${stable(content(declaredBy(found), field))} there and ${stable(content(inputs, field))} here`,
  );
}
