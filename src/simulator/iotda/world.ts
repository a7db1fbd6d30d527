import { parseBasicTime } from "../basic-time";
import type { Behaviour } from "../behaviour";
import { SimulatorInputError } from "../reading";
import type {
  CheckedIotdaData,
  CheckedIotdaProject,
  CheckedIotdaSpace,
  IotdaDeviceData,
  IotdaObjectData,
  IotdaPackageData,
} from "./data";
import { DueQueue } from "./due-queue";
import { Ids } from "./ids";
import { wholeIotdaDevice } from "./read-data";
import type { IotdaDevice, IotdaTaskOrder, IotdaTask, StoredIotdaPackage } from "./model";
import { Tasks } from "./task-flow";

function onlineAt(data: Partial<IotdaDeviceData>, now: number): number {
  if (data.online ?? true) return -Infinity;
  if (data.comesOnlineAfterSeconds === undefined) return Infinity;
  return now + data.comesOnlineAfterSeconds * 1000;
}

function newDevice(
  projectId: string,
  appId: string,
  data: IotdaDeviceData,
  now: number,
): IotdaDevice {
  return {
    data,
    projectId,
    appId,
    firmwareVersion: data.firmwareVersion ?? "V1.0",
    softwareVersion: data.softwareVersion ?? "V1.0",
    onlineAt: onlineAt(data, now),
    failuresLeft: data.failTimes ?? Infinity,
    heldBy: undefined,
    waiting: new Map(),
  };
}

function objectName({ region, bucket, key }: IotdaObjectData): string {
  return JSON.stringify([region, bucket, key]);
}

/** What the IoTDA part of the platform holds, as of a moment; it needs no timers. */
export class IotdaWorld {
  readonly data: CheckedIotdaData;
  readonly packages = new Map<string, StoredIotdaPackage>();
  readonly tasks: Tasks;
  /** By project and device id. */
  readonly devices = new Map<string, Map<string, IotdaDevice>>();
  private readonly objects = new Map<string, IotdaObjectData>();
  private readonly queue = new DueQueue();
  private readonly ids = new Ids();
  private readonly currentBehaviour: () => Behaviour;
  private time: number;

  constructor(data: CheckedIotdaData, behaviour: () => Behaviour, now: number) {
    this.data = data;
    this.currentBehaviour = behaviour;
    this.time = now;
    this.tasks = new Tasks({
      queue: this.queue,
      ids: this.ids,
      behaviour,
      devicesOf: (projectId) => this.devices.get(projectId) ?? new Map<string, IotdaDevice>(),
      groups: ({ projectId, appId }) => this.space(projectId, appId)?.groups ?? [],
      fileHash: ({ data: { region, bucket, key } }) => this.object({ region, bucket, key })?.sha256,
    });
    for (const object of data.objects) this.putObject(object);
    for (const { projectId, spaces } of data.projects) {
      const devices = new Map<string, IotdaDevice>();
      this.devices.set(projectId, devices);
      for (const { appId, devices: registered, packages } of spaces) {
        for (const each of registered) {
          devices.set(each.deviceId, newDevice(projectId, appId, each, now));
        }
        for (const each of packages) this.addPackage(projectId, appId, each);
      }
    }
  }

  get behaviour(): Behaviour {
    return this.currentBehaviour();
  }

  /** The world as it is at this moment. */
  at(now: number): this {
    this.time = Math.max(this.time, now);
    for (;;) {
      const due = this.queue.take(this.time);
      if (due === undefined) break;
      due.act(due.at);
    }
    this.tasks.purgeOld(this.time);
    return this;
  }

  project(projectId: string): CheckedIotdaProject | undefined {
    return this.data.projects.find((each) => each.projectId === projectId);
  }

  space(projectId: string, appId: string): CheckedIotdaSpace | undefined {
    return this.project(projectId)?.spaces.find((each) => each.appId === appId);
  }

  object(place: Pick<IotdaObjectData, "region" | "bucket" | "key">): IotdaObjectData | undefined {
    return this.objects.get(objectName(place));
  }

  putObject(object: IotdaObjectData): void {
    this.objects.set(objectName(object), object);
  }

  addPackage(projectId: string, appId: string, data: IotdaPackageData): StoredIotdaPackage {
    const createdAt = parseBasicTime(data.createTime ?? "") ?? this.time;
    const packageId = data.packageId ?? this.ids.next(createdAt);
    const stored = { packageId, projectId, appId, createdAt, data };
    this.packages.set(packageId, stored);
    return stored;
  }

  createTask(order: IotdaTaskOrder): IotdaTask {
    const task = this.tasks.create(order, this.time);
    this.at(this.time);
    return task;
  }

  /** Changes a device, or registers a new one when the space has none of that id. */
  putDevice(
    projectId: string,
    appId: string,
    deviceId: string,
    change: Partial<IotdaDeviceData>,
  ): void {
    const devices = this.devices.get(projectId);
    const held = devices?.get(deviceId);
    if (held === undefined) {
      const whole = wholeIotdaDevice({ ...change, deviceId }, `The new device ${deviceId}`);
      devices?.set(deviceId, newDevice(projectId, appId, whole, this.time));
      return;
    }
    if (held.appId !== appId) {
      throw new SimulatorInputError(`The device ${deviceId} belongs to another resource space.`);
    }
    held.data = { ...held.data, ...change, deviceId };
    held.firmwareVersion = change.firmwareVersion ?? held.firmwareVersion;
    held.softwareVersion = change.softwareVersion ?? held.softwareVersion;
    if (change.online !== undefined || change.comesOnlineAfterSeconds !== undefined) {
      const isBack = change.online === true;
      held.onlineAt = isBack ? this.time : onlineAt({ ...change, online: false }, this.time);
    }
    if (change.outcome !== undefined || change.failTimes !== undefined) {
      held.failuresLeft = change.failTimes ?? Infinity;
    }
    for (const goOn of held.waiting.values()) goOn();
    this.at(this.time);
  }
}
