import { randomInt } from "node:crypto";

import { type Clock, systemClock } from "../../clock";
import { type Client, createClient } from "../../http/client";
import type { CallContext, Send } from "../../http/endpoint";
import { createPlatformClock } from "../../http/platform-clock";
import { createRetry } from "../../http/retry";
import { createSend } from "../../http/send";
import { unlessCancelled } from "../../http/unless-cancelled";
import { createTaskStarter, type TaskStarter } from "../../upgrade/task";
import type { Turns } from "../../upgrade/turns";
import { type Accounts, createAccounts, type OpenAccount } from "../../wing/accounts";
import { FLEET_KEPT_SECONDS } from "../../wing/found";
import { createLedger, type Ledger } from "../../wing/ledger";
import { createLookTogether } from "../../wing/look-together";
import { createPollTogether } from "../../wing/poll-together";
import { type Account, resolveAccount } from "../settings";
import type { Ask } from "./ask";
import { createFleetMemory, type Devices, devicesOf } from "./devices";
import { createdIdOf, explain, faultOf, isThrottled } from "./faults";
import { createAuthentication, createTokens, findProjectId, type TokenOf } from "./login";
import { type Packages, packagesOf } from "./packages";
import { largestPage } from "./paging";
import { type Tasks, tasksOf } from "./tasks";
import type { PackageRecord } from "./wire/package";
import type { OperationRecord } from "./wire/task";

/** One project of IoTDA, as this process knows it: one login, one quota, one memory. */
export interface Project extends OpenAccount {
  readonly account: Account;
  readonly starter: TaskStarter;
  readonly turns: Turns;
  packages(context: CallContext): Packages;
  tasks(context: CallContext): Tasks;
  fleet(context: CallContext): Devices;
  /** The platform's clock, milliseconds since the epoch. */
  now(): number;
}

/** The projects that this process works with. */
export type Projects = Accounts<Project>;

export function createProjects(
  environment: Readonly<Record<string, string | undefined>>,
  open: (account: Account) => Project = openProject,
): Projects {
  return createAccounts({ noun: "project", environment, resolve: resolveAccount, open });
}

export interface ProjectOptions {
  readonly clock?: Clock;
  readonly warn?: (text: string) => void;
  readonly random?: () => number;
  readonly send?: Send;
  /** Sends to IAM. */
  readonly iam?: Send;
  /** By default this project's alone. */
  readonly ledger?: Ledger;
}

export function openProject(account: Account, options: ProjectOptions = {}): Project {
  const clock = options.clock ?? systemClock;
  const iam = iamFor(account, clock, options);
  const tokenOf = createTokens(account, iam, clock);
  const client = clientFor(account, clock, tokenOf, projectId, options);
  let asked: Promise<string> | undefined;

  // A failed search is not kept: the next call looks again.
  function projectId(): Promise<string> {
    if (account.projectId !== undefined) return Promise.resolve(account.projectId);
    asked ??= findProjectId(account, tokenOf, iam).catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  }

  async function key(): Promise<string> {
    const id = await projectId();
    return account.instanceId === undefined ? id : `${id}/${account.instanceId}`;
  }

  /** Where one of two does not say which instance it means, they are the same project. */
  async function owns(kept: string): Promise<boolean> {
    const [id, instance = account.instanceId] = kept.split("/");
    return id === (await projectId()) && instance === (account.instanceId ?? instance);
  }

  const askIn =
    (context: CallContext): Ask =>
    async ({ endpoint, call }, how) => {
      const { doing } = endpoint;
      const parameters = {
        ...call.parameters,
        projectId: await unlessCancelled(projectId(), { doing, context }),
      };
      return client.call(endpoint, { ...call, parameters }, { ...context, ...how });
    };

  const ledger =
    options.ledger ?? createLedger({ address: undefined, warn: () => undefined, clock });
  const packageMemory = {
    ledger,
    account: async () => `${await projectId()}/packages`,
    pageSize: largestPage(),
    lookTogether: oncePerList(() => createLookTogether<PackageRecord>(clock)),
  };
  const taskMemory = {
    clock,
    ledger,
    account: async () => `${await projectId()}/tasks`,
    pageSize: largestPage(),
    known: new Map<string, OperationRecord>(),
    lookTogether: oncePerList(() => createLookTogether<OperationRecord>(clock)),
    pollTogether: oncePerList(() => createPollTogether<OperationRecord>(clock)),
  };
  const fleetMemory = createFleetMemory(clock, FLEET_KEPT_SECONDS);
  const now = (): number => client.platformNow();
  const inTurn: Turns = async (turn, work) => ledger.inTurn(`${await projectId()} ${turn}`, work);
  return {
    account,
    clock,
    isExplicit: account.explicit,
    key,
    owns,
    looks: { failed: undefined },
    changing: new Set(),
    starter: createTaskStarter(clock, inTurn),
    turns: inTurn,
    ledger,
    packages: (context) => packagesOf(askIn(context), packageMemory, context.urn),
    tasks: (context) => tasksOf(askIn(context), taskMemory, now, context),
    fleet: (context) => devicesOf(askIn(context), fleetMemory),
    now,
  };
}

function oncePerList<One>(create: () => One): (list: string) => One {
  const lists = new Map<string, One>();
  return (list) => {
    const one = lists.get(list) ?? create();
    lists.set(list, one);
    return one;
  };
}

function clientFor(
  account: Account,
  clock: Clock,
  tokenOf: TokenOf,
  quotaOf: () => Promise<string>,
  options: ProjectOptions,
): Client {
  return createClient({
    connection: account,
    dialect: {
      faultOf,
      isThrottled,
      explain,
      idOf: createdIdOf,
      authenticate: () => createAuthentication(account, tokenOf),
    },
    clock,
    callsPerMinute: account.callsPerMinute,
    redisUrl: account.redisUrl,
    quotaOf,
    readOnly: account.readOnly,
    auditLog: account.auditLog,
    ...(options.warn === undefined ? {} : { warn: options.warn }),
    ...(options.random === undefined ? {} : { random: options.random }),
    ...(options.send === undefined ? {} : { send: options.send }),
  });
}

/** IAM has an address and a quota of its own; the same patience. */
function iamFor(account: Account, clock: Clock, options: ProjectOptions): Send {
  const endpoint = account.iamEndpoint ?? account.endpoint;
  const send = options.iam ?? createSend({ ...account, endpoint });
  const random = options.random ?? (() => randomInt(1_000_000) / 1_000_000);
  const retry = createRetry({
    clock,
    random,
    classify: (reply) => {
      const fault = faultOf(reply);
      if (fault !== undefined && isThrottled(fault)) return "throttled";
      return reply.status >= 500 ? "broken" : "answer";
    },
  });
  return retry(createPlatformClock(clock).policy(send));
}
