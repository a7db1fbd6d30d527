import type { DeviceFailure, UpgradePlatform } from "../../upgrade/platform";
import { supersededBy } from "../../upgrade/same-task";
import type { Listing, LookTogether } from "../../wing/look-together";
import type { PollTogether } from "../../wing/poll-together";
import type { IsEnough } from "../../wing/pages";
import type { Page } from "../../wing/reply";
import { sortedSet } from "../../wing/task-changes";
import { ANEW, type Ask, type HowFresh, orGone } from "./ask";
import {
  createTask,
  type DetailsFrom,
  deleteTask,
  getTask,
  listDetails,
  listTasks,
  PAGE_SIZE,
  tellTask,
} from "./endpoints";
import { allMarkedPages, fittingPage, type PageSize } from "./paging";
import { fingerprintOf, isSameTask, taskNameOf } from "./task-name";
import {
  type OperationRecord,
  readTask,
  type TargetResults,
  type Targets,
  TASK_TYPES,
  type TaskContent,
  type TaskType,
  writeTask,
} from "./wire/task";

/** A task as it is declared. */
export interface TaskDeclaration extends TaskContent {
  readonly taskType: TaskType;
  /** Begin of its name; by default that of the resource. */
  readonly taskName: string | undefined;
  /** Address of the resource that declares it. */
  readonly urn: string | undefined;
}

/** What tasks must be; what is left out may be anything. */
export interface TaskFilter {
  readonly taskType: TaskType;
  readonly appId?: string | undefined;
  readonly status?: string | undefined;
}

export interface Tasks extends UpgradePlatform<TaskDeclaration, OperationRecord> {
  /** Asked anew, unless told otherwise. */
  list(
    filter: TaskFilter,
    how?: HowFresh,
    isEnough?: IsEnough<OperationRecord>,
  ): Promise<readonly OperationRecord[]>;
  /** How many the platform says there are; `undefined` when it does not say. */
  count(filter: TaskFilter, how?: HowFresh): Promise<number | undefined>;
  /** What this process made, as it stood then. */
  made(): readonly OperationRecord[];
  /** The same as `read`; where the type is known, together with others of the same moment. */
  look(id: string, taskType?: TaskType): Promise<OperationRecord | undefined>;
  /** The same as `read`, together with others that are polled in the same moment. */
  poll(id: string, before?: OperationRecord): Promise<OperationRecord | undefined>;
  /** What the create or the search of this process told of a task. */
  known(id: string): OperationRecord;
  stop(id: string): Promise<readonly DeviceFailure[]>;
  failedDevices(id: string): Promise<FailedDevices>;
  /** Retries some devices, at most `TARGETS_PER_CALL`, and tells which ones the platform refuses. */
  retry(id: string, devices: readonly string[]): Promise<readonly DeviceFailure[]>;
  /** Confirms all devices that wait for it, and tells which ones the platform refuses. */
  confirm(id: string): Promise<TargetResults>;
  /** A task that is gone already is deleted. */
  delete(id: string): Promise<void>;
}

export interface FailedDevices {
  readonly devices: readonly string[];
  /** Whether that is all of them. */
  readonly isWhole: boolean;
}

/** What all operations of a process on one project share. */
export interface TaskMemory {
  /** Tasks that this process made or found, by id. */
  readonly known: Map<string, OperationRecord>;
  /** Ids of those that it made, which a list that lags or was shared does not show yet. */
  readonly madeHere: Set<string>;
  /** Ids of those that it deleted, which such a list still shows. */
  readonly deletedHere: Set<string>;
  readonly pageSize: PageSize;
  readonly lookTogether: (list: string) => LookTogether<OperationRecord>;
  readonly pollTogether: (list: string) => PollTogether<OperationRecord>;
}

/** Beyond so many old tasks a search reads the newest ones and all that are not over. */
const MOST_TASKS_IN_A_SEARCH = 1_000;
export const UNFINISHED = ["Initializing", "Waitting", "Processing", "Stopping"];
export const OVER = ["Success", "Fail", "PartialSuccess", "Stopped"];
/** Where no marker tells how a list goes on. */
const LARGEST_OFFSET = 500;
/** The most that one call of stop, retry or confirm takes. */
export const TARGETS_PER_CALL = 100;

export function tasksOf(ask: Ask, memory: TaskMemory, now: () => number): Tasks {
  const { known, madeHere, deletedHere, pageSize, lookTogether, pollTogether } = memory;

  function page(
    { taskType, appId, status }: TaskFilter,
    marker: string | undefined,
    how: HowFresh,
    size = pageSize,
  ): Promise<Page<OperationRecord>> {
    const filter = { task_type: taskType, app_id: appId, status };
    return fittingPage(size, (limit) => ask(listTasks(filter, marker, limit), how));
  }

  async function all(
    filter: TaskFilter,
    how: HowFresh,
    isEnough?: IsEnough<OperationRecord>,
  ): Promise<readonly OperationRecord[]> {
    const found = await allMarkedPages(
      (marker, isAgain) => page(filter, marker, isAgain ? ANEW : how),
      ({ id }) => id,
      isEnough,
    );
    return found.filter(({ id }) => !deletedHere.has(id));
  }

  async function candidates(
    { taskType, appId }: TaskDeclaration,
    how: HowFresh,
  ): Promise<readonly OperationRecord[]> {
    const newest = await all({ taskType, appId }, how, ({ size }) => size > MOST_TASKS_IN_A_SEARCH);
    if (newest.length <= MOST_TASKS_IN_A_SEARCH) return newest;
    const unfinished = [];
    for (const status of UNFINISHED) {
      unfinished.push(...(await all({ taskType, appId, status }, how)));
    }
    return [...new Map([...newest, ...unfinished].map((task) => [task.id, task])).values()];
  }

  function made(): OperationRecord[] {
    return [...madeHere].map((id) => known.get(id)).filter((task) => task !== undefined);
  }

  async function read(id: string): Promise<OperationRecord | undefined> {
    return orGone(() => ask(getTask(id)));
  }

  async function failedDevices(id: string): Promise<FailedDevices> {
    const devices = new Set<string>();
    let isWhole = true;
    for (const status of ["Fail", "FailWaitRetry"] as const) {
      let told = 0;
      let total: number | undefined;
      let from: DetailsFrom | undefined;
      for (;;) {
        const { items, marker, ...page } = await ask(listDetails(id, status, PAGE_SIZE, from));
        const before = devices.size;
        for (const { target } of items) if (target !== undefined) devices.add(target);
        told += items.length;
        total ??= page.total;
        // Details have no ids to page by but the devices' own; a page that adds nothing is the end.
        if (devices.size === before || told === total) break;
        from = nextPage(marker, told);
        if (from !== undefined) continue;
        isWhole = false;
        break;
      }
      if (told < (total ?? 0)) isWhole = false;
    }
    return { devices: [...devices], isWhole };
  }

  return {
    keyOf: ({ taskType, urn, ...content }) => {
      const { stack, content: what } = fingerprintOf(urn, taskType, contentOf(content));
      return `${stack}_${what}`;
    },
    list: (filter, how = ANEW, isEnough?) => all(filter, how, isEnough),
    count: async (filter, how = ANEW) => (await page(filter, undefined, how, { limit: 1 })).total,
    made,
    read,
    failedDevices,
    known: (id) => known.get(id) ?? readTask({ task_id: id }),

    async look(id, taskType) {
      if (taskType === undefined) return read(id);
      const listing: Listing<OperationRecord> = {
        pageSize: pageSize.limit,
        first: () => page({ taskType }, undefined, {}),
        all: () => all({ taskType }, {}),
      };
      const { items } = await lookTogether(taskType)(id, listing);
      return items.find((task) => task.id === id) ?? read(id);
    },

    async poll(id, before) {
      // The platform lists one type at a time; without one only the task itself can be asked.
      const taskType = TASK_TYPES.find((type) => type === (before ?? known.get(id))?.taskType);
      if (taskType === undefined) return read(id);
      return pollTogether(taskType)(id, {
        page: (_pageNo, last) => page({ taskType }, last?.id, ANEW),
        idOf: (task) => task.id,
        read,
      });
    },

    async findSame(declaration, search) {
      const { taskType, urn } = declaration;
      const fingerprint = fingerprintOf(urn, taskType, contentOf(declaration));
      const everyTask = await candidates(declaration, search.fresh ? ANEW : {});
      const listed = everyTask.filter((task) => isSameTask(task.taskName, fingerprint));
      for (const task of listed) known.set(task.id, task);
      const ids = new Set(listed.map(({ id }) => id));
      const own = made().filter(
        ({ id, taskName }) => !ids.has(id) && isSameTask(taskName, fingerprint),
      );
      const doubt = supersededBy(listed, () => everyTask.filter(isOtherPush(declaration)));
      return { tasks: [...listed, ...own], ...(doubt === undefined ? {} : { doubt }) };
    },

    async create(declaration) {
      const { taskType, urn } = declaration;
      const content = contentOf(declaration);
      const fingerprint = fingerprintOf(urn, taskType, content);
      const name = taskNameOf(declaration.taskName, urn, fingerprint);
      const made = await ask(createTask(writeTask(taskType, name, content)));
      known.set(made.id, { ...made, taskName: made.taskName ?? name });
      madeHere.add(made.id);
      return made.id;
    },

    async failures(id, most) {
      const failures: DeviceFailure[] = [];
      for (const status of ["Fail", "Stopped"] as const) {
        const left = most - failures.length;
        if (left <= 0) break;
        const { items } = await ask(listDetails(id, status, left));
        failures.push(...items.map(({ deviceId, reason }) => ({ deviceId, reason })));
      }
      return failures;
    },

    async stop(id) {
      return (await ask(tellTask(id, "stop", {}))).failures;
    },

    async retry(id, targets) {
      return (await ask(tellTask(id, "retry", { targets }))).failures;
    },

    async confirm(id) {
      return ask(tellTask(id, "confirm", {}));
    },

    async delete(id) {
      madeHere.delete(id);
      await orGone(() => ask(deleteTask(id)));
      deletedHere.add(id);
    },

    now,
  };
}

/** Tells whether a task pushes another package to the same targets. */
function isOtherPush({ packageId, targets }: TaskDeclaration): (task: OperationRecord) => boolean {
  const wanted = targetsKey(targets);
  return (task) =>
    task.packageId !== undefined &&
    task.packageId !== packageId &&
    task.targets !== undefined &&
    targetsKey(task.targets) === wanted;
}

function targetsKey({ devices = [], groupIds = [] }: Targets = {}): string {
  return JSON.stringify([sortedSet(devices), sortedSet(groupIds)]);
}

function nextPage(marker: string | undefined, read: number): DetailsFrom | undefined {
  if (marker !== undefined) return { marker };
  return read <= LARGEST_OFFSET ? { offset: read } : undefined;
}

function contentOf(declaration: TaskContent): TaskContent {
  const { packageId, appId, targets, taskPolicy, taskMode, taskExtInfo, needConfirm } = declaration;
  return { packageId, appId, targets, taskPolicy, taskMode, taskExtInfo, needConfirm };
}
