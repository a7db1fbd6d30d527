import { WrongInputError } from "../../errors";
import type { HookContext, Properties } from "../../pulumi/hooks";
import { callContextOf } from "../../wing/accounts";
import { madeTooEarly, stable } from "../../wing/task-changes";
import type { Project } from "../api/platform";
import type { OperationRecord } from "../api/wire/task";
import type { TaskKind } from "./kind";
import { canonical, CONTENT_FIELDS, type UpgradeTaskInputs } from "./schema";
import { declaredBy } from "./state";

/**
 * The task that `adopt` names, which must be what is declared as far as the platform tells: taking
 * over another one would show a push that never was.
 */
export async function adoptNamed(
  kind: TaskKind,
  inputs: UpgradeTaskInputs,
  project: Project,
  context: HookContext,
): Promise<OperationRecord> {
  const id = inputs.adopt ?? "";
  const task = await project.tasks(callContextOf(context)).read(id);
  if (task === undefined) {
    throw new WrongInputError(
      `adopt names task ${id}, which project ${await project.key()} does not have (404). Check the id, or take adopt away to push.`,
    );
  }
  const { packageId, targets, ...rest } = canonical(declaredBy(task));
  // What the platform does not tell is no difference.
  const there: Properties = {
    ...rest,
    ...(task.packageId === undefined ? {} : { packageId }),
    ...(task.targets === undefined ? {} : { targets }),
  };
  const here: Properties = inputs;
  const differences = CONTENT_FIELDS.filter(
    (field) => there[field] !== undefined && stable(there[field]) !== stable(here[field] ?? null),
  ).map((field) => `its ${field} is ${stable(there[field])}`);
  if ((task.taskType ?? kind.taskType) !== kind.taskType) {
    differences.push(`it is a ${task.taskType ?? ""}`);
  }
  const tooEarly = madeTooEarly(inputs.rerunAfter, task.createdAt);
  if (tooEarly !== undefined) differences.push(tooEarly);
  if (differences.length > 0) {
    throw new WrongInputError(
      `adopt names task ${id}, which is not what is declared: ${differences.join("; ")}. Correct the declaration or adopt; nothing was pushed.`,
    );
  }
  return task;
}
