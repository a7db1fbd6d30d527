import { containsUnknown } from "../../pulumi/unknown";
import { sortedSet, stable } from "../../wing/task-changes";
import type { TaskContent, Targets } from "../api/wire/task";

/*
 * The one definition of "the same task" on IoTDA: what `check`, `diff`, `adopt`, the fingerprint in a
 * task's name and the memory of what is replaced compare by.
 */

/** What makes a task this one and no other. */
export type Declared = Partial<TaskContent>;

export const FIELDS = [
  "packageId",
  "appId",
  "targets",
  "taskPolicy",
  "taskMode",
  "taskExtInfo",
  "needConfirm",
] as const;

export type Field = (typeof FIELDS)[number];

/** One form for what means the same: sets in order; what is empty or the default is absent. */
export function normalForm(declared: Declared): Readonly<Partial<Record<Field, unknown>>> {
  const { targets, needConfirm } = declared;
  const form = {
    ...declared,
    targets: targetsForm(targets),
    needConfirm: needConfirm === false ? undefined : needConfirm,
  };
  return Object.fromEntries(
    FIELDS.map((field) => [field, form[field]]).filter(([, value]) => !isEmpty(value)),
  ) as Partial<Record<Field, unknown>>;
}

/** The fields in which two are different tasks. */
export function differences(one: Declared, other: Declared): Field[] {
  const [form, otherForm] = [normalForm(one), normalForm(other)];
  return FIELDS.filter((field) => stable(form[field]) !== stable(otherForm[field]));
}

export function targetsKey(targets: Targets | undefined): string {
  return stable(targetsForm(targets));
}

/** Whether both may concern one device: a group, or what is not known yet, may hold any. */
export function overlap(one: Targets | undefined, other: Targets | undefined): boolean {
  const [devices, others] = [one?.devices ?? [], other?.devices ?? []];
  if (devices.length === 0 || others.length === 0) return true;
  if (containsUnknown(devices) || containsUnknown(others)) return true;
  const named = new Set(others);
  return devices.some((device) => named.has(device));
}

/**
 * Whether both must not run at once. Groups of other names may have devices in common, which is no
 * harm where the same package goes to them: stages of a roll-out that get another one in front of them.
 */
export function collide(one: Declared, other: Declared): boolean {
  if (!overlap(one.targets, other.targets)) return false;
  if (one.packageId !== other.packageId) return true;
  const [groups, others] = [one.targets?.groupIds ?? [], other.targets?.groupIds ?? []];
  if (groups.length === 0 || others.length === 0) return true;
  if (containsUnknown(groups) || containsUnknown(others)) return true;
  return groups.some((group) => others.includes(group));
}

function targetsForm(targets: Targets | undefined): unknown {
  if (typeof targets !== "object") return targets;
  const lists = Object.entries(targets).map(([name, list]: [string, unknown]) => [
    name,
    Array.isArray(list) ? sortedSet(list as string[]) : list,
  ]);
  return Object.fromEntries(lists.filter(([, list]) => !isEmpty(list)));
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === undefined || value === null;
  return Object.values(value).every((inner) => inner === undefined);
}
