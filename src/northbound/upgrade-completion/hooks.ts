import { CancelledError, messageOf, OtaError } from "../../errors";
import { type HookContext, type Kind, PartialFailure, type Properties } from "../../pulumi/hooks";
import { shape } from "../../pulumi/inputs";
import { assertEngineAlive } from "../../pulumi/engine-link";
import { waitForTask } from "../../upgrade/completion";
import {
  describeFailures,
  describeOutcome,
  describeProgress,
  judge,
  type Verdict,
} from "../../upgrade/outcome";
import type { DeviceCounts, DeviceFailure } from "../../upgrade/platform";
import {
  applicationOwning,
  type Applications,
  callContextOf,
  movedAccount,
} from "../api/applications";
import type { Application } from "../api/platform";
import type { OperationRecord } from "../api/wire";
import {
  DEFAULT_TIMEOUT_SECONDS,
  upgradeCompletionFailures,
  type UpgradeCompletionInputs,
  upgradeCompletionInputs,
  upgradeCompletionState,
} from "./schema";

type Inputs = UpgradeCompletionInputs;

interface State extends Inputs {
  readonly status: string | undefined;
  readonly deviceCounts: DeviceCounts | undefined;
  readonly failures: readonly DeviceFailure[] | undefined;
  readonly outcome: Verdict;
  readonly account: string;
}

const MOST_FAILURES = 20;
const INPUT_FIELDS = [
  "operationId",
  "timeoutSeconds",
  "maxFailedDevices",
  "minSuccessPercent",
] as const;

/** Making one is waiting for its task; it owns nothing, so deleting one is nothing. */
export function upgradeCompletionKind(applications: Applications): Kind<Inputs, State> {
  const nameOf = (id: string): string => `The wait for upgrade task ${id}`;

  return {
    check(news) {
      const { inputs, failures } = shape(upgradeCompletionInputs, news);
      return Promise.resolve(
        inputs === undefined
          ? { inputs: news, failures }
          : { inputs, failures: upgradeCompletionFailures(inputs) },
      );
    },

    diff(properties, news, context) {
      const state = upgradeCompletionState.parse(properties);
      const what = nameOf(state.operationId ?? "");
      const moved = movedAccount(what, state.account, applications, context);
      if (moved !== undefined) return Promise.resolve(moved);
      if (news["operationId"] !== state.operationId) {
        return Promise.resolve({ kind: "changed", replaces: ["operationId"] });
      }
      if (INPUT_FIELDS.some((field) => (news[field] ?? undefined) !== state[field])) {
        return Promise.resolve({ kind: "changed" });
      }
      // A refresh clears the engine's own mark of a partial failure, so the state tells it too.
      return Promise.resolve(
        state.outcome === "succeeded" ? { kind: "same" } : { kind: "unfinished" },
      );
    },

    async create(inputs, context) {
      const application = applications.of(context.config);
      const state = await waitAndJudge(inputs, undefined, application, context);
      return { id: inputs.operationId, state };
    },

    async read(id, properties, context) {
      const state = properties === undefined ? undefined : upgradeCompletionState.parse(properties);
      const application = applicationOwning(nameOf(id), state?.account, applications, context);
      const task = await application.tasks(callContextOf(context)).read(id);
      const inputs: Inputs = state === undefined ? { operationId: id } : inputsOf(state, id);
      if (task === undefined) {
        if (state === undefined) throw new OtaError(noTask(id, application));
        context.report.warn(
          `Upgrade task ${id}: the platform keeps no record of it any more (123009). What is known of its outcome stays here.`,
        );
        return { state: state as unknown as State, inputs };
      }
      const verdict = judge(task.phase, task.counts, inputs);
      return {
        state: {
          ...(state as unknown as State | undefined),
          ...stateOf(inputs, task, verdict, application),
          failures: (state as unknown as State | undefined)?.failures,
        },
        inputs,
      };
    },

    async update(id, properties, inputs, context) {
      const state = upgradeCompletionState.parse(properties);
      const application = applicationOwning(nameOf(id), state.account, applications, context);
      return waitAndJudge(inputs, state as unknown as State, application, context);
    },

    delete: () => Promise.resolve(),
  };
}

function inputsOf(state: Properties, operationId: string): Inputs {
  const entries = INPUT_FIELDS.map((field) => [field, state[field]]);
  return { ...Object.fromEntries(entries), operationId } as Inputs;
}

function noTask(id: string, { account }: Application): string {
  return `Application ${account.appId} has no upgrade task ${id} (123009). Check the operation id; old tasks are purged.`;
}

/**
 * A good outcome is a state; every other end is a partial failure, so that the next `up` goes on
 * with the same task.
 */
async function waitAndJudge(
  inputs: Inputs,
  before: State | undefined,
  application: Application,
  context: HookContext,
): Promise<State> {
  const id = inputs.operationId;
  const tasks = application.tasks({ ...callContextOf(context), priority: "poll" });
  let last: OperationRecord | undefined;
  const failWith = (verdict: Verdict, reasons: string[], failures?: readonly DeviceFailure[]) => {
    const known = stateOf(inputs, last, verdict, application);
    const state = last === undefined ? { ...before, ...inputs, account: known.account } : known;
    return new PartialFailure(id, { ...state, outcome: verdict, failures }, reasons);
  };
  let end;
  try {
    end = await waitForTask({
      read: async () => {
        await assertEngineAlive();
        const task = await tasks.read(id);
        last = task ?? last;
        return task;
      },
      thresholds: inputs,
      timeoutSeconds: inputs.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
      clock: application.clock,
      signal: context.signal,
      progress: (text) => {
        context.report.progress(text);
      },
    });
  } catch (error) {
    if (error instanceof CancelledError) throw failWith("open", [interrupted(id, last)]);
    throw failWith("open", [
      `Waiting for upgrade task ${id} broke off: ${messageOf(error)} The next \`pulumi up\` goes on waiting.`,
    ]);
  }
  if (end.reason === "gone") {
    if (before === undefined && last === undefined) throw new OtaError(noTask(id, application));
    throw failWith("failed", [
      `The platform keeps no record of upgrade task ${id} any more (123009), so its outcome cannot be known. Last known: ${describeProgress(last?.counts ?? before?.deviceCounts)}.`,
    ]);
  }
  if (end.reason === "cancelled") throw failWith("open", [interrupted(id, last)]);
  if (end.reason === "timeout") {
    const waited = String(inputs.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS);
    throw failWith("open", [
      `Upgrade task ${id} is not over after ${waited} s: ${describeProgress(last?.counts)}. The platform goes on with it, and the next \`pulumi up\` goes on waiting; raise timeoutSeconds to wait longer.`,
    ]);
  }
  const { task, verdict } = end;
  if (verdict === "succeeded") {
    return { ...stateOf(inputs, task, verdict, application), failures: undefined };
  }
  const failures = await tasks.failures(id, MOST_FAILURES).catch(() => []);
  throw failWith(
    verdict,
    [
      describeOutcome(id, task.status, task.counts, inputs),
      ...describeFailures(failures, task.counts),
    ],
    failures,
  );
}

function interrupted(id: string, last: OperationRecord | undefined): string {
  return `The wait for upgrade task ${id} was interrupted: ${describeProgress(last?.counts)}. The platform goes on with it, and the next \`pulumi up\` goes on waiting.`;
}

function stateOf(
  inputs: Inputs,
  task: OperationRecord | undefined,
  outcome: Verdict,
  application: Application,
): Omit<State, "failures"> {
  return {
    ...inputs,
    status: task?.status,
    deviceCounts: task?.counts,
    outcome,
    account: application.account.appId,
  };
}
