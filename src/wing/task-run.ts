import { OtaError } from "../errors";
import type { HookContext } from "../pulumi/hooks";
import { containsUnknown } from "../pulumi/unknown";
import type { RunKnowledge } from "../upgrade/same-task";
import { LATER_RESOURCES_MILLISECONDS, type StartedTask } from "../upgrade/task";
import { type Accounts, type OpenAccount, ofOrError } from "./accounts";
import { digest } from "./task-changes";
import { createdAt, type KnownTaskState } from "./task-state";
import type { TaskAccount, TaskInputs } from "./task-wing";

/*
 * What the run's ledger is told and asked in the life of a task. An account with and without its
 * instance is one account, so the ledger knows it by the part before the slash.
 */

/** @param kept - the key in a state, which will do where the platform does not tell it */
export async function accountName(
  account: OpenAccount,
  kind: "tasks" | "packages",
  kept?: string,
): Promise<string> {
  const key = await account.key().catch((error: unknown) => {
    if (kept === undefined) throw error;
    return kept;
  });
  return `${key.split("/")[0] ?? ""}/${kind}`;
}

/** What is done to one object is done by one after the other: it is not taken over as it is deleted. */
export async function inTurnOf<Result>(
  id: string,
  kind: "tasks" | "packages",
  account: OpenAccount,
  work: (name: string) => Promise<Result>,
): Promise<Result> {
  const name = await accountName(account, kind);
  return account.ledger.inTurn(`${name}/${id}`, () => work(name));
}

/** The program of this run has the resource. */
export function declareIn(accounts: Accounts<OpenAccount>, { config, urn }: HookContext): void {
  const account = ofOrError(accounts, config);
  if (!(account instanceof Error) && urn !== undefined) account.ledger.declare(urn);
}

/** What a task's wing says of its targets and its package. */
interface Targeted<Inputs> {
  readonly accounts: Accounts<TaskAccount>;
  readonly packageField: keyof Inputs & string;
  targetsKey(inputs: Inputs): string;
  keyOf(inputs: Inputs, urn: string | undefined): string;
}

/** What the run knows of other tasks, asked when it matters: later resources may know more. */
export async function runKnowledge<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  inputs: Inputs,
  account: OpenAccount,
  { urn }: HookContext,
): Promise<() => RunKnowledge> {
  const name = await accountName(account, "tasks");
  const { ledger } = account;
  const targets = digest(wing.targetsKey(inputs));
  return () => {
    const times = ledger
      .predecessors(name)
      .filter((one) => one.targets === targets)
      .map((one) => one.createdAt ?? -Infinity);
    const predecessor = ledger.predecessorOf(urn);
    return {
      replacedId: predecessor?.mayStay === true ? undefined : predecessor?.id,
      ...(times.length === 0 ? {} : { replacedAt: Math.max(...times) }),
      isOfThisRun: (id) => ledger.wasInState(name, id),
    };
  };
}

/**
 * The resource is to get another task than the one in its state.
 *
 * @param mayStay - whether that is only because what is declared is not known yet, as where its package
 * is deleted before it is made anew: the engine then asks no second time
 */
export async function notePredecessor<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  id: string,
  before: Inputs | undefined,
  mayStay: boolean,
  state: KnownTaskState,
  context: HookContext,
): Promise<void> {
  const account = ofOrError(wing.accounts, context.config);
  if (account instanceof Error || context.urn === undefined) return;
  const packageId = before?.[wing.packageField];
  account.ledger.replaces(context.urn, {
    account: await accountName(account, "tasks", state.account),
    id,
    createdAt: createdAt(state),
    ...(typeof packageId === "string" ? { packageId } : {}),
    ...(before === undefined ? {} : { targets: digest(wing.targetsKey(before)) }),
    ...(mayStay ? { mayStay } : {}),
  });
}

/** A resource that stays as it is holds its task, and no other that goes may take it along. */
export async function holdTask<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  id: string,
  inputs: Inputs | undefined,
  state: KnownTaskState,
  context: HookContext,
): Promise<void> {
  const account = ofOrError(wing.accounts, context.config);
  if (account instanceof Error || !context.isProgramRun) return;
  const name = await accountName(account, "tasks", state.account);
  const packageId = inputs?.[wing.packageField];
  const madeAt = createdAt(state);
  account.ledger.holds({
    account: name,
    id,
    urn: context.urn,
    ...(typeof packageId === "string" ? { packageId } : {}),
    ...(madeAt === undefined ? {} : { createdAt: madeAt }),
  });
}

/** The account's name in the ledger, where it can be told: a look may fail, and a check must not. */
async function nameIn(
  accounts: Accounts<TaskAccount>,
  { config }: HookContext,
): Promise<{ account: TaskAccount; name: string } | undefined> {
  const account = ofOrError(accounts, config);
  if (account instanceof Error) return undefined;
  const name = await accountName(account, "tasks").catch(() => undefined);
  return name === undefined ? undefined : { account, name };
}

/**
 * Notes what a resource of the program is to be, and tells which other resource is to be the very same.
 */
export async function noteWanted<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  inputs: Inputs,
  context: HookContext,
): Promise<string | undefined> {
  const { urn } = context;
  if (urn === undefined) return undefined;
  const known = await nameIn(wing.accounts, context);
  if (known === undefined) return undefined;
  const { account, name } = known;
  account.ledger.declare(urn);
  if (containsUnknown(inputs) || inputs.versionPackage?.version === undefined) return undefined;
  const key = digest(wing.keyOf(inputs, urn));
  account.ledger.wants(name, key, urn);
  return account.ledger.otherWanting(name, key, urn);
}

/**
 * Takes a task over: one that another resource of the program declares, too, is refused, and one that
 * the run has deleted meanwhile is no longer there.
 */
export async function takeOver<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  inputs: Inputs,
  account: TaskAccount,
  context: HookContext,
  id: string,
): Promise<void> {
  const key = digest(wing.keyOf(inputs, context.urn));
  await inTurnOf(id, "tasks", account, async (name) => {
    const { ledger } = account;
    const other =
      ledger.otherHolder(name, id, context.urn) ?? ledger.otherWanting(name, key, context.urn);
    if (other !== undefined) throw new OtaError(`Upgrade task ${id} ${twinReason(other)}`);
    if (ledger.deletedHere(name).has(id)) {
      throw new OtaError(
        `Upgrade task ${id} is what is declared, and this run has deleted it meanwhile. Nothing was pushed; run \`pulumi up\` again.`,
      );
    }
    const packageId = String(inputs[wing.packageField]);
    await noteStart(account, { id, isMade: false }, { key, packageId }, context);
  });
}

/** Goes on after what is declared. */
export function twinReason(other: string): string {
  return `is exactly what ${nameOfResource(other)} of this program declares, too (${other}). Nothing was pushed for this one: declare it once, or something that differs.`;
}

export async function noteStart(
  account: TaskAccount,
  { id, isMade }: StartedTask,
  what: { readonly key?: string; readonly packageId?: string },
  { urn }: HookContext,
): Promise<void> {
  const entry = {
    account: await accountName(account, "tasks"),
    id,
    urn,
    ...what,
    createdAt: account.now(),
  };
  if (isMade) account.ledger.made(entry);
  else account.ledger.tookOver(entry);
}

function nameOfResource(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

/** Whether another resource of the program needs the object, so that a delete leaves it alone. */
export async function isKept(
  what: string,
  id: string,
  kind: "tasks" | "packages",
  accounts: Accounts<OpenAccount>,
  context: HookContext,
  key?: string,
): Promise<boolean> {
  const account = ofOrError(accounts, context.config);
  if (account instanceof Error) return false;
  const { ledger } = account;
  const name = await accountName(account, kind);
  // Where an alias was followed and nothing else changed, the state has the former address.
  const urn = ledger.replacerOf(name, id) ?? context.urn;
  const isWanted = key !== undefined && ledger.otherWanting(name, digest(key), urn) !== undefined;
  if (!isWanted && !ledger.isNeeded(name, id, urn)) return false;
  context.report.info(`${what} stays: another resource of this program has it.`);
  return true;
}

/**
 * What is deleted before it is replaced may go while the program still tells of its other resources,
 * one of which may hold the same task.
 */
export async function laterResourcesAreKnown(
  id: string,
  account: OpenAccount,
  { signal }: HookContext,
): Promise<void> {
  const { ledger, clock } = account;
  if (ledger.replacerOf(await accountName(account, "tasks"), id) === undefined) return;
  await clock.sleep(LATER_RESOURCES_MILLISECONDS, signal);
}
