import { parseInstant } from "../../instant";
import { isKnown } from "../../pulumi/inputs";
import { isRelative, type Window } from "../../upgrade/schedule";
import { sortedSet, stable } from "../../wing/task-changes";
import type { Policy, Targets } from "../api/wire";
import { mayHaveTimes } from "./times";

/*
 * The one definition of "the same task" on northbound: what `check`, `diff`, `adopt`, the search and
 * the memory of what is replaced compare by.
 */

export interface DeclaredPolicy extends Policy {
  readonly window?: Window | undefined;
}

/** What makes a task this one and no other; a record of the platform tells its package by version. */
export interface Declared {
  readonly fileId?: string | undefined;
  readonly versionPackage?: { readonly version?: string | undefined } | undefined;
  readonly targets?: Targets | undefined;
  readonly policy?: DeclaredPolicy | undefined;
  /** When it was made, for a record of the platform, whose times are instants. */
  readonly madeAt?: number | undefined;
}

export type Field = "fileId" | "targets" | "policy";

/** The fields in which two are different tasks; what one of them does not tell is no difference. */
export function differences(one: Declared, other: Declared): Field[] {
  const fields: Field[] = [];
  if (!isSamePackage(one, other)) fields.push("fileId");
  if (one.targets !== undefined && other.targets !== undefined) {
    if (targetsKey(one.targets) !== targetsKey(other.targets)) fields.push("targets");
  }
  if (!isSamePolicy(one, other)) fields.push("policy");
  return fields;
}

function isSamePackage(one: Declared, other: Declared): boolean {
  if (one.fileId !== undefined && other.fileId !== undefined) return one.fileId === other.fileId;
  const version = one.versionPackage?.version;
  const otherVersion = other.versionPackage?.version;
  return version === undefined || otherVersion === undefined || version === otherVersion;
}

/** Ids of devices say it all; what is said of their model beside them is a check, not a choice. */
export function targetsKey(targets: Targets): string {
  const { devices, deviceGroups, deviceType, model, manufacturerName } = targets;
  if (Array.isArray(devices) && devices.length > 0) return stable({ devices: sortedSet(devices) });
  return stable({
    deviceGroups: Array.isArray(deviceGroups) ? sortedSet(deviceGroups) : (deviceGroups ?? []),
    deviceType: deviceType ?? null,
    model: model ?? null,
    manufacturerName: manufacturerName ?? null,
    // A list that is not known yet is no list.
    devices: devices ?? [],
  });
}

/** Whether both may concern one device: a group, or what is not known yet, may hold any. */
export function overlap(
  { targets: one = {} }: Declared,
  { targets: other = {} }: Declared,
): boolean {
  const [devices, others] = [one.devices ?? [], other.devices ?? []];
  if (!isKnown(devices) || !isKnown(others)) return true;
  if (devices.length === 0 || others.length === 0) return true;
  const named = new Set(others);
  return devices.some((device) => !isKnown(device) || named.has(device));
}

/** What the platform does with a policy, whether its defaults are spelled out or not. */
function policyKey(policy: DeclaredPolicy | undefined): string {
  return stable([...timesKey(policy), retriesOf(policy)]);
}

function timesKey(policy: DeclaredPolicy | undefined): unknown[] {
  if (policy === undefined || !isKnown(policy)) return [policy ?? "now"];
  const { window, executeType = window === undefined ? "now" : "custom" } = policy;
  if (executeType !== "custom") return [executeType];
  const time = (text = ""): unknown => parseInstant(text) ?? text;
  return [executeType, window ?? null, time(policy.startTime), time(policy.endTime)];
}

function retriesOf(policy: DeclaredPolicy | undefined): unknown {
  return policy?.retryType === true ? (policy.retryTimes ?? null) : (policy?.retryType ?? false);
}

function isSamePolicy(one: Declared, other: Declared): boolean {
  if (policyKey(one.policy) === policyKey(other.policy)) return true;
  const [made, declared] = "madeAt" in one ? [one, other] : [other, one];
  const { policy } = declared;
  if (!("madeAt" in made) || policy === undefined || !isLeftOpen(policy)) return false;
  return (
    stable(retriesOf(made.policy)) === stable(retriesOf(policy)) &&
    made.policy?.executeType === "custom" &&
    mayHaveTimes(policy, made.policy, made.madeAt)
  );
}

/** Whether its times are found when the task is made. */
export function isLeftOpen({ window, startTime = "", endTime = "" }: DeclaredPolicy): boolean {
  return window !== undefined || isRelative(startTime) || isRelative(endTime);
}

export function differsInTimesOnly(one: Declared, other: Declared): boolean {
  const untimed = ({ policy = {} }: Declared): string => {
    const { window, executeType = window === undefined ? "now" : "custom", ...rest } = policy;
    return policyKey({ ...rest, executeType, startTime: undefined, endTime: undefined });
  };
  return differences(one, other).join() === "policy" && untimed(one) === untimed(other);
}

/** Two declarations with the same key are the same task. */
export function keyOf(kind: string, { versionPackage, targets = {}, policy }: Declared): string {
  return stable([kind, versionPackage?.version ?? null, targetsKey(targets), policyKey(policy)]);
}
