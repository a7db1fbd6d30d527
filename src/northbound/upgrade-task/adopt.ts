import { WrongInputError } from "../../errors";
import type { HookContext } from "../../pulumi/hooks";
import { callContextOf } from "../../wing/accounts";
import type { Application } from "../api/platform";
import { isSamePolicy, isSameTargets } from "../api/tasks";
import type { OperationRecord } from "../api/wire";
import { madeTooEarly } from "../../wing/task-changes";
import type { TaskKind } from "./kind";
import type { UpgradeTaskInputs } from "./schema";

/**
 * The operation that `adopt` names, which must be what is declared as far as the platform tells:
 * taking over another one would show a push that never was.
 */
export async function adoptNamed(
  kind: TaskKind,
  inputs: UpgradeTaskInputs,
  application: Application,
  context: HookContext,
): Promise<OperationRecord> {
  const id = inputs.adopt ?? "";
  const task = await application.tasks(callContextOf(context)).read(id);
  if (task === undefined) {
    throw new WrongInputError(
      `adopt names operation ${id}, which application ${application.account.appId} does not have (123009). Check the id, or take adopt away to push.`,
    );
  }
  const found = await application.packages(callContextOf(context)).look(inputs.fileId);
  const differences = [
    (task.operateType ?? kind.operationType) === kind.operationType
      ? undefined
      : `it is a ${task.operateType ?? ""}`,
    task.targets === undefined || isSameTargets(task.targets, inputs.targets)
      ? undefined
      : "its targets are others",
    isSamePolicy(task.policy, inputs.policy) ? undefined : "its policy is another",
    (task.fileVersion ?? found?.version) === (found?.version ?? task.fileVersion)
      ? undefined
      : `it pushes version ${task.fileVersion ?? ""}, and package ${inputs.fileId} is ${found?.version ?? ""}`,
    madeTooEarly(inputs.rerunAfter, task.createdAt),
  ].filter((difference) => difference !== undefined);
  if (differences.length > 0) {
    throw new WrongInputError(
      `adopt names operation ${id}, which is not what is declared: ${differences.join("; ")}. Correct the declaration or adopt; nothing was pushed.`,
    );
  }
  return task;
}
