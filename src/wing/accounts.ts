import type { Clock } from "../clock";
import { messageOf, OtaError, PlatformError, RefusedLoginError } from "../errors";
import type { CallContext } from "../http/endpoint";
import type { ConfigReader, Difference, HookContext } from "../pulumi/kind";
import { MissingSettingError, type RawSettings } from "../settings";
import type { Ledger } from "./ledger";

/** An account on a platform, as this process knows it: one login, one quota, one memory. */
export interface OpenAccount {
  readonly clock: Clock;
  /** Whether the program itself names the whole account, on a `Provider`. */
  readonly isExplicit: boolean;
  /** What states keep of it, to be held against the account of a later run. */
  key(): Promise<string>;
  /** Whether the key that a state has kept is that of this account, however much of it was known then. */
  owns(key: string): Promise<boolean>;
  /** What the resources of this run made, hold and replace. */
  readonly ledger: Ledger;
  /** Why looks that merely help a reviewer are not worth trying for a while; those at devices, too. */
  readonly looks: { failed: FailedLook | undefined; devicesFailed?: FailedLook | undefined };
  /** Ids of the tasks that this process changes in place. */
  readonly changing: Set<string>;
}

interface FailedLook {
  readonly error: unknown;
  readonly until: number;
  /** Whose look it was. */
  readonly urn: string | undefined;
}

/** The accounts that this process works with, each opened once. */
export interface Accounts<Account extends OpenAccount> {
  /** What the vendor calls an account: `application`. */
  readonly noun: string;
  /** Throws the sentence about what is missing or wrong in the settings. */
  of(config: ConfigReader): Account;
}

export interface AccountsOptions<Settings, Account> {
  readonly noun: string;
  readonly environment: RawSettings["environment"];
  readonly resolve: (raw: RawSettings) => Settings;
  readonly open: (settings: Settings) => Account;
}

export function createAccounts<Settings, Account extends OpenAccount>(
  options: AccountsOptions<Settings, Account>,
): Accounts<Account> {
  const { noun, environment, resolve, open } = options;
  const opened = new Map<string, Account>();
  // Hooks ask with the same config many times a resource.
  const byConfig = new WeakMap<ConfigReader, Account>();
  return {
    noun,
    of(config) {
      const account = byConfig.get(config) ?? openOnce(config);
      byConfig.set(config, account);
      return account;
    },
  };

  function openOnce(config: ConfigReader): Account {
    const settings = resolve({ config, environment });
    const key = JSON.stringify(settings);
    const known = opened.get(key) ?? open(settings);
    opened.set(key, known);
    return known;
  }
}

export function callContextOf(context: HookContext): CallContext {
  const { urn, signal, beforeMutation } = context;
  return { urn, signal, beforeMutation };
}

/** The account, or the error where its settings are missing; those that are wrong are thrown. */
export function ofOrError<Account extends OpenAccount>(
  accounts: Accounts<Account>,
  config: ConfigReader,
): Account | Error {
  try {
    return accounts.of(config);
  } catch (error) {
    if (error instanceof MissingSettingError) return error;
    throw error;
  }
}

/**
 * For looks that help a reviewer and must not stop anybody: says what could not be looked at, and
 * goes on.
 */
export async function tryToLook<Account extends OpenAccount>(
  what: string,
  accounts: Accounts<Account>,
  context: HookContext,
  look: (account: Account) => Promise<void>,
): Promise<void> {
  const error = await lookOrError(accounts, context, look);
  if (error === undefined) return;
  if (error instanceof MissingSettingError) {
    context.stackReport.warn(`Nothing was compared with the platform: ${error.message}`);
    return;
  }
  const failed = accounts.of(context.config).looks.failed;
  if (error === failed?.error && context.urn !== failed.urn) {
    context.stackReport.warn(`Nothing more was compared with the platform: ${messageOf(error)}`);
  } else {
    context.report.warn(`${what} could not be compared with the platform: ${messageOf(error)}`);
  }
}

/** Looks, or tells why it could not be looked: settings that are missing, or what the look threw. */
async function lookOrError<Account extends OpenAccount>(
  accounts: Accounts<Account>,
  { config, urn }: HookContext,
  look: (account: Account) => Promise<void>,
): Promise<unknown> {
  const account = ofOrError(accounts, config);
  if (account instanceof Error) return account;
  const { looks, clock } = account;
  if (looks.failed !== undefined && clock.elapsed() < looks.failed.until) return looks.failed.error;
  try {
    await look(account);
    return undefined;
  } catch (error) {
    // One resource has waited for a platform that does not answer; the others need not.
    const concernsAll = !(error instanceof PlatformError) || error instanceof RefusedLoginError;
    if (concernsAll && error !== looks.failed?.error) {
      looks.failed = { error, until: clock.elapsed() + LOOKS_PAUSE_MILLISECONDS, urn };
    }
    return error;
  }
}

/** Whether a look that failed concerns every look, and has been told of. */
export function isToldOfAll(
  accounts: Accounts<OpenAccount>,
  { config }: HookContext,
  error: unknown,
): boolean {
  const account = ofOrError(accounts, config);
  return !(account instanceof Error) && account.looks.failed?.error === error;
}

/**
 * The same for a look at devices, which fails by itself: an application may be refused them, and a
 * platform may not have these calls at all.
 */
export async function lookAtDevices<Account extends OpenAccount>(
  accounts: Accounts<Account>,
  context: HookContext,
  look: (account: Account) => Promise<void>,
): Promise<unknown> {
  let failed: unknown;
  const error = await lookOrError(accounts, context, async (account) => {
    const { looks, clock } = account;
    const known = looks.devicesFailed;
    if (known !== undefined && clock.elapsed() < known.until) {
      failed = known.error;
      return;
    }
    failed = await look(account).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failed === undefined) return;
    const until = clock.elapsed() + LOOKS_PAUSE_MILLISECONDS;
    looks.devicesFailed = { error: failed, until, urn: context.urn };
  });
  return error ?? failed;
}

const LOOKS_PAUSE_MILLISECONDS = 60_000;

/** The account of an object in the state, which must be the one that is logged in. */
export async function accountOwning<Account extends OpenAccount>(
  what: string,
  owner: unknown,
  accounts: Accounts<Account>,
  context: HookContext,
): Promise<Account> {
  const account = accounts.of(context.config);
  if (typeof owner !== "string" || (await account.owns(owner))) return account;
  throw new OtaError(
    `${what} belongs to ${accounts.noun} ${owner}, but this run is logged in to ${await account.key()}; nothing was done. Use the settings or the Provider of ${owner}.`,
  );
}

/**
 * A deletion that asks nothing of the platform still refuses the wrong account, but goes on where no
 * account is set at all.
 */
export async function refuseOtherAccount(
  what: string,
  owner: unknown,
  accounts: Accounts<OpenAccount>,
  context: HookContext,
): Promise<void> {
  if (ofOrError(accounts, context.config) instanceof Error) return;
  await accountOwning(what, owner, accounts, context);
}

/**
 * An object whose program now names another account on its `Provider` is made anew there, and the
 * old one is deleted through the old provider. Settings that merely changed around the program are a
 * mistake until somebody says otherwise (docs/decisions/moving-accounts.md).
 */
export async function movedAccount(
  what: string,
  owner: unknown,
  accounts: Accounts<OpenAccount>,
  context: HookContext,
): Promise<Difference | undefined> {
  const account = ofOrError(accounts, context.config);
  if (account instanceof Error || typeof owner !== "string") return undefined;
  let key: string | undefined;
  await tryToLook(what, accounts, context, async () => {
    if (!(await account.owns(owner))) key = await account.key();
  });
  if (key === undefined) return undefined;
  if (!account.isExplicit) {
    throw new OtaError(
      `${what} belongs to ${accounts.noun} ${owner}, but the settings of this run name ${key}; nothing was done. If it shall move, give it a Provider that itself names ${key}.`,
    );
  }
  context.report.warn(
    `${what} belongs to ${accounts.noun} ${owner} and its Provider is now ${key}: it is made anew in ${key}.`,
  );
  return { kind: "replace", because: "account" };
}

/** The key that a state goes on with: one that says more of the same account is not forgotten. */
export async function keyToKeep(kept: string | undefined, account: OpenAccount): Promise<string> {
  const key = await account.key();
  return kept !== undefined && kept.length > key.length ? kept : key;
}
