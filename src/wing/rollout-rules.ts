import type { Failure } from "../pulumi/kind";
import { isKnown } from "../pulumi/inputs";
import type { DeclaredRollout, TargetsInputs } from "./rollout-canonical";
import type { RolloutFields, WaveInputs } from "./rollout-fields";

/*
 * What makes no sense, whatever the platform says. Values that are not known yet break no rule.
 */

/** Names of waves that the rollout makes by itself. */
const OWN_WAVES = ["back", "joiners"];
const LONGEST_SECONDS = 366 * 24 * 3600;
const MOST_DEVICES = 10_000_000;

type Wave = WaveInputs & TargetsInputs;

/** @param groupField - the wing's name for a list of groups */
export function rolloutRules(inputs: DeclaredRollout, groupField: string): Failure[] {
  const { fleet, waves } = inputs;
  return [
    ...(isKnown(fleet) ? fleetRules(fleet, groupField) : []),
    ...(waves === undefined || !isKnown(waves) ? [] : waveRules(waves, groupField)),
    ...thresholdRules("", inputs),
    ...numberRules(inputs),
    ...textRules(inputs),
    ...approvedRules(inputs),
  ];
}

function fleetRules(fleet: DeclaredRollout["fleet"], groupField: string): Failure[] {
  const named = ["devices", groupField].filter((field) => fleet[field] !== undefined);
  if (named.length === 0) {
    return [
      { path: "fleet", reason: `names neither devices nor ${groupField}; give one of them.` },
    ];
  }
  return [...emptyLists("fleet", fleet, groupField), ...blankNames("fleet", fleet, groupField)];
}

/** A list that a program made empty by mistake must not mean "everybody", nor "nobody". */
function emptyLists(path: string, targets: TargetsInputs, groupField: string): Failure[] {
  return ["devices", groupField].flatMap((field) => {
    const list = targets[field];
    return Array.isArray(list) && list.length === 0
      ? [{ path: `${path}.${field}`, reason: "is empty; name at least one, or take it away." }]
      : [];
  });
}

function blankNames(path: string, targets: TargetsInputs, groupField: string): Failure[] {
  return ["devices", groupField].flatMap((field) => {
    const list = targets[field];
    if (!Array.isArray(list)) return [];
    const index = list.findIndex((name) => typeof name === "string" && name.trim() === "");
    return index === -1 ? [] : [{ path: `${path}.${field}[${index}]`, reason: "is empty." }];
  });
}

function waveRules(waves: readonly Wave[], groupField: string): Failure[] {
  if (waves.length === 0) {
    return [{ path: "waves", reason: "is empty; declare a wave, or take it away: one wave, all." }];
  }
  const known = waves.map((wave, index) => ({ wave, path: `waves[${String(index)}]` }));
  return [
    ...known.flatMap(({ wave, path }, index) =>
      isKnown(wave)
        ? [
            ...nameRules(waves, index, path),
            ...selectorRules(wave, path, groupField, index === waves.length - 1),
            ...thresholdRules(`${path}.`, wave),
            ...inRange(`${path}.bakeSeconds`, wave.bakeSeconds, 0, LONGEST_SECONDS, true),
          ]
        : [],
    ),
    ...risingRules(waves),
  ];
}

function nameRules(waves: readonly Wave[], index: number, wavePath: string): Failure[] {
  const name = waves[index]?.name;
  const path = `${wavePath}.name`;
  if (name === undefined || !isKnown(name)) return [];
  if (name.trim() === "") return [{ path, reason: "is empty; a wave is known by its name." }];
  // A plan and an approval name waves in texts.
  if (/[\p{Cc}":,]|^\s|\s$/u.test(name)) {
    return [
      {
        path,
        reason: `is ${JSON.stringify(name)}; it may have no colon, comma, quote or control character, nor a blank at one of its ends.`,
      },
    ];
  }
  if (OWN_WAVES.includes(name)) {
    return [
      { path, reason: `is "${name}", a wave that a rollout makes by itself; choose another.` },
    ];
  }
  const first = waves.findIndex((wave) => isKnown(wave) && wave.name === name);
  return first === index
    ? []
    : [
        {
          path,
          reason: `is "${name}", as waves[${String(first)}].name is; each wave needs its own.`,
        },
      ];
}

function selectorRules(wave: Wave, path: string, groupField: string, isLast: boolean): Failure[] {
  const lists = ["devices", groupField].filter((field) => wave[field] !== undefined);
  const { untilPercent } = wave;
  if (lists.length > 0 && untilPercent !== undefined) {
    return [
      {
        path: `${path}.untilPercent`,
        reason: `stands beside ${lists.join(" and ")}; a wave takes those that it names, or a share of those that no wave names: take one of them away.`,
      },
    ];
  }
  if (lists.length === 0 && untilPercent === undefined && !isLast) {
    return [
      {
        path,
        reason: `takes all that is left, as it has neither devices, ${groupField} nor untilPercent, so nothing would be left for the waves after it; only the last one may.`,
      },
    ];
  }
  if (untilPercent !== undefined && isKnown(untilPercent)) {
    if (untilPercent > 0 && untilPercent <= 100) return [];
    return [
      {
        path: `${path}.untilPercent`,
        reason: `is ${String(untilPercent)}; it must be above 0 and at most 100.`,
      },
    ];
  }
  return [...emptyLists(path, wave, groupField), ...blankNames(path, wave, groupField)];
}

/** Percentages that were meant one by one are told as what they would mean. */
function risingRules(waves: readonly Wave[]): Failure[] {
  const shares = waves.flatMap((wave, index) => {
    const percent = isKnown(wave) ? wave.untilPercent : undefined;
    return percent === undefined || !isKnown(percent) ? [] : [{ index, percent }];
  });
  const wrong = shares.findIndex(({ percent }, place) => {
    const before = shares[place - 1];
    return before !== undefined && percent <= before.percent;
  });
  const [before, share] = [shares[wrong - 1], shares[wrong]];
  if (before === undefined || share === undefined) return [];
  const sum = shares.reduce((total, { percent }) => total + percent, 0);
  let reached = 0;
  const meant = shares.map(({ percent }) => String(Number((reached += percent).toFixed(6))));
  const instead =
    sum <= 100
      ? ` Waves of ${list(shares.map(({ percent }) => String(percent)))} per cent are untilPercent ${list(meant)}.`
      : "";
  return [
    {
      path: `waves[${String(share.index)}].untilPercent`,
      reason: `is ${String(share.percent)}, and the wave before it ends at ${String(before.percent)}: untilPercent counts from the first device on, so this wave would have nobody.${instead}`,
    },
  ];
}

function list(words: readonly string[]): string {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

function thresholdRules(prefix: string, given: RolloutFields | WaveInputs): Failure[] {
  return [
    ...inRange(`${prefix}minSuccessPercent`, given.minSuccessPercent, 0, 100, false),
    ...inRange(`${prefix}maxFailedDevices`, given.maxFailedDevices, 0, MOST_DEVICES, true),
    ...inRange(`${prefix}minReachedPercent`, given.minReachedPercent, 0, 100, false),
    ...inRange(`${prefix}stopAtFailedPercent`, given.stopAtFailedPercent, 0, 100, false),
    ...inRange(`${prefix}maxLostPercent`, given.maxLostPercent, 0, 100, false),
  ];
}

function numberRules(inputs: RolloutFields): Failure[] {
  return [
    ...inRange("maxInProgress", inputs.maxInProgress, 1, MOST_DEVICES, true),
    ...inRange("deadlineSeconds", inputs.deadlineSeconds, 1, LONGEST_SECONDS, true),
    ...inRange("maxAttempts", inputs.maxAttempts, 1, 15, true),
    ...inRange("maxDevices", inputs.maxDevices, 0, MOST_DEVICES, true),
    ...inRange("waitSeconds", inputs.waitSeconds, 0, 30 * 24 * 3600, true),
  ];
}

function textRules({ fromVersions, reportedVersion, seed }: RolloutFields): Failure[] {
  const failures: Failure[] = [];
  for (const [path, value] of Object.entries({ reportedVersion, seed })) {
    if (value?.trim() === "") failures.push({ path, reason: "is empty; take it away." });
  }
  if (Array.isArray(fromVersions) && fromVersions.length === 0) {
    failures.push({
      path: "fromVersions",
      reason: "is empty, so nobody could be pushed; name a version, or take it away.",
    });
  }
  return failures;
}

/** An approval that names a wave wrongly would wait for ever, and nobody would see why. */
function approvedRules({ approved, waves, ...inputs }: DeclaredRollout): Failure[] {
  const { versionPackage } = inputs as { versionPackage?: { readonly version?: unknown } };
  if (approved === undefined || !isKnown(approved) || !isKnown(approved.waves)) return [];
  if (waves !== undefined && (!isKnown(waves) || !waves.every(isKnown))) return [];
  const version = isKnown(versionPackage) ? versionPackage?.version : undefined;
  if (version !== approved.version || !isKnown(version)) return [];
  const names = waves === undefined ? ["all"] : waves.map(({ name }) => name);
  if (!names.every(isKnown)) return [];
  return approved.waves.flatMap((name, index) =>
    !isKnown(name) || names.includes(name)
      ? []
      : [
          {
            path: `approved.waves[${String(index)}]`,
            reason: `is "${name}", and no wave has that name: there ${names.length === 1 ? "is" : "are"} ${list(names)}.`,
          },
        ],
  );
}

function inRange(
  path: string,
  value: number | undefined,
  least: number,
  most: number,
  whole: boolean,
): Failure[] {
  if (value === undefined || !isKnown(value)) return [];
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return [];
  const what = whole ? "a whole number" : "a number";
  return [
    {
      path,
      reason: `is ${String(value)}; it must be ${what} from ${String(least)} to ${String(most)}.`,
    },
  ];
}
