import { PlatformError } from "../../errors";
import { formatInstant, parseInstant } from "../../instant";
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
import { PACKAGE_NOT_FOUND } from "../api/faults";
import type { Application } from "../api/platform";
import { unfinishedOf } from "../api/tasks";
import type { OperationRecord, OperationType, PackageRecord, SubTask } from "../api/wire";
import { isRelative } from "../../upgrade/schedule";
import type { RolloutInputs } from "./schema";
import { isUnreached } from "../../wing/rollout-unreached";

const TYPES = {
  firmware: "firmware_upgrade",
  software: "software_upgrade",
} as const satisfies Record<PackageKind, OperationType>;
const OTHER = { firmware: "software", software: "firmware" } as const;

export const DEVICES_PER_TASK = 256;
/** The POST comes a moment after its times are looked at. */
const LEAD_MILLISECONDS = 60_000;

/** The platform's words for where a device of a task stands. */
export const STATES: Readonly<Record<string, TaskDeviceState>> = {
  wait: "waiting",
  processing: "processing",
  success: "succeeded",
  fail: "failed",
  timeout: "failed",
  stop: "stopped",
};

/** What a rollout asks of the northbound platform, whose tasks nothing can stop. */
export function rolloutPlatform(
  packageKind: PackageKind,
  inputs: RolloutInputs,
  application: Application,
  context: HookContext,
): RolloutPlatform {
  const callContext = callContextOf(context);
  const tasks = application.tasks(callContext);
  const { policy } = inputs;
  const known = new Map<string, OperationRecord>();
  const ended = new Map<string, readonly TaskDevice[]>();
  const made = new Set<string>();
  let readFrom: number | undefined;
  let found: PackageRecord | undefined;

  const note = (task: OperationRecord): RolloutTask => {
    known.set(task.id, task);
    return taskOf(task, application.now());
  };

  async function thePackage(): Promise<PackageRecord | undefined> {
    found ??= await application.packages(callContext).get(inputs.fileId);
    return found;
  }

  return {
    limits: { devicesPerTask: DEVICES_PER_TASK, canStop: false, waitsInProcessing: false },
    now: () => application.now(),
    look: (selection, { fresh }) => {
      const { deviceType, model, manufacturerName } = inputs.versionPackage ?? {};
      const kind = { deviceType, model, manufacturerName };
      return lookAt(application.fleet(callContext), selection, { kind, packageKind, fresh });
    },
    async tasks(since) {
      readFrom = since;
      // Their order is not documented, so the newest are found by reading all.
      const own = await tasks.list({ operationType: TYPES[packageKind] });
      // Those of the other kind hold devices only while they are not over.
      const others = await unfinishedOf(tasks, TYPES[OTHER[packageKind]]);
      return [...own, ...others]
        .map(note)
        .filter((task) => task.isUnfinished || since === undefined || task.createdAt >= since);
    },
    async task(id) {
      const task = await tasks.read(id);
      return task && note(task);
    },
    async devicesOf({ id, isUnfinished }) {
      const before = ended.get(id);
      if (before !== undefined) return before;
      const triesAgain = isUnfinished && known.get(id)?.policy?.retryType === true;
      const devices = (await tasks.devices(id)).map((part) => deviceOf(part, triesAgain));
      if (!isUnfinished) ended.set(id, devices);
      return devices;
    },
    openFrom: (now) =>
      policy?.executeType === "custom" || policy?.window !== undefined
        ? openFrom(policy, now)
        : now,
    async push({ wave, devices, seen }) {
      const target = await thePackage();
      if (target === undefined) return { kind: "unknown" };
      const declaration = {
        type: TYPES[packageKind],
        package: target,
        targets: { devices },
        policy: fromNowOn(policy, application.now()),
      };
      try {
        const id = await pushOnce(
          application.tasks({ ...callContext, wave }),
          {
            declaration,
            packageId: target.fileId,
            rerunAfter: parseInstant(inputs.rerunAfter ?? ""),
            seen: new Set([...seen, ...made, ...known.keys()]),
            since: readFrom,
          },
          application,
          context,
        );
        made.add(id);
        return { kind: "pushed", id };
      } catch (error) {
        const isUnknown = error instanceof PlatformError && error.code === PACKAGE_NOT_FOUND;
        if (!isUnknown) throw error;
        found = undefined;
        return { kind: "unknown" };
      }
    },
    stop: () => Promise.resolve(),
  };
}

/** A window that is open already is one from now on: the platform takes no start in the past. */
function fromNowOn(policy: RolloutInputs["policy"], now: number): RolloutInputs["policy"] {
  const { startTime } = policy ?? {};
  if (policy === undefined || startTime === undefined || isRelative(startTime)) return policy;
  const start = parseInstant(startTime);
  const soonest = now + LEAD_MILLISECONDS;
  if (start === undefined || start >= soonest) return policy;
  return { ...policy, startTime: formatInstant(soonest) };
}

function taskOf(task: OperationRecord, now: number): RolloutTask {
  const { policy, operateType } = task;
  const end = policy?.executeType === "custom" ? parseInstant(policy.endTime ?? "") : undefined;
  return {
    id: task.id,
    packageKind: operateType === TYPES.software ? "software" : "firmware",
    ...(task.fileVersion === undefined ? {} : { version: task.fileVersion }),
    createdAt: task.createdAt ?? now,
    isUnfinished: task.phase === "unfinished",
    ...(end === undefined ? {} : { endsAt: end }),
  };
}

function deviceOf({ deviceId, status, detail, at }: SubTask, triesAgain: boolean): TaskDevice {
  // A word that the pages do not name is no end: better wait than judge.
  const state = STATES[status] ?? "processing";
  return {
    id: deviceId,
    state: state === "failed" && triesAgain ? "willRetry" : state,
    isUnreached: state === "failed" && isUnreached(detail),
    ...(detail === undefined ? {} : { reason: detail }),
    ...(at === undefined ? {} : { at }),
  };
}
