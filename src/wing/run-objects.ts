import type { HookContext } from "../pulumi/kind";
import { LATER_RESOURCES_MILLISECONDS } from "../upgrade/task";
import { type Accounts, type OpenAccount, ofOrError } from "./accounts";
import { digest } from "./task-changes";

/*
 * What is done to an object of the platform, a task or a package, with regard to the run's other
 * resources. An account with and without its instance is one account, so the ledger knows it by the
 * part before the slash.
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
  const isAwaited = key !== undefined && ledger.otherAwaiting(name, digest(key), urn) !== undefined;
  if (!isAwaited && !ledger.isNeeded(name, id, urn)) return false;
  const isOwn = !isAwaited && ledger.known(name, id)?.urn === context.urn;
  context.report.info(
    `${what} stays: ${isOwn ? "this resource has it all the same" : "another resource of this program has it"}.`,
  );
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
