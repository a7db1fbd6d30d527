import * as z from "zod/mini";

import { OtaError } from "../errors";
import type { CallContext } from "../http/endpoint";
import type { Failure, HookContext, Kind, Properties } from "../pulumi/kind";
import { isKnown, shape } from "../pulumi/inputs";
import { describeProgress, judge } from "../upgrade/outcome";
import type { DeviceCounts, TaskRecord } from "../upgrade/platform";
import {
  accountOwning,
  type Accounts,
  callContextOf,
  keyToKeep,
  movedAccount,
  ofOrError,
  type OpenAccount,
  tryToLook,
} from "./accounts";
import {
  completionFields,
  type CompletionInputs,
  declaredIn,
  differences,
  wrongThresholds,
} from "./completion-inputs";
import { remembered } from "./declared";
import {
  type AwaitedTasks,
  type CompletionState,
  keptOutcome,
  lastJudged,
  waitAndJudge,
} from "./completion-wait";

export interface AwaitingAccount<Task extends TaskRecord> extends OpenAccount {
  tasks(context: CallContext): AwaitedTasks<Task>;
}

/** How one wing waits for its tasks. */
export interface CompletionOptions<Task extends TaskRecord> {
  readonly accounts: Accounts<AwaitingAccount<Task>>;
  readonly inputs: z.ZodMiniType<CompletionInputs>;
  /** The input that names the task. */
  readonly idField: string;
  readonly wrongId: (id: string) => Failure[];
  /** The platform's code for a task that it does not know: ` (123009)`. */
  readonly goneCode: string;
  /** What can be done about a task that ended badly, as a clause. */
  readonly remedy: string;
  /** A sentence on what a task that is not over waits for, where it is somebody's decision. */
  readonly waitsFor?: (task: Task) => string | undefined;
}

const count = z.catch(z.number(), 0);

/** What a state holds; tolerant of the states of other releases. */
const knownState = z.pipe(
  z.looseObject({
    status: remembered(z.string()),
    deviceCounts: remembered(
      z.object({
        total: count,
        wait: count,
        processing: count,
        success: count,
        fail: count,
        stop: count,
        timeout: count,
      }),
    ),
    failures: remembered(z.array(z.object({ deviceId: z.string(), reason: z.string() }))),
    outcome: z.catch(z.enum(["succeeded", "failed", "open"]), "open"),
    account: remembered(z.string()),
  }),
  z.transform((state) => ({ ...state, ...knownDeclaration(state) })),
);

function knownDeclaration(state: Properties): CompletionInputs {
  return Object.fromEntries(
    Object.entries(completionFields).map(([field, schema]) => [
      field,
      schema.safeParse(state[field]).data,
    ]),
  );
}

type KnownState = z.output<typeof knownState>;

/** Making one is waiting for its task; it owns nothing, so deleting one is nothing. */
export function upgradeCompletionKind<Task extends TaskRecord>(
  options: CompletionOptions<Task>,
): Kind<CompletionInputs, CompletionState> {
  type Account = AwaitingAccount<Task>;
  const { accounts, idField, goneCode } = options;
  const idIn = ({ [idField]: id }: Properties): string => (typeof id === "string" ? id : "");
  const nameOf = (id: string): string => `The wait for upgrade task ${id}`;

  return {
    async check(news, old, context) {
      const { inputs, failures = [] } = shape(options.inputs, news);
      if (inputs === undefined) return { inputs: news, failures };
      const id = idIn(inputs);
      const wrong = [...(isKnown(id) ? options.wrongId(id) : []), ...wrongThresholds(inputs)];
      // An `up` that makes the task before finds out by itself.
      const isNew = context.isPreview && isKnown(id) && id !== idIn(old ?? {});
      if (isNew && wrong.length === 0) wrong.push(...(await unknownTask(id, context)));
      return { inputs: { ...inputs }, failures: wrong };
    },

    async diff(_id, properties, news: CompletionInputs, context) {
      const state = knownState.parse(properties);
      const moved = await movedAccount(nameOf(idIn(state)), state.account, accounts, context);
      if (moved !== undefined) return moved;
      if (idIn(news) !== idIn(state)) return { kind: "changed", replaces: [idField] };
      const changes = differences(state, news);
      if (state.outcome === "succeeded") {
        if (changes.length === 0) return { kind: "same" };
        if (!isStricter(state, news)) return { kind: "changed" };
      }
      // A refresh clears the engine's own mark of a partial failure, so the state tells it too; and a
      // red update leaves the inputs of before, with which the engine would find nothing changed.
      const account = ofOrError(accounts, context.config);
      const isChanging = !(account instanceof Error) && account.changing.has(idIn(state));
      context.report.warn(stillToDo(state, changes, isChanging));
      return { kind: "unfinished" };
    },

    async create(inputs, context) {
      const account = accounts.of(context.config);
      const state = await goOn(inputs, undefined, account, context);
      return { id: idIn(inputs), state };
    },

    async read(id, properties, context) {
      const before = properties === undefined ? undefined : knownState.parse(properties);
      const account = await accountOwning(nameOf(id), before?.account, accounts, context);
      const task = await account.tasks(callContextOf(context)).look(id);
      if (task === undefined) {
        if (before === undefined) throw new OtaError(await noTask(id, account));
        context.report.warn(keptOutcome(id, goneCode));
        return { state: { ...before, account: await keyToKeep(before.account, account) } };
      }
      const declared = before === undefined ? { [idField]: id } : declaredIn(before, idField);
      const outcome = judge(task, declared);
      const failures = outcome === "succeeded" ? undefined : before?.failures;
      return {
        state: {
          ...declared,
          status: task.status,
          deviceCounts: task.counts,
          failures,
          outcome,
          account: await keyToKeep(before?.account, account),
        },
        inputs: before === undefined ? declared : undefined,
      };
    },

    async update(id, properties, inputs, context) {
      const before = knownState.parse(properties);
      const account = await accountOwning(nameOf(id), before.account, accounts, context);
      return goOn(inputs, before, account, context);
    },

    delete: () => Promise.resolve(),
  };

  async function goOn(
    inputs: CompletionInputs,
    before: KnownState | undefined,
    account: Account,
    context: HookContext,
  ): Promise<CompletionState> {
    const id = idIn(inputs);
    return waitAndJudge<Task>({
      id,
      idField,
      inputs,
      before,
      account: await keyToKeep(before?.account, account),
      tasks: account.tasks({ ...callContextOf(context), priority: "poll" }),
      clock: account.clock,
      context,
      waitsFor: options.waitsFor,
      remedy: options.remedy,
      noTask: await noTask(id, account),
      goneCode,
    });
  }

  async function unknownTask(id: string, context: HookContext): Promise<Failure[]> {
    let reason: string | undefined;
    await tryToLook(nameOf(id), accounts, context, async (account) => {
      const task = await account.tasks(callContextOf(context)).look(id);
      if (task === undefined) reason = await noTask(id, account);
    });
    return reason === undefined ? [] : [{ path: "", reason }];
  }

  async function noTask(id: string, account: Account): Promise<string> {
    const noun = accounts.noun.charAt(0).toUpperCase() + accounts.noun.slice(1);
    return `${noun} ${await account.key()} has no upgrade task ${id}${goneCode}. Check its id; old tasks are purged.`;
  }

  function stillToDo(state: KnownState, changes: readonly string[], isChanging: boolean): string {
    const { deviceCounts: counts, outcome, status = "unknown" } = state;
    const told = counts === undefined ? "no figures" : describeProgress(counts);
    const name = `Upgrade task ${idIn(state)}`;
    const withChanges = changes.length === 0 ? "" : `, with ${changes.join(", ")}`;
    if (outcome === "open") {
      return `${name} was not over when it was last looked at (${told}). \`pulumi up\` goes on waiting for it${withChanges}.`;
    }
    const end =
      outcome === "succeeded"
        ? "was good enough"
        : goesOn(counts)
          ? "could reach no good outcome any more"
          : "ended badly";
    const next = isChanging
      ? `changes the task and judges it again${withChanges}`
      : changes.length === 0
        ? `stays red here until the task or a threshold changes: ${options.remedy}`
        : `judges it again${withChanges}`;
    return `${name} ${end} when it was last looked at (${status}: ${told}). \`pulumi up\` ${next}.`;
  }
}

/** Whether what was good enough may not be by what is declared now, as far as that is known. */
function isStricter(state: KnownState, news: CompletionInputs): boolean {
  const thresholds = [news.maxFailedDevices, news.minSuccessPercent];
  return thresholds.every(isKnown) && lastJudged(state, news) !== "succeeded";
}

function goesOn(counts: DeviceCounts | undefined): boolean {
  return counts !== undefined && counts.wait + counts.processing > 0;
}
