/**
 * Which objects the resources of the program hold, as far as this process has seen: two resources may
 * hold one, after a rename or where they are exactly the same, and the one that goes must leave it to
 * the other.
 */
export interface Holders {
  /** A create made it or took it over. */
  take(id: string): void;
  /** The resource of that address has it and keeps it. */
  keep(id: string, urn: string | undefined): void;
  /** Whether somebody else than the resource of that address needs it. */
  isNeeded(id: string, urn: string | undefined): boolean;
}

export function createHolders(): Holders {
  const taken = new Set<string>();
  const keepers = new Map<string, Set<string>>();
  return {
    take: (id) => {
      taken.add(id);
    },
    keep: (id, urn) => {
      if (urn === undefined) return;
      keepers.set(id, (keepers.get(id) ?? new Set()).add(urn));
    },
    isNeeded: (id, urn) => taken.has(id) || [...(keepers.get(id) ?? [])].some((one) => one !== urn),
  };
}
