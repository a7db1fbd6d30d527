import { z } from "zod";

import { CancelledError, messageOf, OtaError } from "../errors";
import type { CallContext } from "../http/endpoint";
import { assertEngineAlive } from "../pulumi/engine-link";
import {
  type Failure,
  type HookContext,
  type Kind,
  PartialFailure,
  type Properties,
} from "../pulumi/hooks";
import { isKnown, leaf, shape } from "../pulumi/inputs";
import { waitForTask } from "../upgrade/completion";
import {
  describeFailures,
  describeOutcome,
  describeProgress,
  judge,
  type Thresholds,
  type Verdict,
} from "../upgrade/outcome";
import type { DeviceCounts, DeviceFailure, TaskRecord } from "../upgrade/platform";
import {
  accountOwning,
  type Accounts,
  callContextOf,
  movedAccount,
  type OpenAccount,
} from "./accounts";

const number = leaf("a number", z.number()).optional();

/** What may be declared in every wing, beside the task's id. */
export const completionFields = {
  timeoutSeconds: number,
  maxFailedDevices: number,
  minSuccessPercent: number,
};

const DEFAULT_TIMEOUT_SECONDS = 30 * 60;
const MOST_FAILURES = 20;

/** What a wait asks of an account. */
export interface AwaitedTasks<Task extends TaskRecord> {
  read(id: string): Promise<Task | undefined>;
  /** The same as `read`, together with others that are looked at in the same moment. */
  look(id: string): Promise<Task | undefined>;
  /** The same as `read`, together with others that are polled in the same moment. */
  poll(id: string, before: Task | undefined): Promise<Task | undefined>;
  failures(id: string, most: number): Promise<readonly DeviceFailure[]>;
}

export interface AwaitingAccount<Task extends TaskRecord> extends OpenAccount {
  tasks(context: CallContext): AwaitedTasks<Task>;
}

/** How one wing waits for its tasks. */
export interface CompletionOptions<Task extends TaskRecord> {
  readonly accounts: Accounts<AwaitingAccount<Task>>;
  readonly inputs: z.ZodType<CompletionInputs>;
  /** The input that names the task. */
  readonly idField: "operationId" | "taskId";
  readonly wrongId: (id: string) => Failure[];
  /** The platform's code for a task that it does not know: ` (123009)`. */
  readonly goneCode: string;
  /** What can be done about a task that ended badly, as a clause. */
  readonly remedy: string;
  /** A sentence on what a task that is not over waits for, where it is somebody's decision. */
  readonly waitsFor?: (task: Task) => string | undefined;
}

export interface CompletionInputs extends Thresholds {
  readonly operationId?: string;
  readonly taskId?: string;
  readonly timeoutSeconds?: number | undefined;
}

export interface CompletionState extends CompletionInputs {
  readonly status: string | undefined;
  readonly deviceCounts: DeviceCounts | undefined;
  readonly failures: readonly DeviceFailure[] | undefined;
  readonly outcome: Verdict;
  readonly account: string;
}

/** What a state holds; tolerant of the states of other releases. */
const knownState = z.looseObject({
  timeoutSeconds: z.number().optional().catch(undefined),
  maxFailedDevices: z.number().optional().catch(undefined),
  minSuccessPercent: z.number().optional().catch(undefined),
  status: z.string().optional().catch(undefined),
  outcome: z.string().optional().catch(undefined),
  account: z.string().optional().catch(undefined),
});

/** Making one is waiting for its task; it owns nothing, so deleting one is nothing. */
export function upgradeCompletionKind<Task extends TaskRecord>(
  options: CompletionOptions<Task>,
): Kind<CompletionInputs, CompletionState> {
  type Account = AwaitingAccount<Task>;
  const { accounts, idField, goneCode } = options;
  const fields = [idField, "timeoutSeconds", "maxFailedDevices", "minSuccessPercent"] as const;
  const nameOf = (id: unknown): string =>
    `The wait for upgrade task ${typeof id === "string" ? id : ""}`;

  return {
    check(news) {
      const { inputs, failures = [] } = shape(options.inputs, news);
      if (inputs === undefined) return Promise.resolve({ inputs: news, failures });
      const id = inputs[idField] ?? "";
      const wrong = [...(isKnown(id) ? options.wrongId(id) : []), ...thresholdFailures(inputs)];
      return Promise.resolve({ inputs: { ...inputs }, failures: wrong });
    },

    async diff(_id, properties, news, context) {
      const state = knownState.parse(properties);
      const moved = await movedAccount(nameOf(state[idField]), state.account, accounts, context);
      if (moved !== undefined) return moved;
      if (news[idField] !== state[idField]) return { kind: "changed", replaces: [idField] };
      if (fields.some((field) => news[field] !== state[field])) return { kind: "changed" };
      // A refresh clears the engine's own mark of a partial failure, so the state tells it too.
      if (state.outcome === "succeeded") return { kind: "same" };
      const counts = state["deviceCounts"] as DeviceCounts | undefined;
      const told = counts === undefined ? "no figures" : describeProgress(counts);
      context.report.warn(
        state.outcome === "failed"
          ? `Upgrade task ${String(state[idField])} ended badly when it was last looked at (${state.status ?? "unknown"}: ${told}). \`pulumi up\` stays red here until the task or a threshold changes: ${options.remedy}.`
          : `Upgrade task ${String(state[idField])} was not over when it was last looked at (${told}). \`pulumi up\` goes on waiting for it.`,
      );
      return { kind: "unfinished" };
    },

    async create(inputs, context) {
      const account = accounts.of(context.config);
      const state = await waitAndJudge(inputs, undefined, account, context);
      return { id: inputs[idField] ?? "", state };
    },

    async read(id, properties, context) {
      const state = properties === undefined ? undefined : knownState.parse(properties);
      const account = await accountOwning(nameOf(id), state?.account, accounts, context);
      const task = await account.tasks(callContextOf(context)).look(id);
      const inputs = inputsOf(state, id);
      if (task === undefined) {
        if (state === undefined) throw new OtaError(await noTask(id, account));
        context.report.warn(keptOutcome(id));
        return { state: state as unknown as CompletionState, inputs };
      }
      const verdict = judge(task.phase, task.counts, inputs);
      const before = state as unknown as CompletionState | undefined;
      const now = await stateOf(inputs, task, verdict, account);
      return { state: { ...before, ...now, failures: before?.failures }, inputs };
    },

    async update(id, properties, inputs, context) {
      const state = knownState.parse(properties);
      const account = await accountOwning(nameOf(id), state.account, accounts, context);
      return waitAndJudge(inputs, state as unknown as CompletionState, account, context);
    },

    delete: () => Promise.resolve(),
  };

  function inputsOf(state: Properties | undefined, id: string): CompletionInputs {
    const declared = fields.map((field) => [field, state?.[field]]);
    return { ...(Object.fromEntries(declared) as CompletionInputs), [idField]: id };
  }

  function keptOutcome(id: string): string {
    return `Upgrade task ${id}: the platform keeps no record of it any more${goneCode}. What is known of its outcome stays here.`;
  }

  async function noTask(id: string, account: Account): Promise<string> {
    const noun = accounts.noun.charAt(0).toUpperCase() + accounts.noun.slice(1);
    return `${noun} ${await account.key()} has no upgrade task ${id}${goneCode}. Check its id; old tasks are purged.`;
  }

  async function stateOf(
    inputs: CompletionInputs,
    task: Task | undefined,
    outcome: Verdict,
    account: Account,
  ): Promise<Omit<CompletionState, "failures">> {
    return {
      ...inputs,
      status: task?.status,
      deviceCounts: task?.counts,
      outcome,
      account: await account.key(),
    };
  }

  /**
   * A good outcome is a state; every other end is a partial failure, so that the next `up` goes on
   * with the same task.
   */
  async function waitAndJudge(
    inputs: CompletionInputs,
    before: CompletionState | undefined,
    account: Account,
    context: HookContext,
  ): Promise<CompletionState> {
    const id = inputs[idField] ?? "";
    const tasks = account.tasks({ ...callContextOf(context), priority: "poll" });
    let last: Task | undefined;
    const failWith = async (
      verdict: Verdict,
      reasons: string[],
      failures?: readonly DeviceFailure[],
    ): Promise<PartialFailure> => {
      const known = await stateOf(inputs, last, verdict, account);
      const state = last === undefined ? { ...before, ...inputs, account: known.account } : known;
      return new PartialFailure(id, { ...state, outcome: verdict, failures }, reasons);
    };
    let end;
    try {
      end = await waitForTask<Task>({
        read: async (before) => {
          await assertEngineAlive();
          const task = await tasks.poll(id, before);
          last = task ?? last;
          return task;
        },
        thresholds: inputs,
        timeoutSeconds: inputs.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
        clock: account.clock,
        signal: context.signal,
        progress: (text, isLast) => {
          context.report.progress(text, isLast);
        },
      });
    } catch (error) {
      if (error instanceof CancelledError) throw await failWith("open", [interrupted(id, last)]);
      throw await failWith("open", [
        `Waiting for upgrade task ${id} broke off: ${messageOf(error)} The next \`pulumi up\` goes on waiting.`,
      ]);
    }
    if (end.reason === "gone") {
      if (before === undefined && last === undefined) throw new OtaError(await noTask(id, account));
      // An outcome that was known stays known, whatever thresholds it is held against now.
      const known = before?.outcome === "open" ? undefined : before;
      if (known !== undefined && judge("stopped", known.deviceCounts, inputs) === "succeeded") {
        context.report.warn(keptOutcome(id));
        return { ...known, ...inputs, outcome: "succeeded", failures: undefined };
      }
      throw await failWith("failed", [
        `The platform keeps no record of upgrade task ${id} any more${goneCode}, so its outcome cannot be known. Last known: ${describeProgress(last?.counts ?? before?.deviceCounts)}.`,
      ]);
    }
    if (end.reason === "cancelled") throw await failWith("open", [interrupted(id, last)]);
    if (end.reason === "timeout") {
      const waited = String(inputs.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS);
      const held = options.waitsFor?.(end.task) ?? "The platform goes on with it.";
      throw await failWith("open", [
        `Upgrade task ${id} is not over after ${waited} s: ${describeProgress(last?.counts)}. ${held} The next \`pulumi up\` goes on waiting; raise timeoutSeconds to wait longer.`,
      ]);
    }
    const { task, verdict } = end;
    if (verdict === "succeeded") {
      return { ...(await stateOf(inputs, task, verdict, account)), failures: undefined };
    }
    const failures = await tasks.failures(id, MOST_FAILURES).catch(() => []);
    throw await failWith(
      verdict,
      [describeOutcome(id, task, inputs), ...describeFailures(failures, task.counts)],
      failures,
    );
  }
}

function interrupted(id: string, last: TaskRecord | undefined): string {
  return `The wait for upgrade task ${id} was interrupted: ${describeProgress(last?.counts)}. The platform goes on with it, and the next \`pulumi up\` goes on waiting.`;
}

/** All that is wrong with patience and thresholds. */
function thresholdFailures(inputs: CompletionInputs): Failure[] {
  return [
    ...outOfRange("timeoutSeconds", inputs.timeoutSeconds, 1, 30 * 24 * 3600, true),
    ...outOfRange("maxFailedDevices", inputs.maxFailedDevices, 0, 1_000_000, true),
    ...outOfRange("minSuccessPercent", inputs.minSuccessPercent, 0, 100, false),
  ];
}

function outOfRange(
  path: string,
  value: number | undefined,
  least: number,
  most: number,
  whole: boolean,
): Failure[] {
  if (value === undefined || !isKnown(value)) return [];
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return [];
  const what = whole ? "a whole number" : "a number";
  return [
    {
      path,
      reason: `is ${String(value)}; it must be ${what} from ${String(least)} to ${String(most)}.`,
    },
  ];
}
