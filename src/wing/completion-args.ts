import type * as pulumi from "@pulumi/pulumi";

import { OtaError } from "../errors";
import { describeTaskTwice } from "../named-twice";

/**
 * What a good outcome opens: give it as `onlyAfter` to what may begin only then. Each leaf is known as
 * early as can be, in a preview the version before the outcome.
 */
export interface UpgradeGate {
  /** `"succeeded"` opens the gate. */
  readonly outcome: pulumi.Output<string>;
  /** The version that the outcome is of. */
  readonly version: pulumi.Output<string | undefined>;
  /** Id of the package that the outcome is of. */
  readonly packageId: pulumi.Output<string | undefined>;
  /** `"firmware"`, `"software"` or `"module"`. */
  readonly packageKind: pulumi.Output<string | undefined>;
  /** When it may open at the earliest, ISO 8601, where that is known. */
  readonly openAt?: pulumi.Output<string | undefined>;
}

/** What a completion takes of the task that it is given. */
export interface TaskLeaves {
  readonly version: pulumi.Input<string | undefined>;
  readonly packageId: pulumi.Input<string | undefined>;
  readonly packageKind: "firmware" | "software" | "module";
}

/**
 * The properties of a completion, with its task told by leaves: inputs that are known one by one.
 *
 * @param idField - the input that names the task
 */
export function awaited<Task extends pulumi.CustomResource>(
  resource: string,
  { task, ...args }: Readonly<Record<string, unknown>> & { readonly task?: Task | undefined },
  idField: string,
  leavesOf: (task: Task) => TaskLeaves,
): pulumi.Inputs {
  if (task === undefined) return args;
  if (typeof task !== "object" || (task as Task | null) === null || !("packageKind" in task)) {
    throw new OtaError(
      `UpgradeCompletion ${resource}: task must be an upgrade task of the program; the id of another one goes into ${idField}.`,
    );
  }
  const leaves = { [idField]: task.id, ...leavesOf(task) };
  const twice = Object.keys(leaves).find((field) => args[field] !== undefined);
  if (twice !== undefined) {
    throw new OtaError(describeTaskTwice(`UpgradeCompletion ${resource}`, twice));
  }
  return { ...args, ...leaves };
}

/** Known although another leaf is not, which an `apply` would not be. */
export function versionOf(
  versionPackage: pulumi.Output<{ readonly version?: string } | undefined>,
): pulumi.Output<string | undefined> {
  return (versionPackage as pulumi.Output<{ readonly version: string | undefined }>).version;
}
