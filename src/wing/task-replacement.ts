import { isKnown } from "../pulumi/inputs";
import { describeChange } from "../upgrade/version-order";
import { nameInUrn } from "../urn";
import type { Moving } from "./task-run";
import type { KnownTaskState } from "./task-state";
import type { TaskInputs } from "./task-wing";

/** What becomes of a task that is replaced. */
export interface OldTask {
  /** The task that comes in its place without a push. */
  readonly moving: Moving | undefined;
  /** Whether it must be gone before the new one is made. */
  readonly isFirst: boolean;
  /** In words. */
  readonly fate: string;
}

/** What a wing says of its tasks and packages. */
interface Replaceable<Inputs> {
  readonly packageKind: string;
  readonly packageField: keyof Inputs & string;
  readonly reach?: { readonly targetsField: string } | undefined;
  readonly remove?: unknown;
  hint?(one: Inputs, other: Inputs): string | undefined;
  differsInTimesOnly(one: Inputs, other: Inputs): boolean;
  targetsKey(inputs: Inputs): string;
}

/** The warning of a preview in which a resource gets another task. */
export function describeReplacement<Inputs extends TaskInputs>(
  wing: Replaceable<Inputs>,
  replaces: readonly string[],
  before: Inputs | undefined,
  inputs: Inputs | undefined,
  { moving, fate }: OldTask,
  state: KnownTaskState,
): string {
  const changed = `A change of ${replaces.join(", ")} makes`;
  if (moving !== undefined) {
    const former = moving.from === undefined ? "" : ` of ${nameInUrn(moving.from)}`;
    return `${changed} it another task: it takes over task ${moving.id}${former}, and nothing is pushed.${fate}`;
  }
  const areBothKnown = before !== undefined && inputs !== undefined;
  const why =
    areBothKnown && wing.differsInTimesOnly(inputs, before)
      ? ' Only its times moved: a time that the program computes anew pushes again at each `up`; give it relative, as in "PT2H", or as a window that stays.'
      : "";
  const hint = areBothKnown ? wing.hint?.(inputs, before) : undefined;
  const isSame = areBothKnown && wing.targetsKey(before) === wing.targetsKey(inputs);
  const targets = wing.reach && inputs?.[wing.reach.targetsField as keyof Inputs];
  const whom = toWhom(targets, isSame ? countOf(state) : undefined);
  const again = isAgain(before, inputs) ? " again" : "";
  const rebuilt =
    again !== "" && before?.[wing.packageField] !== inputs?.[wing.packageField]
      ? " The version stays, and the package is another one: what it pushes may differ."
      : "";
  return `${changed} a new task: ${whatIsPushed(wing.packageKind, before, inputs)} will be pushed${again}${whom}.${rebuilt}${why}${hint === undefined ? "" : ` ${hint}`}${fate}`;
}

/** What becomes of the task that is replaced, in words. */
export function fateOf(
  wing: { readonly remove?: unknown; readonly cannotBeStopped?: boolean },
  id: string,
  old: {
    readonly isRemoved: boolean;
    readonly isFirst: boolean;
    readonly isUnfinished: boolean;
    /** What of the program keeps one that could be removed. */
    readonly keptBy: string;
  },
): string {
  const { isRemoved, isFirst, isUnfinished, keptBy } = old;
  if (isRemoved) {
    return isUnfinished
      ? ` The old task ${id}, which is not over, is stopped and deleted${isFirst ? " first" : ""}.`
      : ` The record of the old task ${id} is deleted.`;
  }
  if (wing.remove !== undefined && !(isUnfinished && wing.cannotBeStopped === true)) {
    return isUnfinished
      ? ` The platform goes on with the old task ${id}, which is not over (${keptBy}); the two may conflict.`
      : ` The old task ${id} stays on the platform (${keptBy}).`;
  }
  return isUnfinished
    ? ` The platform goes on with the old task ${id}, which is not over: it cannot be stopped.`
    : "";
}

/** What a new task in the place of another pushes, as a clause: `firmware V1.4 -> V1.5`. */
function whatIsPushed(
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
function isAgain(before: TaskInputs | undefined, inputs: TaskInputs | undefined): boolean {
  const to = versionOf(inputs);
  return to !== undefined && to === versionOf(before);
}

const MOST_NAMES = 5;

/** How many devices a task had when it was last looked at. */
function countOf({ deviceCounts }: KnownTaskState): number | undefined {
  const { total } = (deviceCounts ?? {}) as { readonly total?: unknown };
  return typeof total === "number" ? total : undefined;
}

/** Whom a task is for: `devices m-1, m-2 and 3 more`, as a clause; nothing where it is not known yet. */
function toWhom(targets: unknown, count: number | undefined): string {
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
