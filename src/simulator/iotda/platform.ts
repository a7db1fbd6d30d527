import type { Api } from "../api";
import type { Generation, Hall, PlatformPart } from "../generation";
import type { GroupData } from "../groups";
import { CallQuota } from "../quota";
import { SimulatorInputError } from "../reading";
import type { SpaceToWatch } from "../watch";
import { iotdaApi, isIotdaPath } from "./api";
import { iotdaBooks, type IotdaBooks } from "./books";
import { Credentials } from "./credentials";
import type { CheckedIotdaData, IotdaDeviceData, IotdaObjectData, IotdaPackageData } from "./data";
import { isIotdaTaskFinished, type IotdaDevice } from "./model";
import { readIotdaPackage, readObsObject, readSpaceGroup } from "./read-data";
import { readIotdaDevicePart } from "./read-device";
import { watchIotda } from "./watch";
import { IotdaWorld } from "./world";

const nothing: CheckedIotdaData = { accessKeys: [], users: [], objects: [], projects: [] };

/** The IoTDA part of the simulated platform, and what can be done to it from outside. */
export class IotdaPlatform implements Generation, PlatformPart<IotdaDeviceData, IotdaPackageData> {
  api!: Api;
  private readonly data: CheckedIotdaData | undefined;
  private readonly hall: Hall;
  private world!: IotdaWorld;
  private credentials!: Credentials;
  private quota!: CallQuota;

  constructor(data: CheckedIotdaData | undefined, hall: Hall) {
    this.data = data;
    this.hall = hall;
    this.restart();
  }

  restart(): void {
    const data = this.data ?? nothing;
    this.world = new IotdaWorld(data, this.hall.behaviour, this.hall.clock.milliseconds());
    this.credentials = new Credentials(data);
    this.quota = new CallQuota();
    this.api = iotdaApi({
      world: this.world,
      credentials: this.credentials,
      quota: this.quota,
      searches: new CallQuota(1000),
    });
  }

  answers(path: string): boolean {
    return this.data !== undefined && isIotdaPath(path);
  }

  bringToNow(): void {
    this.worldNow();
  }

  goOn(): void {
    this.worldNow().tasks.beginWaiting(this.hall.clock.milliseconds());
    this.worldNow();
  }

  /** What it holds; `undefined` when the data has no section for it. */
  books(): IotdaBooks | undefined {
    if (this.data === undefined) return undefined;
    return iotdaBooks(this.worldNow(), this.hall.clock.milliseconds());
  }

  watch(): readonly SpaceToWatch[] {
    return watchIotda(this.worldNow(), this.quota, this.hall.clock.milliseconds());
  }

  hasTask(taskId: string): boolean {
    return this.worldNow().tasks.find(taskId) !== undefined;
  }

  statusOf(taskId: string): string {
    return this.worldNow().tasks.expect(taskId).status;
  }

  stopTask(taskId: string): void {
    const task = this.worldNow().tasks.expect(taskId);
    if (isIotdaTaskFinished(task)) {
      throw new SimulatorInputError(`The task ${taskId} has ended already.`);
    }
    this.world.tasks.stopAll(task, this.hall.clock.milliseconds());
    this.worldNow();
  }

  finishTask(taskId: string): void {
    const { tasks } = this.worldNow();
    tasks.finish(tasks.expect(taskId), this.hall.clock.milliseconds());
    this.worldNow();
  }

  purgeTask(taskId: string): void {
    const { tasks } = this.worldNow();
    tasks.purge(tasks.expect(taskId), this.hall.clock.milliseconds());
    this.worldNow();
  }

  hasPackage(packageId: string): boolean {
    return this.world.packages.has(packageId);
  }

  deletePackage(packageId: string): void {
    if (this.worldNow().packages.delete(packageId)) return;
    throw new SimulatorInputError(`There is no package ${packageId}.`);
  }

  putPackage(data: IotdaPackageData, appId?: string): string {
    const { projectId, appId: owner } = this.expectSpace(appId);
    const checked = readIotdaPackage(data, "The package");
    return this.worldNow().putPackage(projectId, owner, checked);
  }

  putDevice(deviceId: string, change: Partial<IotdaDeviceData>, appId?: string): void {
    const checked = readIotdaDevicePart(change, "The device");
    const { projectId, appId: owner } = this.expectSpace(appId ?? this.deviceOf(deviceId)?.appId);
    this.worldNow().putDevice(projectId, owner, deviceId, checked);
  }

  deleteDevice(deviceId: string): void {
    this.worldNow().deleteDevice(this.expectDevice(deviceId));
  }

  joinGroup(deviceId: string, group: string): void {
    const device = this.expectDevice(deviceId);
    this.world.groups.join(device, this.world.groups.expect(device.appId, group));
  }

  leaveGroup(deviceId: string, group: string): void {
    const device = this.expectDevice(deviceId);
    this.world.groups.leave(device, this.world.groups.expect(device.appId, group));
  }

  putGroup(group: string | GroupData, appId?: string): string {
    const space = this.expectSpace(appId);
    const checked = readSpaceGroup(group, "The group", space.appId);
    return this.worldNow().groups.put(space.appId, checked).id;
  }

  deleteGroup(group: string, appId?: string): void {
    const { groups } = this.worldNow();
    groups.delete(groups.expect(this.expectSpace(appId).appId, group));
  }

  putObject(data: IotdaObjectData): void {
    this.expectData();
    this.worldNow().putObject(readObsObject(data, "The object"));
  }

  endTokens(name: string): boolean {
    this.credentials.endTokens(name);
    return this.world.data.users.some((user) => user.name === name);
  }

  private worldNow(): IotdaWorld {
    return this.world.at(this.hall.clock.milliseconds());
  }

  private expectData(): void {
    if (this.data === undefined) throw new SimulatorInputError("The data has no iotda section.");
  }

  private deviceOf(deviceId: string): IotdaDevice | undefined {
    const held = [...this.worldNow().devices.values()].map((each) => each.get(deviceId));
    return held.find((device) => device !== undefined);
  }

  private expectDevice(deviceId: string): IotdaDevice {
    this.expectData();
    const device = this.deviceOf(deviceId);
    if (device === undefined) throw new SimulatorInputError(`There is no device ${deviceId}.`);
    return device;
  }

  private expectSpace(wanted: string | undefined): {
    readonly projectId: string;
    readonly appId: string;
  } {
    this.expectData();
    const known = this.world.data.projects.flatMap(({ projectId, spaces }) =>
      spaces.map(({ appId }) => ({ projectId, appId })),
    );
    const found = known.filter(({ appId }) => wanted === undefined || appId === wanted);
    const [space] = found;
    if (space === undefined) {
      throw new SimulatorInputError(`There is no resource space ${wanted ?? ""}.`);
    }
    if (found.length > 1) {
      const names = known.map(({ appId }) => appId).join(" or ");
      throw new SimulatorInputError(`Say which resource space is meant: ${names}.`);
    }
    return space;
  }
}
