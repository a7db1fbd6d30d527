import { isKnown } from "../../pulumi/inputs";
import { sortedSet, stable } from "../../wing/task-changes";
import type { PackageDeclaration } from "../api/wire/package";

/*
 * The one definition of "the same package" on IoTDA: what `check`, `diff`, `adopt` and the search
 * compare by.
 */

/** What a package is: a change of any of these makes another one. */
export const CONTENT_FIELDS = [
  "appId",
  "packageType",
  "productId",
  "moduleName",
  "version",
  "supportSourceVersions",
  "description",
  "customInfo",
  "fileLocation",
] as const;

export type Field = (typeof CONTENT_FIELDS)[number];

/** A package as it is declared, or as the platform tells it; lists do not tell where its file is. */
export type Content = {
  readonly [Name in Field]?: PackageDeclaration[Name] | undefined;
};

/** The fields in which two are different packages. */
export function differences(one: Content, other: Content, except: readonly Field[] = []): Field[] {
  return CONTENT_FIELDS.filter(
    (field) =>
      !except.includes(field) && stable(formOf(one, field)) !== stable(formOf(other, field)),
  );
}

/** `version is "2.1" there and "2.2" here` */
export function describeDifferences(there: Content, here: Content): string[] {
  return differences(there, here).map(
    (field) =>
      `${field} is ${stable(formOf(there, field))} there and ${stable(formOf(here, field))} here`,
  );
}

/** Absent, empty and the documented default are the same. */
function formOf(content: Content, field: Field): unknown {
  const value = content[field];
  if (!isKnown(value)) return value;
  if (field === "fileLocation") {
    const { obsLocation } = content.fileLocation ?? {};
    return isKnown(obsLocation)
      ? { signMethod: "SHA256", sign: null, ...obsLocation }
      : obsLocation;
  }
  if (value === undefined || value === "") return null;
  if (!Array.isArray(value)) return value;
  return value.length === 0 ? null : sortedSet(value as string[]);
}
