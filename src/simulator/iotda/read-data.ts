import { readDevices } from "../fleet";
import { readGroup, stableId, type GroupData } from "../groups";
import {
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
} from "../reading";
import type {
  CheckedIotdaData,
  CheckedIotdaProject,
  CheckedIotdaSpace,
  IotdaAccessKeyData,
  IotdaDeviceData,
  IotdaInstanceData,
  IotdaObjectData,
  IotdaPackageData,
  IotdaProductData,
  IotdaUserData,
} from "./data";
import {
  bucketText,
  customInfoText,
  descriptionText,
  moduleText,
  objectKeyText,
  regionText,
  suffixProblem,
  versionText,
} from "./fields";
import { readIotdaDevicePart, wholeIotdaDevice } from "./read-device";
import { each, readIdentifier, ruled, type Read } from "./ruled";

function readMatching(pattern: RegExp, told: string): Read<string> {
  return (value, where) => {
    const text = readText(value, where);
    if (!pattern.test(text)) throw new SimulatorInputError(`${where} must be ${told}.`);
    return text;
  };
}

const readSha256 = readMatching(/^[A-Fa-f0-9]{64}$/, "64 hex digits");
const readId = readMatching(/^[a-f0-9]{24}$/, "24 hex digits");

function readAccessKey(value: unknown, where: string): IotdaAccessKeyData {
  const source = readObject(value, where, ["accessKey", "secretKey", "securityToken", "domain"]);
  return withoutAbsent({
    accessKey: readName(source["accessKey"], `${where}.accessKey`),
    secretKey: readText(source["secretKey"], `${where}.secretKey`),
    securityToken: readOptional(source, "securityToken", where, readText),
    domain: readOptional(source, "domain", where, readName),
  });
}

function readUser(value: unknown, where: string): IotdaUserData {
  const source = readObject(value, where, ["name", "password", "domain"]);
  return {
    name: readName(source["name"], `${where}.name`),
    password: readText(source["password"], `${where}.password`),
    domain: readName(source["domain"], `${where}.domain`),
  };
}

export function readObsObject(value: unknown, where: string): IotdaObjectData {
  const source = readObject(value, where, ["region", "bucket", "key", "sha256", "size"]);
  return withoutAbsent({
    region: ruled(regionText)(source["region"], `${where}.region`),
    bucket: ruled(bucketText)(source["bucket"], `${where}.bucket`),
    key: ruled(objectKeyText)(source["key"], `${where}.key`),
    sha256: readOptional(source, "sha256", where, readSha256),
    size: readOptional(source, "size", where, readNumber),
  });
}

function readProduct(value: unknown, where: string): IotdaProductData {
  const source = readObject(value, where, ["productId", "name"]);
  return withoutAbsent({
    productId: readIdentifier(source["productId"], `${where}.productId`),
    name: readOptional(source, "name", where, readName),
  });
}

const packageKeys = [
  ...["packageId", "packageType", "productId", "version", "moduleName", "supportSourceVersions"],
  ...["description", "customInfo", "region", "bucket", "key", "sign", "createTime"],
];

function readSources(value: unknown, where: string): readonly string[] {
  const sources = each(ruled(versionText))(value, where);
  if (sources.length <= 20) return sources;
  throw new SimulatorInputError(`${where} may have at most 20 entries.`);
}

function readObjectKey(value: unknown, where: string): string {
  const key = ruled(objectKeyText)(value, where);
  const problem = suffixProblem(key);
  if (problem !== undefined) throw new SimulatorInputError(`${where} ${problem}.`);
  return key;
}

export function readIotdaPackage(value: unknown, where: string): IotdaPackageData {
  const source = readObject(value, where, packageKeys);
  const types = ["softwarePackage", "firmwarePackage", "modulePackage"] as const;
  return withoutAbsent({
    packageId: readOptional(source, "packageId", where, readId),
    packageType: readChoice(source["packageType"], `${where}.packageType`, types),
    productId: readIdentifier(source["productId"], `${where}.productId`),
    version: ruled(versionText)(source["version"], `${where}.version`),
    moduleName: readOptional(source, "moduleName", where, ruled(moduleText)),
    supportSourceVersions: readOptional(source, "supportSourceVersions", where, readSources),
    description: readOptional(source, "description", where, ruled(descriptionText)),
    customInfo: readOptional(source, "customInfo", where, ruled(customInfoText)),
    region: ruled(regionText)(source["region"], `${where}.region`),
    bucket: ruled(bucketText)(source["bucket"], `${where}.bucket`),
    key: readObjectKey(source["key"], `${where}.key`),
    sign: readOptional(source, "sign", where, readSha256),
    createTime: readOptional(source, "createTime", where, readBasicTime),
  });
}

type Space = Omit<CheckedIotdaSpace, "isDefault"> & { readonly isDefault: boolean | undefined };

const spaceKeys = [
  ...["appId", "isDefault", "instance", "products", "groups", "deviceDefaults", "devices"],
  "packages",
];

/** A group of a space: a text is its id and its name; the id of an object looks like the platform's. */
export function readSpaceGroup(value: unknown, where: string, appId: string): GroupData {
  const group = readGroup(value, where);
  const made = typeof value === "string" ? value : stableId("group", appId, group.name);
  return { ...group, id: group.id ?? made };
}

function readSpace(value: unknown, where: string): Space {
  const source = readObject(value, where, spaceKeys);
  const defaults = readOptional(source, "deviceDefaults", where, readIotdaDevicePart) ?? {};
  const readDevice: Read<IotdaDeviceData> = (device, at) =>
    wholeIotdaDevice({ ...defaults, ...readIotdaDevicePart(device, at) }, at);
  const appId = readIdentifier(source["appId"], `${where}.appId`);
  const groups = readOptional(source, "groups", where, readList) ?? [];
  const devices = readOptional(source, "devices", where, readList) ?? [];
  return {
    appId,
    isDefault: readOptional(source, "isDefault", where, readBoolean),
    instance: readOptional(source, "instance", where, readText),
    products: readOptional(source, "products", where, each(readProduct)) ?? [],
    groups: groups.map((group, index) =>
      readSpaceGroup(group, `${where}.groups[${String(index)}]`, appId),
    ),
    devices: readDevices(devices, `${where}.devices`, readDevice),
    packages: readOptional(source, "packages", where, each(readIotdaPackage)) ?? [],
  };
}

function readInstance(value: unknown, where: string): IotdaInstanceData {
  if (typeof value === "string") return { instanceId: readName(value, where) };
  const source = readObject(value, where, ["instanceId", "host"]);
  return withoutAbsent({
    instanceId: readName(source["instanceId"], `${where}.instanceId`),
    host: readOptional(source, "host", where, readText),
  });
}

const projectKeys = ["projectId", "region", "domain", "instances", "spaces"];

function readProject(value: unknown, where: string): CheckedIotdaProject {
  const source = readObject(value, where, projectKeys);
  const instances = readOptional(source, "instances", where, each(readInstance)) ?? [];
  const ids = instances.map(({ instanceId }) => instanceId);
  refuseRepetition(ids, "instanceId", where);
  const spaces = each(readSpace)(source["spaces"], `${where}.spaces`).map((space) => ({
    ...space,
    instance: space.instance ?? ids[0],
  }));
  const homeless = spaces.find(({ instance }) => instance !== undefined && !ids.includes(instance));
  if (homeless !== undefined) {
    throw new SimulatorInputError(
      `${where} has no instance "${homeless.instance ?? ""}" for the space ${homeless.appId}.`,
    );
  }
  const defaults = spaces.filter(({ isDefault }) => isDefault === true);
  const second = defaults.find((space, index) =>
    defaults.slice(0, index).some(({ instance }) => instance === space.instance),
  );
  if (second !== undefined) {
    throw new SimulatorInputError(`${where}.spaces has a second default space, ${second.appId}.`);
  }
  const devices = spaces.flatMap((space) => space.devices.map((device) => device.deviceId));
  refuseRepetition(devices, "deviceId", where);
  return {
    projectId: readName(source["projectId"], `${where}.projectId`),
    region: readName(source["region"], `${where}.region`),
    domain: readOptional(source, "domain", where, readName),
    instances,
    spaces: spaces.map((space) => ({
      ...space,
      isDefault:
        space.isDefault ??
        spaces.filter(({ instance }) => instance === space.instance).length === 1,
    })),
  };
}

/** Checks the `iotda` section of a data file. */
export function readIotdaData(value: unknown, where: string): CheckedIotdaData {
  const source = readObject(value, where, ["accessKeys", "users", "objects", "projects"]);
  const projects = each(readProject)(source["projects"], `${where}.projects`);
  if (projects.length === 0) {
    throw new SimulatorInputError(`${where}.projects must hold at least one project.`);
  }
  const accessKeys = readOptional(source, "accessKeys", where, each(readAccessKey)) ?? [];
  const spaces = projects.flatMap((project) => project.spaces);
  const packageIds = spaces.flatMap(({ packages }) =>
    packages.flatMap(({ packageId }) => (packageId === undefined ? [] : [packageId])),
  );
  refuseRepetition(packageIds, "packageId", where);
  for (const [what, values] of [
    ["projectId", projects.map((project) => project.projectId)],
    ["appId", spaces.map((space) => space.appId)],
    ["accessKey", accessKeys.map((key) => key.accessKey)],
  ] as const) {
    refuseRepetition(values, what, where);
  }
  return {
    accessKeys,
    users: readOptional(source, "users", where, each(readUser)) ?? [],
    objects: readOptional(source, "objects", where, each(readObsObject)) ?? [],
    projects,
  };
}
