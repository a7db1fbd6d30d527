import type { FleetData } from "../fleet";
import type { GroupData } from "../groups";

/** A permanent or temporary key pair. */
export interface IotdaAccessKeyData {
  /** The access key (AK). */
  readonly accessKey: string;
  /** The secret key (SK) that calls are signed with. */
  readonly secretKey: string;
  /** For temporary keys: what calls must send as `X-Security-Token`. Default: a permanent key. */
  readonly securityToken?: string;
  /** The name of the account (IAM: domain) that it belongs to. Default: none that is named. */
  readonly domain?: string;
}

/** An IAM user, who gets tokens for a password. */
export interface IotdaUserData {
  /** The user's name. */
  readonly name: string;
  /** The user's password. */
  readonly password: string;
  /** The name of the account (IAM: domain) that the user belongs to. */
  readonly domain: string;
}

/** A file in OBS. */
export interface IotdaObjectData {
  /** The region of the bucket. */
  readonly region: string;
  /** The bucket. */
  readonly bucket: string;
  /** The object's key, folders included. */
  readonly key: string;
  /** The SHA-256 of the content, 64 hex digits. Default: whatever the package says. */
  readonly sha256?: string;
  /** The size in bytes; above 1 GB no package can be made of it. Default 1024. */
  readonly size?: number;
}

/** A product, the kind of device that a package is for. */
export interface IotdaProductData {
  /** Identifies the product. */
  readonly productId: string;
  /** Default: the productId. */
  readonly name?: string;
}

/** An upgrade package that is there from the start. */
export interface IotdaPackageData {
  /** 24 hex digits. Default: made by the platform. */
  readonly packageId?: string;
  /** What is in it. */
  readonly packageType: "softwarePackage" | "firmwarePackage" | "modulePackage";
  /** The product it is for. */
  readonly productId: string;
  /** The version that a device reports after the upgrade. */
  readonly version: string;
  /** The module, for a `modulePackage`. */
  readonly moduleName?: string;
  /** The versions that can be upgraded with it. Default: any. */
  readonly supportSourceVersions?: readonly string[];
  /** Free text. */
  readonly description?: string;
  /** Free text for the device. */
  readonly customInfo?: string;
  /** The region of the bucket. */
  readonly region: string;
  /** The bucket with the file. */
  readonly bucket: string;
  /** The key of the file. */
  readonly key: string;
  /** The SHA-256 that the maker of the package gave. Default none. */
  readonly sign?: string;
  /** `yyyyMMdd'T'HHmmss'Z'`. Default: the moment the simulator starts. */
  readonly createTime?: string;
}

/** A device of a resource space, and how it takes upgrades. */
export interface IotdaDeviceData {
  /** Identifies the device; unique in its project. */
  readonly deviceId: string;
  /** Its product. */
  readonly productId: string;
  /** The firmware it runs at the start; empty for a device that never reported it. Default `V1.0`. */
  readonly firmwareVersion?: string;
  /** The software it runs at the start; empty as above. Default `V1.0`. */
  readonly softwareVersion?: string;
  /** The versions of its modules at the start, by their names. Default none. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Ids or names of the groups it belongs to. Default none. */
  readonly groups?: readonly string[];
  /** Whether the platform can reach it. Default true. */
  readonly online?: boolean;
  /** How it is shown; all but `ONLINE` cannot be reached. Default: as `online` says. */
  readonly status?: "ONLINE" | "OFFLINE" | "ABNORMAL" | "INACTIVE" | "FROZEN";
  /** Default `GATEWAY`, which is a device that connects directly; `ENDPOINT` with a `gatewayId`. */
  readonly nodeType?: "ENDPOINT" | "GATEWAY" | "UNKNOWN";
  /** The device that it is behind. Default: itself. */
  readonly gatewayId?: string;
  /** Default: the deviceId. */
  readonly name?: string;
  /** What the device calls itself. Default: the deviceId. */
  readonly nodeId?: string;
  /** What it logs in with; told by the query of one device. Default `secret-of-` and the deviceId. */
  readonly secret?: string;
  /** Its tags. Default none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** When it was registered, `yyyyMMdd'T'HHmmss'Z'`. Default: the moment the simulator starts. */
  readonly createTime?: string;
  /** For an offline device: comes online this many seconds after the start, or after the change. */
  readonly comesOnlineAfterSeconds?: number;
  /** Seconds its upgrade takes. Default: `upgradeSeconds` of the behaviour. */
  readonly upgradeSeconds?: number;
  /** How each attempt ends: `timeout` means that the device never answers. Default `success`. */
  readonly outcome?: "success" | "fail" | "timeout";
  /** What a device with the outcome `timeout` never reports. Default `result`. */
  readonly silentAt?: "version" | "cell" | "download" | "result";
  /** How many attempts end in that `fail` or `timeout` before one succeeds. Default: all. */
  readonly failTimes?: number;
  /** Why its attempts fail: a name of the manual, or a text of your own. Default `general`. */
  readonly failureReason?: string;
}

/** A resource space, in which products, devices, packages and tasks live. */
export interface IotdaSpaceData {
  /** The `app_id` of calls. */
  readonly appId: string;
  /** Whether tasks without `app_id` belong to it. Default: true for the only space of its instance. */
  readonly isDefault?: boolean;
  /** Id of the instance that it is in. Default: the first of its project. */
  readonly instance?: string;
  /** Its products. Default none. */
  readonly products?: readonly IotdaProductData[];
  /** Its groups, also those without a device; a text is id and name. Default: those of its devices. */
  readonly groups?: readonly (string | GroupData)[];
  /** What its devices have in common; each device may say otherwise. */
  readonly deviceDefaults?: Partial<IotdaDeviceData>;
  /** Its devices, each with at least a `deviceId`, or many of one kind. Default none. */
  readonly devices?: readonly (Partial<IotdaDeviceData> &
    (Pick<IotdaDeviceData, "deviceId"> | FleetData))[];
  /** The packages made so far. Default none. */
  readonly packages?: readonly IotdaPackageData[];
}

/** An instance of IoTDA, in which spaces, packages and tasks live that no other instance sees. */
export interface IotdaInstanceData {
  /** What calls send as `Instance-Id`. */
  readonly instanceId: string;
  /** Its own host, without a port: calls to it are for this instance. Default none. */
  readonly host?: string;
}

/** A project: an account's part of a region. */
export interface IotdaProjectData {
  /** The `project_id` in the paths. */
  readonly projectId: string;
  /** The region, which is also the project's name at IAM. */
  readonly region: string;
  /** The name of the account (IAM: domain) whose keys and users alone see it. Default: all do. */
  readonly domain?: string;
  /**
   * Its IoTDA instances, the first for calls that name none. Default: `Instance-Id` is not looked at.
   */
  readonly instances?: readonly (string | IotdaInstanceData)[];
  /** Its resource spaces. */
  readonly spaces: readonly IotdaSpaceData[];
}

/** What the IoTDA v5 part of the platform holds when the simulator starts. */
export interface IotdaData {
  /** Key pairs that may sign calls. Default none. */
  readonly accessKeys?: readonly IotdaAccessKeyData[];
  /** Users that may get tokens. Default none. */
  readonly users?: readonly IotdaUserData[];
  /** Files in OBS. Default none. */
  readonly objects?: readonly IotdaObjectData[];
  /** At least one project. */
  readonly projects: readonly IotdaProjectData[];
}

/** A space with the defaults of its devices spelled out on each. */
export interface CheckedIotdaSpace {
  readonly appId: string;
  readonly isDefault: boolean;
  /** Default: the project's only world, or its first instance. */
  readonly instance: string | undefined;
  readonly products: readonly IotdaProductData[];
  readonly groups: readonly GroupData[];
  readonly devices: readonly IotdaDeviceData[];
  readonly packages: readonly IotdaPackageData[];
}

export interface CheckedIotdaProject {
  readonly projectId: string;
  readonly region: string;
  readonly domain: string | undefined;
  readonly instances: readonly IotdaInstanceData[];
  readonly spaces: readonly CheckedIotdaSpace[];
}

export interface CheckedIotdaData {
  readonly accessKeys: readonly IotdaAccessKeyData[];
  readonly users: readonly IotdaUserData[];
  readonly objects: readonly IotdaObjectData[];
  readonly projects: readonly CheckedIotdaProject[];
}
