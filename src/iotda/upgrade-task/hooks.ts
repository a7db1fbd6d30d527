import { messageOf, OtaError } from "../../errors";
import { parseInstant } from "../../instant";
import { type HookContext, type Kind, PartialFailure } from "../../pulumi/hooks";
import { shape } from "../../pulumi/inputs";
import {
  accountOwning,
  callContextOf,
  keepForProgram,
  movedAccount,
  noteReplacement,
  refuseOtherAccount,
  tryToLook,
} from "../../wing/accounts";
import { AS_DECLARED, recordedDrift, unacknowledged } from "../../wing/drift";
import { isRerun, refuseToAdoptAgain, stable } from "../../wing/task-changes";
import type { Project, Projects } from "../api/platform";
import type { OperationRecord } from "../api/wire/task";
import { adoptNamed } from "./adopt";
import { checkUpgradeTask, wrongPackage } from "./check";
import { changesInPlace, confirm, isNewConfirmation, isNewRetry, retryFailed } from "./in-place";
import { declare, nameOf, type TaskKind } from "./kind";
import { wrongSchedule } from "./rules";
import {
  canonical,
  CONTENT_FIELDS,
  type UpgradeTaskInputs,
  upgradeTaskInputs,
  type UpgradeTaskState,
  upgradeTaskState,
} from "./schema";
import {
  declaredBy,
  declaredIn,
  driftOf,
  isOver,
  newTaskState,
  refreshed,
  type TaskState,
} from "./state";
import { stopAndDelete } from "./stop";

type Inputs = UpgradeTaskInputs & { readonly platformState: string };

/** A task is made or taken over, read, retried and confirmed in place, stopped and deleted. */
export function upgradeTaskKind(kind: TaskKind, projects: Projects): Kind<Inputs, TaskState> {
  return {
    check: (news, old, context) => checkUpgradeTask(kind, news, old, projects, context),

    async diff(properties, news, context) {
      const state = upgradeTaskState.parse(properties);
      const id = String(state["taskId"]);
      const moved = await movedAccount(nameOf(id), state.account, projects, context);
      if (moved !== undefined) return moved;
      const { platformState: _, ...declared } = news;
      const { inputs: shaped } = shape(upgradeTaskInputs, declared);
      const inputs = shaped && canonical(shaped);
      const replaces = inputs === undefined ? [] : changedContent(state, inputs);
      if (replaces.length > 0) refuseToAdoptAgain(nameOf(id), id, inputs?.adopt, replaces);
      const live = await look(kind, id, state, projects, context);
      if (replaces.length > 0) {
        noteReplacement(state.createTime, projects, context);
        warnOfReplacement(kind, id, replaces, state, live, context);
        return { kind: "changed", replaces, deleteBeforeReplace: state.onDelete !== "keep" };
      }
      keepForProgram(id, projects, context);
      const drift =
        recordedDrift(state) ??
        (typeof live === "object" ? unacknowledged(driftOf(live), state) : undefined);
      if (drift !== undefined) {
        context.report.warn(
          `${nameOf(id)} was ${drift}. The next \`pulumi up\` takes note of it and pushes nothing; to push again, set rerunAfter.`,
        );
      }
      const isChanged = inputs !== undefined && changesInPlace(inputs, state);
      if (isChanged && isNewRetry(inputs.retryFailed, state)) {
        context.report.warn(`retryFailed pushes ${kind.word} again to the devices that failed.`);
      }
      if (isChanged || recordedDrift(state) !== undefined) return { kind: "changed" };
      return { kind: drift === undefined ? "same" : "unfinished" };
    },

    async create(inputs, context) {
      const project = projects.of(context.config);
      const tasks = project.tasks(callContextOf(context));
      if (inputs.adopt !== undefined) {
        const task = await adoptNamed(kind, inputs, project, context);
        project.holders.take(task.id);
        return { id: task.id, state: await newTaskState(inputs, task, project) };
      }
      const wrong = await wrongPackage(kind, inputs, project, context);
      if (wrong !== undefined) throw new OtaError(`${wrong.path} ${wrong.reason}`);
      const id = await project.starter.start(tasks, {
        declaration: declare(kind, inputs, context.urn),
        rerunAfter: parseInstant(inputs.rerunAfter ?? ""),
        replacedAt: project.predecessors.madeAt(context.urn),
        beforeCreate: () => {
          const tooLate = wrongSchedule(inputs, project.now());
          if (tooLate !== undefined) throw new OtaError(`${tooLate.path} ${tooLate.reason}`);
        },
        warn: (text) => {
          context.report.warn(text);
        },
        signal: context.signal,
      });
      // From here on the task exists, and nothing may be thrown without its id.
      project.holders.take(id);
      const task = tasks.known(id);
      const state = await newTaskState(inputs, task, project);
      if (inputs.confirmed === true) {
        await confirm(task, project, context).catch((error: unknown) => {
          throw new PartialFailure(id, { ...state, confirmed: false }, [
            `${nameOf(id)} was made, but not confirmed: ${messageOf(error)} The next \`pulumi up\` confirms it.`,
          ]);
        });
      }
      return { id, state };
    },

    async read(id, properties, context) {
      const state = properties === undefined ? undefined : upgradeTaskState.parse(properties);
      const project = await accountOwning(nameOf(id), state?.account, projects, context);
      const task = await project.tasks(callContextOf(context)).look(id, kind.taskType);
      if (state === undefined) {
        if (task === undefined || (task.taskType ?? kind.taskType) !== kind.taskType) {
          throw new OtaError(
            `Project ${await project.key()} has no ${kind.word} upgrade task ${id} (404). Check its id; old tasks are purged.`,
          );
        }
        const inputs = { ...declaredBy(task), platformState: AS_DECLARED };
        const failures = await failuresOf(task, project, context);
        return { state: await newTaskState(inputs, task, project, failures), inputs };
      }
      if (task === undefined) {
        warnOfGoneRecord(id, context);
        const platformState = recordedDrift(state) ?? AS_DECLARED;
        const kept = { ...(state as unknown as TaskState), platformState, recordGone: true };
        return { state: kept, inputs: { ...declaredIn(state), platformState } as Inputs };
      }
      const platformState =
        unacknowledged(driftOf(task), state) ?? recordedDrift(state) ?? AS_DECLARED;
      const failures = await knownOrNewFailures(task, state, project, context);
      return {
        state: { ...(await refreshed(state, task, project, failures)), platformState },
        inputs: { ...declaredIn(state), platformState } as Inputs,
      };
    },

    async update(id, properties, inputs, context) {
      const state = upgradeTaskState.parse(properties);
      const project = await accountOwning(nameOf(id), state.account, projects, context);
      const tasks = project.tasks(callContextOf(context));
      const before = await tasks.read(id);
      const { adopt: _a, ...declared } = inputs;
      // Taken away, these are the default again; what else is taken away changes nothing.
      const { onDelete: _o, taskName: _n, ...kept } = state;
      if (before === undefined) {
        warnOfGoneRecord(id, context);
        const drift = recordedDrift(state) ?? state.acknowledged;
        return {
          ...(kept as unknown as TaskState),
          ...declared,
          platformState: AS_DECLARED,
          recordGone: true,
          acknowledged: drift,
        };
      }
      const drift = driftOf(before) ?? recordedDrift(state);
      if (unacknowledged(drift, state) !== undefined) {
        context.report.warn(
          `${nameOf(id)} was ${drift ?? ""}. This is noted now; nothing was pushed.`,
        );
      }
      const retries = isNewRetry(inputs.retryFailed, state);
      const confirms = isNewConfirmation(inputs.confirmed, state);
      if (retries) await retryFailed(before, project, context);
      try {
        if (confirms) await confirm(before, project, context);
        const task = retries || confirms ? ((await tasks.read(id)) ?? before) : before;
        const failures = await knownOrNewFailures(task, state, project, context);
        return {
          ...(await refreshed(kept, task, project, failures)),
          ...declared,
          platformState: AS_DECLARED,
          acknowledged: drift,
        };
      } catch (error) {
        if (!retries) throw error;
        // A retry that was done must not be done again by the next `up`.
        const { retryFailed: done } = declared;
        throw new PartialFailure(id, { ...state, retryFailed: done }, [messageOf(error)]);
      }
    },

    async delete(id, properties, context) {
      const state = upgradeTaskState.parse(properties);
      if (state.onDelete === "keep") {
        await refuseOtherAccount(nameOf(id), state.account, projects, context);
        context.report.info(
          `${nameOf(id)} is forgotten here, and the platform goes on with it if it is not over (onDelete "keep").`,
        );
        return;
      }
      const project = await accountOwning(nameOf(id), state.account, projects, context);
      if (project.holders.isNeeded(id, context.urn)) {
        context.report.info(`${nameOf(id)} stays: another resource of this program has it.`);
        return;
      }
      await stopAndDelete(id, project, context);
    },
  };
}

/** The inputs that make another task of it. */
function changedContent(state: UpgradeTaskState, inputs: UpgradeTaskInputs): string[] {
  const replaces: string[] = CONTENT_FIELDS.filter(
    (field) => stable(inputs[field]) !== stable(state[field]),
  );
  return isRerun(inputs.rerunAfter, state) ? [...replaces, "rerunAfter"] : replaces;
}

/** The task as the platform tells it now, where it can still have changed and can be asked. */
async function look(
  kind: TaskKind,
  id: string,
  state: UpgradeTaskState,
  projects: Projects,
  context: HookContext,
): Promise<OperationRecord | "gone" | undefined> {
  if (state.recordGone === true) return "gone";
  if (isOver(state)) return undefined;
  let found: OperationRecord | "gone" | undefined;
  await tryToLook(nameOf(id), projects, context, async (project) => {
    found = (await project.tasks(callContextOf(context)).look(id, kind.taskType)) ?? "gone";
  });
  return found;
}

function warnOfReplacement(
  kind: TaskKind,
  id: string,
  replaces: readonly string[],
  state: UpgradeTaskState,
  live: OperationRecord | "gone" | undefined,
  context: HookContext,
): void {
  const again = `A change of ${replaces.join(", ")} makes a new task: ${kind.word} will be pushed again.`;
  if (live === "gone") {
    context.report.warn(`${again} The platform keeps no record of the old task ${id} any more.`);
    return;
  }
  const isUnfinished = live === undefined ? !isOver(state) : live.phase === "unfinished";
  const kept = isUnfinished
    ? `The platform goes on with the old task ${id}, which is not over (onDelete "keep"); the two may conflict.`
    : `The old task ${id} stays on the platform (onDelete "keep").`;
  const deleted = isUnfinished
    ? `The old task ${id}, which is not over, is stopped and deleted first.`
    : `The record of the old task ${id} is deleted first.`;
  context.report.warn(`${again} ${state.onDelete === "keep" ? kept : deleted}`);
}

function warnOfGoneRecord(id: string, context: HookContext): void {
  context.report.warn(
    `${nameOf(id)}: the platform keeps no record of it any more (404). What is known of it stays here, and nothing is pushed again.`,
  );
}

const MOST_FAILURES = 20;

/** The devices' own reasons, once the task has ended badly. */
async function failuresOf(
  task: OperationRecord,
  project: Project,
  context: HookContext,
): Promise<TaskState["failures"]> {
  const endedBadly = task.phase === "failed" && (task.counts?.fail ?? 1) > 0;
  if (!endedBadly) return undefined;
  return project.tasks(callContextOf(context)).failures(task.id, MOST_FAILURES);
}

async function knownOrNewFailures(
  task: OperationRecord,
  state: UpgradeTaskState,
  project: Project,
  context: HookContext,
): Promise<TaskState["failures"]> {
  const sameAsBefore =
    state.failures !== undefined && stable(state.deviceCounts) === stable(task.counts);
  return sameAsBefore
    ? (state.failures as unknown as TaskState["failures"])
    : failuresOf(task, project, context);
}
