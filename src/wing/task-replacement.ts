import { isKnown } from "../pulumi/inputs";
import { describeChange } from "../upgrade/version-order";
import type { KnownTaskState } from "./task-state";
import type { TaskInputs } from "./task-wing";

/** What a new task in the place of another pushes, as a clause: `firmware V1.4 -> V1.5`. */
export function whatIsPushed(
  kind: string,
  before: TaskInputs | undefined,
  inputs: TaskInputs | undefined,
): string {
  const from = versionOf(before);
  const to = versionOf(inputs);
  if (to === undefined) return from === undefined ? kind : `${kind} (so far ${from})`;
  if (from === undefined || from === to) return `${kind} ${to}`;
  const change = describeChange(from, to);
  return `${kind} ${change}${change.includes(",") ? "," : ""}`;
}

/** Whether the same version is pushed once more. */
export function isAgain(before: TaskInputs | undefined, inputs: TaskInputs | undefined): boolean {
  const to = versionOf(inputs);
  return to !== undefined && to === versionOf(before);
}

const MOST_NAMES = 5;

/** How many devices a task had when it was last looked at. */
export function countOf({ deviceCounts }: KnownTaskState): number | undefined {
  const { total } = (deviceCounts ?? {}) as { readonly total?: unknown };
  return typeof total === "number" ? total : undefined;
}

/** Whom a task is for: `devices m-1, m-2 and 3 more`, as a clause; nothing where it is not known yet. */
export function toWhom(targets: unknown, count: number | undefined): string {
  const lists = Object.entries(targets ?? {}).flatMap(([field, names]) =>
    Array.isArray(names) && names.length > 0 ? [`${words(field)} ${shown(names)}`] : [],
  );
  if (lists.length === 0) return "";
  const counted =
    count === undefined
      ? ""
      : ` (${String(count)} ${count === 1 ? "device" : "devices"} when last counted)`;
  return ` to ${lists.join(" and ")}${counted}`;
}

function versionOf(inputs: TaskInputs | undefined): string | undefined {
  const version = inputs?.versionPackage?.version;
  return isKnown(version) ? version : undefined;
}

/** `deviceGroups` as "device groups". */
function words(field: string): string {
  return field.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}

function shown(names: readonly unknown[]): string {
  const first = names.slice(0, MOST_NAMES).map((name) => (isKnown(name) ? String(name) : "?"));
  const more = names.length - first.length;
  return `${first.join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}`;
}
