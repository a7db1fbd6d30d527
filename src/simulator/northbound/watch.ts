import { isObject } from "../reading";
import { watchDevice, type PartState, type SpaceToWatch, type TaskToWatch } from "../watch";
import type { Accounts } from "./accounts";
import { taskStatus, type World } from "./world";
import type { SubTaskStatus, Task } from "./schedule";

const states: Readonly<Record<SubTaskStatus, PartState>> = {
  wait: "waiting",
  processing: "upgrading",
  success: "succeeded",
  fail: "failed",
  stop: "stopped",
};

/** The applications as somebody sees them who watches. */
export function watchNorthbound(
  world: World,
  accounts: Accounts,
  now: number,
): readonly SpaceToWatch[] {
  const { behaviour } = world;
  return [...world.applications.keys()].map((appId) => ({
    generation: "northbound",
    appId,
    quota: { used: accounts.callsWithin(appId, now, behaviour), limit: behaviour.callsPerMinute },
    packages: [...world.packages.values()]
      .filter((stored) => stored.appId === appId)
      .map(({ data }) => ({
        id: data.fileId,
        kind: data.fileType === "firmwarePackage" ? "firmware" : "software",
        version: data.version,
        model: data.model,
      })),
    groups: world.groups.list(appId).map(({ name }) => name),
    devices: world.devicesOf(appId).map((device) => watchDevice(device, now)),
    tasks: world.tasks.filter((task) => task.appId === appId).map((task) => watchTask(task, world)),
  }));
}

function watchTask(task: Task, world: World): TaskToWatch {
  const groups = isObject(task.targets) ? task.targets["deviceGroups"] : undefined;
  return {
    id: task.operationId,
    name: null,
    kind: task.operateType === "firmware_upgrade" ? "firmware" : "software",
    version: task.package.version,
    groups: Array.isArray(groups) ? groups.map(String) : [],
    status: taskStatus(task, world.behaviour),
    createdAt: task.createdAt,
    parts: task.subTasks.map(({ deviceId, status }) => ({ deviceId, state: states[status] })),
  };
}
