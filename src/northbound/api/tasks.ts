import type { Clock } from "../../clock";
import { PlatformError } from "../../errors";
import type { Client } from "../../http/client";
import type { CallContext, HowFresh } from "../../http/endpoint";
import { formatInstant, parseInstant } from "../../instant";
import type { SameTasks } from "../../upgrade/platform";
import { supersededBy } from "../../upgrade/same-task";
import type { Ledger } from "../../wing/ledger";
import type { Entry, Known } from "../../wing/ledger-facts";
import type { Listing, LookTogether } from "../../wing/look-together";
import type { PollTogether } from "../../wing/poll-together";
import type { IsEnough } from "../../wing/pages";
import type { Page } from "../../wing/reply";
import type { ListedTasks } from "../../wing/task-wing";
import { untilFound } from "../../wing/until-found";
import { digest } from "../../wing/task-changes";
import {
  type Declared,
  type DeclaredPolicy,
  differences,
  type Field,
  keyOf,
} from "../upgrade-task/same";
import { unfinishedTasks } from "../../wing/unfinished";
import { resolvePolicy } from "../upgrade-task/times";
import {
  createTask,
  getTask,
  listFailedDevices,
  listParts,
  listTasks,
  PAGE_SIZE,
} from "./endpoints";
import { isTaskGone } from "./faults";
import { describePackage, type Packages } from "./packages";
import { allNumberedPages } from "./paging";
import {
  type DeviceModel,
  type OperationRecord,
  type OperationType,
  type PackageRecord,
  type Policy,
  readOperation,
  type SubTask,
  type Targets,
  writeCreateTask,
} from "./wire";

/** A task as it is declared, with the package that it names. */
export interface TaskDeclaration {
  readonly type: OperationType;
  readonly package: PackageRecord;
  readonly targets: Targets;
  /** As declared: its times are found when the task is made. */
  readonly policy: DeclaredPolicy | undefined;
}

/** Filters of the task list, in the vendor's words. */
export interface TaskFilter extends DeviceModel {
  readonly operationType?: string | undefined;
  readonly operationStatus?: string | undefined;
  readonly deviceId?: string | undefined;
}

export interface Tasks extends ListedTasks<TaskDeclaration, OperationRecord, TaskFilter> {
  /** The tasks with this package that this run made. */
  made(fileId: string): readonly { readonly id: string }[];
  /** The same as `read`, together with others that are polled in the same moment. */
  poll(id: string): Promise<OperationRecord | undefined>;
  /** All devices of a task; none where the platform keeps no record of it. */
  devices(id: string): Promise<readonly SubTask[]>;
}

/** With more old tasks than this a search asks for those of one device or model only. */
const MOST_TASKS_IN_A_SHARED_LISTING = 1_000;

/** What all operations of a process on one application share. */
export interface TaskMemory {
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** Whose tasks they are, as the ledger knows it. */
  readonly account: string;
  /** What the policies of tasks that this process made came to; replies may leave it out. */
  readonly policies: Map<string, Policy>;
  readonly lookTogether: LookTogether<OperationRecord>;
  readonly pollTogether: PollTogether<OperationRecord>;
}

const ANEW: HowFresh = { maxAgeSeconds: 0 };

export function tasksOf(
  client: Client,
  packages: Packages,
  { clock, ledger, account, policies, lookTogether, pollTogether }: TaskMemory,
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

  async function readNow(id: string): Promise<OperationRecord | undefined> {
    const { endpoint, call } = getTask(id);
    try {
      return await client.call(endpoint, call, context);
    } catch (error) {
      // By its code alone: some calls answer 200 with an error_code (open point 14).
      if (error instanceof PlatformError && isTaskGone(error.code)) return undefined;
      throw error;
    }
  }

  const read = (id: string, madeAt?: number): Promise<OperationRecord | undefined> =>
    untilFound(() => readNow(id), {
      madeAt: () => Promise.resolve(madeAt ?? madeHere().find((made) => made.id === id)?.createdAt),
      now: () => client.platformNow(),
      clock,
      signal: context.signal,
    });

  /** What the ledger knows needs no list, which may lag. */
  async function knownTask(
    { id, createdAt, wasInState }: Known,
    listed: readonly OperationRecord[],
  ): Promise<OperationRecord | undefined> {
    const task = listed.find((one) => one.id === id);
    if (task !== undefined) return task;
    if (wasInState) return read(id, createdAt);
    return { ...readOperation({ operationId: id, status: "wait" }), createdAt };
  }

  const everything: Listing<OperationRecord> = {
    pageSize: PAGE_SIZE,
    first: () => page({}, 0, {}),
    all: () => all({}, {}),
  };

  /** A list that lags or was shared does not show yet what this run made. */
  const madeHere = (): readonly Entry[] => ledger.madeHere(account);

  return {
    keyOf: (declaration) => keyOf(declaration.type, declaredOf(declaration)),
    list: (filter, how = ANEW, isEnough?) => all(filter, how, undefined, isEnough),
    count: async (filter, how = ANEW) => (await page(filter, 0, how, 1)).total,
    made: (fileId) => madeHere().filter(({ packageId }) => packageId === fileId),
    read,

    async justStarted(id) {
      const found = await readNow(id).catch(() => undefined);
      const task = found ?? readOperation({ operationId: id, status: "wait" });
      return { ...task, policy: { ...policies.get(id), ...told(task.policy) } };
    },

    async look(id, madeAt) {
      const { items } = await lookTogether(id, everything);
      return items.find((task) => task.id === id) ?? read(id, madeAt);
    },

    poll: (id) =>
      pollTogether(id, {
        page: (pageNo) => page({}, pageNo, ANEW),
        idOf: (task) => task.id,
        read,
      }),

    async findSame(declaration, search) {
      const wanted = declaredOf(declaration);
      const key = keyOf(declaration.type, wanted);
      const { fileId } = declaration.package;
      const listed = await candidates(declaration, search.fresh ? ANEW : {});
      const ofKind = listed.filter(
        ({ operateType, targets }) =>
          (operateType ?? declaration.type) === declaration.type && targets !== undefined,
      );
      const onPlatform = ofKind.filter(
        (task) =>
          differences(declaredBy(task), wanted).length === 0 &&
          (ledger.packageOf(account, task.id) ?? fileId) === fileId,
      );
      const known = new Set(onPlatform.map(({ id }) => id));
      const alike = ledger
        .alike(account, digest(key))
        .filter((one) => one.packageId === fileId && !known.has(one.id));
      const own = (await Promise.all(alike.map((one) => knownTask(one, listed)))).filter(
        (task) => task !== undefined,
      );
      const strangers = onPlatform.filter(({ id }) => ledger.packageOf(account, id) === undefined);
      const doubt = await doubtAbout(strangers, declaration, packages);
      const tasks = [...onPlatform, ...own];
      return {
        tasks,
        superseding: supersededBy(tasks, () =>
          ofKind.filter((task) => isOtherPush(differences(declaredBy(task), wanted))),
        ),
        ...(doubt === undefined ? {} : { doubt }),
      } satisfies SameTasks<OperationRecord>;
    },

    async create(declaration) {
      const { package: target, targets, policy } = declaration;
      const resolved = policy && resolvePolicy(policy, client.platformNow());
      const body = writeCreateTask(target.fileId, targets, resolved);
      const { endpoint, call } = createTask(declaration.type, body);
      const id = await client.call(endpoint, call, context);
      if (resolved !== undefined) policies.set(id, resolved);
      ledger.made({
        account,
        id,
        urn: context.urn,
        key: digest(keyOf(declaration.type, declaredOf(declaration))),
        packageId: target.fileId,
        createdAt: client.platformNow(),
      });
      return id;
    },

    async failures(id, most) {
      const { endpoint, call } = listFailedDevices(id, most);
      return (await client.call(endpoint, call, context)).items;
    },

    async devices(id) {
      try {
        const found = await allNumberedPages(
          async (pageNo) => {
            const { endpoint, call } = listParts(id, pageNo);
            return client.call(endpoint, call, { ...context, ...ANEW });
          },
          (part) => part.id,
        );
        return found.flatMap(({ subTask }) => subTask ?? []);
      } catch (error) {
        if (error instanceof PlatformError && isTaskGone(error.code)) return [];
        throw error;
      }
    },

    now: () => client.platformNow(),
  };
}

function declaredOf({ package: target, targets, policy }: TaskDeclaration): Declared {
  return { versionPackage: { version: target.version }, targets, policy };
}

/** What is declared, as far as a task of the platform tells. */
export function declaredBy(task: OperationRecord): Declared {
  const { fileVersion, targets, policy, createdAt } = task;
  return { versionPackage: { version: fileVersion }, targets, policy, madeAt: createdAt };
}

function told<Fields extends object>(fields: Fields | undefined): Partial<Fields> {
  const entries = Object.entries(fields ?? {});
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== null),
  ) as Partial<Fields>;
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

/** Another version to the same targets, whenever and how often. */
function isOtherPush(fields: readonly Field[]): boolean {
  return fields.includes("fileId") && !fields.includes("targets");
}

/** All tasks of a type that are not over; `undefined`: of any. */
export function unfinishedOf(
  tasks: Tasks,
  operationType: OperationType | undefined,
  how?: HowFresh,
): Promise<readonly OperationRecord[]> {
  return unfinishedTasks<OperationRecord>({
    list: (operationStatus, isEnough) =>
      tasks.list({ operationType, operationStatus }, how, isEnough),
    count: (operationStatus) => tasks.count({ operationType, operationStatus }, how),
    unfinished: ["wait", "processing"],
    over: ["success", "failed", "stop"],
    pageSize: PAGE_SIZE,
  });
}
