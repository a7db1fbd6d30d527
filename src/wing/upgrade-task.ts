import { OtaError } from "../errors";
import type { HookContext, Kind, Properties } from "../pulumi/kind";
import { isKnown } from "../pulumi/inputs";
import { containsUnknown } from "../pulumi/unknown";
import type { TaskRecord } from "../upgrade/platform";
import { nameInUrn } from "../urn";
import {
  accountOwning,
  callContextOf,
  movedAccount,
  ofOrError,
  refuseOtherAccount,
  tryToLook,
} from "./accounts";
import { declaredIn, readWhole } from "./declared";
import { AS_DECLARED, recordedDrift, unacknowledged } from "./drift";
import { isRerun, refuseToAdoptAgain } from "./task-changes";
import { checkTask, failuresNow } from "./task-check";
import { inTurnOf, isKept, laterResourcesAreKnown } from "./run-objects";
import {
  handedOver,
  holdTask,
  noteChange,
  notePredecessor,
  resourceTakingOver,
  taskToTakeOver,
  warnOfUndone,
} from "./task-run";
import { madeOrTakenOver } from "./task-start";
import { REACH } from "./task-reach";
import {
  createdAt,
  goneDrift,
  type KnownTaskState,
  stateOf,
  taskState,
  type TaskState,
  withoutRecord,
} from "./task-state";
import type { TaskAccount, TaskInputs, TaskWing } from "./task-wing";
import { describeReplacement, fateOf, type OldTask } from "./task-replacement";
import { announce, fulfilled, isUnfulfilled, newWishes } from "./task-wishes";

export function nameOf(id: string): string {
  return `Upgrade task ${id}`;
}

/**
 * The lifecycle of a task, the same in every wing: it is made or taken over, read, changed in place by
 * wishes, and forgotten, or ended where the platform can.
 */
export function upgradeTaskKind<
  Inputs extends TaskInputs,
  Declaration,
  Task extends TaskRecord,
  Package,
  Account extends TaskAccount,
>(wing: TaskWing<Inputs, Declaration, Task, Package, Account>): Kind<Inputs, TaskState> {
  const { accounts } = wing;
  const tasksOf = (account: Account, context: HookContext) =>
    wing.tasks(account, callContextOf(context));
  const readable = (declared: Properties): Inputs | undefined => {
    const inputs = readWhole(wing.inputs, declaredIn(declared, wing.inputNames));
    return inputs && wing.canonical(inputs);
  };

  return {
    check: (news, old, context) => checkTask(wing, news, old, context),

    async diff(id, properties, news, context) {
      const state = taskState.parse(properties);
      const moved = await movedAccount(nameOf(id), state.account, accounts, context);
      if (moved !== undefined) return moved;
      const before = readable(state);
      const inputs = readable(news);
      const isComparable = before !== undefined && inputs !== undefined;
      const replaces = isComparable ? [...wing.differences(inputs, before)] : [];
      if (isRerun(inputs?.rerunAfter, state)) replaces.push("rerunAfter");
      // A destroy of what others depend on asks for differences, too, and makes nothing.
      if (replaces.length > 0 && !context.isProgramRun) return { kind: "changed", replaces };
      if (replaces.length > 0) refuseToAdoptAgain(nameOf(id), id, inputs?.adopt, replaces);
      if (replaces.join() === "rerunAfter") await refuseImpossibleRerun(inputs, context);
      const live = await look(id, state, context);
      if (replaces.length > 0) {
        const mayStay = replaces.every((field) => containsUnknown(inputs?.[field as keyof Inputs]));
        await notePredecessor(wing, id, before, inputs, mayStay, state, context);
        const old = await oldTask(id, before, inputs, live, state, context);
        context.report.warn(describeReplacement(wing, replaces, before, inputs, old, state));
        return { kind: "changed", replaces, deleteBeforeReplace: old.isFirst };
      }
      await holdTask(wing, id, before, state, context);
      const drift = recordedDrift(state) ?? unacknowledged(live && driftSeen(live, state), state);
      if (drift !== undefined) {
        context.report.warn(
          `${nameOf(id)} was ${drift}. The next \`pulumi up\` takes note of it and pushes nothing; to push again, set rerunAfter.`,
        );
      }
      const wanted = inputs === undefined ? [] : newWishes(wing, inputs, state, live);
      if (inputs !== undefined) await announce(wing, wanted, id, inputs, context);
      if (wanted.length > 0) noteChange(accounts, id, context);
      if (isUnfulfilled(wanted, state)) return { kind: "unfinished" };
      const isEdited =
        (news["onDelete"] ?? wing.defaultOnDelete) !== (state.onDelete ?? wing.defaultOnDelete) ||
        news["maxDevices"] !== state["maxDevices"];
      if (wanted.length > 0 || isEdited || recordedDrift(state) !== undefined) {
        return { kind: "changed" };
      }
      return drift === undefined ? { kind: "same" } : { kind: "unfinished" };
    },

    async create(inputs, context) {
      const account = accounts.of(context.config);
      const tasks = tasksOf(account, context);
      const begun = await madeOrTakenOver(wing, inputs, account, context);
      const { id, leaves } = begun;
      // From here on the task exists, and nothing may be thrown without its id.
      const task = begun.task ?? (await tasks.justStarted(id));
      // Of a task that moves here, what was asked of it and done stays done.
      const had = begun.isMade ? undefined : await handedOver(account, id);
      const declared = { versionPackage: leaves, ...had?.wishes, ...(inputs as Properties) };
      const state = await stateOf(wing, declared, task, undefined, account, context);
      const wanted = newWishes(
        wing,
        inputs,
        had && { ...had.wishes, unfulfilled: had.unfulfilled },
        task,
      );
      const { unfulfilled } = had ?? {};
      return {
        id,
        state: await fulfilled(wing, wanted, task, state, account, context, unfulfilled),
      };
    },

    async read(id, properties, context) {
      const state = properties === undefined ? undefined : taskState.parse(properties);
      const account = await accountOwning(nameOf(id), state?.account, accounts, context);
      const task = await tasksOf(account, context).look(id, state && createdAt(state));
      if (state === undefined) return readById(id, task, account, context);
      const declared = declaredIn(state, [...wing.inputNames, REACH]);
      const drift = driftSeen(task ?? "gone", { ...state, ...declared });
      const platformState = unacknowledged(drift, state) ?? recordedDrift(state) ?? AS_DECLARED;
      if (task === undefined) warnOfGoneRecord(id, context);
      const now =
        task === undefined
          ? withoutRecord(state)
          : {
              ...(await stateOf(wing, declared, task, state, account, context)),
              unfulfilled: state.unfulfilled,
            };
      return {
        state: { ...now, platformState },
        inputs:
          platformState === AS_DECLARED
            ? undefined
            : ({ ...declared, platformState } as unknown as Inputs),
      };
    },

    async update(id, properties, inputs, context) {
      const state = taskState.parse(properties);
      const account = await accountOwning(nameOf(id), state.account, accounts, context);
      const tasks = tasksOf(account, context);
      const task = await tasks.read(id, createdAt(state));
      // A wish that was fulfilled stays so, whatever is taken away.
      const declared = {
        ...declaredIn(
          state,
          wing.wishes.map(({ field }) => field),
        ),
        ...(inputs as Properties),
      };
      const drift = driftSeen(task ?? "gone", { ...state, ...declared }) ?? recordedDrift(state);
      if (unacknowledged(drift, state) !== undefined) {
        context.report.warn(
          `${nameOf(id)} was ${drift ?? ""}. This is noted now; nothing was pushed.`,
        );
      }
      if (task === undefined) {
        warnOfGoneRecord(id, context);
        const kept = withoutRecord({ ...state, ...declared });
        return { ...kept, platformState: AS_DECLARED, acknowledged: drift ?? state.acknowledged };
      }
      const noted = { ...state, acknowledged: drift };
      const now = await stateOf(wing, declared, task, noted, account, context);
      const wanted = newWishes(wing, inputs, state, task);
      return fulfilled(wing, wanted, task, now, account, context, state.unfulfilled);
    },

    async delete(id, properties, context) {
      const state = taskState.parse(properties);
      const { remove } = wing;
      const gone = readable(state);
      const here = ofOrError(accounts, context.config);
      if (gone !== undefined && context.isProgramRun && !(here instanceof Error)) {
        await warnOfUndone(wing, id, gone, state, here, context);
      }
      if (remove === undefined || state.onDelete === "keep") {
        await refuseOtherAccount(nameOf(id), state.account, accounts, context);
        if (await isKept(nameOf(id), id, "tasks", accounts, context)) return;
        const isUnfinished = !wing.isOver(state.status) && state.recordGone !== true;
        context.report.info(
          isUnfinished
            ? `${nameOf(id)} is forgotten here, and ${wing.goesOn}`
            : `${nameOf(id)} is forgotten here; its record stays on the platform.`,
        );
        return;
      }
      const account = await accountOwning(nameOf(id), state.account, accounts, context);
      const key = gone && wing.keyOf(gone, context.urn);
      await laterResourcesAreKnown(id, account, context);
      await inTurnOf(id, "tasks", account, async () => {
        if (await isKept(nameOf(id), id, "tasks", accounts, context, key)) return;
        await remove(id, account, context, createdAt(state));
      });
    },
  };

  /** That a task is to run again only the state tells, which no check sees: it is judged here. */
  async function refuseImpossibleRerun(
    inputs: Inputs | undefined,
    context: HookContext,
  ): Promise<void> {
    if (inputs === undefined || !isKnown(inputs.rerunAfter)) return;
    const { failures } = await failuresNow(wing, inputs, context);
    if (failures.length === 0) return;
    throw new OtaError(failures.map(({ path, reason }) => `${path} ${reason}`.trim()).join("\n"));
  }

  /** The task as the platform tells it now, where it can still have changed and can be asked. */
  async function look(
    id: string,
    state: KnownTaskState,
    context: HookContext,
  ): Promise<Task | "gone" | undefined> {
    if (state.recordGone === true) return "gone";
    if (wing.isOver(state.status)) return undefined;
    let found: Task | "gone" | undefined;
    await tryToLook(nameOf(id), accounts, context, async (account) => {
      found = (await tasksOf(account, context).look(id, createdAt(state))) ?? "gone";
    });
    return found;
  }

  function driftSeen(task: Task | "gone", state: KnownTaskState): string | undefined {
    return task === "gone"
      ? goneDrift(state, (status) => wing.isOver(status))
      : wing.driftOf(task, state);
  }

  /**
   * What becomes of the task that is replaced, and of what comes in its place. It goes first only where
   * both would run on the same devices at once: what must be deleted before it is replaced is deleted
   * before the engine has told of all resources, one of which may declare it.
   */
  async function oldTask(
    id: string,
    before: Inputs | undefined,
    inputs: Inputs | undefined,
    live: Task | "gone" | undefined,
    state: KnownTaskState,
    context: HookContext,
  ): Promise<OldTask> {
    const moving = inputs && (await taskToTakeOver(wing, inputs, context));
    const next = before && (await resourceTakingOver(wing, before, context));
    if (next !== undefined) {
      const fate = ` The old task ${id} stays: ${nameInUrn(next)} takes it over.`;
      return { moving, isFirst: false, fate };
    }
    if (live === "gone") {
      const fate = ` The platform keeps no record of the old task ${id} any more.`;
      return { moving, isFirst: false, fate };
    }
    const isUnfinished =
      live === undefined ? !wing.isOver(state.status) : live.phase === "unfinished";
    const isRemoved =
      wing.remove !== undefined &&
      state.onDelete !== "keep" &&
      context.isRetained !== true &&
      !(isUnfinished && wing.cannotBeStopped === true);
    const keptBy = context.isRetained === true ? "retainOnDelete" : 'onDelete "keep"';
    const isFirst =
      isRemoved &&
      isUnfinished &&
      moving === undefined &&
      before !== undefined &&
      inputs !== undefined &&
      wing.collide(inputs, before);
    return {
      moving,
      isFirst,
      fate: fateOf(wing, id, { isRemoved, isFirst, isUnfinished, keptBy }),
    };
  }

  function warnOfGoneRecord(id: string, context: HookContext): void {
    context.report.warn(
      `${nameOf(id)}: the platform keeps no record of it any more (${wing.goneCode}). What is known of it stays here, and nothing is pushed again.`,
    );
  }

  async function readById(
    id: string,
    task: Task | undefined,
    account: Account,
    context: HookContext,
  ): Promise<{ state: TaskState; inputs: Inputs }> {
    const inputs = task && (await wing.inputsOf(task, account, context));
    if (task === undefined || inputs === undefined) {
      throw new OtaError(
        `${capitalised(accounts.noun)} ${await account.key()} has no ${wing.packageKind} upgrade task ${id} (${wing.goneCode}). Check the ${wing.noun} id; old tasks are purged.`,
      );
    }
    const declared = { ...inputs, platformState: AS_DECLARED };
    return {
      state: await stateOf(
        wing,
        declared as object as Properties,
        task,
        undefined,
        account,
        context,
      ),
      inputs: declared,
    };
  }
}

function capitalised(noun: string): string {
  return noun.charAt(0).toUpperCase() + noun.slice(1);
}
