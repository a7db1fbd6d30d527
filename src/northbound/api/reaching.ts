import type { CallContext } from "../../http/endpoint";
import type { PackageKind } from "../../upgrade/gate";
import type { Pushed } from "../../upgrade/reach";
import type { Reaching } from "../../wing/reach";
import type { Application } from "./platform";
import { unfinishedOf } from "./tasks";
import type { DeviceModel, OperationRecord, PackageRecord } from "./wire";

/** What devices that a task is not over with are. */
const HELD = ["wait", "processing"];

/** @param isOwn - whether a task is the one whose reach is told */
export function reachingIn(
  application: Application,
  context: CallContext,
  isOwn: (task: OperationRecord) => boolean = () => false,
): Reaching {
  const tasks = application.tasks(context);
  return {
    fleet: application.fleet(context),
    async unfinished() {
      const found = await unfinishedOf(tasks, undefined, {});
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
      return parts.filter(({ status }) => HELD.includes(status)).map(({ deviceId }) => deviceId);
    },
  };
}

export function pushedBy(
  packageKind: PackageKind,
  {
    version,
    deviceType,
    model,
    manufacturerName,
  }: DeviceModel & Pick<Partial<PackageRecord>, "version">,
): Pushed {
  return { packageKind, version, kind: { deviceType, model, manufacturerName } };
}

/** What a device is that a package is not for. */
export const OF_ANOTHER_KIND = "of another model";
