import { isRollout, isTask, type ResourceKind } from "../resource-kinds";
import { count } from "../upgrade/rollout/describe";
import { isOlder } from "../upgrade/version-order";
import type {
  DevicesOptions,
  MaxDevicesOptions,
  PackageHashOptions,
  RolloutLimitsOptions,
  VersionsOptions,
} from "./options";
import {
  devicesOf,
  ifKnown,
  listAt,
  numberAt,
  type Properties,
  reachedBy,
  textAt,
  textsAt,
  UNCOUNTED,
  wavesOf,
} from "./reading";

/*
 * What is wrong with one resource, as clauses that go on after its name. These rules prevent: the engine
 * asks them before it makes or changes the resource, with --skip-preview, too.
 */

export function maxDevices(
  kind: ResourceKind,
  props: Properties,
  { most, mostOfRollout = most }: MaxDevicesOptions,
): string[] {
  const limit = isRollout(kind) ? mostOfRollout : most;
  if (limit === undefined || !(isTask(kind) || isRollout(kind))) return [];
  const devices = reachedBy(kind, props);
  if (devices === undefined) return [UNCOUNTED];
  return devices > limit ? [`reaches ${count(devices, "device")}; ${limit} are the most.`] : [];
}

const SHA_256 = /^[0-9a-f]{64}$/i;

export function packageHash(
  kind: ResourceKind,
  props: Properties,
  { allowed }: PackageHashOptions,
): string[] {
  if (kind.wing !== "iotda" || kind.kind !== "VersionPackage") return [];
  const sign = textAt(props, "fileLocation", "obsLocation", "sign");
  if (sign === undefined || !SHA_256.test(sign)) {
    return [
      "declares no SHA-256 of its file: set fileLocation.obsLocation.sign, so that what was reviewed is what is pushed.",
    ];
  }
  const isAllowed = allowed?.some((one) => one.toLowerCase() === sign.toLowerCase()) ?? true;
  return isAllowed ? [] : [`is a file with the SHA-256 ${sign}, which is not among those allowed.`];
}

export function versions(
  kind: ResourceKind,
  props: Properties,
  { allowed, blocked = [], downgrade = false }: VersionsOptions,
): string[] {
  const isPackage = kind.kind === "VersionPackage";
  if (!isPackage && !isTask(kind) && !isRollout(kind)) return [];
  const version = isPackage ? textAt(props, "version") : textAt(props, "versionPackage", "version");
  if (version === undefined) {
    const isAsked = allowed !== undefined || blocked.length > 0;
    // A package that is named by its id alone is told by the task that pushes it.
    return isAsked && !isPackage
      ? ["pushes a version that is not known here: give it versionPackage, and not an id alone."]
      : [];
  }
  const objections: string[] = [];
  if (allowed?.some((pattern) => fits(version, pattern)) === false) {
    objections.push(`is of version ${version}; allowed are ${allowed.join(", ")}.`);
  }
  if (blocked.some((pattern) => fits(version, pattern))) {
    objections.push(`is of version ${version}, which is blocked.`);
  }
  const newer = downgrade ? [] : cameFrom(kind, props).filter((from) => isOlder(version, from));
  if (newer.length > 0) {
    objections.push(
      `brings devices from ${newer.join(", ")} down to ${version}; where that is meant, set downgrade to true for this merge.`,
    );
  }
  return objections;
}

function fits(version: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(version);
}

/** The versions that its devices run, as far as somebody looked, and that it pushes from. */
function cameFrom(kind: ResourceKind, props: Properties): string[] {
  if (isTask(kind)) return textsAt(props, "reach", "from");
  const from = textsAt(props, "plan", "from");
  return "fromVersions" in props
    ? from.filter((one) => textsAt(props, "fromVersions").includes(one))
    : from;
}

export function rolloutLimits(
  kind: ResourceKind,
  props: Properties,
  options: RolloutLimitsOptions,
): string[] {
  if (!isRollout(kind)) return [];
  const { mostInFirstWave = 100, leastBakeSeconds, mostInProgress } = options;
  const objections: string[] = [];
  const drawn = wavesOf(props);
  const [first] = [...(drawn ?? [])].filter(([, devices]) => devices > 0);
  if (drawn === undefined) objections.push(UNCOUNTED);
  if (first !== undefined && first[1] > mostInFirstWave) {
    objections.push(
      `begins with the wave ${first[0]} of ${count(first[1], "device")}; ${mostInFirstWave} are the most.`,
    );
  }
  const declared = listAt(props, "waves");
  const waves = declared.length === 0 ? [{ name: "all" }] : declared;
  for (const [index, wave] of waves.entries()) {
    const name = textAt(wave, "name") ?? "";
    const bake = numberAt(wave, "bakeSeconds") ?? 0;
    if (leastBakeSeconds !== undefined && index < waves.length - 1 && bake < leastBakeSeconds) {
      objections.push(`watches the wave ${name} for ${bake} s; ${leastBakeSeconds} are the least.`);
    }
    objections.push(...thresholds(props, wave, name, options));
  }
  const inProgress = numberAt(props, "maxInProgress");
  if (mostInProgress !== undefined && (inProgress === undefined || inProgress > mostInProgress)) {
    objections.push(`has no maxInProgress of at most ${mostInProgress}.`);
  }
  return objections;
}

function thresholds(
  props: Properties,
  wave: unknown,
  name: string,
  options: RolloutLimitsOptions,
): string[] {
  const { leastSuccessPercent, leastReachedPercent, mostFailedDevices } = options;
  const of = (field: string): number | undefined => numberAt(wave, field) ?? numberAt(props, field);
  const success = of("minSuccessPercent") ?? 95;
  const reached = of("minReachedPercent") ?? 75;
  const failed = of("maxFailedDevices");
  const objections: string[] = [];
  if (leastSuccessPercent !== undefined && success < leastSuccessPercent) {
    objections.push(
      `lets the wave ${name} pass with ${success} % of success; ${leastSuccessPercent} are the least.`,
    );
  }
  if (leastReachedPercent !== undefined && reached < leastReachedPercent) {
    objections.push(
      `lets the wave ${name} pass with ${reached} % reached; ${leastReachedPercent} are the least.`,
    );
  }
  if (mostFailedDevices !== undefined && (failed === undefined || failed > mostFailedDevices)) {
    objections.push(`gives the wave ${name} no maxFailedDevices of at most ${mostFailedDevices}.`);
  }
  return objections;
}

export function gateRequired(
  kind: ResourceKind,
  props: Properties,
  { devices: spared = 100 }: DevicesOptions,
): string[] {
  if (!isTask(kind) || isGated(props)) return [];
  const devices = devicesOf(props);
  if (devices === undefined) return [`${UNCOUNTED.slice(0, -1)}, and has no onlyAfter.`];
  return devices > spared
    ? [
        `reaches ${count(devices, "device")} and has no onlyAfter; without one ${spared} are the most. Give it the gate of a completion, or make it a rollout.`,
      ]
    : [];
}

/** Whether there is a gate is known before its outcome is. */
function isGated(props: Properties): boolean {
  const isEmpty = (): boolean => listAt(props, "onlyAfter").length === 0;
  return "onlyAfter" in props && ifKnown(isEmpty) !== true;
}
