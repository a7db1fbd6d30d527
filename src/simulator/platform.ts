import { Accounts } from "./accounts";
import type { Api } from "./api";
import { readBehaviour, type Behaviour } from "./behaviour";
import { RequestBook, type Books } from "./books";
import type { RunningClock } from "./clock";
import {
  readDevicePart,
  readPackage,
  type CheckedData,
  type DeviceData,
  type PackageData,
} from "./data";
import { Faults, readFault, type Fault, type FaultOptions } from "./faults";
import { northboundApi } from "./northbound";
import { SimulatorInputError } from "./reading";
import { subTaskReply, taskReply } from "./wire";
import { World } from "./world";

/**
 * The simulated platform: its world, its clients, the faults that wait and the books, and what can
 * be done to them from outside. The handle and the control interface both stand on it.
 */
export class Platform {
  readonly clock: RunningClock;
  api!: Api;
  faultList!: Faults;
  requestBook!: RequestBook;
  private readonly data: CheckedData;
  private world!: World;
  private accounts!: Accounts;

  constructor(data: CheckedData, clock: RunningClock) {
    this.data = data;
    this.clock = clock;
    this.reset();
  }

  reset(): void {
    this.clock.restart();
    this.world = new World(this.data, this.clock.milliseconds());
    this.accounts = new Accounts(this.world.applications);
    this.api = northboundApi({ world: this.world, accounts: this.accounts });
    this.faultList = new Faults();
    this.requestBook = new RequestBook();
  }

  books(): Books {
    const world = this.worldNow();
    const now = this.clock.milliseconds();
    return {
      time: new Date(now).toISOString(),
      requests: this.requestBook.records.map((record) => ({ ...record })),
      counts: this.requestBook.counts(),
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
        online: device.onlineAt <= now,
      })),
    };
  }

  addFault(fault: FaultOptions): Fault {
    return this.faultList.add(readFault(fault, "The fault"));
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

  putPackage(data: PackageData, appId?: string): void {
    const checked = readPackage(data, "The package");
    const owner = appId ?? this.world.packages.get(checked.fileId)?.appId;
    this.worldNow().putPackage(this.expectApplication(owner), checked);
  }

  deletePackage(fileId: string): void {
    if (!this.worldNow().deletePackage(fileId)) {
      throw new SimulatorInputError(`There is no package ${fileId}.`);
    }
  }

  putDevice(deviceId: string, change: Partial<DeviceData>, appId?: string): void {
    const checked = readDevicePart(change, "The device");
    const owner = appId ?? this.world.devices.get(deviceId)?.appId;
    this.worldNow().putDevice(this.expectApplication(owner), deviceId, checked);
  }

  loginElsewhere(appId: string): void {
    this.accounts.endTokens(this.expectApplication(appId));
  }

  behaviour(): Behaviour {
    return this.world.behaviour;
  }

  setBehaviour(change: Partial<Behaviour>): Behaviour {
    this.worldNow().changeBehaviour(readBehaviour(change, "The behaviour"));
    return this.world.behaviour;
  }

  private worldNow(): World {
    return this.world.at(this.clock.milliseconds());
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
