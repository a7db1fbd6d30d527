import { type Tasks, unfinishedOf } from "../api/tasks";
import type { OperationRecord, OperationType, PackageRecord } from "../api/wire";

/** The tasks that push a package; one whose type is not known may be pushed by either. */
const OPERATION_TYPE_OF: Readonly<Record<string, OperationType>> = {
  firmwarePackage: "firmware_upgrade",
  softwarePackage: "software_upgrade",
};

/** As old as the lists may be that packages which are deleted in one go share. */
const MAX_AGE_SECONDS = 2;

/**
 * The unfinished tasks that may push the package. A task names its package by version only, so one
 * that does not tell its version, or a version of another model's package, counts unless its targets
 * say that it is for other devices.
 */
export async function tasksThatMayUse(target: PackageRecord, tasks: Tasks): Promise<string[]> {
  const found =
    (await users(target, tasks, MAX_AGE_SECONDS)).length === 0 ? [] : await users(target, tasks, 0);
  return found.map((task) => `${task.id} (${task.status})`);
}

async function users(
  target: PackageRecord,
  tasks: Tasks,
  maxAgeSeconds: number,
): Promise<OperationRecord[]> {
  const operationType = OPERATION_TYPE_OF[target.fileType ?? ""];
  const listed = await unfinishedOf(tasks, operationType, { maxAgeSeconds });
  const ids = new Set(listed.map(({ id }) => id));
  const unlisted = tasks.made(target.fileId).filter(({ id }) => !ids.has(id));
  const own = await Promise.all(unlisted.map(({ id }) => tasks.read(id)));
  return [...listed, ...own.filter((task) => task !== undefined)].filter(
    (task) => task.phase === "unfinished" && mayUse(task, target),
  );
}

function mayUse(task: OperationRecord, target: PackageRecord): boolean {
  const { version } = target;
  if ((task.fileVersion ?? version) !== (version ?? task.fileVersion)) return false;
  return (["deviceType", "model", "manufacturerName"] as const).every((field) => {
    const wanted = task.targets?.[field];
    return wanted === undefined || wanted === target[field];
  });
}
