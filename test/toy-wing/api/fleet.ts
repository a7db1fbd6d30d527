import type { Clock } from "../../../src/clock";
import { PlatformError } from "../../../src/errors";
import { createClient, type Dialect } from "../../../src/http/client";
import type { CallContext, Endpoint, Send } from "../../../src/http/endpoint";
import { parseJson } from "../../../src/http/json";
import { findSettings, type RawSettings, type WingSettings } from "../../../src/settings";
import { createTaskStarter, type TaskStarter } from "../../../src/upgrade/task";
import { type Accounts, createAccounts, type OpenAccount } from "../../../src/wing/accounts";
import type { Ledger } from "../../../src/wing/ledger";
import { jobsOf, type Jobs } from "./jobs";

/** Calls the platform; `undefined` for what it does not have. */
export type Ask = <Reply>(
  endpoint: Endpoint<Reply>,
  id?: string,
  body?: unknown,
) => Promise<Reply | undefined>;

export interface Fleet extends OpenAccount {
  readonly starter: TaskStarter;
  ask(context: CallContext): Ask;
  tasks(context: CallContext): Jobs;
  now(): number;
}

const settings: WingSettings<"fleet", never> = {
  wing: "toy",
  whose: "The toy's",
  rules: { fleet: { environment: "HUAWEI_OTA_TOY_FLEET", precedence: "account" } },
  credentials: {},
  key: ["fleet"],
};

const dialect: Dialect = {
  faultOf({ status, text }) {
    if (status < 300) return undefined;
    const { code, message } = parseJson(text) as { code: string; message: string };
    return { status, code, description: message };
  },
  isThrottled: ({ status }) => status === 429,
  explain: ({ doing }, { code, description }) =>
    `The platform refused ${doing}: ${description} (${code ?? ""}).`,
  idOf: () => undefined,
  authenticate: () => (next) => next,
};

/** What a process has of the platform: its clock, its connection and the ledger of its run. */
export interface Process {
  readonly clock: Clock;
  readonly send: Send;
  readonly ledger: Ledger;
}

export function createFleets(
  environment: RawSettings["environment"],
  process: Process,
): Accounts<Fleet> {
  return createAccounts({
    noun: "fleet",
    environment,
    resolve(raw) {
      const { one, missing, isExplicit } = findSettings(settings, raw);
      const fleet = one("fleet");
      if (fleet === undefined) throw missing("fleet");
      return { name: fleet.value, isExplicit: isExplicit() };
    },
    open: ({ name, isExplicit }) => openFleet(name, isExplicit, process),
  });
}

function openFleet(name: string, isExplicit: boolean, { clock, send, ledger }: Process): Fleet {
  const client = createClient({
    connection: {
      endpoint: "https://toy.example",
      connectTimeoutSeconds: 1,
      replyTimeoutSeconds: 1,
    },
    ...{ dialect, clock, send, callsPerMinute: 6_000, random: () => 0.5 },
    ...{ redisUrl: undefined, quotaOf: () => Promise.resolve(name) },
    ...{ readOnly: false, auditLog: undefined },
  });
  const now = (): number => client.platformNow();
  const ask =
    (context: CallContext): Ask =>
    async (endpoint, id, body) => {
      const call = { ...(id === undefined ? {} : { parameters: { id } }), body };
      return client.call(endpoint, call, context).catch((error: unknown) => {
        if (error instanceof PlatformError && error.code === "NotFound") return undefined;
        throw error;
      });
    };
  return {
    ...{ clock, isExplicit, ledger, ask, now, looks: { failed: undefined } },
    key: () => Promise.resolve(name),
    owns: (key) => Promise.resolve(key === name),
    starter: createTaskStarter(clock, (key, work) => ledger.inTurn(`${name} ${key}`, work)),
    tasks: (context) =>
      jobsOf(ask(context), { ledger, account: `${name}/tasks`, now }, context.urn),
  };
}
