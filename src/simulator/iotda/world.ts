import { parseBasicTime } from "../basic-time";
import type { Behaviour } from "../behaviour";
import { onlineAt } from "../device-state";
import { Groups } from "../groups";
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
import { wholeIotdaDevice } from "./read-device";
import type { IotdaDevice, IotdaTaskOrder, IotdaTask, StoredIotdaPackage } from "./model";
import { Tasks } from "./task-flow";

function newDevice(
  projectId: string,
  appId: string,
  data: IotdaDeviceData,
  marker: string,
  now: number,
): IotdaDevice {
  const registeredAt = parseBasicTime(data.createTime ?? "") ?? now;
  return {
    marker,
    data,
    projectId,
    appId,
    firmwareVersion: data.firmwareVersion ?? "V1.0",
    softwareVersion: data.softwareVersion ?? "V1.0",
    moduleVersions: new Map(Object.entries(data.modules ?? {})),
    onlineAt: onlineAt(data, now),
    failuresLeft: data.failTimes ?? Infinity,
    registeredAt,
    connectionChangedAt: registeredAt,
    groups: new Set(),
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
  readonly groups = new Groups<IotdaDevice>({
    idOf: ({ name }) => name,
    marker: () => this.ids.next(this.time),
    now: () => this.time,
  });
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
      groups: this.groups,
      fileHash: ({ data: { region, bucket, key } }) => this.object({ region, bucket, key })?.sha256,
    });
    for (const object of data.objects) this.putObject(object);
    for (const { projectId, spaces } of data.projects) {
      this.devices.set(projectId, new Map<string, IotdaDevice>());
      for (const { appId, devices: registered, packages, groups } of spaces) {
        for (const each of groups) this.groups.put(appId, each);
        for (const each of registered) this.addDevice(projectId, appId, each);
        for (const each of packages) this.putPackage(projectId, appId, each);
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

  /** Whether devices and packages of the product can be in the space. */
  hasProduct(projectId: string, appId: string, productId: string): boolean {
    if (this.behaviour.iotdaAnyProduct) return true;
    const products = this.space(projectId, appId)?.products ?? [];
    return products.some((each) => each.productId === productId);
  }

  /** Refuses what the data holds of a product that it does not list, if it lists any. */
  expectProduct(projectId: string, appId: string, productId: string, what: string): void {
    const listsAny = this.project(projectId)?.spaces.some(({ products }) => products.length > 0);
    if (listsAny !== true || this.hasProduct(projectId, appId, productId)) return;
    throw new SimulatorInputError(
      `The space ${appId} does not list the product ${productId}, which ${what} is of.`,
    );
  }

  addPackage(projectId: string, appId: string, data: IotdaPackageData): StoredIotdaPackage {
    const createdAt = parseBasicTime(data.createTime ?? "") ?? this.time;
    const packageId = data.packageId ?? this.ids.next(createdAt);
    const stored = { packageId, projectId, appId, createdAt, data };
    this.packages.set(packageId, stored);
    return stored;
  }

  /** Makes a package that nobody asked for by a call; what is wrong with it is the data's mistake. */
  putPackage(projectId: string, appId: string, data: IotdaPackageData): string {
    this.expectProduct(projectId, appId, data.productId, `its package ${data.version}`);
    return this.addPackage(projectId, appId, data).packageId;
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
    const held = this.devices.get(projectId)?.get(deviceId);
    if (held === undefined) {
      const whole = wholeIotdaDevice({ ...change, deviceId }, `The new device ${deviceId}`);
      this.addDevice(projectId, appId, whole);
      return;
    }
    if (held.appId !== appId) {
      throw new SimulatorInputError(`The device ${deviceId} belongs to another resource space.`);
    }
    this.changeDevice(held, change);
    for (const goOn of held.waiting.values()) goOn();
    this.at(this.time);
  }

  /** Makes the devices that a task names and that are not there. */
  registerTargets({ projectId, appId, targets = [], packages }: IotdaTaskOrder): void {
    const productId = packages[0]?.data.productId ?? "";
    for (const deviceId of targets) {
      if (this.devices.get(projectId)?.has(deviceId) === true) continue;
      this.addDevice(projectId, appId, { deviceId, productId });
    }
  }

  deleteDevice(device: IotdaDevice): void {
    this.groups.release(device);
    this.devices.get(device.projectId)?.delete(device.data.deviceId);
    this.tasks.loseDevice(device, this.time);
    this.at(this.time);
  }

  private addDevice(projectId: string, appId: string, data: IotdaDeviceData): void {
    this.expectProduct(projectId, appId, data.productId, `its device ${data.deviceId}`);
    const device = newDevice(projectId, appId, data, this.ids.next(this.time), this.time);
    this.devices.get(projectId)?.set(data.deviceId, device);
    this.groups.assign(device, data.groups ?? []);
  }

  private changeDevice(held: IotdaDevice, change: Partial<IotdaDeviceData>): void {
    const { projectId, appId } = held;
    const { productId = held.data.productId } = change;
    this.expectProduct(projectId, appId, productId, `its device ${held.data.deviceId}`);
    held.data = { ...held.data, ...change, deviceId: held.data.deviceId };
    held.firmwareVersion = change.firmwareVersion ?? held.firmwareVersion;
    held.softwareVersion = change.softwareVersion ?? held.softwareVersion;
    for (const [name, version] of Object.entries(change.modules ?? {})) {
      held.moduleVersions.set(name, version);
    }
    if (change.groups !== undefined) this.groups.assign(held, change.groups);
    if (change.online !== undefined || change.comesOnlineAfterSeconds !== undefined) {
      const isBack = change.online === true;
      held.onlineAt = isBack ? this.time : onlineAt({ ...change, online: false }, this.time);
      held.connectionChangedAt = this.time;
    }
    if (change.outcome !== undefined || change.failTimes !== undefined) {
      held.failuresLeft = change.failTimes ?? Infinity;
    }
  }
}
