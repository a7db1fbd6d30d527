import type { Api } from "../api";
import type { Behaviour } from "../behaviour";
import { CallQuota } from "../quota";
import { SimulatorInputError } from "../reading";
import { iotdaApi } from "./api";
import { iotdaBooks, type IotdaBooks } from "./books";
import { Credentials } from "./credentials";
import type { CheckedIotdaData, IotdaDeviceData, IotdaObjectData, IotdaPackageData } from "./data";
import { isIotdaTaskFinished } from "./model";
import { readIotdaDevicePart, readIotdaPackage, readObsObject } from "./read-data";
import { IotdaWorld } from "./world";

/** The IoTDA part of the simulated platform, and what can be done to it from outside. */
export class IotdaPlatform {
  readonly api: Api;
  private readonly world: IotdaWorld;
  private readonly credentials: Credentials;

  constructor(data: CheckedIotdaData, behaviour: () => Behaviour, now: number) {
    this.world = new IotdaWorld(data, behaviour, now);
    this.credentials = new Credentials(data);
    this.api = iotdaApi({
      world: this.world,
      credentials: this.credentials,
      quota: new CallQuota(),
    });
  }

  /** Does all that is due by then, so that what is changed next reaches no further back. */
  bringTo(now: number): void {
    this.world.at(now);
  }

  /** Lets tasks begin that the switches held back until now. */
  beginWaitingTasks(now: number): void {
    this.world.at(now).tasks.beginWaiting(now);
    this.world.at(now);
  }

  books(now: number): IotdaBooks {
    return iotdaBooks(this.world.at(now), now);
  }

  hasTask(taskId: string, now: number): boolean {
    return this.world.at(now).tasks.find(taskId) !== undefined;
  }

  hasPackage(packageId: string): boolean {
    return this.world.packages.has(packageId);
  }

  stopTask(taskId: string, now: number): void {
    const task = this.world.at(now).tasks.expect(taskId);
    if (isIotdaTaskFinished(task)) {
      throw new SimulatorInputError(`The task ${taskId} has ended already.`);
    }
    this.world.tasks.stopAll(task, now);
    this.world.at(now);
  }

  finishTask(taskId: string, now: number): void {
    this.world.tasks.finish(this.world.at(now).tasks.expect(taskId), now);
    this.world.at(now);
  }

  purgeTask(taskId: string, now: number): void {
    this.world.tasks.purge(this.world.at(now).tasks.expect(taskId), now);
    this.world.at(now);
  }

  deletePackage(packageId: string, now: number): void {
    this.world.at(now).packages.delete(packageId);
  }

  /** Makes a package; returns its id. */
  putPackage(data: IotdaPackageData, now: number, appId?: string): string {
    const { projectId, appId: owner } = this.expectSpace(appId);
    const checked = readIotdaPackage(data, "The package");
    return this.world.at(now).addPackage(projectId, owner, checked).packageId;
  }

  putDevice(deviceId: string, change: Partial<IotdaDeviceData>, now: number, appId?: string): void {
    const checked = readIotdaDevicePart(change, "The device");
    const { projectId, appId: owner } = this.expectSpace(appId ?? this.ownerOf(deviceId));
    this.world.at(now).putDevice(projectId, owner, deviceId, checked);
  }

  putObject(data: IotdaObjectData, now: number): void {
    this.world.at(now).putObject(readObsObject(data, "The object"));
  }

  /** Ends the tokens of a user; says whether there is one of that name. */
  endTokens(name: string): boolean {
    this.credentials.endTokens(name);
    return this.world.data.users.some((user) => user.name === name);
  }

  private ownerOf(deviceId: string): string | undefined {
    const held = [...this.world.devices.values()].map((each) => each.get(deviceId));
    return held.find((device) => device !== undefined)?.appId;
  }

  private expectSpace(wanted: string | undefined): {
    readonly projectId: string;
    readonly appId: string;
  } {
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
