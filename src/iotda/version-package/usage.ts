import type { Properties } from "../../pulumi/kind";
import { type Tasks, unfinishedOf } from "../api/tasks";
import { type OperationRecord, TASK_TYPES, type TaskType } from "../api/wire/task";

const TASK_TYPE_OF: Readonly<Record<string, TaskType>> = {
  firmwarePackage: "firmwareUpgrade",
  softwarePackage: "softwareUpgrade",
  modulePackage: "moduleUpgrade",
};

/** As old as the list may be that packages which are deleted in one go share. */
const MAX_AGE_SECONDS = 2;

/** The unfinished tasks that push the package, or may. */
export async function tasksThatMayUse(
  state: Properties,
  packageId: string,
  tasks: Tasks,
): Promise<string[]> {
  const own = TASK_TYPE_OF[String(state["packageType"])];
  const taskTypes = own === undefined ? TASK_TYPES : [own];
  const isUser = ({ phase, packageIds }: OperationRecord): boolean =>
    phase === "unfinished" && (packageIds.length === 0 || packageIds.includes(packageId));

  async function users(maxAgeSeconds: number): Promise<OperationRecord[]> {
    const how = { maxAgeSeconds };
    const listed: OperationRecord[] = [];
    for (const taskType of taskTypes) {
      listed.push(...(await unfinishedOf(tasks, taskType, how)));
    }
    const ids = new Set(listed.map(({ id }) => id));
    const unlisted = (await tasks.made()).filter((task) => !ids.has(task.id));
    const own = await Promise.all(unlisted.map(({ id }) => tasks.read(id)));
    return [...listed, ...own.filter((task) => task !== undefined)].filter(isUser);
  }

  // A list that others share may show a task that this very run has just deleted.
  const found = (await users(MAX_AGE_SECONDS)).length === 0 ? [] : await users(0);
  return found.map(({ id, status }) => `${id} (${status})`);
}
