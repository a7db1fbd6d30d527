import type { OperationRecord, TaskType } from "../api/wire";
import type { Tasks } from "../api/tasks";
import type { VersionPackageState } from "./schema";

const TASK_TYPES: Readonly<Record<string, TaskType>> = {
  firmwarePackage: "firmwareUpgrade",
  softwarePackage: "softwareUpgrade",
  modulePackage: "moduleUpgrade",
};

/** The unfinished tasks that push the package. */
export async function tasksThatMayUse(
  state: VersionPackageState,
  packageId: string,
  tasks: Tasks,
): Promise<string[]> {
  const { packageType } = state;
  const taskType = TASK_TYPES[String(packageType)] ?? "firmwareUpgrade";
  const users = async (fresh: boolean): Promise<OperationRecord[]> =>
    (await tasks.list({ taskType }, { fresh })).filter(
      (task) => task.phase === "unfinished" && (task.packageId ?? packageId) === packageId,
    );
  // A list that others share may show a task that this very run has just deleted.
  const found = (await users(false)).length === 0 ? [] : await users(true);
  return found.map(({ id, status }) => `${id} (${status})`);
}
