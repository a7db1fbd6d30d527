import { digest, sortedSet, stable } from "../../../src/wing/task-changes";

/** What makes a job this one and no other. */
export interface Declared {
  readonly imageId?: string | undefined;
  readonly things?: readonly string[] | undefined;
  readonly thingsPerMinute?: number | undefined;
}

const FIELDS = ["imageId", "things", "thingsPerMinute"] as const;

function normalForm({ imageId, things, thingsPerMinute = 100 }: Declared) {
  return { imageId, things: Array.isArray(things) ? sortedSet(things) : things, thingsPerMinute };
}

export function differences(one: Declared, other: Declared): string[] {
  const [form, otherForm] = [normalForm(one), normalForm(other)];
  return FIELDS.filter((field) => stable(form[field]) !== stable(otherForm[field]));
}

/** Of one stack; it begins the job's id. */
export function keyOf(declared: Declared, urn = ""): string {
  const [stack, project] = urn.split("::");
  return digest(stable([stack, project, normalForm(declared)]));
}
