import type { Books, Simulator, SimulatorData } from "../../../src/simulator";
import { IOTDA } from "../world";

/*
 * A small fleet for stories of rollouts: twenty meters on V1.4, two of them in the laboratory, and
 * packages of three versions. Devices take ten simulated seconds unless a test says otherwise.
 */

export const DEVICES = 20;

export interface RolloutWing {
  readonly name: string;
  readonly groups: string;
  readonly packageField: string;
  /** Program text: a package of a version by its leaves. */
  readonly packageOf: (version: string, kind?: "firmware" | "software") => string;
  /** The same as inputs. */
  readonly packageInputs: (version: string) => Readonly<Record<string, unknown>>;
  readonly device: (number: number) => string;
  readonly canStop: boolean;
  /** The path of the POST that pushes. */
  readonly pushPath: string;
  /** The path of the GETs that tell who is in a group. */
  readonly membersPath: string;
  /** What more each rollout has, as program text with a comma after it. */
  readonly more: string;
  readonly putDevice: (simulator: Simulator, number: number, change: DeviceChange) => void;
  /** The versions that were pushed to each device, by its id, in the order of the POSTs. */
  readonly pushed: (books: Books) => ReadonlyMap<string, readonly string[]>;
  /** How many devices run that firmware. */
  readonly onVersion: (books: Books, version: string) => number;
}

export interface DeviceChange {
  readonly outcome?: "success" | "fail";
  readonly online?: boolean;
  readonly groups?: readonly string[];
  readonly upgradeSeconds?: number;
  readonly firmwareVersion?: string;
}

const KIND = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };
const VERSIONS = ["V1.3", "V1.4", "V1.5", "V1.6"];

function numbers(): number[] {
  return Array.from({ length: DEVICES }, (_, index) => index + 1);
}

function groupsOf(number: number): string[] {
  return number <= 2 ? ["lab", "meters"] : ["meters"];
}

const meter = (number: number): string => `meter-${String(number).padStart(2, "0")}`;
const meterId = (number: number): string => `meter_${String(number).padStart(2, "0")}`;

export function fleet(): SimulatorData {
  return {
    // With a clock that stands still the second of a search would never end.
    behaviour: { upgradeSeconds: 10, waitSeconds: 0, iotdaSearchesPerSecond: null },
    applications: [
      {
        appId: "waterworks",
        secret: "waterworks-secret",
        packages: [
          ...VERSIONS.map((version) => ({
            fileId: `firmware-${version}`,
            version,
            fileType: "firmwarePackage" as const,
            ...KIND,
          })),
          { fileId: "software-V2", version: "V2", fileType: "softwarePackage", ...KIND },
        ],
        deviceDefaults: { ...KIND, firmwareVersion: "V1.4" },
        devices: numbers().map((number) => ({ deviceId: meter(number), groups: groupsOf(number) })),
      },
    ],
    iotda: iotdaPart(),
  };
}

const PRODUCT = "water-meter-nbm1";
const packageId = (index: number): string =>
  `698dc5a4a1b2c3d4e50002${String(index).padStart(2, "0")}`;

function iotdaPart(): NonNullable<SimulatorData["iotda"]> {
  const obs = { region: IOTDA.region, bucket: "waterworks-firmware", key: "nbm1.bin" };
  return {
    accessKeys: [{ accessKey: IOTDA.accessKey, secretKey: IOTDA.secretKey, domain: "waterworks" }],
    objects: [{ ...obs, sha256: "0".repeat(64), size: 1024 }],
    projects: [
      {
        projectId: IOTDA.projectId,
        region: IOTDA.region,
        domain: "waterworks",
        spaces: [
          {
            appId: "waterworks",
            isDefault: true,
            products: [{ productId: PRODUCT }],
            packages: [
              ...VERSIONS.map((version, index) => ({
                packageId: packageId(index),
                packageType: "firmwarePackage" as const,
                productId: PRODUCT,
                version,
                ...obs,
              })),
              {
                packageId: packageId(9),
                packageType: "softwarePackage" as const,
                productId: PRODUCT,
                version: "V2",
                ...obs,
              },
            ],
            deviceDefaults: { productId: PRODUCT, firmwareVersion: "V1.4" },
            devices: numbers().map((number) => ({
              deviceId: meterId(number),
              groups: groupsOf(number),
            })),
          },
        ],
      },
    ],
  };
}

const northbound: RolloutWing = {
  name: "northbound",
  groups: "deviceGroups",
  packageField: "fileId",
  packageOf: (version, kind = "firmware") => `{ id: "${kind}-${version}" }`,
  packageInputs: (version) => ({
    fileId: version === "V2" ? "software-V2" : `firmware-${version}`,
  }),
  device: meter,
  canStop: false,
  pushPath: "**/*Upgrade",
  membersPath: "**/devices/ids",
  more: "",
  putDevice: (simulator, number, change) => {
    simulator.putDevice(meter(number), change);
  },
  pushed: (books) => {
    const pushed = new Map<string, string[]>();
    for (const task of books.tasks) {
      const version = task.extendPara.fileVersion;
      for (const { deviceId } of task.subTasks) {
        pushed.set(deviceId, [...(pushed.get(deviceId) ?? []), version]);
      }
    }
    return pushed;
  },
  onVersion: ({ devices }, version) =>
    devices.filter(({ firmwareVersion }) => firmwareVersion === version).length,
};

export const iotda: RolloutWing = {
  name: "iotda",
  groups: "groupIds",
  packageField: "packageId",
  packageOf: (version, kind = "firmware") => {
    const index = kind === "software" ? 9 : VERSIONS.indexOf(version);
    return `{ id: "${packageId(index)}" }`;
  },
  packageInputs: (version) => ({
    packageId: packageId(version === "V2" ? 9 : VERSIONS.indexOf(version)),
    appId: "waterworks",
  }),
  device: meterId,
  canStop: true,
  pushPath: "**/batchtasks",
  membersPath: "**/device-group/**",
  more: 'appId: "waterworks", ',
  putDevice: (simulator, number, change) => {
    simulator.putIotdaDevice(meterId(number), change);
  },
  pushed: (books) => {
    const pushed = new Map<string, string[]>();
    for (const task of books.iotda?.tasks ?? []) {
      const { package_ids: ids = [] } = task.document as { package_ids?: string[] };
      const id = ids[0] ?? "";
      const version = VERSIONS[Number(id.slice(-2))] ?? "V2";
      for (const { target } of task.task_details) {
        pushed.set(target, [...(pushed.get(target) ?? []), version]);
      }
    }
    return pushed;
  },
  onVersion: ({ iotda: part }, version) =>
    (part?.devices ?? []).filter(({ firmwareVersion }) => firmwareVersion === version).length,
};

/** Both wings, which are held to one list. */
export const wings: readonly RolloutWing[] = [northbound, iotda];
