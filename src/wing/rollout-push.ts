import { OtaError } from "../errors";
import type { HookContext } from "../pulumi/kind";
import type { TaskRecord, UpgradePlatform } from "../upgrade/platform";
import { noteStart } from "./task-run";
import type { TaskAccount } from "./task-wing";

export interface OnePush<Declaration> {
  readonly declaration: Declaration;
  readonly packageId: string;
  readonly rerunAfter: number | undefined;
  /** Only a task that is not among these may be taken over, and none that was made before. */
  readonly seen: ReadonlySet<string>;
  readonly since: number | undefined;
}

/** POSTs one task of a rollout, or takes over the one that a POST of it has made already. */
export async function pushOnce<Declaration, Task extends TaskRecord>(
  tasks: UpgradePlatform<Declaration, Task>,
  { declaration, packageId, rerunAfter, seen, since }: OnePush<Declaration>,
  account: TaskAccount,
  context: HookContext,
): Promise<string> {
  const { id } = await account.starter.start(tasks, {
    declaration,
    rerunAfter,
    run: () => ({
      isSeen: (task) => seen.has(task),
      ...(since === undefined ? {} : { replacedAt: since }),
    }),
    onAdopt: (task) => noteStart(account, { id: task, isMade: false }, { packageId }, context),
    onFound: (task) => noteStart(account, { id: task, isMade: true }, { packageId }, context),
    beforeCreate: () => {
      if (context.signal.aborted) throw new OtaError("The run was cancelled before it was pushed.");
    },
    warn: context.report.warn,
    signal: context.signal,
  });
  return id;
}
