import { isRollout, isTask } from "../resource-kinds";
import {
  rolloutAsked,
  rolloutTold,
  type RolloutTold,
  type TaskTold,
  taskTold,
  type WaveTold,
} from "../review/shapes";
import { plannedDevices } from "../upgrade/rollout/plan";
import { rolloutWishes, taskWishes } from "./asked";
import type { ReportedUpgrade, ReportedWave, UpgradeReport } from "./report";
import { type Details, detailsIn } from "./shapes";
import type { Resource, StackState } from "./state";

type Counts = ReportedUpgrade["counts"];

/** An upgrade with what it takes to ask the platform for more. */
export interface Told {
  readonly resource: Resource;
  readonly details: Details;
  readonly upgrade: ReportedUpgrade;
}

/** What the state alone tells. */
export function toldBy({ resources }: StackState): Told[] {
  const completions = resources.filter(({ kind }) => kind.kind === "UpgradeCompletion");
  const tasks = resources.filter(({ kind }) => isTask(kind));
  const ids = new Set(tasks.map(({ id }) => id));
  return [
    ...resources.filter(({ kind }) => isRollout(kind)).map(rolloutIn),
    ...tasks.map((task) =>
      taskIn(
        task,
        completions.findLast((one) => taskOf(one) === task.id),
      ),
    ),
    ...completions.filter((one) => !ids.has(taskOf(one) ?? "")).map(completionIn),
  ];
}

export function reportOf(
  { stack, project, at }: StackState,
  upgrades: readonly ReportedUpgrade[],
  notes: readonly string[],
): UpgradeReport {
  return { stack, project, ...(at === undefined ? {} : { at }), upgrades, notes };
}

function rolloutIn(resource: Resource): Told {
  const { inputs, outputs, name } = resource;
  const [asked, told] = [rolloutAsked(inputs), rolloutTold(outputs)];
  const details = detailsIn({ ...outputs, ...inputs });
  // Who waits is counted when its wave begins; until then there is the plan.
  const planned = plannedDevices(asked.plan ?? { waves: [] });
  const waves = (told?.progress ?? []).map((wave) => waveOf(wave, planned));
  const failed = waves.reduce((sum, wave) => sum + wave.failed, 0);
  const failures = told?.failures ?? [];
  const version = told?.version ?? asked.versionPackage.version;
  return {
    ...{ resource, details },
    upgrade: {
      ...{ name, kind: kindText(resource), waves, failures },
      ...(told === undefined ? {} : { outcome: told.outcome, since: told.since }),
      ...(version === undefined ? {} : { version }),
      asked: rolloutWishes(asked, details, told?.from ?? asked.plan?.from ?? []),
      counts: told === undefined ? [] : rolloutCounts(told, failed),
      unnamedFailures: Math.max(0, failed - failures.length),
    },
  };
}

function waveOf(told: WaveTold, planned: ReadonlyMap<string, number>): ReportedWave {
  const { beganAt, decidedAt, bakesUntil, overAt, ...wave } = told;
  return {
    ...wave,
    devices: wave.state === "waiting" ? (planned.get(wave.wave) ?? wave.devices) : wave.devices,
    ...(beganAt === undefined ? {} : { beganAt }),
    ...(decidedAt === undefined ? {} : { decidedAt }),
    ...(bakesUntil === undefined ? {} : { bakesUntil }),
    ...(overAt === undefined ? {} : { overAt }),
  };
}

function rolloutCounts(told: RolloutTold, failed: number): Counts {
  const leftOut = Object.values(told.leftOut).reduce((sum, one) => sum + one, 0);
  return [
    { label: "in the fleet", devices: told.devices },
    { label: "have the version", devices: told.onVersion },
    { label: "under way", devices: told.inProgress },
    { label: "failed", devices: failed },
    { label: "behind", devices: told.behind },
    { label: "left out", devices: leftOut },
  ];
}

function taskIn(task: Resource, completion: Resource | undefined): Told {
  const details = detailsIn(task.outputs);
  const own = taskTold(task.outputs);
  const later = completion === undefined ? undefined : taskTold(completion.outputs);
  const version = own.versionPackage.version ?? details.version;
  const asked = taskWishes(details, version, "onlyAfter" in task.inputs);
  return {
    resource: task,
    details,
    upgrade: taskUpgrade(task, { details, own, later, version, asked }),
  };
}

/** A completion of a task that another stack has, or nobody. */
function completionIn(completion: Resource): Told {
  const details = detailsIn(completion.outputs);
  const own = taskTold(completion.outputs);
  const id = taskOf(completion) ?? "that the state does not tell";
  const asked = [`That the task ${id} comes to a good end.`];
  const upgrade = taskUpgrade(completion, {
    details,
    own,
    later: own,
    version: details.version,
    asked,
  });
  return { resource: completion, details, upgrade };
}

function taskUpgrade(
  resource: Resource,
  {
    details,
    own,
    later,
    version,
    asked,
  }: {
    readonly details: Details;
    readonly own: TaskTold;
    readonly later: TaskTold | undefined;
    readonly version: string | undefined;
    readonly asked: readonly string[];
  },
): ReportedUpgrade {
  const counts = later?.deviceCounts ?? own.deviceCounts;
  const outcome = outcomeIn(later?.outcome);
  const status = later?.status ?? own.status;
  const failures = later?.failures ?? own.failures;
  const began = details.startTime ?? details.createTime;
  const id = taskOf(resource);
  return {
    ...{ name: resource.name, kind: kindText(resource), asked, failures },
    ...(outcome === undefined ? {} : { outcome }),
    ...(status === undefined ? {} : { status }),
    ...(version === undefined ? {} : { version }),
    counts: counts === undefined ? [] : taskCounts(counts),
    unnamedFailures: Math.max(0, failedOf(counts) - failures.length),
    waves: [
      {
        ...{ wave: resource.name, tasks: id === undefined ? [] : [id] },
        state: stateIn(counts, outcome),
        ...{
          devices: counts?.total ?? 0,
          succeeded: counts?.success ?? 0,
          failed: failedOf(counts),
        },
        ...{ unreached: 0, lost: 0 },
        ...(began === undefined ? {} : { beganAt: began }),
        ...(details.stopTime === undefined ? {} : { overAt: details.stopTime }),
      },
    ],
  };
}

function stateIn(
  counts: TaskTold["deviceCounts"],
  outcome: ReportedUpgrade["outcome"],
): ReportedWave["state"] {
  if (outcome === "failed") return "failed";
  if (outcome === "succeeded") return "over";
  if (counts === undefined || counts.wait === counts.total) return "waiting";
  if (counts.wait + counts.processing > 0) return "running";
  return failedOf(counts) > 0 ? "failed" : "over";
}

function outcomeIn(text: string | undefined): ReportedUpgrade["outcome"] {
  return text === "succeeded" || text === "failed" || text === "inProgress" ? text : undefined;
}

function taskCounts(counts: NonNullable<TaskTold["deviceCounts"]>): Counts {
  return [
    { label: "in the task", devices: counts.total },
    { label: "upgraded", devices: counts.success },
    { label: "under way", devices: counts.wait + counts.processing },
    { label: "failed", devices: failedOf(counts) },
    { label: "stopped", devices: counts.stop },
  ];
}

/** A device that ran out of time has failed, too. */
function failedOf(counts: TaskTold["deviceCounts"]): number {
  return (counts?.fail ?? 0) + (counts?.timeout ?? 0);
}

/** The id of the task that a task is, or that a completion waits for. */
function taskOf({ kind, id, outputs, inputs }: Resource): string | undefined {
  if (isTask(kind)) return id === "" ? undefined : id;
  const { operationId, taskId } = detailsIn({ ...inputs, ...outputs });
  return operationId ?? taskId;
}

function kindText({ kind }: Resource): string {
  return `${kind.wing} ${kind.kind}`;
}
