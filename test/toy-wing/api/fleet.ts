import type { Clock } from "../../../src/clock";
import { PlatformError } from "../../../src/errors";
import { createClient, type Dialect } from "../../../src/http/client";
import type { CallContext, Send } from "../../../src/http/endpoint";
import type { HookContext } from "../../../src/pulumi/kind";
import type { RawSettings } from "../../../src/settings";
import { createTaskStarter, type TaskStarter } from "../../../src/upgrade/task";
import {
  type Accounts,
  callContextOf,
  createAccounts,
  type OpenAccount,
} from "../../../src/wing/accounts";
import type { Ledger } from "../../../src/wing/ledger";
import type { Ask } from "./calls";
import { jobsOf } from "./jobs";

export interface Fleet extends OpenAccount {
  readonly starter: TaskStarter;
  ask(context: HookContext): Ask;
  tasks(context: CallContext): ReturnType<typeof jobsOf> & Pick<Fleet, "now">;
  now(): number;
}

const dialect: Dialect = {
  faultOf: ({ status, text }) =>
    status < 300 ? undefined : { status, code: text, description: text },
  isThrottled: ({ status }) => status === 429,
  explain: ({ doing }, { description }) => `The platform refused ${doing} (${description}).`,
  idOf: () => undefined,
  authenticate: () => (next) => next,
};

export function createFleets(
  environment: RawSettings["environment"],
  { clock, send, ledger }: { readonly clock: Clock; readonly send: Send; readonly ledger: Ledger },
): Accounts<Fleet> {
  return createAccounts({
    ...{ noun: "fleet", environment, open },
    resolve: (raw) => raw.environment["HUAWEI_OTA_TOY_FLEET"] ?? "",
  });

  function open(name: string): Fleet {
    const client = createClient({
      ...{ clock, send, dialect, callsPerMinute: 6_000, random: () => 0.5, readOnly: false },
      ...{ redisUrl: undefined, quotaOf: () => Promise.resolve(name), auditLog: undefined },
      connection: { endpoint: "https://toy", connectTimeoutSeconds: 1, replyTimeoutSeconds: 1 },
    });
    const now = (): number => client.platformNow();
    const askIn = (context: CallContext): Ask => {
      return async (endpoint, id = "", body) =>
        client.call(endpoint, { parameters: { id }, body }, context).catch((error: unknown) => {
          if (error instanceof PlatformError && error.code === "NotFound") return undefined;
          throw error;
        });
    };
    return {
      ...{ clock, isExplicit: false, ledger, now, looks: { failed: undefined } },
      changing: new Set(),
      key: () => Promise.resolve(name),
      owns: (key) => Promise.resolve(key === name),
      starter: createTaskStarter(clock, (key, work) => ledger.inTurn(`${name} ${key}`, work)),
      ask: (context) => askIn(callContextOf(context)),
      tasks(context) {
        const times = { now, clock, signal: context.signal };
        return { ...jobsOf(askIn(context), ledger, `${name}/tasks`, context.urn, times), now };
      },
    };
  }
}
