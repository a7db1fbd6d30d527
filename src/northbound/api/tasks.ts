import { PlatformError } from "../../errors";
import type { Client } from "../../http/client";
import type { CallContext } from "../../http/endpoint";
import { formatInstant, parseInstant } from "../../instant";
import type { SameTasks, UpgradePlatform } from "../../upgrade/platform";
import { supersededBy } from "../../upgrade/same-task";
import type { Listing, LookTogether } from "../../wing/look-together";
import type { PollTogether } from "../../wing/poll-together";
import type { IsEnough } from "../../wing/pages";
import type { Page } from "../../wing/reply";
import { sortedSet } from "../../wing/task-changes";
import { createTask, getTask, listFailedDevices, listTasks, PAGE_SIZE } from "./endpoints";
import { isTaskGone } from "./faults";
import { describePackage, type Packages } from "./packages";
import { allNumberedPages } from "./paging";
import {
  type OperationRecord,
  type OperationType,
  type PackageRecord,
  type Policy,
  type Targets,
  writeCreateTask,
} from "./wire";

/** A task as it is declared, with the package that it names. */
export interface TaskDeclaration {
  readonly type: OperationType;
  readonly package: PackageRecord;
  readonly targets: Targets;
  readonly policy: Policy | undefined;
}

/** Filters of the task list, in the vendor's words. */
export interface TaskFilter {
  readonly operationType?: string | undefined;
  readonly operationStatus?: string | undefined;
  readonly deviceType?: string | undefined;
  readonly model?: string | undefined;
  readonly manufacturerName?: string | undefined;
  readonly deviceId?: string | undefined;
}

export interface Tasks extends UpgradePlatform<TaskDeclaration, OperationRecord> {
  /** Asked anew, unless told otherwise. */
  list(
    filter: TaskFilter,
    how?: HowFresh,
    isEnough?: IsEnough<OperationRecord>,
  ): Promise<readonly OperationRecord[]>;
  /** How many `list` would give; `undefined` when the platform does not say. */
  count(filter: TaskFilter, how?: HowFresh): Promise<number | undefined>;
  /** The tasks with this package that this process made, as they stood then. */
  made(fileId: string): readonly OperationRecord[];
  /** The same as `read`, together with others that are looked at in the same moment. */
  look(id: string): Promise<OperationRecord | undefined>;
  /** The same as `read`, together with others that are polled in the same moment. */
  poll(id: string): Promise<OperationRecord | undefined>;
}

/** How old the reply to a call may be that others share. */
type HowFresh = Pick<CallContext, "maxAgeSeconds">;

/** A task of which it is known, because we made it, which package it pushes. */
interface MadeTask extends OperationRecord {
  readonly key: string;
  readonly fileId: string;
}

/** What this process made itself, by id: a list that lags or was shared does not show it yet. */
export type MadeHere = Map<string, MadeTask>;

/** With more old tasks than this a search asks for those of one device or model only. */
const MOST_TASKS_IN_A_SHARED_LISTING = 1_000;

/** What all operations of a process on one application share. */
export interface TaskMemory {
  readonly madeHere: MadeHere;
  readonly lookTogether: LookTogether<OperationRecord>;
  readonly pollTogether: PollTogether<OperationRecord>;
}

const ANEW: HowFresh = { maxAgeSeconds: 0 };

export function tasksOf(
  client: Client,
  packages: Packages,
  { madeHere, lookTogether, pollTogether }: TaskMemory,
  context: CallContext,
): Tasks {
  const page = (
    filter: TaskFilter,
    pageNo: number,
    how: HowFresh,
    pageSize?: number,
  ): Promise<Page<OperationRecord>> => {
    const { endpoint, call } = listTasks({ ...filter }, pageNo, pageSize);
    return client.call(endpoint, call, { ...context, ...how });
  };

  /** @param first - its first page, where that was read already */
  const all = (
    filter: TaskFilter,
    how: HowFresh,
    first?: Page<OperationRecord>,
    isEnough?: IsEnough<OperationRecord>,
  ): Promise<readonly OperationRecord[]> =>
    allNumberedPages(
      (pageNo, isAgain) =>
        first !== undefined && pageNo === 0 && !isAgain
          ? Promise.resolve(first)
          : page(filter, pageNo, isAgain ? ANEW : how),
      ({ id }) => id,
      isEnough,
    );

  async function candidates(
    declaration: TaskDeclaration,
    how: HowFresh,
  ): Promise<readonly OperationRecord[]> {
    const operationType = declaration.type;
    const first = await page({ operationType }, 0, how);
    if ((first.total ?? 0) <= MOST_TASKS_IN_A_SHARED_LISTING) {
      return all({ operationType }, how, first);
    }
    const { devices, deviceType, model, manufacturerName } = declaration.targets;
    return all(
      devices === undefined
        ? { operationType, deviceType, model, manufacturerName }
        : { operationType, deviceId: devices[0] },
      how,
    );
  }

  async function read(id: string): Promise<OperationRecord | undefined> {
    const { endpoint, call } = getTask(id);
    try {
      return await client.call(endpoint, call, context);
    } catch (error) {
      // By its code alone: some calls answer 200 with an error_code (open point 14).
      if (error instanceof PlatformError && isTaskGone(error.code)) return undefined;
      throw error;
    }
  }

  const everything: Listing<OperationRecord> = {
    pageSize: PAGE_SIZE,
    first: () => page({}, 0, {}),
    all: () => all({}, {}),
  };

  return {
    keyOf,
    list: (filter, how = ANEW, isEnough?) => all(filter, how, undefined, isEnough),
    count: async (filter, how = ANEW) => (await page(filter, 0, how, 1)).total,
    made: (fileId) => [...madeHere.values()].filter((task) => task.fileId === fileId),
    read,

    async look(id) {
      const { items } = await lookTogether(id, everything);
      return items.find((task) => task.id === id) ?? read(id);
    },

    poll: (id) =>
      pollTogether(id, {
        page: (pageNo) => page({}, pageNo, ANEW),
        idOf: (task) => task.id,
        read,
      }),

    async findSame(declaration, search) {
      const key = keyOf(declaration);
      const { fileId } = declaration.package;
      const listed = await candidates(declaration, search.fresh ? ANEW : {});
      const onPlatform = listed.filter(
        (task) => isSame(task, declaration) && (madeHere.get(task.id)?.fileId ?? fileId) === fileId,
      );
      const known = new Set(onPlatform.map(({ id }) => id));
      const own = [...madeHere.values()].filter(
        (task) => task.key === key && task.fileId === fileId && !known.has(task.id),
      );
      const strangers = onPlatform.filter(({ id }) => !madeHere.has(id));
      const doubt =
        supersededBy(onPlatform, () => listed.filter((task) => isOtherPush(task, declaration))) ??
        (await doubtAbout(strangers, declaration, packages));
      return {
        tasks: [...onPlatform, ...own],
        ...(doubt === undefined ? {} : { doubt }),
      } satisfies SameTasks<OperationRecord>;
    },

    async create(declaration) {
      const { package: target, targets, policy } = declaration;
      const body = writeCreateTask(target.fileId, targets, policy);
      const { endpoint, call } = createTask(declaration.type, body);
      const id = await client.call(endpoint, call, context);
      madeHere.set(id, newTask(id, declaration, client.platformNow()));
      return id;
    },

    async failures(id, most) {
      const { endpoint, call } = listFailedDevices(id, most);
      return (await client.call(endpoint, call, context)).items;
    },

    now: () => client.platformNow(),
  };
}

/** What is known of a task a moment after its create, without asking again. */
function newTask(id: string, declaration: TaskDeclaration, createdAt: number): MadeTask {
  return {
    id,
    key: keyOf(declaration),
    fileId: declaration.package.fileId,
    phase: "unfinished",
    status: "wait",
    createdAt,
    counts: undefined,
    operateType: declaration.type,
    createTime: undefined,
    startTime: undefined,
    stopTime: undefined,
    targets: declaration.targets,
    policy: declaration.policy,
    fileVersion: declaration.package.version,
  };
}

/** A found task names its package by version only, which is not always enough. */
async function doubtAbout(
  found: readonly OperationRecord[],
  { package: target }: TaskDeclaration,
  packages: Packages,
): Promise<string | undefined> {
  if (found.length === 0) return undefined;
  if (found.some((task) => task.fileVersion === undefined) || target.version === undefined) {
    return "the platform does not tell the version that it pushes";
  }
  const uploaded = parseInstant(target.uploadTime ?? "");
  if (uploaded !== undefined && found.some(({ createdAt = uploaded }) => createdAt < uploaded)) {
    return `it was made before package ${target.fileId} was uploaded, at ${formatInstant(uploaded)}`;
  }
  const { fileType, version, deviceType, model, manufacturerName } = target;
  const twins = await packages.list({ fileType, version, deviceType, model, manufacturerName });
  if (twins.length < 2) return undefined;
  return `there are ${String(twins.length)} packages of version ${version}, and the platform does not tell which one it pushes: ${twins.map(describePackage).join("; ")}`;
}

function isSame(task: OperationRecord, declaration: TaskDeclaration): boolean {
  const { version } = declaration.package;
  return (
    (task.operateType ?? declaration.type) === declaration.type &&
    task.targets !== undefined &&
    isSameTargets(task.targets, declaration.targets) &&
    isSamePolicy(task.policy, declaration.policy) &&
    (task.fileVersion ?? version) === (version ?? task.fileVersion)
  );
}

/** Whether a task pushes another version to the same targets. */
function isOtherPush(task: OperationRecord, declaration: TaskDeclaration): boolean {
  const { version } = declaration.package;
  return (
    (task.operateType ?? declaration.type) === declaration.type &&
    task.targets !== undefined &&
    isSameTargets(task.targets, declaration.targets) &&
    (task.fileVersion ?? version) !== version
  );
}

/** Two declarations with the same key are the same task. */
function keyOf({ type, package: target, targets, policy }: TaskDeclaration): string {
  return JSON.stringify([type, target.version, targetsKey(targets), policyKey(policy)]);
}

export function isSameTargets(one: Targets, other: Targets): boolean {
  return JSON.stringify(targetsKey(one)) === JSON.stringify(targetsKey(other));
}

export function isSamePolicy(one: Policy | undefined, other: Policy | undefined): boolean {
  return JSON.stringify(policyKey(one)) === JSON.stringify(policyKey(other));
}

function targetsKey(targets: Targets): unknown {
  const { devices, deviceGroups, deviceType, model, manufacturerName } = targets;
  if (devices !== undefined && devices.length > 0) return ["devices", sortedSet(devices)];
  return [
    "deviceGroups",
    sortedSet(deviceGroups ?? []),
    deviceType ?? null,
    model ?? null,
    manufacturerName ?? null,
  ];
}

/** What the platform does with a policy, whether its defaults are spelled out or not. */
function policyKey(policy: Policy | undefined): unknown {
  const executeType = policy?.executeType ?? "now";
  const times =
    executeType === "custom"
      ? [parseInstant(policy?.startTime ?? ""), parseInstant(policy?.endTime ?? "")]
      : [];
  return [executeType, ...times, policy?.retryType === true ? (policy.retryTimes ?? null) : false];
}
