import type { CallContext } from "../../http/endpoint";
import type { UpgradeKind } from "../../upgrade/gate";
import type { Pushed } from "../../upgrade/reach";
import type { Reaching } from "../../wing/reach";
import type { Project } from "./platform";
import { unfinishedOf } from "./tasks";
import type { PackageRecord } from "./wire/package";
import { type OperationRecord, TASK_TYPES } from "./wire/task";

/** What devices that a task is not over with are. */
const HELD = ["Waitting", "Processing", "FailWaitRetry"];

/** @param isOwn - whether a task is the one whose reach is told */
export function reachingIn(
  project: Project,
  context: CallContext,
  isOwn: (task: OperationRecord) => boolean = () => false,
): Reaching {
  const tasks = project.tasks(context);
  return {
    fleet: project.fleet(context),
    async unfinished() {
      const found: OperationRecord[] = [];
      for (const taskType of TASK_TYPES) found.push(...(await unfinishedOf(tasks, taskType, {})));
      return found
        .filter((task) => !isOwn(task))
        .map(({ id, targets, counts }) => ({
          id,
          devices: targets?.devices,
          total: counts?.total,
        }));
    },
    async heldBy(id) {
      const parts = await tasks.devices(id);
      return parts
        .filter(({ status }) => HELD.includes(status ?? ""))
        .map(({ deviceId }) => deviceId);
    },
  };
}

/** What is known of a package that only the `up` will make. */
interface KnownOfPackage {
  readonly version?: string | undefined;
  readonly productId?: string | undefined;
  readonly sourceVersions?: readonly string[] | undefined;
  readonly moduleName?: string | undefined;
}

export function pushedBy(packageKind: UpgradeKind, found: PackageRecord | KnownOfPackage): Pushed {
  const { version, productId, moduleName } = found;
  const from = "packageId" in found ? found.supportSourceVersions : found.sourceVersions;
  const isAny = from === undefined || from.length === 0;
  return {
    packageKind,
    ...(moduleName === undefined ? {} : { moduleName }),
    version,
    kind: { productId },
    ...(isAny ? {} : { sourceVersions: from }),
  };
}

/** What a device is that a package is not for. */
export const OF_ANOTHER_KIND = "of another product";
