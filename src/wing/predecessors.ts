import { parseInstant } from "../instant";

/**
 * When the tasks were made that resources of the program are to be replaced by others, as far as this
 * process has seen. A task that is older than the one before it cannot be the new one, whatever it is
 * equal to: going back to an earlier version pushes that version again.
 */
export interface Predecessors {
  /** The resource of that address has a task that was made then, and is to get another. */
  note(urn: string | undefined, createTime: string | undefined): void;
  /** When the resource's task was made; `undefined`: it had none, or nobody told. */
  madeAt(urn: string | undefined): number | undefined;
}

export function createPredecessors(): Predecessors {
  const times = new Map<string, number>();
  return {
    note: (urn, createTime) => {
      const instant = parseInstant(createTime ?? "");
      if (urn !== undefined && instant !== undefined) times.set(urn, instant);
    },
    madeAt: (urn) => (urn === undefined ? undefined : times.get(urn)),
  };
}
