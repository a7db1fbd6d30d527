import { formatInstant, parseInstant } from "../../instant";
import type { Failure } from "../../pulumi/kind";
import { isKnown } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import { parseDuration } from "../../upgrade/schedule";
import { nightWindowRules } from "../../wing/night-window";
import { listRule, textRule } from "../text-rules";
import type { UpgradeTaskInputs } from "./schema";

/*
 * What the platform documents of a batch task, as far as it can be held against what is declared.
 * Values that are not known yet break no rule.
 */

const MOST_DEVICES = 30_000;
const MOST_EXT_INFO_CHARACTERS = 512;
const MOST_RETRIES = 5;
const LONGEST_RETRY_MINUTES = 1440;
const SCHEDULE_MILLISECONDS = 7 * 24 * 3_600_000;
const NAME_CHARACTERS = String.raw`A-Za-z0-9_\u4e00-\u9fa5`;
const LONGEST_TASK_NAME = 80;

/** All rules that do not depend on the time of day. */
export function brokenRules(inputs: UpgradeTaskInputs): Failure[] {
  const { taskPolicy } = inputs;
  return [
    ...textRule("packageId", inputs.packageId, { most: 36, characters: "A-Za-z0-9-" }),
    ...textRule("appId", inputs.appId, { most: 36, characters: "A-Za-z0-9_-" }),
    ...textRule("taskName", inputs.taskName, {
      most: LONGEST_TASK_NAME,
      characters: NAME_CHARACTERS,
    }),
    ...(isKnown(inputs.targets) ? targetRules(inputs.targets) : []),
    ...(taskPolicy !== undefined && isKnown(taskPolicy) ? policyRules(taskPolicy) : []),
    ...extInfoRules(inputs.taskExtInfo),
    ...confirmRules(inputs),
    ...instantRules("retryFailed", inputs.retryFailed),
    ...instantRules("rerunAfter", inputs.rerunAfter),
    ...textRule("adopt", inputs.adopt, { most: 36, characters: "A-Za-z0-9-" }),
  ];
}

function targetRules({ devices, groupIds }: UpgradeTaskInputs["targets"]): Failure[] {
  const path = "targets";
  if (devices === undefined && groupIds === undefined) {
    return [{ path, reason: "names neither devices nor groupIds; give one of them." }];
  }
  if (devices !== undefined && groupIds !== undefined) {
    return [
      {
        path,
        reason:
          "names both devices and groupIds, and the platform would ignore the groups; give one of them.",
      },
    ];
  }
  const failures = [
    ...listRule("targets.devices", devices, MOST_DEVICES, { most: 128, characters: "A-Za-z0-9_-" }),
    ...listRule("targets.groupIds", groupIds, MOST_DEVICES, {
      most: 36,
      characters: "A-Za-z0-9_-",
    }),
  ];
  for (const [field, list] of Object.entries({ devices, groupIds })) {
    if (Array.isArray(list) && list.length === 0) {
      failures.push({ path: `targets.${field}`, reason: "is empty; name at least one." });
    }
  }
  return failures;
}

function policyRules(policy: NonNullable<UpgradeTaskInputs["taskPolicy"]>): Failure[] {
  const { window, retryCount, retryInterval } = policy;
  const failures = scheduleRules(policy);
  if (window !== undefined) failures.push(...nightWindowRules("taskPolicy.window", window));
  for (const [field, value, other, otherField] of [
    ["retryCount", retryCount, retryInterval, "retryInterval"],
    ["retryInterval", retryInterval, retryCount, "retryCount"],
  ] as const) {
    if (value === undefined && other !== undefined) {
      failures.push({
        path: `taskPolicy.${field}`,
        reason: `is missing; ${otherField} needs it (IOTDA.000006).`,
      });
    }
  }
  failures.push(
    ...wholeNumber("taskPolicy.retryCount", retryCount, 1, MOST_RETRIES),
    ...wholeNumber("taskPolicy.retryInterval", retryInterval, 0, LONGEST_RETRY_MINUTES),
  );
  return failures;
}

function scheduleRules({
  scheduleTime,
  window,
}: NonNullable<UpgradeTaskInputs["taskPolicy"]>): Failure[] {
  if (scheduleTime === undefined) return [];
  const path = "taskPolicy.scheduleTime";
  if (window !== undefined) {
    return [{ path, reason: "is given by window already; take one of them away." }];
  }
  if (!isKnown(scheduleTime) || parseInstant(scheduleTime) !== undefined) return [];
  const duration = parseDuration(scheduleTime);
  if (duration === undefined) {
    return [
      {
        path,
        reason: `is "${scheduleTime}"; it must be an instant such as 2026-01-31T08:00:00Z, or a duration after the task is made such as PT2H.`,
      },
    ];
  }
  return duration <= SCHEDULE_MILLISECONDS ? [] : [{ path, reason: tooFar(`"${scheduleTime}"`) }];
}

function tooFar(time: string): string {
  return `is ${time}, more than 7 days away; the platform takes none beyond that (IOTDA.000006).`;
}

function wholeNumber(
  path: string,
  value: number | undefined,
  least: number,
  most: number,
): Failure[] {
  if (value === undefined || !isKnown(value)) return [];
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [
    {
      path,
      reason: `is ${value}; it must be a whole number from ${least} to ${most} (IOTDA.000006).`,
    },
  ];
}

function extInfoRules(info: UpgradeTaskInputs["taskExtInfo"]): Failure[] {
  if (info === undefined || containsUnknown(info)) return [];
  const length = JSON.stringify(info).length;
  if (length <= MOST_EXT_INFO_CHARACTERS) return [];
  return [
    {
      path: "taskExtInfo",
      reason: `has ${length} characters as JSON; ${MOST_EXT_INFO_CHARACTERS} are the most (IOTDA.000006).`,
    },
  ];
}

function confirmRules({ needConfirm, confirmed }: UpgradeTaskInputs): Failure[] {
  if (confirmed !== true || needConfirm !== undefined) return [];
  return [
    {
      path: "confirmed",
      reason: "has no effect unless needConfirm is true; set it, or take this away.",
    },
  ];
}

/** The platform stops and retries upgrades of firmware and software only (vendor's pages on batch tasks). */
export function moduleRules(inputs: UpgradeTaskInputs, isModule: boolean): Failure[] {
  if (!isModule) {
    return inputs.onDelete === "delete"
      ? [{ path: "onDelete", reason: 'is "delete"; it must be "stop" or "keep".' }]
      : [];
  }
  const others = (["taskMode", "taskExtInfo", "retryFailed"] as const).filter(
    (field) => inputs[field] !== undefined,
  );
  return [
    ...others.map((path) => ({
      path,
      reason: "is for upgrades of firmware and software only; take it away (IOTDA.000006).",
    })),
    ...(inputs.onDelete === "stop"
      ? [
          {
            path: "onDelete",
            reason:
              'is "stop", and the platform stops no upgrade of a module; it must be "delete" or "keep".',
          },
        ]
      : []),
  ];
}

function instantRules(path: string, value: string | undefined): Failure[] {
  if (value === undefined || !isKnown(value) || parseInstant(value) !== undefined) return [];
  return [{ path, reason: `is "${value}"; it must be an instant such as 2026-01-31T08:00:00Z.` }];
}

/** For a task that is still to be made: one that exists does not break it. */
export function wrongSchedule(inputs: UpgradeTaskInputs, now: number): Failure | undefined {
  const { taskPolicy } = inputs;
  const time = isKnown(taskPolicy) ? parseInstant(taskPolicy?.scheduleTime ?? "") : undefined;
  if (time === undefined) return undefined;
  const path = "taskPolicy.scheduleTime";
  if (time < now) {
    return {
      path,
      reason: `is ${formatInstant(time)}, which has passed; set it to an instant in the future, or take it away to begin at once.`,
    };
  }
  return time - now <= SCHEDULE_MILLISECONDS
    ? undefined
    : { path, reason: tooFar(formatInstant(time)) };
}
