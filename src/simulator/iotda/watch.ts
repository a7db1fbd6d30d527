import type { CallQuota } from "../quota";
import {
  watchDevice,
  type PartState,
  type SpaceToWatch,
  type TaskToWatch,
  type WatchedKind,
} from "../watch";
import type { IotdaDetailStatus, IotdaTask } from "./model";
import type { IotdaWorld } from "./world";

const states: Readonly<Record<IotdaDetailStatus, PartState>> = {
  Waitting: "waiting",
  Processing: "upgrading",
  Success: "succeeded",
  Fail: "failed",
  FailWaitRetry: "waiting",
  Stopped: "stopped",
};

const kinds = {
  ...{ firmwarePackage: "firmware", firmwareUpgrade: "firmware" },
  ...{ softwarePackage: "software", softwareUpgrade: "software" },
  ...{ modulePackage: "module", moduleUpgrade: "module" },
} as const satisfies Readonly<Record<string, WatchedKind>>;

/** The resource spaces as somebody sees them who watches. */
export function watchIotda(
  world: IotdaWorld,
  quota: CallQuota,
  now: number,
): readonly SpaceToWatch[] {
  const { iotdaCallsPerMinute: limit, quotaWindow } = world.behaviour;
  return world.data.projects.flatMap(({ projectId, spaces }) =>
    spaces.map(({ appId }) => ({
      generation: "iotda",
      appId,
      quota: { used: quota.within(projectId, now, quotaWindow), limit },
      packages: [...world.packages.values()]
        .filter((stored) => stored.projectId === projectId && stored.appId === appId)
        .map(({ packageId, data }) => ({
          id: packageId,
          kind: kinds[data.packageType],
          version: data.version,
          model: data.productId,
        })),
      groups: world.groups.list(appId).map(({ name }) => name),
      devices: [...(world.devices.get(projectId)?.values() ?? [])]
        .filter((device) => device.appId === appId)
        .map((device) => watchDevice(device, now)),
      tasks: world.tasks
        .list()
        .filter(({ order }) => order.projectId === projectId && order.appId === appId)
        .map((task) => watchTask(task, world)),
    })),
  );
}

function watchTask(
  { taskId, order, status, createdAt, subTasks }: IotdaTask,
  world: IotdaWorld,
): TaskToWatch {
  return {
    id: taskId,
    name: order.name,
    kind: kinds[order.type],
    version: order.packages[0]?.data.version ?? "",
    groups: (order.groupIds ?? []).map((id) => world.groups.byId(order.appId, id)?.name ?? id),
    status,
    createdAt,
    parts: subTasks.map((each) => ({ deviceId: each.target, state: states[each.status] })),
  };
}
