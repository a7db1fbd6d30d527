import { parseInstant } from "../../instant";
import type { HookContext } from "../../pulumi/kind";
import type { PackageKind } from "../../upgrade/gate";
import type {
  RolloutPlatform,
  RolloutTask,
  TaskDevice,
  TaskDeviceState,
} from "../../upgrade/rollout/platform";
import { callContextOf } from "../../wing/accounts";
import { lookAt } from "../../wing/rollout-look";
import { pushOnce } from "../../wing/rollout-push";
import { openFrom } from "../../wing/rollout-window";
import type { Project } from "../api/platform";
import { TARGETS_PER_CALL, unfinishedOf } from "../api/tasks";
import type { OperationRecord, TaskDetail, TaskType } from "../api/wire/task";
import type { RolloutInputs } from "./schema";
import { isOfRollout, rolloutTaskName, saidBy, seededUrn } from "./task-name";
import { isUnreached } from "../../wing/rollout-unreached";

const TYPES = {
  firmware: "firmwareUpgrade",
  software: "softwareUpgrade",
} as const satisfies Record<PackageKind, TaskType>;
const OTHER = { firmware: "software", software: "firmware" } as const;

export const DEVICES_PER_TASK = 30_000;
/** The platform works on ten tasks of a resource space at once, and others want to, too. */
const UNFINISHED_TASKS = 5;

/** The platform's words for where a device of a task stands. */
export const STATES: Readonly<Record<string, TaskDeviceState>> = {
  Waitting: "waiting",
  Processing: "processing",
  Success: "succeeded",
  Fail: "failed",
  FailWaitRetry: "willRetry",
  Stopped: "stopped",
  Removed: "stopped",
};

/** What a rollout asks of IoTDA, whose tasks can be stopped device by device. */
export function rolloutPlatform(
  packageKind: PackageKind,
  inputs: RolloutInputs,
  seed: string,
  project: Project,
  context: HookContext,
): RolloutPlatform {
  const callContext = callContextOf(context);
  const tasks = project.tasks(callContext);
  const urn = seededUrn(context.urn, seed);
  const version = inputs.versionPackage?.version ?? "";
  const versions = new Map<string, Promise<string | undefined>>();
  const ended = new Map<string, readonly TaskDevice[]>();
  const made = new Set<string>();
  const known = new Set<string>();
  let readFrom: number | undefined;

  /** Of a package that is gone nobody can tell it any more. */
  function versionOfPackage(packageId: string, kind: PackageKind): Promise<string | undefined> {
    if (packageId === inputs.packageId) return Promise.resolve(version);
    const packageType = kind === "firmware" ? "firmwarePackage" : "softwarePackage";
    const asked =
      versions.get(packageId) ??
      project
        .packages(callContext)
        .look(packageId, { packageType, appId: undefined })
        .then((found) => found?.version);
    versions.set(packageId, asked);
    return asked;
  }

  async function note(task: OperationRecord): Promise<RolloutTask> {
    known.add(task.id);
    const kind = task.taskType === TYPES.software ? "software" : "firmware";
    const isOurs = isOfRollout(task.taskName, urn);
    const said = isOurs ? saidBy(task.taskName) : {};
    const pushes =
      said.version ??
      (task.packageId === undefined ? undefined : await versionOfPackage(task.packageId, kind));
    return {
      id: task.id,
      packageKind: kind,
      ...(pushes === undefined ? {} : { version: pushes }),
      isOurs,
      ...(said.wave === undefined ? {} : { wave: said.wave }),
      createdAt: task.createdAt ?? project.now(),
      isUnfinished: task.phase === "unfinished",
    };
  }

  return {
    limits: {
      devicesPerTask: DEVICES_PER_TASK,
      unfinishedTasks: UNFINISHED_TASKS,
      canStop: true,
      waitsInProcessing: true,
    },
    now: () => project.now(),
    look: (selection, { fresh }) => {
      const kind = { productId: inputs.versionPackage?.productId };
      return lookAt(project.fleet(callContext), selection, { kind, packageKind, fresh });
    },
    async tasks(since) {
      readFrom = since;
      const taskType = TYPES[packageKind];
      // Newest first: the rest is older, too.
      const isOld = ({ createdAt }: OperationRecord): boolean =>
        since !== undefined && createdAt !== undefined && createdAt < since;
      const newest = await tasks.list({ taskType }, undefined, (read) =>
        [...read.values()].some(isOld),
      );
      const others = [
        ...(await unfinishedOf(tasks, taskType)),
        ...(await unfinishedOf(tasks, TYPES[OTHER[packageKind]])),
      ];
      const all = new Map([...newest, ...others].map((task) => [task.id, task]));
      const wanted = [...all.values()].filter(
        (task) => task.phase === "unfinished" || !isOld(task),
      );
      return Promise.all(wanted.map(note));
    },
    async task(id) {
      const task = await tasks.read(id);
      return task && note(task);
    },
    async devicesOf({ id, isUnfinished }) {
      const before = ended.get(id);
      if (before !== undefined) return before;
      const devices = (await tasks.devices(id)).map(deviceOf);
      if (!isUnfinished) ended.set(id, devices);
      return devices;
    },
    openFrom: (now) => openFrom({ window: inputs.taskPolicy?.window }, now),
    async push({ wave, devices, seen }) {
      const { packageId, appId, taskPolicy, taskMode, taskExtInfo } = inputs;
      const id = await pushOnce(
        project.tasks({ ...callContext, wave }),
        {
          declaration: {
            taskType: TYPES[packageKind],
            taskName: rolloutTaskName(seed, version, wave),
            urn,
            packageId,
            appId,
            targets: { devices },
            taskPolicy,
            taskMode,
            taskExtInfo,
          },
          packageId,
          rerunAfter: parseInstant(inputs.rerunAfter ?? ""),
          seen: new Set([...seen, ...made, ...known]),
          since: readFrom,
        },
        project,
        context,
      );
      made.add(id);
      return { kind: "pushed", id };
    },
    async stop({ task, devices }) {
      // Each device answers by itself: one that has ended meanwhile is no error.
      for (let at = 0; at < devices.length; at += TARGETS_PER_CALL) {
        await tasks.stop(task, devices.slice(at, at + TARGETS_PER_CALL));
      }
    },
  };
}

function deviceOf({ deviceId, status = "", reason }: TaskDetail): TaskDevice {
  // A word that the pages do not name is no end: better wait than judge.
  const state = STATES[status] ?? "processing";
  const failed = state === "failed" || state === "willRetry";
  return {
    id: deviceId,
    state,
    isUnreached: failed && isUnreached(reason),
    ...(failed ? { reason } : {}),
  };
}
