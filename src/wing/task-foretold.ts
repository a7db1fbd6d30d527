import { parseInstant } from "../instant";
import type { HookContext } from "../pulumi/kind";
import { containsUnknown } from "../pulumi/unknown";
import type { TaskRecord } from "../upgrade/platform";
import { decide, foretell } from "../upgrade/same-task";
import { callContextOf, tryToLook } from "./accounts";
import { runKnowledge } from "./task-run";
import type { TaskAccount, TaskInputs, TaskWing } from "./task-wing";

/**
 * Tells a reviewer which task of the platform a create will take over or ask about, by its own search.
 * An `up` says it where it happens.
 *
 * @returns whether nothing will be pushed
 */
export async function foretellTask<
  Inputs extends TaskInputs,
  Declaration,
  Task extends TaskRecord,
  Package,
  Account extends TaskAccount,
>(
  wing: TaskWing<Inputs, Declaration, Task, Package, Account>,
  inputs: Inputs,
  target: Package,
  context: HookContext,
): Promise<boolean> {
  if (context.isPreview === false) return false;
  if (inputs.adopt !== undefined || containsUnknown(inputs)) return false;
  const told: { foretold?: string | undefined } = {};
  await tryToLook("The upgrade task", wing.accounts, context, async (account) => {
    const declaration = wing.declare(inputs, target, context.urn);
    const tasks = wing.tasks(account, callContextOf(context));
    const found = await tasks.findSame(declaration, { fresh: false });
    const run = await runKnowledge(wing, inputs, account, context);
    const rerunAfter = parseInstant(inputs.rerunAfter ?? "");
    told.foretold = foretell(decide(found, rerunAfter, account.now(), run()));
  });
  if (told.foretold === undefined) return false;
  context.report.warn(told.foretold);
  return true;
}
