import type { Clock } from "../../clock";
import { OtaError } from "../../errors";
import type { CallContext, HowFresh } from "../../http/endpoint";
import type { DeviceFailure } from "../../upgrade/platform";
import { supersededBy } from "../../upgrade/same-task";
import type { Ledger } from "../../wing/ledger";
import type { Known } from "../../wing/ledger-facts";
import type { Listing, LookTogether } from "../../wing/look-together";
import type { PollTogether } from "../../wing/poll-together";
import type { IsEnough } from "../../wing/pages";
import type { Page } from "../../wing/reply";
import type { ListedTasks } from "../../wing/task-wing";
import { digest } from "../../wing/task-changes";
import { untilFound } from "../../wing/until-found";
import { targetsKey } from "../upgrade-task/same";
import { unfinishedTasks } from "../../wing/unfinished";
import { resolvePolicy } from "../upgrade-task/times";
import { ANEW, type Ask, orGone } from "./ask";
import {
  createTask,
  deleteTask,
  getTask,
  listDetails,
  listTasks,
  PAGE_SIZE,
  tellTask,
} from "./endpoints";
import { detailsOf } from "./task-details";
import { fingerprintOf, isSameContent, isSameTask, taskNameOf } from "./task-name";
import { allMarkedPages, fittingPage, type PageSize } from "./paging";
import {
  type OperationRecord,
  readTask,
  type TargetResults,
  TASK_TYPES,
  type TaskContent,
  type TaskDetail,
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

export interface Tasks extends ListedTasks<TaskDeclaration, OperationRecord, TaskFilter> {
  /** What this run made, and with which package. */
  made(): Promise<readonly MadeTask[]>;
  /** The same as `read`; where the type is known, together with others of the same moment. */
  look(id: string, madeAt?: number, taskType?: TaskType): Promise<OperationRecord | undefined>;
  /** The same as `read`, together with others that are polled in the same moment. */
  poll(id: string, before?: OperationRecord): Promise<OperationRecord | undefined>;
  /** @param devices - at most `TARGETS_PER_CALL`. Default: all that are not over */
  stop(id: string, devices?: readonly string[]): Promise<readonly DeviceFailure[]>;
  /** All devices of a task; none where the platform keeps no record of it. */
  devices(id: string): Promise<readonly TaskDetail[]>;
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

/** A task that this run made, which a list that lags or was shared does not show yet. */
export interface MadeTask {
  readonly id: string;
  readonly packageId?: string | undefined;
}

/** What all operations of a process on one project share. */
export interface TaskMemory {
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** Whose tasks they are, as the ledger knows it. */
  readonly account: () => Promise<string>;
  /** Tasks that this process made or found, by id. */
  readonly known: Map<string, OperationRecord>;
  readonly pageSize: PageSize;
  readonly lookTogether: (list: string) => LookTogether<OperationRecord>;
  readonly pollTogether: (list: string) => PollTogether<OperationRecord>;
}

/** Beyond so many old tasks a search reads the newest ones and all that are not over. */
const MOST_TASKS_IN_A_SEARCH = 1_000;
const UNFINISHED = ["Initializing", "Waitting", "Processing", "Stopping"];
const OVER = ["Success", "Fail", "PartialSuccess", "Stopped"];
/** The most that one call of stop, retry or confirm takes. */
export const TARGETS_PER_CALL = 100;

export function tasksOf(
  ask: Ask,
  memory: TaskMemory,
  now: () => number,
  { urn: caller, signal }: CallContext,
): Tasks {
  const { clock, ledger, account, known, pageSize, lookTogether, pollTogether } = memory;

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
    const deleted = ledger.deletedHere(await account());
    return found.filter(({ id }) => !deleted.has(id));
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

  const made = async () => ledger.madeHere(await account());

  async function read(id: string, madeAt?: number): Promise<OperationRecord | undefined> {
    return untilFound(() => orGone(() => ask(getTask(id))), {
      madeAt: async () => madeAt ?? (await made()).find((one) => one.id === id)?.createdAt,
      now,
      clock,
      signal,
    });
  }

  /** What the ledger knows needs no list, which may lag or call it another stack's. */
  async function knownTask(
    { id, createdAt, wasInState }: Known,
    listed: readonly OperationRecord[],
  ): Promise<OperationRecord | undefined> {
    const task = listed.find((one) => one.id === id) ?? known.get(id);
    if (task !== undefined) return task;
    return wasInState ? read(id, createdAt) : { ...readTask({ task_id: id }), createdAt };
  }

  async function failedDevices(id: string): Promise<FailedDevices> {
    const found = [await detailsOf(ask, id, "Fail"), await detailsOf(ask, id, "FailWaitRetry")];
    return {
      devices: [...new Set(found.flatMap(({ devices }) => [...devices.keys()]))],
      isWhole: found.every(({ isWhole }) => isWhole),
    };
  }

  return {
    keyOf,
    list: (filter, how = ANEW, isEnough?) => all(filter, how, isEnough),
    count: async (filter, how = ANEW) => (await page(filter, undefined, how, { limit: 1 })).total,
    made,
    read,
    failedDevices,
    justStarted: (id) => Promise.resolve(known.get(id) ?? readTask({ task_id: id })),

    async look(id, madeAt, taskType) {
      if (taskType === undefined) return read(id, madeAt);
      const listing: Listing<OperationRecord> = {
        pageSize: pageSize.limit,
        first: () => page({ taskType }, undefined, {}),
        all: () => all({ taskType }, {}),
      };
      const { items } = await lookTogether(taskType)(id, listing);
      return items.find((task) => task.id === id) ?? read(id, madeAt);
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
      const key = keyOf(declaration);
      const everyTask = await candidates(declaration, search.fresh ? ANEW : {});
      const listed = everyTask.filter((task) => isSameTask(task.taskName, fingerprint));
      for (const task of listed) known.set(task.id, task);
      const ids = new Set(listed.map(({ id }) => id));
      const alike = ledger.alike(await account(), digest(key)).filter(({ id }) => !ids.has(id));
      const own = await Promise.all(alike.map((one) => knownTask(one, everyTask)));
      const tasks = [...listed, ...own.filter((task) => task !== undefined)];
      if (tasks.length > 0) {
        return {
          tasks,
          marked: ids,
          superseding: supersededBy(tasks, () => everyTask.filter(isOtherPush(declaration))),
        };
      }
      const elsewhere = everyTask.filter(
        ({ phase, taskName }) => phase === "unfinished" && isSameContent(taskName, fingerprint),
      );
      return elsewhere.length === 0
        ? { tasks }
        : {
            tasks: elsewhere,
            doubt: "its name says that another stack made it, or this one when it had another name",
          };
    },

    async create(declaration) {
      const { taskType, urn } = declaration;
      const content = contentOf(declaration);
      const fingerprint = fingerprintOf(urn, taskType, content);
      const name = taskNameOf(declaration.taskName, urn, fingerprint);
      const taskPolicy = content.taskPolicy && resolvePolicy(content.taskPolicy, now());
      const body = writeTask(taskType, name, { ...content, taskPolicy });
      const made = await ask(createTask(body));
      known.set(made.id, {
        ...made,
        taskName: made.taskName ?? name,
        taskPolicy: made.taskPolicy ?? taskPolicy,
      });
      ledger.made({
        account: await account(),
        id: made.id,
        urn: caller,
        key: digest(keyOf(declaration)),
        packageId: declaration.packageId,
        createdAt: now(),
      });
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

    async stop(id, devices) {
      const which = devices === undefined ? {} : { targets: devices };
      return (await ask(tellTask(id, "stop", which))).failures;
    },

    async devices(id) {
      const found = await orGone(() => detailsOf(ask, id, undefined));
      if (found?.isWhole === false) {
        throw new OtaError(
          `Upgrade task ${id}: the platform does not show all of its devices, so nothing was concluded from them. Run it again.`,
        );
      }
      return [...(found?.devices.values() ?? [])];
    },

    async retry(id, targets) {
      return (await ask(tellTask(id, "retry", { targets }))).failures;
    },

    async confirm(id) {
      return ask(tellTask(id, "confirm", {}));
    },

    async delete(id) {
      await orGone(() => ask(deleteTask(id)));
      ledger.deleted(await account(), id);
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

/** Two declarations of one stack with the same key are the same task. */
export function keyOf({ taskType, urn, ...content }: TaskDeclaration): string {
  const fingerprint = fingerprintOf(urn, taskType, contentOf(content));
  return `${fingerprint.stack}_${fingerprint.content}`;
}

function contentOf(declaration: TaskContent): TaskContent {
  const { packageId, appId, targets, taskPolicy, taskMode, taskExtInfo, needConfirm } = declaration;
  return { packageId, appId, targets, taskPolicy, taskMode, taskExtInfo, needConfirm };
}

/** All tasks of a type that are not over. */
export function unfinishedOf(
  tasks: Tasks,
  taskType: TaskType,
  how?: HowFresh,
): Promise<readonly OperationRecord[]> {
  return unfinishedTasks<OperationRecord>({
    list: (status, isEnough) => tasks.list({ taskType, status }, how, isEnough),
    count: (status) => tasks.count({ taskType, status }, how),
    unfinished: UNFINISHED,
    over: OVER,
    pageSize: PAGE_SIZE,
  });
}
