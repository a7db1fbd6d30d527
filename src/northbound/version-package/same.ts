/** The fields that say which package is meant. */
export const NAMING_FIELDS = [
  "fileId",
  "fileType",
  "version",
  "deviceType",
  "model",
  "manufacturerName",
] as const;

export type NamingField = (typeof NAMING_FIELDS)[number];

export type Naming = Readonly<Partial<Record<NamingField, string | undefined>>>;

/** The fields in which a package is not what is meant; what is left open may be anything. */
export function differences(meant: Naming, other: Naming): NamingField[] {
  return NAMING_FIELDS.filter(
    (field) => meant[field] !== undefined && meant[field] !== other[field],
  );
}
