import type * as z from "zod/mini";

import { OtaError } from "../errors";
import type { CallContext, HowFresh } from "../http/endpoint";
import type { Failure, HookContext, Properties } from "../pulumi/kind";
import type { Gate, UpgradeKind } from "../upgrade/gate";
import type { TaskRecord, UpgradePlatform } from "../upgrade/platform";
import type { Pushed, Seen } from "../upgrade/reach";
import type { TaskStarter } from "../upgrade/task";
import type { Accounts, OpenAccount } from "./accounts";
import type { IsEnough } from "./pages";
import type { ReachTargets, Reaching } from "./reach";

/** What tasks declare in every wing, beside what the platform is told. */
export interface TaskInputs {
  readonly versionPackage?: PackageLeaves | undefined;
  readonly rerunAfter?: string | undefined;
  readonly adopt?: string | undefined;
  readonly maxDevices?: number | undefined;
  readonly onDelete?: string | undefined;
  readonly onlyAfter?: readonly Partial<Gate>[] | undefined;
}

/** What a task knows of its package, beside the id: each may be unknown in a preview. */
export interface PackageLeaves {
  readonly version?: string | undefined;
}

/** The tasks of an account, as a lifecycle asks for them. */
export interface TaskCalls<Declaration, Task extends TaskRecord> extends UpgradePlatform<
  Declaration,
  Task
> {
  /** The same as `read`, together with others that are looked at in the same moment. */
  look(id: string, madeAt?: number): Promise<Task | undefined>;
  /** What is known of a task that was made or found a moment ago; never fails. */
  justStarted(id: string): Promise<Task>;
}

/** The tasks of an account that can be listed by what they must be. */
export interface ListedTasks<Declaration, Task extends TaskRecord, Filter> extends TaskCalls<
  Declaration,
  Task
> {
  /** Asked anew, unless told otherwise. */
  list(filter: Filter, how?: HowFresh, isEnough?: IsEnough<Task>): Promise<readonly Task[]>;
  /** How many `list` would give; `undefined` when the platform does not say. */
  count(filter: Filter, how?: HowFresh): Promise<number | undefined>;
}

export interface TaskAccount extends OpenAccount {
  readonly starter: TaskStarter;
  /** The platform's clock, milliseconds since the epoch. */
  now(): number;
}

/** Something that is asked of a task that exists: it is done once, in place. */
export interface Wish<Inputs, Task extends TaskRecord, Account> {
  /** The input that asks for it. */
  readonly field: string;
  /**
   * Whether it is asked for and was not done yet.
   *
   * @param state - `undefined` for a task that was made or taken over just now
   */
  isNew(inputs: Inputs, state: Properties | undefined, task: Task | undefined): boolean;
  /** What a reviewer is told of one that is new, where it pushes something. */
  warning?(inputs: Inputs): string;
  /** Why it cannot be asked yet. */
  tooEarly?(inputs: Inputs, now: number): Failure | undefined;
  /** @param progress - what a `WishUndone` of an earlier run said */
  fulfil(task: Task, account: Account, context: HookContext, progress: unknown): Promise<void>;
}

/** A wish that failed when some of it may have been done: what must not be done again is kept. */
export class WishUndone extends OtaError {
  readonly progress: unknown;

  constructor(message: string, progress: unknown) {
    super(message);
    this.progress = progress;
  }
}

/** A package that was looked for, or what is wrong with what names it. */
export type FoundPackage<Package> =
  | { readonly found: Package; readonly failures: readonly Failure[] }
  | { readonly found?: undefined; readonly failures: readonly Failure[] };

/** What a platform says of the devices that a task reaches. */
export interface TaskReach<Inputs, Package, Account> {
  /** The input that names the targets; together with the package it says what is reached. */
  readonly targetsField: keyof Inputs & string;
  targets(inputs: Inputs): ReachTargets;
  /** @param found - the package, where it could be looked at */
  pushed(inputs: Inputs, found: Package | undefined): Pushed;
  reaching(inputs: Inputs, account: Account, context: HookContext): Reaching;
  /** What the platform would refuse, with its codes. */
  refusals(inputs: Inputs, seen: Seen, account: Account): readonly Failure[];
  /** What a device is that the package is not for: `of another model`. */
  readonly ofAnotherKind: string;
}

/** What one platform says and does in the lifecycle of a task; all else is the lifecycle's. */
export interface TaskWing<
  Inputs extends TaskInputs,
  Declaration,
  Task extends TaskRecord,
  Package,
  Account extends TaskAccount,
> {
  readonly accounts: Accounts<Account>;
  readonly packageKind: UpgradeKind;
  /** What the platform calls a task. */
  readonly noun: string;
  /** The input that names the package by its id. */
  readonly packageField: keyof Inputs & string;
  /** The platform's code for a task that it does not know. */
  readonly goneCode: string;
  /** What destroying a task does where the program does not say. */
  readonly defaultOnDelete: "stop" | "delete" | "keep";
  /** Whether a task that is not over goes on whatever is done, so that `remove` forgets it. */
  readonly cannotBeStopped?: boolean;
  /** What is said of a task that a delete forgets while the platform goes on with it. */
  readonly goesOn: string;

  readonly inputs: z.ZodMiniType<Inputs>;
  readonly inputNames: readonly string[];
  /** One form for what means the same. */
  canonical(inputs: Inputs): Inputs;
  /** All documented rules that depend neither on the platform nor on the time of day. */
  brokenRules(inputs: Inputs): readonly Failure[];
  /** Why a task made at that time would break a rule of times; one that exists does not break it. */
  wrongTime(inputs: Inputs, now: number): Failure | undefined;
  /**
   * The fields in which two declarations are different tasks. What one of them does not tell is no
   * difference.
   */
  differences(one: Inputs, other: Inputs): readonly string[];
  /** What a reviewer of a replacement may not know of what changed, as a sentence. */
  hint?(one: Inputs, other: Inputs): string | undefined;
  /** Whether two declarations differ in instants alone. */
  differsInTimesOnly(one: Inputs, other: Inputs): boolean;
  /** Whether both may concern one device: a group, or what is not known yet, may hold any. */
  overlap(one: Inputs, other: Inputs): boolean;
  /**
   * Whether both must not run at once: they name a device or a group in common, or push different
   * packages to what may be the same devices.
   */
  collide(one: Inputs, other: Inputs): boolean;
  /** What both must be equal in for one to come after the other. */
  targetsKey(inputs: Inputs): string;
  /** Equal for two declarations that are the same task, as `UpgradePlatform.keyOf` gives it. */
  keyOf(inputs: Inputs, urn: string | undefined): string;

  tasks(account: Account, context: CallContext): TaskCalls<Declaration, Task>;
  findPackage(
    inputs: Inputs,
    account: Account,
    context: HookContext,
  ): Promise<FoundPackage<Package>>;
  leavesOf(found: Package): PackageLeaves;
  /** What is wrong already by what is told of a package whose id only the `up` will know. */
  misfits?(inputs: Inputs): readonly Failure[];
  declare(inputs: Inputs, found: Package, urn: string | undefined): Declaration;
  explainRefusal(
    error: unknown,
    inputs: Inputs,
    account: Account,
    context: HookContext,
  ): Promise<unknown>;

  /** In which fields a task of the platform is not what is declared, each as a clause. */
  otherwise(task: Task, inputs: Inputs, found: Package | undefined): readonly string[];
  /** The inputs of a task that is read by nothing but its id; `undefined` for another kind of task. */
  inputsOf(task: Task, account: Account, context: HookContext): Promise<Inputs | undefined>;
  /** Times that a declaration left to the moment at which the task was made. */
  resolvedTimes(inputs: Inputs, task: Task): Properties;
  /** What the platform says, beside what it says in every wing. */
  told(task: Task): Properties;
  /**
   * In words what somebody did to the task on the platform; its own progress and end are no drift.
   *
   * @param known - what is declared, and what its times came to
   */
  driftOf(task: Task, known: Properties): string | undefined;
  isOver(status: string | undefined): boolean;

  /** Absent where the platform cannot be asked for devices. */
  readonly reach?: TaskReach<Inputs, Package, Account>;
  readonly wishes: readonly Wish<Inputs, Task, Account>[];
  /** Ends the task and takes its record away, where the platform can; `madeAt` as `read` takes it. */
  readonly remove?: (
    id: string,
    account: Account,
    context: HookContext,
    madeAt?: number,
  ) => Promise<void>;
}
