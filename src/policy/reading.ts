import { isRollout, isTask, type ResourceKind } from "../resource-kinds";
import { plannedDevices } from "../upgrade/rollout/plan";

/*
 * Inputs as a rule sees them: reading a leaf that a preview does not know throws, and makes a mandatory
 * rule advisory in that preview. So a rule reads what it needs and nothing more, and asks by `in`
 * whether something is there.
 */

export type Properties = Readonly<Record<string, unknown>>;

/** The value at the end of the path, as far as there are objects on the way. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  return at((value as Properties)[key], ...rest);
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, ...path: readonly string[]): string[] {
  return listAt(value, ...path).filter((one) => typeof one === "string");
}

/** `undefined` where something in it is not known before the `up`. */
export function ifKnown<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "unknownTypeSentinel" in error) return undefined;
    throw error;
  }
}

/** How many devices a task reaches; `undefined` where nobody has counted its groups. */
export function devicesOf(task: Properties): number | undefined {
  const counted = numberAt(task, "reach", "devices");
  if (counted !== undefined) return counted;
  const targets = at(task, "targets");
  const hasGroups = ["deviceGroups", "groupIds"].some((name) => listAt(targets, name).length > 0);
  return hasGroups ? undefined : listAt(targets, "devices").length;
}

/** How many devices each wave of a rollout has, in their order; `undefined` where none were drawn. */
export function wavesOf(rollout: Properties): ReadonlyMap<string, number> | undefined {
  const waves = textsAt(rollout, "plan", "waves");
  return waves.length === 0 ? undefined : plannedDevices({ waves });
}

/** How many devices a task or a rollout reaches; `undefined` for all else, too. */
export function reachedBy(kind: ResourceKind | undefined, props: Properties): number | undefined {
  if (isTask(kind)) return devicesOf(props);
  const waves = isRollout(kind) ? wavesOf(props) : undefined;
  return waves && [...waves.values()].reduce((sum, devices) => sum + devices, 0);
}

export const UNCOUNTED =
  "reaches devices that nobody has counted, because this run had no credentials or huawei-ota:preflight is off.";
