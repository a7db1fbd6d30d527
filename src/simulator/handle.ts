import type { Behaviour } from "./behaviour";
import type { Books } from "./books";
import type { SimulatorClock, SimulatorClockOptions } from "./clock";
import type { DeviceData, PackageData, SimulatorData } from "./data";
import type { Fault, FaultOptions } from "./faults";
import type { IotdaDeviceData, IotdaObjectData, IotdaPackageData } from "./iotda/data";

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
  /** What the platform holds: the data itself, or the path of a JSON file with it. */
  readonly data: SimulatorData | string;
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

/**
 * A running simulator. What its members do can also be done over HTTP under `/_control`. Members
 * throw a `SimulatorInputError` when they are given something that is not there or not allowed.
 */
export interface Simulator {
  /** The base address for clients, for example `http://127.0.0.1:40213`. */
  readonly url: string;
  /** The simulated time. */
  readonly clock: SimulatorClock;
  /** What the platform holds and what it was asked so far. */
  books(): Books;
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
  /** Stops a task as somebody at the portal would. Fails when it has ended. */
  stopTask(operationId: string): void;
  /** Ends a task now: each device succeeds or fails as it would have with time. */
  finishTask(operationId: string): void;
  /** Removes a task's record, as the platform does with old ones. */
  purgeTask(operationId: string): void;
  /**
   * Uploads a package, or replaces the one with that fileId.
   * @param appId - Needed for a new package when there are several applications.
   */
  putPackage(data: PackageData, appId?: string): void;
  /** Deletes a package at the portal. */
  deletePackage(fileId: string): void;
  /**
   * Changes a device, or registers a new one; what is not given stays as it is.
   * @param appId - Needed for a new device when there are several applications.
   */
  putDevice(deviceId: string, change: Partial<DeviceData>, appId?: string): void;
  /**
   * Makes a package in the IoTDA v5 part, as somebody at the console would; returns its id.
   * @param appId - The resource space; needed when there are several.
   */
  putIotdaPackage(data: IotdaPackageData, appId?: string): string;
  /**
   * Changes a device of the IoTDA v5 part, or registers a new one.
   * @param appId - The resource space; needed for a new device when there are several.
   */
  putIotdaDevice(deviceId: string, change: Partial<IotdaDeviceData>, appId?: string): void;
  /** Puts a file into OBS, or replaces it. */
  putIotdaObject(data: IotdaObjectData): void;
  /**
   * Lets another client log in: the tokens of the application's clients end. The name of an IAM
   * user ends that user's tokens.
   */
  loginElsewhere(appId: string): void;
  /** Back to the start: data, switches and time as given, no tokens, no faults, empty books. */
  reset(): void;
  /** Stops listening and ends all connections, held replies included. */
  close(): Promise<void>;
}
