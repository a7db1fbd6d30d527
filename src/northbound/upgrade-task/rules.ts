import { formatInstant, parseInstant } from "../../instant";
import type { Failure } from "../../pulumi/kind";
import { isKnown } from "../../pulumi/inputs";
import { isRelative, parseDuration, windowLength } from "../../upgrade/schedule";
import { knownWindow, nightWindowRules } from "../../wing/night-window";
import type { PackageRecord } from "../api/wire";
import { wrongNames, wrongText } from "../text-rules";
import type { UpgradeTaskInputs } from "./schema";

/*
 * The vendor's table of the create page, as far as it can be held against what is declared. Each
 * sentence ends with the vendor's code. Values that are not known yet break no rule.
 */

const MOST_TARGETS = 256;
const SHORTEST_WINDOW_MILLISECONDS = 5 * 60_000;
/** The POST comes a moment after a duration is resolved, and must not come after the start. */
const SHORTEST_LEAD_MILLISECONDS = 60_000;
const EXECUTE_TYPES = ["now", "device_online", "custom"];

/** All rules that do not depend on the time of day. */
export function brokenRules(inputs: UpgradeTaskInputs): Failure[] {
  return [
    ...idRules(inputs),
    ...(isKnown(inputs.targets) ? targetRules(inputs.targets) : []),
    ...(inputs.policy !== undefined && isKnown(inputs.policy) ? policyRules(inputs.policy) : []),
    ...rerunRules(inputs.rerunAfter),
  ];
}

function idRules({ fileId, adopt }: UpgradeTaskInputs): Failure[] {
  return [
    ...(isKnown(fileId) ? wrongText("fileId", fileId) : []),
    ...(adopt !== undefined && isKnown(adopt) ? wrongText("adopt", adopt) : []),
  ];
}

function targetRules(targets: UpgradeTaskInputs["targets"]): Failure[] {
  const { devices, deviceGroups } = targets;
  const failures: Failure[] = [];
  if (devices === undefined && deviceGroups === undefined) {
    failures.push({
      path: "targets",
      reason: "names neither devices nor deviceGroups; give one of them (123022).",
    });
  }
  if (devices !== undefined && deviceGroups !== undefined) {
    failures.push({
      path: "targets",
      reason: "names both devices and deviceGroups; give one of them (123023).",
    });
  }
  for (const [field, list] of Object.entries({ devices, deviceGroups })) {
    if (list === undefined || !isKnown(list)) continue;
    const path = `targets.${field}`;
    if (list.length > MOST_TARGETS) {
      failures.push({
        path,
        reason: `has ${String(list.length)} entries; ${String(MOST_TARGETS)} are the most, so declare several tasks (123024).`,
      });
    }
    if (list.some((name) => isKnown(name) && name.trim() === "")) {
      failures.push({ path, reason: "has an empty entry (120015)." });
    } else {
      failures.push(...wrongNames(path, list));
    }
  }
  const codes = { manufacturerName: "123019", deviceType: "123020", model: "123021" } as const;
  for (const field of ["manufacturerName", "deviceType", "model"] as const) {
    const value = targets[field];
    const path = `targets.${field}`;
    if (value !== undefined && isKnown(value) && value !== "") {
      failures.push(...wrongText(path, value));
    } else if ((value === undefined || value === "") && deviceGroups !== undefined) {
      failures.push({ path, reason: `is missing; deviceGroups need it (${codes[field]}).` });
    }
  }
  return failures;
}

function policyRules(policy: NonNullable<UpgradeTaskInputs["policy"]>): Failure[] {
  const { executeType } = policy;
  if (executeType !== undefined && isKnown(executeType) && !EXECUTE_TYPES.includes(executeType)) {
    return [
      {
        path: "policy.executeType",
        reason: `is "${executeType}"; it must be ${EXECUTE_TYPES.map((type) => `"${type}"`).join(", ")} (123025).`,
      },
      ...retryRules(policy),
    ];
  }
  return [
    ...(policy.window === undefined ? windowRules(policy) : nightRules(policy, policy.window)),
    ...retryRules(policy),
  ];
}

/** A window by the clocks of a zone, which gives both times. */
function nightRules(
  policy: NonNullable<UpgradeTaskInputs["policy"]>,
  window: NonNullable<typeof policy.window>,
): Failure[] {
  const { executeType } = policy;
  const failures: Failure[] = [];
  if (executeType !== undefined && isKnown(executeType) && executeType !== "custom") {
    failures.push({
      path: "policy.executeType",
      reason: `is "${executeType}", but window needs "custom"; take executeType away, or window.`,
    });
  }
  for (const field of ["startTime", "endTime"] as const) {
    if (policy[field] === undefined) continue;
    failures.push({
      path: `policy.${field}`,
      reason: "is given by window already; take one of them away.",
    });
  }
  const wrong = nightWindowRules("policy.window", window);
  const { from, to } = knownWindow(window);
  if (wrong.length === 0 && from !== undefined && to !== undefined) {
    const length = windowLength({ from, to });
    if (length <= SHORTEST_WINDOW_MILLISECONDS) {
      wrong.push({
        path: "policy.window.to",
        reason: `is ${length / 1000} s after from; it must be more than 5 minutes after it (123034).`,
      });
    }
  }
  return [...failures, ...wrong];
}

function windowRules(policy: NonNullable<UpgradeTaskInputs["policy"]>): Failure[] {
  const { executeType = "now" } = policy;
  if (!isKnown(executeType)) return [];
  const why =
    policy.executeType === undefined
      ? 'has no effect unless executeType is "custom"; set that, or take this away.'
      : `has no effect with executeType "${executeType}"; set executeType to "custom" or take it away.`;
  if (executeType !== "custom") {
    return (["startTime", "endTime"] as const)
      .filter((field) => policy[field] !== undefined)
      .map((field) => ({
        path: `policy.${field}`,
        reason: why,
      }));
  }
  const failures: Failure[] = [];
  for (const field of ["startTime", "endTime"] as const) {
    const value = policy[field];
    if (value === undefined) {
      failures.push({
        path: `policy.${field}`,
        reason: 'is missing; executeType "custom" needs it (123026).',
      });
    } else if (isKnown(value) && parseInstant(value) === undefined && !isRelative(value)) {
      failures.push({ path: `policy.${field}`, reason: `${noTime(value)} (123026).` });
    }
  }
  const { startTime = "", endTime = "" } = policy;
  const lead = parseDuration(startTime);
  if (lead !== undefined && lead < SHORTEST_LEAD_MILLISECONDS) {
    failures.push({
      path: "policy.startTime",
      reason: `is "${startTime}", too soon for a task that has yet to be made; give "PT1M" or more (123033).`,
    });
  }
  failures.push(...orderRules(startTime, endTime));
  return failures;
}

/** Of an instant and a duration the order is not known before the task is made. */
function orderRules(startTime: string, endTime: string): Failure[] {
  const parse = isRelative(startTime) ? parseDuration : parseInstant;
  const start = parse(startTime);
  const end = parse(endTime);
  const failures: Failure[] = [];
  if (start !== undefined && end !== undefined) {
    if (start > end) {
      failures.push({
        path: "policy.startTime",
        reason: `is ${startTime}, later than endTime ${endTime} (123032).`,
      });
    } else if (end - start <= SHORTEST_WINDOW_MILLISECONDS) {
      failures.push({
        path: "policy.endTime",
        reason: `is ${String((end - start) / 1000)} s after startTime; it must be more than 5 minutes after it (123034).`,
      });
    }
  }
  return failures;
}

function retryRules({
  retryType,
  retryTimes,
}: NonNullable<UpgradeTaskInputs["policy"]>): Failure[] {
  const path = "policy.retryTimes";
  if (retryTimes === undefined) {
    return retryType === true
      ? [{ path, reason: "is missing; retryType true needs it, from 1 to 5 (123028)." }]
      : [];
  }
  if (!isKnown(retryTimes)) return [];
  if (!Number.isInteger(retryTimes) || retryTimes < 1 || retryTimes > 5) {
    return [{ path, reason: `is ${String(retryTimes)}; it must be from 1 to 5 (123028).` }];
  }
  if (retryType === undefined || !retryType) {
    return [{ path, reason: "has no effect unless retryType is true; set it, or take this away." }];
  }
  return [];
}

function rerunRules(rerunAfter: string | undefined): Failure[] {
  if (rerunAfter === undefined || !isKnown(rerunAfter)) return [];
  const path = "rerunAfter";
  const instant = parseInstant(rerunAfter);
  if (instant === undefined) return [{ path, reason: `${noInstant(rerunAfter)}.` }];
  return [];
}

function noTime(value: string): string {
  return `${noInstant(value)}, or a duration after the task is made such as PT2H`;
}

function noInstant(value: string): string {
  return `is "${value}"; it must be an instant such as 2026-01-31T08:00:00Z`;
}

/** 123033, for a task that is still to be made: one that exists does not break it. */
export function startInThePast(inputs: UpgradeTaskInputs, now: number): Failure | undefined {
  const { policy } = inputs;
  if (policy?.executeType !== "custom") return undefined;
  const start = parseInstant(policy.startTime ?? "");
  if (start === undefined || start >= now) return undefined;
  return {
    path: "policy.startTime",
    reason: `is ${formatInstant(start)}, which has passed; set it to an instant in the future (123033).`,
  };
}

/** What a package and the targets say of each other. */
export function packageFailures(
  inputs: UpgradeTaskInputs,
  found: PackageRecord,
  wantedType: string,
): Failure[] {
  if (found.fileType !== undefined && found.fileType !== wantedType) {
    return [
      {
        path: "fileId",
        reason: `is a ${found.fileType}, but this task pushes a ${wantedType} (123016).`,
      },
    ];
  }
  const { targets } = inputs;
  if (!isKnown(targets)) return [];
  return (["deviceType", "model", "manufacturerName"] as const).flatMap((field) => {
    const wanted = targets[field];
    const actual = found[field];
    if (wanted === undefined || wanted === "" || !isKnown(wanted)) return [];
    if (actual === undefined || actual === wanted) return [];
    return [
      {
        path: `targets.${field}`,
        reason: `is "${wanted}", but package ${found.fileId} is for "${actual}" (123016).`,
      },
    ];
  });
}
