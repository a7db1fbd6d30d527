import { digest, stable } from "../../../src/wing/task-changes";
import type { JobRecord } from "../api/calls";

/** What makes a job this one and no other; the devices in order. */
export type Declared = Pick<JobRecord, "imageId" | "devices">;

const FIELDS = ["imageId", "devices"] as const;

export function differences(one: Declared, other: Declared): string[] {
  return FIELDS.filter((field) => stable(one[field]) !== stable(other[field]));
}

export function overlap(one: Declared, other: Declared): boolean {
  return one.devices.some((device) => other.devices.includes(device));
}

/** Of one stack; it begins the job's id. */
export function keyOf({ imageId, devices }: Declared, urn = ""): string {
  const [stack, project] = urn.split("::");
  return digest(stable([stack, project, imageId, devices]));
}
