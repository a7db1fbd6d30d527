import type * as z from "zod/mini";

import type { CallContext } from "../http/endpoint";
import type { Failure, HookContext } from "../pulumi/kind";
import type { Fleet } from "../upgrade/fleet";
import type { PackageKind } from "../upgrade/gate";
import type { RolloutPlatform } from "../upgrade/rollout/platform";
import type { Accounts } from "./accounts";
import type { DeclaredRollout } from "./rollout-canonical";
import type { FoundPackage, TaskAccount } from "./task-wing";

/** What a rollout knows of its package, beside the id: each may be unknown in a preview. */
export interface RolloutLeaves {
  readonly version?: string | undefined;
  readonly sourceVersions?: readonly string[] | undefined;
}

export interface RolloutInputs extends DeclaredRollout {
  readonly versionPackage?: RolloutLeaves | undefined;
}

export interface RolloutAccount extends TaskAccount {
  fleet(context: CallContext): Fleet;
}

/** What one platform says and does in the lifecycle of a rollout; all else is the lifecycle's. */
export interface RolloutWing<
  Inputs extends RolloutInputs,
  Package,
  Account extends RolloutAccount,
> {
  readonly accounts: Accounts<Account>;
  readonly packageKind: PackageKind;
  /** The input that names the package by its id. */
  readonly packageField: keyof Inputs & string;
  /** The wing's name for a list of groups. */
  readonly groupField: string;
  readonly defaultOnDelete: "stop" | "keep";
  readonly defaultMaxLostPercent: number | undefined;
  /** How long a device that falls silent takes to show, where that is long. */
  readonly silentSeconds?: number;
  /** Inputs of which a change makes another rollout. */
  readonly replacing: readonly (keyof Inputs & string)[];

  readonly inputs: z.ZodMiniType<Inputs>;
  readonly inputNames: readonly string[];
  /** One form for what means the same. */
  canonical(inputs: Inputs): Inputs;
  /** All documented rules that depend neither on the platform nor on the time of day. */
  brokenRules(inputs: Inputs): readonly Failure[];

  findPackage(
    inputs: Inputs,
    account: Account,
    context: HookContext,
  ): Promise<FoundPackage<Package>>;
  leavesOf(found: Package): RolloutLeaves;
  /** What is wrong already by what is told of a package whose id only the `up` will know. */
  misfits(inputs: Inputs): readonly Failure[];
  /** @param seed - what the names of its tasks call it, where tasks have names */
  platform(inputs: Inputs, seed: string, account: Account, context: HookContext): RolloutPlatform;
}
