import { readPresence } from "../device-state";
import {
  isObject,
  readBasicTime,
  readChoice,
  readName,
  readNumber,
  readObject,
  readOptional,
  readText,
  SimulatorInputError,
  withoutAbsent,
} from "../reading";
import type { IotdaDeviceData } from "./data";
import { deviceIdText, moduleText, versionText } from "./fields";
import { each, readIdentifier, ruled } from "./ruled";

const readNames = each(readName);
const readDeviceId = ruled(deviceIdText);

const deviceKeys = [
  ...["deviceId", "productId", "firmwareVersion", "softwareVersion", "modules", "groups", "online"],
  ...["comesOnlineAfterSeconds", "upgradeSeconds", "outcome", "silentAt", "failTimes"],
  ...["failureReason", "status", "nodeType", "gatewayId", "name", "nodeId", "secret", "tags"],
  "createTime",
];

function readVersion(value: unknown, where: string): string {
  return value === "" ? "" : ruled(versionText)(value, where);
}

function readModules(value: unknown, where: string): Readonly<Record<string, string>> {
  if (!isObject(value)) throw new SimulatorInputError(`${where} must be a JSON object.`);
  for (const [name, version] of Object.entries(value)) {
    ruled(moduleText)(name, `${where}, a name in it,`);
    ruled(versionText)(version, `${where}.${name}`);
  }
  return value as Readonly<Record<string, string>>;
}

function readTags(value: unknown, where: string): Readonly<Record<string, string>> {
  if (!isObject(value)) throw new SimulatorInputError(`${where} must be a JSON object.`);
  for (const [key, tag] of Object.entries(value)) readText(tag, `${where}.${key}`);
  return value as Readonly<Record<string, string>>;
}

/** Reads a part of a device: the keys that are there. */
export function readIotdaDevicePart(value: unknown, where: string): Partial<IotdaDeviceData> {
  const source = readObject(value, where, deviceKeys);
  return withoutAbsent({
    deviceId: readOptional(source, "deviceId", where, readDeviceId),
    productId: readOptional(source, "productId", where, readIdentifier),
    firmwareVersion: readOptional(source, "firmwareVersion", where, readVersion),
    softwareVersion: readOptional(source, "softwareVersion", where, readVersion),
    modules: readOptional(source, "modules", where, readModules),
    groups: readOptional(source, "groups", where, readNames),
    ...readPresence(source, where, ["ABNORMAL", "INACTIVE", "FROZEN"]),
    nodeType: readOptional(source, "nodeType", where, (nodeType, at) =>
      readChoice(nodeType, at, ["ENDPOINT", "GATEWAY", "UNKNOWN"] as const),
    ),
    gatewayId: readOptional(source, "gatewayId", where, readDeviceId),
    name: readOptional(source, "name", where, readName),
    nodeId: readOptional(source, "nodeId", where, readName),
    secret: readOptional(source, "secret", where, readText),
    tags: readOptional(source, "tags", where, readTags),
    createTime: readOptional(source, "createTime", where, readBasicTime),
    comesOnlineAfterSeconds: readOptional(source, "comesOnlineAfterSeconds", where, readNumber),
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
export function wholeIotdaDevice(part: Partial<IotdaDeviceData>, where: string): IotdaDeviceData {
  return {
    ...part,
    deviceId: readDeviceId(part.deviceId, `${where}.deviceId`),
    productId: readIdentifier(part.productId, `${where}.productId`),
  };
}
