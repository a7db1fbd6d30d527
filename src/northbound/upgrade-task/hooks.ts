import { messageOf, OtaError, PlatformError } from "../../errors";
import { parseInstant } from "../../instant";
import type { HookContext, Kind, Properties } from "../../pulumi/hooks";
import { shape } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import {
  accountOwning,
  callContextOf,
  movedAccount,
  noteReplacement,
  refuseOtherAccount,
  tryToLook,
} from "../../wing/accounts";
import { PACKAGE_NOT_FOUND } from "../api/faults";
import type { Application, Applications } from "../api/platform";
import { isSamePolicy, type TaskDeclaration } from "../api/tasks";
import type { OperationRecord } from "../api/wire";
import { AS_DECLARED, recordedDrift, unacknowledged } from "../../wing/drift";
import { adoptNamed } from "./adopt";
import { checkUpgradeTask } from "./check";
import { isRerun, refuseToAdoptAgain, stable } from "../../wing/task-changes";
import { declare, noPackage, type TaskKind } from "./kind";
import { packageFailures, startInThePast } from "./rules";
import {
  canonical,
  type UpgradeTaskInputs,
  upgradeTaskInputs,
  type UpgradeTaskState,
  upgradeTaskState,
} from "./schema";
import { driftOf, inputsOf, newTaskState, refreshed, type TaskState } from "./state";

type Inputs = UpgradeTaskInputs & { readonly platformState: string };

/** A task is made or taken over, read, and forgotten; nothing can change, stop or delete one. */
export function upgradeTaskKind(
  kind: TaskKind,
  applications: Applications,
): Kind<Inputs, TaskState> {
  const nameOf = (id: string): string => `Upgrade task ${id}`;

  return {
    check: (news, old, context) => checkUpgradeTask(kind, news, old, applications, context),

    async diff(properties, news, context) {
      const state = upgradeTaskState.parse(properties);
      const id = String(state["operationId"]);
      const moved = await movedAccount(nameOf(id), state.account, applications, context);
      if (moved !== undefined) return moved;
      const replaces = changedInputs(state, news);
      if (replaces.length > 0) refuseToAdoptAgain(nameOf(id), id, news["adopt"], replaces);
      const live = await look(id, state, applications, context);
      if (replaces.length > 0) {
        noteReplacement(state.createTime, applications, context);
        warnOfReplacement(kind, id, replaces, live?.phase ?? phaseRecorded(state), context);
        return { kind: "changed", replaces };
      }
      const drift =
        recordedDrift(state) ?? (live && unacknowledged(driftOf(live, declaredOf(state)), state));
      if (drift === undefined) return { kind: "same" };
      context.report.warn(
        `${nameOf(id)} was ${drift}. The next \`pulumi up\` takes note of it and pushes nothing; to push again, set rerunAfter.`,
      );
      return recordedDrift(state) === undefined ? { kind: "unfinished" } : { kind: "changed" };
    },

    async create(inputs, context) {
      const application = applications.of(context.config);
      const tasks = application.tasks(callContextOf(context));
      if (inputs.adopt !== undefined) {
        const task = await adoptNamed(kind, inputs, application, context);
        return { id: task.id, state: newTaskState(inputs, task.id, task, application) };
      }
      const declaration = await declarationOf(kind, inputs, application, context);
      const id = await application.starter
        .start(tasks, {
          declaration,
          rerunAfter: parseInstant(inputs.rerunAfter ?? ""),
          replacedAt: application.predecessors.madeAt(context.urn),
          beforeCreate: () => {
            const tooLate = startInThePast(inputs, application.now());
            if (tooLate !== undefined) throw new OtaError(`${tooLate.path} ${tooLate.reason}`);
          },
          warn: (text) => {
            context.report.warn(text);
          },
          signal: context.signal,
        })
        .catch((error: unknown) => explainRefusal(error, inputs, application, context));
      // From here on the task exists, and nothing may be thrown without its id.
      const task = await tasks.read(id).catch(() => undefined);
      const failures = task && (await failuresOf(task, application, context).catch(() => []));
      return { id, state: newTaskState(inputs, id, task, application, failures) };
    },

    async read(id, properties, context) {
      const state = properties === undefined ? undefined : upgradeTaskState.parse(properties);
      const application = await accountOwning(nameOf(id), state?.account, applications, context);
      const task = await application.tasks(callContextOf(context)).look(id);
      if (state === undefined) {
        if (task === undefined || (task.operateType ?? kind.operationType) !== kind.operationType) {
          throw new OtaError(
            `Application ${application.account.appId} has no ${kind.word} upgrade task ${id} (123009). Check the operation id; old tasks are purged.`,
          );
        }
        const inputs = await inputsOf(kind, task, application, context);
        const failures = await failuresOf(task, application, context);
        return { state: newTaskState(inputs, id, task, application, failures), inputs };
      }
      if (task === undefined) {
        warnOfGoneRecord(nameOf(id), context);
        const kept = { ...(state as unknown as TaskState), recordGone: true };
        return { state: kept, inputs: declaredOf(state) };
      }
      const platformState =
        unacknowledged(driftOf(task, declaredOf(state)), state) ??
        recordedDrift(state) ??
        AS_DECLARED;
      const failures = await knownOrNewFailures(task, state, application, context);
      return {
        state: { ...refreshed(state, task, application, failures), platformState },
        inputs: { ...declaredOf(state), platformState },
      };
    },

    async update(id, properties, inputs, context) {
      const state = upgradeTaskState.parse(properties);
      const application = await accountOwning(nameOf(id), state.account, applications, context);
      const task = await application.tasks(callContextOf(context)).read(id);
      const { adopt: _, ...declared } = inputs;
      if (task === undefined) {
        warnOfGoneRecord(nameOf(id), context);
        const drift = recordedDrift(state) ?? state.acknowledged;
        const kept = { ...(state as unknown as TaskState), ...declared };
        return { ...kept, recordGone: true, acknowledged: drift };
      }
      const drift = driftOf(task, declared) ?? recordedDrift(state);
      if (unacknowledged(drift, state) !== undefined) {
        context.report.warn(
          `${nameOf(id)} was ${drift ?? ""}. This is noted now; nothing was pushed.`,
        );
      }
      const failures = await knownOrNewFailures(task, state, application, context);
      return {
        ...refreshed(state, task, application, failures),
        ...declared,
        platformState: AS_DECLARED,
        acknowledged: drift,
      };
    },

    async delete(id, properties, context) {
      const state = upgradeTaskState.parse(properties);
      await refuseOtherAccount(nameOf(id), state.account, applications, context);
      const goesOn = phaseRecorded(state) === "unfinished" && state.recordGone !== true;
      context.report.info(
        goesOn
          ? `${nameOf(id)} is forgotten here, and the platform goes on with it if it is not over: its API can neither stop nor delete a task.`
          : `${nameOf(id)} is forgotten here; its record stays on the platform.`,
      );
    },
  };
}

/** The inputs that make another task of it. */
function changedInputs(state: UpgradeTaskState, news: Properties): string[] {
  const { inputs } = shape(upgradeTaskInputs, withoutPlatformState(news));
  if (inputs === undefined) return [];
  const before = shape(upgradeTaskInputs, declaredFields(state)).inputs;
  const now = canonical(inputs);
  const then = before === undefined ? undefined : canonical(before);
  const replaces: string[] = (["fileId", "targets"] as const).filter(
    (field) => stable(now[field]) !== stable(then?.[field]),
  );
  if (!hasSamePolicy(now, then)) replaces.push("policy");
  return isRerun(now.rerunAfter, state) ? [...replaces, "rerunAfter"] : replaces;
}

/** Defaults that are spelled out are no change, as far as they are known. */
function hasSamePolicy(now: UpgradeTaskInputs, then: UpgradeTaskInputs | undefined): boolean {
  if (stable(now.policy) === stable(then?.policy)) return true;
  return !containsUnknown(now.policy) && isSamePolicy(now.policy, then?.policy);
}

function declaredFields(state: UpgradeTaskState): Properties {
  const { fileId, targets, policy, rerunAfter } = state;
  return { fileId, targets, policy, rerunAfter };
}

function declaredOf(state: UpgradeTaskState): Inputs {
  const platformState = state.platformState ?? AS_DECLARED;
  return { ...declaredFields(state), platformState } as unknown as Inputs;
}

function withoutPlatformState(news: Properties): Properties {
  const { platformState: _, ...declared } = news;
  return declared;
}

/** The task as the platform tells it now, where it can still have changed and can be asked. */
async function look(
  id: string,
  state: UpgradeTaskState,
  applications: Applications,
  context: HookContext,
): Promise<OperationRecord | undefined> {
  if (phaseRecorded(state) !== "unfinished" || state.recordGone === true) return undefined;
  let found: OperationRecord | undefined;
  await tryToLook(`Upgrade task ${id}`, applications, context, async (application) => {
    found = await application.tasks(callContextOf(context)).look(id);
  });
  return found;
}

function phaseRecorded(state: UpgradeTaskState): "unfinished" | "finished" {
  const over = ["success", "failed", "fail", "stop"].includes(state.status ?? "");
  return over ? "finished" : "unfinished";
}

function warnOfReplacement(
  kind: TaskKind,
  id: string,
  replaces: readonly string[],
  phase: string,
  context: HookContext,
): void {
  const again = `A change of ${replaces.join(", ")} makes a new task: ${kind.word} will be pushed again.`;
  const goesOn =
    phase === "unfinished"
      ? ` The platform goes on with the old task ${id}, which is not over: it cannot be stopped.`
      : "";
  context.report.warn(again + goesOn);
}

function warnOfGoneRecord(what: string, context: HookContext): void {
  context.report.warn(
    `${what}: the platform keeps no record of it any more (123009). What is known of it stays here, and nothing is pushed again.`,
  );
}

async function declarationOf(
  kind: TaskKind,
  inputs: Inputs,
  application: Application,
  context: HookContext,
): Promise<TaskDeclaration> {
  const found = await application.packages(callContextOf(context)).look(inputs.fileId);
  if (found === undefined) throw new OtaError(`fileId ${noPackage(inputs.fileId, application)}`);
  const [failure] = packageFailures(inputs, found, kind.fileType);
  if (failure !== undefined) throw new OtaError(`${failure.path} ${failure.reason}`);
  return declare(kind, inputs, found);
}

/** 123002 does not tell whether the package or a device is missing: the package does. */
async function explainRefusal(
  error: unknown,
  inputs: Inputs,
  application: Application,
  context: HookContext,
): Promise<never> {
  if (!(error instanceof PlatformError) || error.code !== PACKAGE_NOT_FOUND) throw error;
  const packages = application.packages({ ...callContextOf(context), maxAgeSeconds: 0 });
  const found = await packages.get(inputs.fileId).catch((reason: unknown) => messageOf(reason));
  if (found === undefined) throw new OtaError(`fileId ${noPackage(inputs.fileId, application)}`);
  if (typeof found === "string") throw error;
  const { devices, deviceGroups } = inputs.targets;
  const which = devices === undefined ? "device groups" : "devices";
  throw new OtaError(
    `The platform refused the upgrade task: package ${inputs.fileId} exists, so one of the ${which} does not (123002): ${(devices ?? deviceGroups ?? []).slice(0, 20).join(", ")}. Nothing was pushed.`,
  );
}

const MOST_FAILURES = 20;

/** The devices' own reasons, once the task has ended badly. */
async function failuresOf(
  task: OperationRecord,
  application: Application,
  context: HookContext,
): Promise<TaskState["failures"]> {
  const failed = (task.counts?.fail ?? 0) + (task.counts?.timeout ?? 0);
  const endedBadly = task.phase !== "unfinished" && (task.phase === "failed" || failed > 0);
  if (!endedBadly) return undefined;
  return application.tasks(callContextOf(context)).failures(task.id, MOST_FAILURES);
}

async function knownOrNewFailures(
  task: OperationRecord,
  state: UpgradeTaskState,
  application: Application,
  context: HookContext,
): Promise<TaskState["failures"]> {
  const sameAsBefore =
    state.failures !== undefined && stable(state.deviceCounts) === stable(task.counts);
  return sameAsBefore
    ? (state.failures as unknown as TaskState["failures"])
    : failuresOf(task, application, context);
}
