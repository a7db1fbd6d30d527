import { readFileSync } from "node:fs";
import { readBehaviour, type Behaviour } from "./behaviour";
import { readPresence } from "./device-state";
import { readDevices, type FleetData } from "./fleet";
import { readGroup, type GroupData } from "./groups";
import type { CheckedIotdaData, IotdaData } from "./iotda/data";
import { readIotdaData } from "./iotda/read-data";
import {
  isObject,
  readBasicTime,
  readBoolean,
  readChoice,
  readList,
  readName,
  readNumber,
  readObject,
  readOptional,
  readText,
  refuseRepetition,
  SimulatorInputError,
  withoutAbsent,
} from "./reading";
import { utf8Text } from "./requests";

/** A version package as the platform holds it; the fields are those of the vendor's query page. */
export interface PackageData {
  /** Identifies the package: 1 to 256 of `A-Z a-z 0-9 _ . -`; unique in the file. */
  readonly fileId: string;
  /** Default: the fileId. */
  readonly name?: string;
  /** The version that a device reports after the upgrade, for example `V1.4`. */
  readonly version: string;
  /** Whether devices take it as firmware or as software. */
  readonly fileType: "firmwarePackage" | "softwarePackage";
  /** The type of device the package is for. */
  readonly deviceType: string;
  /** The model of device the package is for. */
  readonly model: string;
  /** The manufacturer of the devices the package is for. */
  readonly manufacturerName: string;
  /** Default `CoAP`. */
  readonly protocolType?: string;
  /** Free text. Default empty. */
  readonly description?: string;
  /** The day the package was built; free text. Default empty. */
  readonly date?: string;
  /** `yyyyMMdd'T'HHmmss'Z'`. Default: the moment the simulator starts. */
  readonly uploadTime?: string;
}

/** A device of an application, and how it takes upgrades. */
export interface DeviceData {
  /** Identifies the device; unique in the file. */
  readonly deviceId: string;
  /** The type of the device, such as `WaterMeter`. */
  readonly deviceType: string;
  /** The model of the device. */
  readonly model: string;
  /** The manufacturer of the device. */
  readonly manufacturerName: string;
  /** The firmware it runs at the start; empty for a device that never reported it. Default `V1.0`. */
  readonly firmwareVersion?: string;
  /** The software it runs at the start; empty as above. Default `V1.0`. */
  readonly softwareVersion?: string;
  /** Names or ids of the groups it belongs to. Default none. */
  readonly groups?: readonly string[];
  /** Whether the platform can reach it. Default true. */
  readonly online?: boolean;
  /** How it is shown; all but `ONLINE` cannot be reached. Default: as `online` says. */
  readonly status?: "ONLINE" | "OFFLINE" | "ABNORMAL" | "INACTIVE";
  /** Whether it is frozen (`mute`): its reports are not stored, so no upgrade begins. Default false. */
  readonly frozen?: boolean;
  /** Default `GATEWAY`, which is a device that connects directly; `ENDPOINT` with a `gatewayId`. */
  readonly nodeType?: "ENDPOINT" | "GATEWAY" | "UNKNOWN";
  /** The device that it is behind. Default: itself. */
  readonly gatewayId?: string;
  /** Default: the deviceId. */
  readonly name?: string;
  /** Default `CoAP`. */
  readonly protocolType?: string;
  /** When it was registered, `yyyyMMdd'T'HHmmss'Z'`. Default: the moment the simulator starts. */
  readonly createTime?: string;
  /** For an offline device: comes online this many seconds after the start, or after the change. */
  readonly comesOnlineAfterSeconds?: number;
  /** The radio cell it shares; see `devicesAtOncePerCell`. Default none. */
  readonly cell?: string;
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

/** An application of the platform. It sees only what is its own. */
export interface ApplicationData {
  /** What clients send as `appId` and `app_key`; unique in the file. */
  readonly appId: string;
  /** What clients log in with. */
  readonly secret: string;
  /** Whether logins are refused with 100247. Default false. */
  readonly blocked?: boolean;
  /** Other applications that may see its devices and groups. Default none. */
  readonly authorizes?: readonly string[];
  /** Its groups, also those without a device; a text is a name. Default: those of its devices. */
  readonly groups?: readonly (string | GroupData)[];
  /** The packages uploaded so far. Default none. */
  readonly packages?: readonly PackageData[];
  /** What its devices have in common; each device may say otherwise. */
  readonly deviceDefaults?: Partial<DeviceData>;
  /** The registered devices, each with at least a `deviceId`, or many of one kind. Default none. */
  readonly devices?: readonly (Partial<DeviceData> & (Pick<DeviceData, "deviceId"> | FleetData))[];
}

/** The content of a data file: what the platform holds when the simulator starts. */
export interface SimulatorData {
  /** Switches that differ from their defaults. */
  readonly behaviour?: Partial<Behaviour>;
  /** At least one application, unless there is an `iotda` section. */
  readonly applications: readonly ApplicationData[];
  /** What the IoTDA v5 part holds. Default: there is no such part, and its paths are unknown. */
  readonly iotda?: IotdaData;
}

/** Data that has been checked, with the defaults of devices spelled out on each. */
export interface CheckedApplication {
  readonly appId: string;
  readonly secret: string;
  readonly blocked: boolean;
  readonly authorizes: readonly string[];
  readonly groups: readonly GroupData[];
  readonly packages: readonly PackageData[];
  readonly devices: readonly DeviceData[];
}

export interface CheckedData {
  readonly behaviour: Partial<Behaviour>;
  readonly applications: readonly CheckedApplication[];
  readonly iotda: CheckedIotdaData | undefined;
}

const packageKeys = [
  ...["fileId", "name", "version", "fileType", "deviceType", "model", "manufacturerName"],
  ...["protocolType", "description", "date", "uploadTime"],
];
const deviceKeys = [
  ...["deviceId", "deviceType", "model", "manufacturerName", "firmwareVersion", "softwareVersion"],
  ...["groups", "online", "comesOnlineAfterSeconds", "cell", "upgradeSeconds", "outcome"],
  ...["silentAt", "failTimes", "failureReason", "status", "frozen", "nodeType", "gatewayId"],
  ...["name", "protocolType", "createTime"],
];
const applicationKeys = [
  ...["appId", "secret", "blocked", "groups", "packages", "deviceDefaults", "devices"],
  "authorizes",
];

function readAnyText(value: unknown, where: string): string {
  if (typeof value !== "string") throw new SimulatorInputError(`${where} must be a text.`);
  return value;
}

function readVersion(value: unknown, where: string): string {
  return value === "" ? "" : readName(value, where);
}

function readNames(value: unknown, where: string): readonly string[] {
  return readList(value, where).map((each, index) => readName(each, `${where}[${String(index)}]`));
}

export function readPackage(value: unknown, where: string): PackageData {
  const source = readObject(value, where, packageKeys);
  const fileId = readText(source["fileId"], `${where}.fileId`);
  if (!/^[A-Za-z0-9_.-]{1,256}$/.test(fileId)) {
    throw new SimulatorInputError(
      `${where}.fileId may hold only letters, digits, "_", "." and "-", at most 256 of them.`,
    );
  }
  return withoutAbsent({
    fileId,
    name: readOptional(source, "name", where, readAnyText),
    version: readName(source["version"], `${where}.version`),
    fileType: readChoice(source["fileType"], `${where}.fileType`, [
      "firmwarePackage",
      "softwarePackage",
    ] as const),
    deviceType: readName(source["deviceType"], `${where}.deviceType`),
    model: readName(source["model"], `${where}.model`),
    manufacturerName: readName(source["manufacturerName"], `${where}.manufacturerName`),
    protocolType: readOptional(source, "protocolType", where, readAnyText),
    description: readOptional(source, "description", where, readAnyText),
    date: readOptional(source, "date", where, readAnyText),
    uploadTime: readOptional(source, "uploadTime", where, readBasicTime),
  });
}

/** Reads a part of a device: the keys that are there. */
export function readDevicePart(value: unknown, where: string): Partial<DeviceData> {
  const source = readObject(value, where, deviceKeys);
  return withoutAbsent({
    deviceId: readOptional(source, "deviceId", where, readName),
    deviceType: readOptional(source, "deviceType", where, readName),
    model: readOptional(source, "model", where, readName),
    manufacturerName: readOptional(source, "manufacturerName", where, readName),
    firmwareVersion: readOptional(source, "firmwareVersion", where, readVersion),
    softwareVersion: readOptional(source, "softwareVersion", where, readVersion),
    groups: readOptional(source, "groups", where, readNames),
    ...readPresence(source, where, ["ABNORMAL", "INACTIVE"]),
    frozen: readOptional(source, "frozen", where, readBoolean),
    nodeType: readOptional(source, "nodeType", where, (nodeType, at) =>
      readChoice(nodeType, at, ["ENDPOINT", "GATEWAY", "UNKNOWN"] as const),
    ),
    gatewayId: readOptional(source, "gatewayId", where, readName),
    name: readOptional(source, "name", where, readName),
    protocolType: readOptional(source, "protocolType", where, readName),
    createTime: readOptional(source, "createTime", where, readBasicTime),
    comesOnlineAfterSeconds: readOptional(source, "comesOnlineAfterSeconds", where, readNumber),
    cell: readOptional(source, "cell", where, readName),
    upgradeSeconds: readOptional(source, "upgradeSeconds", where, readNumber),
    outcome: readOptional(source, "outcome", where, (outcome, at) =>
      readChoice(outcome, at, ["success", "fail", "timeout"] as const),
    ),
    silentAt: readOptional(source, "silentAt", where, (silentAt, at) =>
      readChoice(silentAt, at, ["version", "cell", "download", "result"] as const),
    ),
    failTimes: readOptional(source, "failTimes", where, readNumber),
    failureReason: readOptional(source, "failureReason", where, readText),
  });
}

/** Makes sure that a device says what it is. */
export function wholeDevice(part: Partial<DeviceData>, where: string): DeviceData {
  return {
    ...part,
    deviceId: readName(part.deviceId, `${where}.deviceId`),
    deviceType: readName(part.deviceType, `${where}.deviceType`),
    model: readName(part.model, `${where}.model`),
    manufacturerName: readName(part.manufacturerName, `${where}.manufacturerName`),
  };
}

function readApplication(value: unknown, where: string): CheckedApplication {
  const source = readObject(value, where, applicationKeys);
  const defaults = readOptional(source, "deviceDefaults", where, readDevicePart) ?? {};
  const devices = readOptional(source, "devices", where, readList) ?? [];
  const packages = readOptional(source, "packages", where, readList) ?? [];
  const groups = readOptional(source, "groups", where, readList) ?? [];
  return {
    appId: readName(source["appId"], `${where}.appId`),
    secret: readText(source["secret"], `${where}.secret`),
    blocked: readOptional(source, "blocked", where, readBoolean) ?? false,
    authorizes: readOptional(source, "authorizes", where, readNames) ?? [],
    groups: groups.map((each, index) => readGroup(each, `${where}.groups[${String(index)}]`)),
    packages: packages.map((each, index) =>
      readPackage(each, `${where}.packages[${String(index)}]`),
    ),
    devices: readDevices(devices, `${where}.devices`, (each, place) =>
      wholeDevice({ ...defaults, ...readDevicePart(each, place) }, place),
    ),
  };
}

/** Checks the content of a data file. */
export function readData(value: unknown, where = "The data"): CheckedData {
  const source = readObject(value, where, ["$schema", "behaviour", "applications", "iotda"]);
  const behaviour = source["behaviour"];
  const iotda = source["iotda"];
  const listed = iotda === undefined ? source["applications"] : (source["applications"] ?? []);
  const applications = readList(listed, `${where}: applications`).map((each, index) =>
    readApplication(each, `${where}: applications[${String(index)}]`),
  );
  if (applications.length === 0 && iotda === undefined) {
    throw new SimulatorInputError(`${where}: applications must hold at least one application.`);
  }
  const packages = applications.flatMap((application) => application.packages);
  const devices = applications.flatMap((application) => application.devices);
  refuseRepetition(
    applications.map((each) => each.appId),
    "appId",
    where,
  );
  refuseRepetition(
    packages.map((each) => each.fileId),
    "fileId",
    where,
  );
  refuseRepetition(
    devices.map((each) => each.deviceId),
    "deviceId",
    where,
  );
  return {
    behaviour: behaviour === undefined ? {} : readBehaviour(behaviour, `${where}: behaviour`),
    applications,
    iotda: iotda === undefined ? undefined : readIotdaData(iotda, `${where}: iotda`),
  };
}

/** Reads and checks a data file. */
export function loadData(file: string): CheckedData {
  let text: string | undefined;
  try {
    text = utf8Text(readFileSync(file));
  } catch (error) {
    const code = isObject(error) ? String(error["code"]) : String(error);
    throw new SimulatorInputError(`The data file ${file} cannot be read (${code}).`);
  }
  if (text === undefined) throw new SimulatorInputError(`The data file ${file} is not UTF-8.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
    throw new SimulatorInputError(`The data file ${file} is not valid JSON: ${reason}.`);
  }
  return readData(value, `The data file ${file}`);
}
