import type { Behaviour } from "./behaviour";
import type { Books } from "./books";
import type { SimulatorClock, SimulatorClockOptions } from "./clock";
import type { DeviceData, PackageData, SimulatorData } from "./data";
import type { Fault, FaultOptions } from "./faults";
import type { PlatformPart } from "./generation";
import type { IotdaDeviceData, IotdaObjectData, IotdaPackageData } from "./iotda/data";
import type { Watched, WatchOptions } from "./watch";

/** Certificates for HTTPS, all in PEM. */
export interface SimulatorTls {
  /** The server's certificate, with its chain if it has one. */
  readonly certificate: string | Buffer;
  /** The private key of the certificate. */
  readonly key: string | Buffer;
  /** When given, only clients with a certificate of this authority may connect. */
  readonly clientAuthority?: string | Buffer;
}

/** How to start a simulator. */
export interface SimulatorOptions {
  /**
   * What the platform holds: the data itself, or the path of a JSON file with it. Default: a small
   * world with the application `waterworks` (`waterworks-secret`) and 50 water meters in each part.
   */
  readonly data?: SimulatorData | string;
  /** The TCP port; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** The address to listen at. Default `127.0.0.1`; nothing protects the control interface. */
  readonly host?: string;
  /** Certificates; with them the simulator speaks HTTPS. Default: HTTP. */
  readonly tls?: SimulatorTls;
  /** A file that gets each request as a JSON line, secrets and tokens redacted. Default: none. */
  readonly log?: string;
  /** Where the simulated time starts and how fast it runs. Default: real time. */
  readonly clock?: SimulatorClockOptions;
  /** Switches; they win over those of the data. */
  readonly behaviour?: Partial<Behaviour>;
}

/** Which books are wanted. */
export interface BooksOptions {
  /** Only requests after the one of this sequence number. Default: all that are kept. */
  readonly after?: number;
}

/** How long to wait. */
export interface UntilOptions {
  /** Seconds of real time. Default 60. */
  readonly timeoutSeconds?: number;
}

/**
 * What can be done to a running simulator, here and over HTTP under `/_control`. Members throw a
 * `SimulatorInputError` when they are given something that is not there or not allowed.
 */
export interface SimulatorControl {
  /** The simulated time. */
  readonly clock: SimulatorClock;
  /** The northbound part: its packages, devices and groups. */
  readonly northbound: PlatformPart<DeviceData, PackageData>;
  /** The IoTDA v5 part: its packages, devices and groups, and the files in OBS. */
  readonly iotda: IotdaPart;
  /** What the platform holds and what it was asked so far, or since a call. */
  books(options?: BooksOptions): Books;
  /** The platform in short, as the page at `/` shows it. */
  watch(options?: WatchOptions): Watched;
  /** The switches as they are now. */
  behaviour(): Behaviour;
  /** Changes some switches from now on; returns all of them. */
  setBehaviour(change: Partial<Behaviour>): Behaviour;
  /** Injects a fault into the next calls that match. */
  addFault(fault: FaultOptions): Fault;
  /** The faults that still wait for calls. */
  faults(): readonly Fault[];
  /** Forgets the faults that still wait; replies that are held stay held. */
  clearFaults(): void;
  /** Sends the replies that `hold` faults keep back; returns how many there were. */
  releaseHeld(): number;
  /** Stops a task of either part as somebody at the portal would. Fails when it has ended. */
  stopTask(taskId: string): void;
  /** Ends a task of either part now: each device succeeds or fails as it would have with time. */
  finishTask(taskId: string): void;
  /**
   * Waits, in real time, until a task of either part has a status. Where the clock stands still,
   * somebody must advance it meanwhile.
   * @param status - In the platform's words, or several of which any will do.
   * @throws SimulatorInputError when there is no such task, when the time is up, and when the
   * simulator closes.
   */
  untilTask(
    taskId: string,
    status: string | readonly string[],
    options?: UntilOptions,
  ): Promise<void>;
  /** Removes a task's record, as the platform does with old ones. */
  purgeTask(taskId: string): void;
  /** Deletes a package of either part behind the clients' backs. */
  deletePackage(packageId: string): void;
  /** Short for `northbound.putPackage`. */
  putPackage(data: PackageData, appId?: string): void;
  /** Short for `northbound.putDevice`. */
  putDevice(deviceId: string, change: Partial<DeviceData>, appId?: string): void;
  /** Short for `iotda.putPackage`. */
  putIotdaPackage(data: IotdaPackageData, appId?: string): string;
  /** Short for `iotda.putDevice`. */
  putIotdaDevice(deviceId: string, change: Partial<IotdaDeviceData>, appId?: string): void;
  /** Short for `iotda.putObject`. */
  putIotdaObject(data: IotdaObjectData): void;
  /**
   * Lets another client log in: the tokens of the application's clients end. The name of an IAM
   * user ends that user's tokens.
   */
  loginElsewhere(client: string): void;
  /** Back to the start: data, switches and time as given, no tokens, no faults, empty books. */
  reset(): void;
}

/** The IoTDA v5 part of the platform, from outside. */
export interface IotdaPart extends PlatformPart<IotdaDeviceData, IotdaPackageData> {
  /** Puts a file into OBS, or replaces it. */
  putObject(data: IotdaObjectData): void;
}

/** A running simulator. */
export interface Simulator extends SimulatorControl {
  /** The base address for clients, for example `http://127.0.0.1:40213`. */
  readonly url: string;
  /** Stops listening and ends all connections, held replies included. */
  close(): Promise<void>;
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
