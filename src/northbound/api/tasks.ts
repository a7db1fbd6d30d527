import { PlatformError } from "../../errors";
import type { Client } from "../../http/client";
import type { CallContext } from "../../http/endpoint";
import { parseInstant } from "../../instant";
import type { SameTasks, UpgradePlatform } from "../../upgrade/platform";
import type { Listing, LookTogether } from "../../wing/look-together";
import type { PollTogether } from "../../wing/poll-together";
import type { Page } from "../../wing/reply";
import { createTask, getTask, listFailedDevices, listTasks, PAGE_SIZE } from "./endpoints";
import { isTaskGone } from "./faults";
import { describePackage, type Packages } from "./packages";
import { allPages } from "./paging";
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
  list(filter: TaskFilter, search?: { fresh: boolean }): Promise<readonly OperationRecord[]>;
  /** The same as `read`, together with others that are looked at in the same moment. */
  look(id: string): Promise<OperationRecord | undefined>;
  /** The same as `read`, together with others that are polled in the same moment. */
  poll(id: string): Promise<OperationRecord | undefined>;
}

/** What this process made itself, which a list that lags or was shared does not show yet. */
export type MadeHere = Map<string, OperationRecord[]>;

/** With more old tasks than this a search asks for those of one device or model only. */
const MOST_TASKS_IN_A_SHARED_LISTING = 1_000;

/** What all operations of a process on one application share. */
export interface TaskMemory {
  readonly madeHere: MadeHere;
  readonly lookTogether: LookTogether<OperationRecord>;
  readonly pollTogether: PollTogether<OperationRecord>;
}

const ANEW = { maxAgeSeconds: 0 };

export function tasksOf(
  client: Client,
  packages: Packages,
  { madeHere, lookTogether, pollTogether }: TaskMemory,
  context: CallContext,
): Tasks {
  const page = (
    filter: TaskFilter,
    pageNo: number,
    search: { fresh: boolean },
  ): Promise<Page<OperationRecord>> => {
    const { endpoint, call } = listTasks({ ...filter }, pageNo);
    return client.call(endpoint, call, { ...context, ...(search.fresh ? ANEW : {}) });
  };

  async function list(
    filter: TaskFilter,
    search = { fresh: true },
    mostTasks = Number.POSITIVE_INFINITY,
  ): Promise<readonly OperationRecord[] | "too many"> {
    const first = await page(filter, 0, search);
    if ((first.total ?? 0) > mostTasks) return "too many";
    const found = await allPages((pageNo) =>
      pageNo === 0 ? Promise.resolve(first) : page(filter, pageNo, search),
    );
    return [...new Map(found.map((task) => [task.id, task])).values()];
  }

  async function listed(
    filter: TaskFilter,
    search?: { fresh: boolean },
  ): Promise<readonly OperationRecord[]> {
    const found = await list(filter, search);
    return found === "too many" ? [] : found;
  }

  async function candidates(
    declaration: TaskDeclaration,
    search: { fresh: boolean },
  ): Promise<readonly OperationRecord[]> {
    const operationType = declaration.type;
    const all = await list({ operationType }, search, MOST_TASKS_IN_A_SHARED_LISTING);
    if (all !== "too many") return all;
    const { devices, deviceType, model, manufacturerName } = declaration.targets;
    return listed(
      devices === undefined
        ? { operationType, deviceType, model, manufacturerName }
        : { operationType, deviceId: devices[0] },
      search,
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
    first: () => page({}, 0, { fresh: false }),
    all: () => allPages((pageNo) => page({}, pageNo, { fresh: false })),
  };

  return {
    keyOf,
    list: listed,
    read,

    async look(id) {
      const { items } = await lookTogether(id, everything);
      return items.find((task) => task.id === id) ?? read(id);
    },

    poll: (id) =>
      pollTogether(id, {
        page: (pageNo) => page({}, pageNo, { fresh: true }),
        pageSize: PAGE_SIZE,
        idOf: (task) => task.id,
        read,
      }),

    async findSame(declaration, search) {
      const key = keyOf(declaration);
      const onPlatform = (await candidates(declaration, search)).filter((task) =>
        isSame(task, declaration),
      );
      const known = new Set(onPlatform.map(({ id }) => id));
      const own = (madeHere.get(key) ?? []).filter(({ id }) => !known.has(id));
      const tasks = [...onPlatform, ...own];
      const doubt = await doubtAbout(onPlatform, declaration, packages);
      return {
        tasks,
        ...(doubt === undefined ? {} : { doubt }),
      } satisfies SameTasks<OperationRecord>;
    },

    async create(declaration) {
      const { package: target, targets, policy } = declaration;
      const body = writeCreateTask(target.fileId, targets, policy);
      const { endpoint, call } = createTask(declaration.type, body);
      const id = await client.call(endpoint, call, context);
      const key = keyOf(declaration);
      const made = newTask(id, declaration, client.platformNow());
      madeHere.set(key, [...(madeHere.get(key) ?? []), made]);
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
function newTask(id: string, declaration: TaskDeclaration, createdAt: number): OperationRecord {
  return {
    id,
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
  const { fileType, version, deviceType, model, manufacturerName } = target;
  const twins = await packages.list({ fileType, version, deviceType, model, manufacturerName });
  if (twins.length < 2) return undefined;
  return `there are ${String(twins.length)} packages of version ${version}, and the platform does not tell which one it pushes: ${twins.map(describePackage).join("; ")}`;
}

function isSame(task: OperationRecord, declaration: TaskDeclaration): boolean {
  return (
    (task.operateType ?? declaration.type) === declaration.type &&
    task.targets !== undefined &&
    isSameTargets(task.targets, declaration.targets) &&
    isSamePolicy(task.policy, declaration.policy) &&
    (task.fileVersion ?? declaration.package.version) === declaration.package.version
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

export function sortedSet(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
