import type { IotdaDeviceData } from "./data";
import { statusOf } from "./model";
import {
  detailReply,
  packageReply,
  taskReply,
  type IotdaPackageReply,
  type IotdaTaskDetailReply,
  type IotdaTaskReply,
} from "./wire";
import type { IotdaWorld } from "./world";

/** A batch task as the platform tells it, with what its reply leaves out. */
export interface BookedIotdaTask extends IotdaTaskReply {
  /** The project it belongs to. */
  readonly project_id: string;
  /** The resource space it belongs to. */
  readonly app_id: string;
  /** One for each device. */
  readonly task_details: readonly IotdaTaskDetailReply[];
}

/** A device of the IoTDA v5 part as it is now. */
export interface BookedIotdaDevice extends IotdaDeviceData {
  /** The project it belongs to. */
  readonly projectId: string;
  /** The resource space it belongs to. */
  readonly appId: string;
  /** The firmware it runs now. */
  readonly firmwareVersion: string;
  /** The software it runs now. */
  readonly softwareVersion: string;
  /** The versions of its modules now, by their names. */
  readonly modules: Readonly<Record<string, string>>;
  /** Ids of the groups that it is in now. */
  readonly groups: readonly string[];
  /** Whether the platform can reach it now. */
  readonly online: boolean;
  /** How the platform shows it now. */
  readonly status: NonNullable<IotdaDeviceData["status"]>;
}

/** What the IoTDA v5 part of the platform holds. */
export interface IotdaBooks {
  /** All tasks in the order of their creation. */
  readonly tasks: readonly BookedIotdaTask[];
  /** All packages. */
  readonly packages: readonly IotdaPackageReply[];
  /** All devices. */
  readonly devices: readonly BookedIotdaDevice[];
}

export function iotdaBooks(world: IotdaWorld, now: number): IotdaBooks {
  const devices = [...world.devices.values()].flatMap((each) => [...each.values()]);
  return {
    tasks: world.tasks.list().map((task) => ({
      project_id: task.order.projectId,
      app_id: task.order.appId,
      ...taskReply(task, world.behaviour),
      task_details: task.subTasks.map(detailReply),
    })),
    packages: [...world.packages.values()].map((stored) =>
      packageReply(stored, world.space(stored.projectId, stored.appId)),
    ),
    devices: devices.map((device) => ({
      ...device.data,
      projectId: device.projectId,
      appId: device.appId,
      firmwareVersion: device.firmwareVersion,
      softwareVersion: device.softwareVersion,
      modules: Object.fromEntries(device.moduleVersions),
      groups: [...device.groups].map(({ id }) => id),
      online: device.onlineAt <= now,
      status: statusOf(device, now),
    })),
  };
}
