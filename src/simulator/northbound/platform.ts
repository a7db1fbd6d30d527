import type { Api } from "../api";
import type { BookedDevice, BookedPackage, BookedTask } from "../books";
import {
  readDevicePart,
  readPackage,
  type CheckedApplication,
  type DeviceData,
  type PackageData,
} from "../data";
import type { Generation, Hall, PlatformPart } from "../generation";
import { readGroup, type GroupData } from "../groups";
import { SimulatorInputError } from "../reading";
import type { SpaceToWatch } from "../watch";
import { Accounts } from "./accounts";
import { northboundApi } from "./api";
import { statusOf as deviceStatus, type Device } from "./schedule";
import { watchNorthbound } from "./watch";
import { subTaskReply, taskReply } from "./wire";
import { taskStatus, World } from "./world";

/** What the northbound part of the platform holds. */
interface NorthboundBooks {
  readonly tasks: readonly BookedTask[];
  readonly packages: readonly BookedPackage[];
  readonly devices: readonly BookedDevice[];
}

/** The northbound part of the simulated platform, and what can be done to it from outside. */
export class NorthboundPlatform implements Generation, PlatformPart<DeviceData, PackageData> {
  api!: Api;
  private readonly applications: readonly CheckedApplication[];
  private readonly hall: Hall;
  private world!: World;
  private accounts!: Accounts;

  constructor(applications: readonly CheckedApplication[], hall: Hall) {
    this.applications = applications;
    this.hall = hall;
    this.restart();
  }

  restart(): void {
    const { clock, behaviour } = this.hall;
    this.world = new World(this.applications, behaviour, clock.milliseconds());
    this.accounts = new Accounts(this.world.applications);
    this.api = northboundApi({ world: this.world, accounts: this.accounts });
  }

  answers(): boolean {
    return true;
  }

  bringToNow(): void {
    this.worldNow();
  }

  goOn(): void {
    this.worldNow().goOn();
  }

  books(): NorthboundBooks {
    const world = this.worldNow();
    const now = this.hall.clock.milliseconds();
    return {
      tasks: world.tasks.map((task) => ({
        appId: task.appId,
        fileId: task.package.fileId,
        ...taskReply(task, world.behaviour),
        subTasks: task.subTasks.map((each) => subTaskReply(task, each, world.behaviour)),
      })),
      packages: [...world.packages.values()].map(({ appId, data }) => ({ appId, ...data })),
      devices: [...world.devices.values()].map((device) => ({
        ...device.data,
        appId: device.appId,
        firmwareVersion: device.firmwareVersion,
        softwareVersion: device.softwareVersion,
        groups: [...device.groups].map(({ name }) => name),
        online: device.onlineAt <= now,
        status: deviceStatus(device, now),
      })),
    };
  }

  watch(): readonly SpaceToWatch[] {
    return watchNorthbound(this.worldNow(), this.accounts, this.hall.clock.milliseconds());
  }

  hasTask(operationId: string): boolean {
    return this.worldNow().task(operationId) !== undefined;
  }

  statusOf(operationId: string): string {
    const world = this.worldNow();
    return taskStatus(world.expectTask(operationId), world.behaviour);
  }

  stopTask(operationId: string): void {
    this.worldNow().stopTask(operationId);
  }

  finishTask(operationId: string): void {
    this.worldNow().finishTask(operationId);
  }

  purgeTask(operationId: string): void {
    this.worldNow().purgeTask(operationId);
  }

  putPackage(data: PackageData, appId?: string): string {
    const checked = readPackage(data, "The package");
    const owner = appId ?? this.world.packages.get(checked.fileId)?.appId;
    this.worldNow().putPackage(this.expectApplication(owner), checked);
    return checked.fileId;
  }

  hasPackage(fileId: string): boolean {
    return this.world.packages.has(fileId);
  }

  deletePackage(fileId: string): void {
    if (this.worldNow().deletePackage(fileId)) return;
    throw new SimulatorInputError(`There is no package ${fileId}.`);
  }

  putDevice(deviceId: string, change: Partial<DeviceData>, appId?: string): void {
    const checked = readDevicePart(change, "The device");
    const owner = appId ?? this.world.devices.get(deviceId)?.appId;
    this.worldNow().putDevice(this.expectApplication(owner), deviceId, checked);
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
    const checked = readGroup(group, "The group");
    return this.worldNow().groups.put(this.expectApplication(appId), checked).id;
  }

  deleteGroup(group: string, appId?: string): void {
    const { groups } = this.worldNow();
    groups.delete(groups.expect(this.expectApplication(appId), group));
  }

  endTokens(appId: string): boolean {
    this.accounts.endTokens(this.expectApplication(appId));
    return true;
  }

  private worldNow(): World {
    return this.world.at(this.hall.clock.milliseconds());
  }

  private expectDevice(deviceId: string): Device {
    const device = this.worldNow().devices.get(deviceId);
    if (device === undefined) throw new SimulatorInputError(`There is no device ${deviceId}.`);
    return device;
  }

  private expectApplication(appId: string | undefined): string {
    const known = [...this.world.applications.keys()];
    if (appId === undefined && known.length > 1) {
      throw new SimulatorInputError(`Say which application is meant: ${known.join(" or ")}.`);
    }
    const found = appId ?? known[0] ?? "";
    if (!known.includes(found)) throw new SimulatorInputError(`There is no application ${found}.`);
    return found;
  }
}
