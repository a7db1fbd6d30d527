import { parseInstant } from "../../instant";
import type { Failure, Kind, Properties } from "../../pulumi/kind";
import { isKnown } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import type { UpgradeKind } from "../../upgrade/gate";
import { isRelative } from "../../upgrade/schedule";
import { callContextOf } from "../../wing/accounts";
import { stable } from "../../wing/task-changes";
import type { TaskState } from "../../wing/task-state";
import type { TaskWing } from "../../wing/task-wing";
import { upgradeTaskKind as taskKind } from "../../wing/upgrade-task";
import type { Project, Projects } from "../api/platform";
import { OF_ANOTHER_KIND, pushedBy, reachingIn } from "../api/reaching";
import { isOfResource } from "../api/task-name";
import { keyOf as taskKey, type TaskDeclaration } from "../api/tasks";
import type { PackageRecord } from "../api/wire/package";
import type { OperationRecord, TaskType } from "../api/wire/task";
import { brokenRules, moduleRules, wrongSchedule } from "./rules";
import {
  collide,
  type Declared,
  differences,
  type Field,
  FIELDS,
  normalForm,
  overlap,
  targetsKey,
} from "./same";
import { canonical, INPUT_NAMES, type UpgradeTaskInputs, upgradeTaskInputs } from "./schema";
import { deleteIfOver, stopAndDelete } from "./stop";
import { mayHaveTime, resolvePolicy } from "./times";
import { confirmation, retry } from "./wishes";

type TaskPolicy = NonNullable<UpgradeTaskInputs["taskPolicy"]>;

/** The vendor's words for what a kind of task pushes. */
const WORDS = {
  firmware: { taskType: "firmwareUpgrade", packageType: "firmwarePackage" },
  software: { taskType: "softwareUpgrade", packageType: "softwarePackage" },
  module: { taskType: "moduleUpgrade", packageType: "modulePackage" },
} as const satisfies Record<UpgradeKind, { taskType: TaskType; packageType: string }>;

/** A task is made or taken over, read, retried and confirmed in place, stopped and deleted. */
export function upgradeTaskKind(
  packageKind: UpgradeKind,
  projects: Projects,
): Kind<UpgradeTaskInputs, TaskState> {
  return taskKind(upgradeTaskWing(packageKind, projects));
}

function upgradeTaskWing(
  packageKind: UpgradeKind,
  projects: Projects,
): TaskWing<UpgradeTaskInputs, TaskDeclaration, OperationRecord, PackageRecord, Project> {
  const { taskType, packageType } = WORDS[packageKind];
  const isModule = packageKind === "module";
  const wrongType = (path: string, found: string | undefined): Failure[] =>
    found === undefined || !isKnown(found) || found === packageType
      ? []
      : [{ path, reason: `is a ${found}, but this task pushes a ${packageType}.` }];
  const otherKind = (task: OperationRecord): string | undefined =>
    (task.taskType ?? taskType) === taskType ? undefined : `it is a ${task.taskType ?? ""}`;
  const declare = (inputs: UpgradeTaskInputs, urn: string | undefined): TaskDeclaration => {
    const { packageId, appId, targets, taskPolicy, taskMode, taskExtInfo, needConfirm } = inputs;
    const content = { packageId, appId, targets, taskPolicy, taskMode, taskExtInfo, needConfirm };
    return { taskType, taskName: inputs.taskName, urn, ...content };
  };

  return {
    accounts: projects,
    packageKind,
    noun: "task",
    packageField: "packageId",
    goneCode: "404",
    defaultOnDelete: isModule ? "delete" : "stop",
    cannotBeStopped: isModule,
    goesOn: 'the platform goes on with it if it is not over (onDelete "keep").',

    inputs: upgradeTaskInputs,
    inputNames: INPUT_NAMES,
    canonical,
    brokenRules: (inputs) => [...brokenRules(inputs), ...moduleRules(inputs, isModule)],
    wrongTime,
    differences,
    hint: (one, other) =>
      differences(one, other).join() === "appId" ? defaultSpaceHint(one, other) : undefined,
    differsInTimesOnly: (one, other) =>
      differences(one, other).join() === "taskPolicy" &&
      stable(untimed(one)) === stable(untimed(other)),
    overlap: (one, other) => overlap(one.targets, other.targets),
    collide,
    targetsKey: ({ targets }) => targetsKey(targets),
    keyOf: (inputs, urn) => taskKey(declare(inputs, urn)),

    tasks(project, context) {
      const tasks = project.tasks(context);
      return { ...tasks, look: (id, madeAt) => tasks.look(id, madeAt, taskType) };
    },

    async findPackage({ packageId, appId }, project, context) {
      const packages = project.packages(callContextOf(context));
      const space = appId !== undefined && isKnown(appId) ? appId : undefined;
      const found = await packages.look(packageId, { packageType, appId: space });
      const path = "packageId";
      if (found === undefined) {
        return { failures: [{ path, reason: await noPackage(packageId, project) }] };
      }
      return { found, failures: wrongType(path, found.packageType) };
    },
    leavesOf: ({ version, productId, ...found }) =>
      present({
        version,
        packageType: found.packageType,
        productId,
        sourceVersions: found.supportSourceVersions,
        moduleName: isModule ? found.moduleName : undefined,
      }),
    misfits: (inputs) => wrongType("versionPackage", inputs.versionPackage?.packageType),
    declare: (inputs, _found, urn) => declare(inputs, urn),
    explainRefusal: (error) => Promise.resolve(error),

    otherwise(task, inputs) {
      const there = normalForm(declaredBy(task, inputs));
      const here = { ...inputs, ...untoldBy(task) };
      return [
        otherKind(task),
        ...differences(declaredBy(task, inputs), here).map((field) => clause(field, there)),
      ].filter((one) => one !== undefined);
    },

    inputsOf: (task) =>
      Promise.resolve(
        otherKind(task) === undefined
          ? ({
              ...normalForm({ ...task, targets: task.targets ?? {} }),
              packageId: task.packageId ?? "",
              targets: task.targets ?? {},
              onDelete: isModule ? "delete" : "stop",
            } as UpgradeTaskInputs)
          : undefined,
      ),
    resolvedTimes: ({ taskPolicy }, task) =>
      taskPolicy === undefined || !isLeftOpen(taskPolicy)
        ? {}
        : { resolvedPolicy: { scheduleTime: task.taskPolicy?.scheduleTime } },
    told: ({ taskName, statusDesc }) => ({ fullTaskName: taskName, statusDesc }),
    driftOf: ({ phase, status }) =>
      phase === "stopped" || status === "Stopping" ? "stopped on the platform" : undefined,
    isOver: (status) => ["Success", "Fail", "PartialSuccess", "Stopped"].includes(status ?? ""),
    reach: {
      targetsField: "targets",
      targets: ({ targets }) => ({ devices: targets.devices, groups: targets.groupIds }),
      pushed: ({ versionPackage }, found) =>
        pushedBy(packageKind, found ?? (isKnown(versionPackage) ? (versionPackage ?? {}) : {})),
      reaching: (_inputs, project, context) =>
        reachingIn(project, callContextOf(context), ({ taskName }) =>
          isOfResource(taskName, context.urn),
        ),
      // The platform makes the task all the same; what it does with such devices is not documented.
      refusals: () => [],
      ofAnotherKind: OF_ANOTHER_KIND,
    },
    wishes: isModule ? [confirmation] : [confirmation, retry(packageKind)],
    remove: isModule ? deleteIfOver : stopAndDelete,
  };
}

/** Which space is the default one no reply tells (vendor's page on querying a batch task). */
function defaultSpaceHint(
  { appId }: UpgradeTaskInputs,
  old: UpgradeTaskInputs,
): string | undefined {
  if (appId !== undefined && old.appId !== undefined) return undefined;
  const [space = "", as] = appId === undefined ? [old.appId, "given"] : [appId, "left away"];
  return `If ${space} is the project's default resource space, the task is in it already: keep appId ${as}, and nothing is pushed.`;
}

function isLeftOpen({ window, scheduleTime = "" }: TaskPolicy): boolean {
  return window !== undefined || isRelative(scheduleTime);
}

/** Of a task that would be made now. */
function wrongTime(inputs: UpgradeTaskInputs, now: number): Failure | undefined {
  const { taskPolicy } = inputs;
  if (taskPolicy === undefined || containsUnknown(taskPolicy)) return undefined;
  return wrongSchedule({ ...inputs, taskPolicy: resolvePolicy(taskPolicy, now) }, now);
}

/** Goes on after `packageId`. */
async function noPackage(packageId: string, project: Project): Promise<string> {
  return `is "${packageId}", a version package that project ${await project.key()} does not have (404); correct it.`;
}

/**
 * What is declared, as far as a task of the platform tells. The resource space is the project's default
 * one where none is declared, and a whole record that has no policy has none.
 */
function declaredBy(task: OperationRecord, inputs: UpgradeTaskInputs): Declared {
  return {
    ...task,
    // No reply tells it (vendor's page on querying a batch task).
    appId: inputs.appId && (task.appId ?? inputs.appId),
    taskPolicy: policyBy(task, inputs.taskPolicy),
  };
}

/** Where the declaration leaves the time open, a time that it may have come to is that of the task. */
function policyBy(
  { taskPolicy, createdAt }: OperationRecord,
  declared: TaskPolicy | undefined,
): object | undefined {
  if (declared === undefined || !isLeftOpen(declared)) return taskPolicy;
  const { scheduleTime, ...rest } = taskPolicy ?? {};
  if (!mayHaveTime(declared, scheduleTime, createdAt)) return taskPolicy;
  const { scheduleTime: time, window } = declared;
  return { ...rest, scheduleTime: time, window };
}

/** A record without its devices or its package is not whole: what it leaves out is no difference. */
function untoldBy(task: OperationRecord): Declared {
  const isWhole = task.targets !== undefined && task.packageId !== undefined;
  const untold = FIELDS.filter((field) => task[field] === undefined && !isWhole);
  return Object.fromEntries(untold.map((field) => [field, undefined]));
}

function clause(field: Field, there: Readonly<Partial<Record<Field, unknown>>>): string {
  return `its ${field} is ${stable(there[field] ?? null)}`;
}

function present(leaves: Properties): { version?: string } {
  return Object.fromEntries(Object.entries(leaves).filter(([, value]) => value !== undefined));
}

function untimed({ taskPolicy }: UpgradeTaskInputs): unknown {
  const { scheduleTime: time, window, ...rest } = taskPolicy ?? {};
  return { ...rest, isTimed: window !== undefined || parseInstant(time ?? "") !== undefined };
}
