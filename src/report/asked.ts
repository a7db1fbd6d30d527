import { count, listed, some } from "../upgrade/rollout/describe";
import type { RolloutAsked } from "../review/shapes";
import { shortTime } from "../instant";
import type { Details } from "./shapes";
import type { Targets } from "./report";
import { duration } from "./words";

/** What was declared of a rollout, in sentences. */
export function rolloutWishes(
  asked: RolloutAsked,
  details: Details,
  from: readonly string[],
): string[] {
  const { version = "a version that the state does not tell" } = asked.versionPackage;
  const source = from.length === 0 ? "" : ` in place of ${listed(from)}`;
  const excluded = targetsText(details.exclude);
  const but = excluded === undefined ? "" : `, but for ${excluded}`;
  const whom = targetsText(details.fleet) ?? "a fleet that the state does not tell";
  return [
    `${version}${source} on ${whom}${but}.`,
    ...(details.waves.length === 0
      ? ["In one wave."]
      : [`In waves: ${listed(details.waves.map(waveText))}.`]),
    ...approvalText(asked),
    ...(asked.paused === true ? ["It is paused."] : []),
  ];
}

/** What was declared of a task, in sentences. */
export function taskWishes(
  details: Details,
  version: string | undefined,
  hasGate: boolean,
): string[] {
  const whom = targetsText(details.targets) ?? "targets that the state does not tell";
  const { startTime, endTime, scheduleTime } = details.resolvedPolicy ?? {};
  const [begin, end] = [startTime ?? scheduleTime, endTime];
  return [
    `${version ?? "Its package"} on ${whom}.`,
    ...(begin === undefined
      ? []
      : [`From ${shortTime(begin)}${end === undefined ? "" : ` until ${shortTime(end)}`}.`]),
    ...(hasGate ? ["Only after others had succeeded."] : []),
  ];
}

function waveText(wave: Details["waves"][number]): string {
  const { name, untilPercent, bakeSeconds, needsApproval, targets } = wave;
  const parts = [
    targetsText(targets),
    untilPercent === undefined ? undefined : `up to ${untilPercent} %`,
    bakeSeconds === undefined || bakeSeconds === 0
      ? undefined
      : `watched for ${duration(bakeSeconds)}`,
    needsApproval === true ? "once approved" : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? name : `${name} (${parts.join(", ")})`;
}

function approvalText({ approved, versionPackage }: RolloutAsked): string[] {
  if (approved === undefined || approved.version !== versionPackage.version) return [];
  return approved.waves.length === 0 ? [] : [`Approved: ${listed(approved.waves)}.`];
}

/** `the groups lab and pilot, and 2 devices` */
function targetsText({ devices, groups }: Targets): string | undefined {
  const parts = [
    ...(groups.length === 0 ? [] : [`the ${some("group", groups, 10)}`]),
    ...(devices.length === 0
      ? []
      : [devices.length > 5 ? count(devices.length, "device") : some("device", devices)]),
  ];
  return parts.length === 0 ? undefined : parts.join(" and ");
}
