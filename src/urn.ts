/*
 * What an address of the engine says of a resource:
 * `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`, of which the name may hold anything.
 */

/** The resource's name; of what is no address the whole text. */
export function nameInUrn(urn: string): string {
  const [, , , ...name] = urn.split("::");
  return name.length === 0 ? urn : name.join("::");
}

/** The resource's own type, without those of its parents. */
export function typeInUrn(urn: string): string {
  const [, , qualified = ""] = urn.split("::");
  return qualified.split("$").at(-1) ?? "";
}
