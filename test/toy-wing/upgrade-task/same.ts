import { digest, sortedSet, stable } from "../../../src/wing/task-changes";

/** What makes a job this one and no other. */
export interface Declared {
  readonly imageId: string;
  readonly devices: readonly string[];
}

export function differences(one: Declared, other: Declared): string[] {
  const isSameList = targetsKey(one) === targetsKey(other);
  return [
    ...(one.imageId === other.imageId ? [] : ["imageId"]),
    ...(isSameList ? [] : ["devices"]),
  ];
}

export function targetsKey({ devices }: Declared): string {
  return stable(Array.isArray(devices) ? sortedSet(devices) : devices);
}

/** Of one stack; it begins the job's id. */
export function keyOf(declared: Declared, urn = ""): string {
  const [stack, project] = urn.split("::");
  return digest(stable([stack, project, declared.imageId, targetsKey(declared)]));
}
