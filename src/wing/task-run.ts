import { OtaError } from "../errors";
import { parseInstant } from "../instant";
import type { HookContext, Properties } from "../pulumi/kind";
import { isKnown } from "../pulumi/inputs";
import { containsUnknown } from "../pulumi/unknown";
import type { UpgradeKind } from "../upgrade/gate";
import { candidates, type RunKnowledge } from "../upgrade/same-task";
import type { StartedTask } from "../upgrade/task";
import { nameInUrn } from "../urn";
import { type Accounts, type OpenAccount, ofOrError } from "./accounts";
import type { Ledger } from "./ledger";
import { accountName, inTurnOf } from "./run-objects";
import { digest } from "./task-changes";
import { createdAt, type KnownTaskState } from "./task-state";
import type { TaskAccount, TaskInputs } from "./task-wing";

/* What the run's ledger is told and asked in the life of a task. */

/** What a task's wing says of its targets and its package. */
interface Targeted<Inputs> {
  readonly accounts: Accounts<TaskAccount>;
  readonly packageKind: UpgradeKind;
  readonly packageField: keyof Inputs & string;
  readonly wishes: readonly { readonly field: string }[];
  targetsKey(inputs: Inputs): string;
  overlap(one: Inputs, other: Inputs): boolean;
  keyOf(inputs: Inputs, urn: string | undefined): string;
}

/** What is pushed to where, and what a task that is exactly that is known by. */
interface Aim {
  readonly key: string | undefined;
  readonly targets: string;
  readonly packageId: string | undefined;
}

export function aimOf<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  inputs: Inputs,
  urn: string | undefined,
): Aim {
  const packageId = inputs[wing.packageField];
  const isWhole = !containsUnknown(inputs) && inputs.versionPackage?.version !== undefined;
  return {
    key: isWhole ? digest(wing.keyOf(inputs, urn)) : undefined,
    targets: digest(`${wing.packageKind} ${wing.targetsKey(inputs)}`),
    packageId: typeof packageId === "string" && isKnown(packageId) ? packageId : undefined,
  };
}

/** Times of the platform are told in seconds, and its clock is known by its replies. */
const CLOCK_MILLISECONDS = 2_000;

/** What the run knows of other tasks, asked when it matters: later resources may know more. */
export async function runKnowledge<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  inputs: Inputs,
  account: OpenAccount,
  { urn }: HookContext,
): Promise<() => RunKnowledge> {
  const name = await accountName(account, "tasks");
  return knowledgeIn(account.ledger, name, aimOf(wing, inputs, urn), urn);
}

function knowledgeIn(
  ledger: Ledger,
  name: string,
  { key, targets, packageId }: Aim,
  urn: string | undefined,
): () => RunKnowledge {
  const wasInState = (id: string): boolean => ledger.known(name, id)?.wasInState === true;
  return () => {
    const times = ledger
      .predecessors(name)
      .filter((one) => one.targets === targets)
      .map((one) => one.createdAt ?? -Infinity);
    const predecessor = ledger.predecessorOf(urn);
    const isOther = predecessor?.packageId !== packageId || packageId === undefined;
    const undoneAt =
      predecessor?.overlaps === true && isOther ? (predecessor.createdAt ?? -Infinity) : -Infinity;
    const madeHere = ledger.madeHere(name);
    const pushes = madeHere.filter((one) => one.targets === targets && one.key !== key);
    const pushedAt = Math.max(...pushes.map((one) => one.createdAt ?? -Infinity));
    return {
      toldOf: ledger.declaredSoFar(),
      replacedId: predecessor?.mayStay === true ? undefined : predecessor?.id,
      ...(times.length === 0 ? {} : { replacedAt: Math.max(...times) }),
      isOfThisRun: wasInState,
      isUndone: ({ id, createdAt = Infinity }) => {
        if (madeHere.some((one) => one.id === id)) return false;
        if (wasInState(id)) return pushes.length > 0;
        return createdAt < Math.max(undoneAt, pushedAt - CLOCK_MILLISECONDS);
      },
      mayMoveUp: predecessor !== undefined && predecessor.targets !== targets && !isOther,
      mayHaveMoved: predecessor !== undefined && predecessor.targets !== targets,
    };
  };
}

/** A task of another resource that this one is to have from now on. */
export interface Moving {
  readonly id: string;
  /** The resource that had it. */
  readonly from: string | undefined;
}

/**
 * The task that the resource takes over, as far as the resources that the engine has told of know: a
 * later one may still turn out to have it.
 */
export async function taskToTakeOver<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  inputs: Inputs,
  context: HookContext,
): Promise<Moving | undefined> {
  const known = await nameIn(wing.accounts, context);
  if (known === undefined) return undefined;
  const { account, name } = known;
  const aim = aimOf(wing, inputs, context.urn);
  if (aim.key === undefined || inputs.adopt !== undefined) return undefined;
  const alike = account.ledger
    .alike(name, aim.key)
    .filter((one) => one.packageId === aim.packageId);
  const run = knowledgeIn(account.ledger, name, aim, context.urn)();
  const [task, ...others] = candidates(alike, parseInstant(inputs.rerunAfter ?? ""), run);
  if (task === undefined || others.length > 0) return undefined;
  return { id: task.id, from: task.urn };
}

/** The resource of the program that is to have the task of one that gets another. */
export async function resourceTakingOver<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  before: Inputs,
  context: HookContext,
): Promise<string | undefined> {
  const known = await nameIn(wing.accounts, context);
  const { key } = aimOf(wing, before, context.urn);
  if (known === undefined || key === undefined) return undefined;
  return known.account.ledger.otherAwaiting(known.name, key, context.urn);
}

/** What else the next resource must know of a task that it takes over. */
export interface HandedOver {
  /** What was asked of it, and fulfilled. */
  readonly wishes: Properties;
  readonly unfulfilled: Properties | undefined;
}

function recordOf(
  wing: { readonly wishes: readonly { readonly field: string }[] },
  state: KnownTaskState,
) {
  const fields = wing.wishes
    .map(({ field }) => field)
    .filter((field) => state[field] !== undefined);
  return {
    wishes: Object.fromEntries(fields.map((field) => [field, state[field]])),
    ...(state.unfulfilled === undefined ? {} : { unfulfilled: state.unfulfilled }),
  } satisfies Partial<HandedOver>;
}

/** What the resource knew that had the task before. */
export async function handedOver(
  account: OpenAccount,
  id: string,
): Promise<HandedOver | undefined> {
  const known = account.ledger.known(await accountName(account, "tasks"), id);
  if (known?.wasInState !== true) return undefined;
  const { wishes = {}, unfulfilled } = (known.record ?? {}) as Partial<HandedOver>;
  return { wishes, unfulfilled };
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
  inputs: Inputs | undefined,
  mayStay: boolean,
  state: KnownTaskState,
  context: HookContext,
): Promise<void> {
  const account = ofOrError(wing.accounts, context.config);
  const { urn } = context;
  if (account instanceof Error || urn === undefined) return;
  account.ledger.replaces(urn, {
    account: await accountName(account, "tasks", state.account),
    id,
    createdAt: createdAt(state),
    ...(before === undefined ? {} : aimOf(wing, before, urn)),
    record: recordOf(wing, state),
    overlaps: before === undefined || inputs === undefined || wing.overlap(inputs, before),
    ...(mayStay ? { mayStay } : {}),
  });
}

/** This `up` asks something of the task: how it ended so far is not the last word. */
export function noteChange(
  accounts: Accounts<OpenAccount>,
  id: string,
  { config }: HookContext,
): void {
  const account = ofOrError(accounts, config);
  if (!(account instanceof Error)) account.changing.add(id);
}

/** A resource that stays as it is holds its task, and no other that goes may take it along. */
export async function holdTask<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  id: string,
  before: Inputs | undefined,
  state: KnownTaskState,
  context: HookContext,
): Promise<void> {
  const account = ofOrError(wing.accounts, context.config);
  if (account instanceof Error || !context.isProgramRun) return;
  account.ledger.holds({
    account: await accountName(account, "tasks", state.account),
    id,
    urn: context.urn,
    createdAt: createdAt(state),
    ...(before === undefined ? {} : aimOf(wing, before, context.urn)),
    record: recordOf(wing, state),
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
  const { key } = aimOf(wing, inputs, urn);
  if (key === undefined) return undefined;
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
  const { key = "", ...aim } = aimOf(wing, inputs, context.urn);
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
    await noteStart(account, { id, isMade: false }, { key, ...aim }, context);
  });
}

/** Goes on after what is declared. */
export function twinReason(other: string): string {
  return `is exactly what ${nameInUrn(other)} of this program declares, too (${other}). Nothing was pushed for this one: declare it once, or something that differs.`;
}

export async function noteStart(
  account: TaskAccount,
  { id, isMade }: StartedTask,
  what: Partial<Aim>,
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

/**
 * What goes may have pushed something else over what stays, as where a red `up` is taken back whose
 * resources had other names: nobody would see that the devices are not as the program says.
 */
export async function warnOfUndone<Inputs extends TaskInputs>(
  wing: Targeted<Inputs>,
  id: string,
  gone: Inputs,
  state: KnownTaskState,
  account: OpenAccount,
  context: HookContext,
): Promise<void> {
  const { targets, packageId } = aimOf(wing, gone, context.urn);
  const name = await accountName(account, "tasks", state.account);
  const { ledger } = account;
  const madeAt = createdAt(state) ?? Infinity;
  const others = ledger
    .forTargets(name, targets)
    .filter((one) => one.id !== id && ledger.isNeeded(name, one.id, undefined));
  const isLast = others.every(({ createdAt: at = Infinity }) => at < madeAt);
  for (const one of isLast ? others : []) {
    const holder = ledger.otherHolder(name, one.id, undefined);
    if (holder === undefined || one.packageId === packageId) continue;
    const what = gone.versionPackage?.version ?? packageId ?? "something else";
    context.report.warn(
      `Upgrade task ${id}, which goes, has pushed ${what} after task ${one.id} of ${nameInUrn(holder)} to the same targets, so devices may not run what ${nameInUrn(holder)} declares. To push that again, set its rerunAfter to an instant after ${state.createTime ?? "now"}.`,
    );
  }
}
