import { messageOf, OtaError, PlatformError } from "../../errors";
import { canonicalInstant, parseInstant } from "../../instant";
import type { Failure, HookContext, Kind, Properties } from "../../pulumi/kind";
import { isKnown } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import type { PackageKind } from "../../upgrade/gate";
import type { Seen } from "../../upgrade/reach";
import { callContextOf } from "../../wing/accounts";
import type { TaskState } from "../../wing/task-state";
import type { PackageLeaves, TaskWing } from "../../wing/task-wing";
import { upgradeTaskKind as taskKind } from "../../wing/upgrade-task";
import { PACKAGE_NOT_FOUND } from "../api/faults";
import type { Application, Applications } from "../api/platform";
import { OF_ANOTHER_KIND, pushedBy, reachingIn } from "../api/reaching";
import { declaredBy, type TaskDeclaration } from "../api/tasks";
import type { OperationRecord, OperationType, PackageRecord } from "../api/wire";
import { brokenRules, packageFailures, startInThePast } from "./rules";
import {
  type DeclaredPolicy,
  differences,
  differsInTimesOnly,
  type Field,
  isLeftOpen,
  keyOf,
  overlap,
  targetsKey,
} from "./same";
import { canonical, INPUT_NAMES, type UpgradeTaskInputs, upgradeTaskInputs } from "./schema";
import { resolvePolicy } from "./times";

/** The vendor's words for what a kind of task pushes. */
const WORDS = {
  firmware: { operationType: "firmware_upgrade", fileType: "firmwarePackage" },
  software: { operationType: "software_upgrade", fileType: "softwarePackage" },
} as const satisfies Record<PackageKind, { operationType: OperationType; fileType: string }>;

/** A task is made or taken over, read, and forgotten; nothing can change, stop or delete one. */
export function upgradeTaskKind(
  packageKind: PackageKind,
  applications: Applications,
): Kind<UpgradeTaskInputs, TaskState> {
  return taskKind(upgradeTaskWing(packageKind, applications));
}

function upgradeTaskWing(
  packageKind: PackageKind,
  applications: Applications,
): TaskWing<UpgradeTaskInputs, TaskDeclaration, OperationRecord, PackageRecord, Application> {
  const { operationType, fileType } = WORDS[packageKind];
  const otherKind = ({ operateType }: OperationRecord): string | undefined =>
    (operateType ?? operationType) === operationType ? undefined : `it is a ${operateType ?? ""}`;

  return {
    accounts: applications,
    packageKind,
    noun: "operation",
    packageField: "fileId",
    goneCode: "123009",
    defaultOnDelete: "keep",
    goesOn:
      "the platform goes on with it if it is not over: its API can neither stop nor delete a task.",

    inputs: upgradeTaskInputs,
    inputNames: INPUT_NAMES,
    canonical,
    brokenRules,
    wrongTime,
    differences,
    differsInTimesOnly,
    overlap,
    collide: overlap,
    targetsKey: ({ targets }) => targetsKey(targets),
    keyOf: (inputs) => keyOf(operationType, inputs),

    tasks: (application, context) => application.tasks(context),

    async findPackage(inputs, application, context) {
      const { fileId } = inputs;
      const found = await application.packages(callContextOf(context)).look(fileId);
      if (found === undefined) {
        return { failures: [{ path: "fileId", reason: noPackage(fileId, application) }] };
      }
      return { found, failures: packageFailures(inputs, found, fileType) };
    },
    leavesOf: ({ version, deviceType, model, manufacturerName, ...found }) =>
      present({ version, fileType: found.fileType, deviceType, model, manufacturerName }),
    declare: ({ targets, policy }, found) => ({
      type: operationType,
      package: found,
      targets,
      policy,
    }),
    explainRefusal,

    otherwise(task, inputs, found) {
      const version = found?.version;
      const declared = { ...inputs, fileId: undefined, versionPackage: { version } };
      const clauses: Record<Field, string> = {
        fileId: `it pushes version ${task.fileVersion ?? ""}, and package ${inputs.fileId} is ${version ?? ""}`,
        targets: "its targets are others",
        policy: "its policy is another",
      };
      return [
        otherKind(task),
        ...differences(declaredBy(task), declared).map((field) => clauses[field]),
      ].filter((clause) => clause !== undefined);
    },

    async inputsOf(task, application, context) {
      if (otherKind(task) !== undefined) return undefined;
      const { fileVersion: version, targets = {}, policy } = task;
      const { deviceType, model, manufacturerName } = targets;
      // The platform tells its package's version only.
      const packages =
        version === undefined
          ? []
          : await application
              .packages(callContextOf(context))
              .list({ fileType, version, deviceType, model, manufacturerName });
      return {
        fileId: packages.length === 1 ? (packages[0]?.fileId ?? "") : "",
        ...(version === undefined ? {} : { versionPackage: { version } }),
        targets: targets as UpgradeTaskInputs["targets"],
        ...(policy === undefined ? {} : { policy }),
        onDelete: "keep",
      };
    },
    resolvedTimes({ policy }, task) {
      if (policy === undefined || !isLeftOpen(policy)) return {};
      const { startTime, endTime } = task.policy ?? {};
      const told = (time: string | undefined) => time && canonicalInstant(time);
      return { resolvedPolicy: { startTime: told(startTime), endTime: told(endTime) } };
    },
    told: ({ startTime, stopTime }) => ({ startTime, stopTime }),
    driftOf,
    isOver: (status) => ["success", "failed", "fail", "stop"].includes(status ?? ""),
    reach: {
      targetsField: "targets",
      targets: ({ targets }) => ({ devices: targets.devices, groups: targets.deviceGroups }),
      pushed: ({ targets, versionPackage }, found) =>
        pushedBy(
          packageKind,
          found ?? { ...kindOf(targets), ...(isKnown(versionPackage) ? versionPackage : {}) },
        ),
      reaching: (inputs, application, context) =>
        reachingIn(
          application,
          callContextOf(context),
          (task) =>
            otherKind(task) === undefined && differences(declaredBy(task), inputs).length === 0,
        ),
      refusals: refusedTargets,
      ofAnotherKind: OF_ANOTHER_KIND,
    },
    wishes: [],
  };
}

function kindOf({ deviceType, model, manufacturerName }: UpgradeTaskInputs["targets"]): object {
  return present({ deviceType, model, manufacturerName });
}

const MOST_IDS = 20;

/** What the platform refuses at the POST, by what was seen of the devices. */
function refusedTargets(
  { targets }: UpgradeTaskInputs,
  { ids, noGroups }: Seen,
  { account }: Application,
): Failure[] {
  const failures: Failure[] = [];
  const refuse = (path: string, names: readonly string[], what: string): void => {
    if (names.length === 0) return;
    const shown = names.slice(0, MOST_IDS).join(", ");
    const more = names.length > MOST_IDS ? ` and ${names.length - MOST_IDS} more` : "";
    failures.push({ path, reason: `${what}: ${shown}${more}. Nothing was pushed; correct them.` });
  };
  refuse(
    "targets.deviceGroups",
    noGroups,
    `names groups that application ${account.appId} does not have (123002)`,
  );
  if (targets.devices === undefined) return failures;
  refuse(
    "targets.devices",
    ids.unknown ?? [],
    `names devices that application ${account.appId} does not have (123002)`,
  );
  refuse(
    "targets.devices",
    ids.otherKind ?? [],
    "names devices of another model than the package's (123016)",
  );
  return failures;
}

/** Goes on after `fileId`. */
function noPackage(fileId: string, { account }: Application): string {
  return `is "${fileId}", a version package that application ${account.appId} does not have (123002); correct it, or upload the package in the portal.`;
}

function present(leaves: Properties): PackageLeaves {
  return Object.fromEntries(Object.entries(leaves).filter(([, value]) => value !== undefined));
}

/** Of a task that would be made now: its window must not have passed, and be long enough. */
function wrongTime(inputs: UpgradeTaskInputs, now: number): Failure | undefined {
  const { policy } = inputs;
  if (policy === undefined || containsUnknown(policy)) return undefined;
  const resolved = { ...inputs, policy: resolvePolicy(policy, now) };
  return brokenRules(resolved)[0] ?? startInThePast(resolved, now);
}

function driftOf(task: OperationRecord, known: Properties): string | undefined {
  if (task.phase !== "stopped" || endedByItsWindow(task, known)) return undefined;
  return `stopped on the platform${task.stopTime === undefined ? "" : ` at ${task.stopTime}`}`;
}

/** The platform may echo a policy with nulls in it, so what was declared counts, too. */
function endedByItsWindow(task: OperationRecord, known: Properties): boolean {
  const { policy, resolvedPolicy } = known as Readonly<Record<string, DeclaredPolicy | undefined>>;
  const declared = resolvedPolicy?.endTime ?? policy?.endTime;
  const end = parseInstant(task.policy?.endTime ?? declared ?? "");
  const stopped = parseInstant(task.stopTime ?? "");
  return end !== undefined && stopped !== undefined && stopped >= end;
}

/** 123002 does not tell whether the package or a device is missing: the package does. */
async function explainRefusal(
  error: unknown,
  inputs: UpgradeTaskInputs,
  application: Application,
  context: HookContext,
): Promise<unknown> {
  if (!(error instanceof PlatformError) || error.code !== PACKAGE_NOT_FOUND) return error;
  const packages = application.packages({ ...callContextOf(context), maxAgeSeconds: 0 });
  const found = await packages.get(inputs.fileId).catch((reason: unknown) => messageOf(reason));
  if (found === undefined) return new OtaError(`fileId ${noPackage(inputs.fileId, application)}`);
  if (typeof found === "string") return error;
  const { devices, deviceGroups } = inputs.targets;
  const which = devices === undefined ? "device groups" : "devices";
  return new OtaError(
    `The platform refused the upgrade task: package ${inputs.fileId} exists, so one of the ${which} does not (123002): ${(devices ?? deviceGroups ?? []).slice(0, 20).join(", ")}. Nothing was pushed.`,
  );
}
