import type { TaskPhase } from "../upgrade/platform";

export interface Phases {
  readonly phaseOf: (status: string) => TaskPhase;
  /** Whether the pages do not say what the status means for the devices. */
  readonly isUnclear: (status: string) => true | undefined;
}

/** What the statuses of a platform's tasks mean; one that is not named is no end: better wait than judge. */
export function createPhases(statuses: Readonly<Record<TaskPhase, readonly string[]>>): Phases {
  const phases = new Map(
    Object.entries(statuses).flatMap(([phase, named]) =>
      named.map((status) => [status, phase as TaskPhase]),
    ),
  );
  return {
    phaseOf: (status) => phases.get(status) ?? "unfinished",
    isUnclear: (status) => (phases.has(status) ? undefined : true),
  };
}
