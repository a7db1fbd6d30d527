import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import type { Api } from "./api";
import { defaultBehaviour, readBehaviour, type Behaviour } from "./behaviour";
import { RequestBook, type Books } from "./books";
import type { RunningClock } from "./clock";
import type { CheckedData, DeviceData, PackageData } from "./data";
import { Faults, readFault, type Fault, type FaultOptions } from "./faults";
import type { Generation } from "./generation";
import type { BooksOptions, SimulatorControl, UntilOptions } from "./handle";
import type { IotdaDeviceData, IotdaObjectData, IotdaPackageData } from "./iotda/data";
import { IotdaPlatform } from "./iotda/platform";
import { NorthboundPlatform } from "./northbound/platform";
import { SimulatorInputError } from "./reading";
import { watchSpaces, type Watched, type WatchOptions } from "./watch";

/**
 * The hall in which the generations of the platform stand: the clock and the switches that they
 * share, the faults that wait, the books, and what can be done to it all from outside.
 */
export class Platform implements SimulatorControl {
  readonly clock: RunningClock;
  readonly northbound: NorthboundPlatform;
  readonly iotda: IotdaPlatform;
  /** Those that answer only what is theirs stand before those that answer the rest. */
  private readonly generations: readonly Generation[];
  isClosed = false;
  /** Sends the replies that are held back. */
  readonly held = new Set<() => void>();
  faultList = new Faults();
  requestBook = new RequestBook();
  private readonly initial: Behaviour;
  private current: Behaviour;

  constructor(data: CheckedData, clock: RunningClock) {
    this.clock = clock;
    this.initial = { ...defaultBehaviour, ...data.behaviour };
    this.current = this.initial;
    const hall = { clock, behaviour: () => this.current };
    this.iotda = new IotdaPlatform(data.iotda, hall);
    this.northbound = new NorthboundPlatform(data.applications, hall);
    this.generations = [this.iotda, this.northbound];
  }

  reset(): void {
    this.clock.restart();
    this.current = this.initial;
    for (const generation of this.generations) generation.restart();
    this.faultList = new Faults();
    this.requestBook = new RequestBook();
  }

  /** The generation that a call is for. */
  apiFor(path: string): Api {
    return this.firstThat((generation) => generation.answers(path)).api;
  }

  books({ after = 0 }: BooksOptions = {}): Books {
    const iotda = this.iotda.books();
    return {
      time: this.clock.now().toISOString(),
      requests: this.requestBook.after(after),
      counts: this.requestBook.counts(),
      ...this.northbound.books(),
      ...(iotda === undefined ? {} : { iotda }),
    };
  }

  watch({ layout }: WatchOptions = {}): Watched {
    return {
      time: this.clock.now().toISOString(),
      speed: this.clock.speed,
      requests: this.requestBook.size,
      held: this.held.size,
      faults: this.faults(),
      ...watchSpaces(
        [this.northbound, this.iotda].flatMap((each) => each.watch()),
        layout,
      ),
    };
  }

  addFault(fault: FaultOptions): Fault {
    return this.faultList.add(readFault(fault, "The fault"));
  }

  faults(): readonly Fault[] {
    return this.faultList.list();
  }

  clearFaults(): void {
    this.faultList.clear();
  }

  releaseHeld(): number {
    const waiting = [...this.held];
    for (const release of waiting) release();
    return waiting.length;
  }

  stopTask(taskId: string): void {
    this.ownerOf(taskId).stopTask(taskId);
  }

  finishTask(taskId: string): void {
    this.ownerOf(taskId).finishTask(taskId);
  }

  purgeTask(taskId: string): void {
    this.ownerOf(taskId).purgeTask(taskId);
  }

  async untilTask(
    taskId: string,
    status: string | readonly string[],
    { timeoutSeconds = 60 }: UntilOptions = {},
  ): Promise<void> {
    const wanted = typeof status === "string" ? [status] : status;
    const owner = this.ownerOf(taskId);
    const givenUpAt = performance.now() + timeoutSeconds * 1000;
    for (;;) {
      const current = owner.statusOf(taskId);
      if (wanted.includes(current)) return;
      if (this.isClosed || performance.now() >= givenUpAt) {
        const end = this.isClosed ? "the simulator has closed" : "the time is up";
        throw new SimulatorInputError(
          `The task ${taskId} is ${current}, not ${wanted.join(" or ")}, and ${end}.`,
        );
      }
      await setTimeout(10);
    }
  }

  deletePackage(packageId: string): void {
    this.firstThat((generation) => generation.hasPackage(packageId)).deletePackage(packageId);
  }

  putPackage(data: PackageData, appId?: string): void {
    this.northbound.putPackage(data, appId);
  }

  putDevice(deviceId: string, change: Partial<DeviceData>, appId?: string): void {
    this.northbound.putDevice(deviceId, change, appId);
  }

  putIotdaPackage(data: IotdaPackageData, appId?: string): string {
    return this.iotda.putPackage(data, appId);
  }

  putIotdaDevice(deviceId: string, change: Partial<IotdaDeviceData>, appId?: string): void {
    this.iotda.putDevice(deviceId, change, appId);
  }

  putIotdaObject(data: IotdaObjectData): void {
    this.iotda.putObject(data);
  }

  loginElsewhere(client: string): void {
    this.firstThat((generation) => generation.endTokens(client));
  }

  behaviour(): Behaviour {
    return this.current;
  }

  setBehaviour(change: Partial<Behaviour>): Behaviour {
    const checked = readBehaviour(change, "The behaviour");
    for (const generation of this.generations) generation.bringToNow();
    this.current = { ...this.current, ...checked };
    for (const generation of this.generations) generation.goOn();
    return this.current;
  }

  private ownerOf(taskId: string): Generation {
    return this.firstThat((generation) => generation.hasTask(taskId));
  }

  /** The first that fits; the last when none does, which then says what is missing. */
  private firstThat(fits: (generation: Generation) => boolean): Generation {
    return this.generations.find(fits) ?? this.northbound;
  }
}
