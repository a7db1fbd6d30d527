import type { Tasks } from "../api/tasks";
import type { OperationRecord, PackageRecord } from "../api/wire";

/**
 * The unfinished tasks that may push the package. A task names its package by version only, so one
 * that does not tell its version, or a version of another model's package, counts unless its targets
 * say that it is for other devices.
 */
export async function tasksThatMayUse(target: PackageRecord, tasks: Tasks): Promise<string[]> {
  const operationType =
    target.fileType === "softwarePackage" ? "software_upgrade" : "firmware_upgrade";
  const unfinished = await Promise.all(
    ["wait", "processing"].map((operationStatus) => tasks.list({ operationType, operationStatus })),
  );
  return unfinished
    .flat()
    .filter((task) => task.phase === "unfinished" && mayUse(task, target))
    .map((task) => `${task.id} (${task.status})`);
}

function mayUse(task: OperationRecord, target: PackageRecord): boolean {
  if (task.fileVersion !== undefined && task.fileVersion !== target.version) return false;
  return (["deviceType", "model", "manufacturerName"] as const).every((field) => {
    const wanted = task.targets?.[field];
    return wanted === undefined || wanted === target[field];
  });
}
