import { type Clock, systemClock } from "../../clock";
import {
  type AuthenticationTools,
  type Client,
  createClient,
  type Dialect,
} from "../../http/client";
import type { CallContext, Policy, Send } from "../../http/endpoint";
import { createTokenPolicy } from "../../http/token";
import { createTaskStarter, type TaskStarter } from "../../upgrade/task";
import { type Accounts, createAccounts, type OpenAccount } from "../../wing/accounts";
import { FLEET_KEPT_SECONDS } from "../../wing/found";
import { type Account, resolveAccount } from "../settings";
import { createFleetMemory, type Devices, devicesOf } from "./devices";
import { createdIdOf, explain, faultOf, isThrottled, isTokenRejected } from "./faults";
import { createLogin } from "./login";
import { createLedger, type Ledger } from "../../wing/ledger";
import { createLookTogether } from "../../wing/look-together";
import { createPollTogether } from "../../wing/poll-together";
import { type Packages, packagesOf } from "./packages";
import { type TaskMemory, type Tasks, tasksOf } from "./tasks";
import type { PackageRecord } from "./wire";

/** One application on one platform, as this process knows it: one token, one quota, one memory. */
export interface Application extends OpenAccount {
  readonly account: Account;
  readonly starter: TaskStarter;
  packages(context: CallContext): Packages;
  tasks(context: CallContext): Tasks;
  fleet(context: CallContext): Devices;
  /** The platform's clock, milliseconds since the epoch. */
  now(): number;
}

/** The applications that this process works with. */
export type Applications = Accounts<Application>;

export function createApplications(
  environment: Readonly<Record<string, string | undefined>>,
  open: (account: Account) => Application = openApplication,
): Applications {
  return createAccounts({ noun: "application", environment, resolve: resolveAccount, open });
}

export interface ApplicationOptions {
  readonly clock?: Clock;
  readonly warn?: (text: string) => void;
  readonly random?: () => number;
  readonly send?: Send;
  /** By default this application's alone. */
  readonly ledger?: Ledger;
}

export function openApplication(account: Account, options: ApplicationOptions = {}): Application {
  const clock = options.clock ?? systemClock;
  const client = clientFor(account, clock, options);
  const lookTogether = createLookTogether<PackageRecord>(clock);
  const ledger =
    options.ledger ?? createLedger({ address: undefined, warn: () => undefined, clock });
  const memory: TaskMemory = {
    clock,
    ledger,
    account: `${account.appId}/tasks`,
    policies: new Map(),
    lookTogether: createLookTogether(clock),
    pollTogether: createPollTogether(clock),
  };
  const fleetMemory = createFleetMemory(clock, FLEET_KEPT_SECONDS);
  const packages = (context: CallContext): Packages => packagesOf(client, lookTogether, context);
  return {
    account,
    isExplicit: account.explicit,
    key: () => Promise.resolve(account.appId),
    owns: (key) => Promise.resolve(key === account.appId),
    clock,
    starter: createTaskStarter(clock, (key, work) =>
      ledger.inTurn(`${account.appId} ${key}`, work),
    ),
    ledger,
    looks: { failed: undefined },
    changing: new Set(),
    packages,
    tasks: (context) => tasksOf(client, packages(context), memory, context),
    fleet: (context) => devicesOf(client, fleetMemory, context),
    now: () => client.platformNow(),
  };
}

/** Another client's login ends ours, as ours ends theirs: whoever is turned away waits a while. */
const LOGINS_PER_CALL = 5;
const LOGIN_PAUSE_MILLISECONDS = { least: 1_000, most: 10_000 };

function authenticated(account: Account, { clock, random }: AuthenticationTools): Policy {
  const { least, most } = LOGIN_PAUSE_MILLISECONDS;
  const login = createLogin(account);
  return createTokenPolicy({
    clock,
    loginsPerCall: LOGINS_PER_CALL,
    pauseMilliseconds: () => least + random() * (most - least),
    obtain: (send, old) => login(send, old, clock),
    isRejection: (reply) => {
      const fault = faultOf(reply);
      return fault !== undefined && isTokenRejected(fault);
    },
  });
}

function clientFor(account: Account, clock: Clock, options: ApplicationOptions): Client {
  const dialect: Dialect = {
    faultOf,
    isThrottled,
    explain,
    idOf: createdIdOf,
    authenticate: (tools) => authenticated(account, tools),
  };
  return createClient({
    connection: account,
    dialect,
    clock,
    callsPerMinute: account.callsPerMinute,
    redisUrl: account.redisUrl,
    quotaOf: () => Promise.resolve(account.appId),
    readOnly: account.readOnly,
    auditLog: account.auditLog,
    ...(options.warn === undefined ? {} : { warn: options.warn }),
    ...(options.random === undefined ? {} : { random: options.random }),
    ...(options.send === undefined ? {} : { send: options.send }),
  });
}
