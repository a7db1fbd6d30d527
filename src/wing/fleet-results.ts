/*
 * What lookups tell of devices and of what a push reaches, the same in every wing.
 */

/** A device as the platform tells it, beside what it is. */
export interface DeviceFacts {
  /** Id of the device. */
  readonly deviceId: string;
  /** Firmware version that it reported last. */
  readonly firmwareVersion?: string;
  /** Software version that it reported last. */
  readonly softwareVersion?: string;
  /**
   * `"ONLINE"` (it reported lately; it may sleep), `"OFFLINE"`, `"ABNORMAL"` (silent for long),
   * `"INACTIVE"` (never online) or, on IoTDA, `"FROZEN"`.
   */
  readonly status?: string;
  /** Whether the platform passes over what it reports. */
  readonly isFrozen: boolean;
}

/** A group of devices as the platform tells it. */
export interface DeviceGroupResult {
  /** Id of the group. */
  readonly groupId: string;
  /** Name of the group. */
  readonly name?: string;
  /** Description of the group. */
  readonly description?: string;
  /** Number of devices in the group. IoTDA's list of groups does not tell it. */
  readonly devices?: number;
}

/** A device of an upgrade task. */
export interface UpgradeTaskDevice {
  /** Id of the device. */
  readonly deviceId: string;
  /** Where the device stands, in the platform's own word. */
  readonly status?: string;
  /** What the platform says of it, where it says anything. */
  readonly reason?: string;
  /** When the device's part of the task began, ISO 8601. IoTDA does not tell it. */
  readonly startTime?: string;
  /** When the device's part of the task ended, ISO 8601. IoTDA does not tell it. */
  readonly stopTime?: string;
}

/** What a push would reach now. */
export interface ReachResult {
  /** Devices that would be pushed to, each counted once. */
  readonly devices: number;
  /** Versions that they run, the most frequent first, at most ten. */
  readonly from?: readonly string[];
  /** Devices that report the package's version. */
  readonly onVersion?: number;
  /** Devices of another model or product than the package's. */
  readonly otherKind?: number;
  /** Ids that the platform does not know. */
  readonly unknown?: number;
  /** Devices whose reports the platform passes over. */
  readonly frozen?: number;
  /** Devices whose version is none from which the package upgrades; on IoTDA. */
  readonly otherSourceVersion?: number;
  /** Devices that are online. */
  readonly online?: number;
  /** Devices that are offline, silent for long, or were never online. */
  readonly offline?: number;
  /** Devices that an unfinished task holds. */
  readonly busy?: number;
}
