import { Accounts } from "./northbound/accounts";
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
import { isIotdaPath } from "./iotda/api";
import type { IotdaDeviceData, IotdaObjectData, IotdaPackageData } from "./iotda/data";
import { IotdaPlatform } from "./iotda/platform";
import { northboundApi } from "./northbound/api";
import { SimulatorInputError } from "./reading";
import { subTaskReply, taskReply } from "./northbound/wire";
import { World } from "./northbound/world";

/**
 * The simulated platform: its world, its clients, the faults that wait and the books, and what can
 * be done to them from outside. The handle and the control interface both stand on it.
 */
export class Platform {
  readonly clock: RunningClock;
  private northbound!: Api;
  private iotda: IotdaPlatform | undefined;
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
    this.northbound = northboundApi({ world: this.world, accounts: this.accounts });
    const { iotda } = this.data;
    const now = this.clock.milliseconds();
    this.iotda =
      iotda === undefined ? undefined : new IotdaPlatform(iotda, () => this.world.behaviour, now);
    this.faultList = new Faults();
    this.requestBook = new RequestBook();
  }

  /** Which of the two generations a call is for. */
  apiFor(path: string): Api {
    return this.iotda !== undefined && isIotdaPath(path) ? this.iotda.api : this.northbound;
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
      ...(this.iotda === undefined ? {} : { iotda: this.iotda.books(now) }),
    };
  }

  addFault(fault: FaultOptions): Fault {
    return this.faultList.add(readFault(fault, "The fault"));
  }

  stopTask(operationId: string): void {
    const owner = this.iotdaOwner(operationId);
    if (owner === undefined) this.worldNow().stopTask(operationId);
    else owner.stopTask(operationId, this.clock.milliseconds());
  }

  finishTask(operationId: string): void {
    const owner = this.iotdaOwner(operationId);
    if (owner === undefined) this.worldNow().finishTask(operationId);
    else owner.finishTask(operationId, this.clock.milliseconds());
  }

  purgeTask(operationId: string): void {
    const owner = this.iotdaOwner(operationId);
    if (owner === undefined) this.worldNow().purgeTask(operationId);
    else owner.purgeTask(operationId, this.clock.milliseconds());
  }

  putPackage(data: PackageData, appId?: string): void {
    const checked = readPackage(data, "The package");
    const owner = appId ?? this.world.packages.get(checked.fileId)?.appId;
    this.worldNow().putPackage(this.expectApplication(owner), checked);
  }

  deletePackage(fileId: string): void {
    if (this.iotda?.hasPackage(fileId) === true) {
      this.iotda.deletePackage(fileId, this.clock.milliseconds());
    } else if (!this.worldNow().deletePackage(fileId)) {
      throw new SimulatorInputError(`There is no package ${fileId}.`);
    }
  }

  putDevice(deviceId: string, change: Partial<DeviceData>, appId?: string): void {
    const checked = readDevicePart(change, "The device");
    const owner = appId ?? this.world.devices.get(deviceId)?.appId;
    this.worldNow().putDevice(this.expectApplication(owner), deviceId, checked);
  }

  loginElsewhere(appId: string): void {
    if (this.iotda?.endTokens(appId) === true) return;
    this.accounts.endTokens(this.expectApplication(appId));
  }

  putIotdaPackage(data: IotdaPackageData, appId?: string): string {
    return this.expectIotda().putPackage(data, this.clock.milliseconds(), appId);
  }

  putIotdaDevice(deviceId: string, change: Partial<IotdaDeviceData>, appId?: string): void {
    this.expectIotda().putDevice(deviceId, change, this.clock.milliseconds(), appId);
  }

  putIotdaObject(data: IotdaObjectData): void {
    this.expectIotda().putObject(data, this.clock.milliseconds());
  }

  behaviour(): Behaviour {
    return this.world.behaviour;
  }

  setBehaviour(change: Partial<Behaviour>): Behaviour {
    const checked = readBehaviour(change, "The behaviour");
    const now = this.clock.milliseconds();
    this.iotda?.bringTo(now);
    this.world.at(now).changeBehaviour(checked);
    this.iotda?.beginWaitingTasks(now);
    return this.world.behaviour;
  }

  private iotdaOwner(taskId: string): IotdaPlatform | undefined {
    const isThere = this.iotda?.hasTask(taskId, this.clock.milliseconds()) === true;
    return isThere ? this.iotda : undefined;
  }

  private expectIotda(): IotdaPlatform {
    if (this.iotda === undefined) throw new SimulatorInputError("The data has no iotda section.");
    return this.iotda;
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
