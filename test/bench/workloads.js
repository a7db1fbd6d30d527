"use strict";

/**
 * What is declared, a hundred times: by a resource of this library, and by a bare one of the same
 * inputs.
 * @typedef {object} Workload
 * @property {"packages" | "tasks" | "iotda-packages" | "iotda-tasks"} name
 * @property {"northbound" | "iotda"} wing
 * @property {string} kind the resource, as the wing exports it
 * @property {(index: number) => Record<string, unknown>} inputs
 */

const APP_ID = "waterworks";
const SECRET = "waterworks-secret";
const attributes = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };

const PROJECT_ID = "0c1d2e3f40516273849aab5bc6d7e8f9";
const REGION = "ap-southeast-1";
const PRODUCT_ID = "water-meter-nbm1";
const PACKAGE_ID = "698dc5a4a1b2c3d4e5000001";
const KEYS = { accessKey: "ACCESSKEYOFTHEBENCH1", secretKey: "secret-key-of-the-bench" };
const OBS_LOCATION = { regionName: REGION, bucketName: "firmware", objectKey: "nbm1/2.bin" };

/** @param {number} index */
const fileId = (index) => `firmware-${String(index).padStart(4, "0")}`;
/** @param {number} index */
const deviceId = (index) => `meter-${String(index).padStart(4, "0")}`;

/** @type {readonly Workload[]} */
const workloads = [
  {
    name: "packages",
    wing: "northbound",
    kind: "VersionPackage",
    inputs: (index) => ({ fileId: fileId(index), fileType: "firmwarePackage", ...attributes }),
  },
  {
    name: "tasks",
    wing: "northbound",
    kind: "FirmwareUpgradeTask",
    inputs: (index) => ({
      fileId: fileId(0),
      targets: { devices: [deviceId(index)], ...attributes },
      policy: { executeType: "now", retryType: true, retryTimes: 2 },
    }),
  },
  {
    name: "iotda-packages",
    wing: "iotda",
    kind: "VersionPackage",
    inputs: (index) => ({
      appId: APP_ID,
      packageType: "firmwarePackage",
      productId: PRODUCT_ID,
      version: `2.${index}`,
      description: "Steadier radio",
      fileLocation: { obsLocation: OBS_LOCATION },
    }),
  },
  {
    name: "iotda-tasks",
    wing: "iotda",
    kind: "FirmwareUpgradeTask",
    inputs: (index) => ({
      appId: APP_ID,
      packageId: PACKAGE_ID,
      targets: { devices: [deviceId(index)] },
      taskPolicy: { retryCount: 2, retryInterval: 5 },
    }),
  },
];

/**
 * The platform that all of them are on. No task ends while it is measured: a task that is over is
 * not looked at again, so this is the dear case.
 * @param {{ packages: number, devices: number }} counts
 * @returns {import("../../src/simulator").SimulatorOptions}
 */
function platformFor(counts) {
  const indices = (/** @type {number} */ length) => Array.from({ length }, (_, index) => index);
  const packages = indices(counts.packages).map((index) => ({
    fileId: fileId(index),
    fileType: /** @type {const} */ ("firmwarePackage"),
    version: `V2.${index}`,
    ...attributes,
  }));
  const devices = indices(counts.devices).map((index) => ({ deviceId: deviceId(index) }));
  return {
    data: {
      applications: [
        { appId: APP_ID, secret: SECRET, packages, deviceDefaults: attributes, devices },
      ],
      iotda: {
        accessKeys: [KEYS],
        objects: [{ region: REGION, bucket: "firmware", key: "nbm1/2.bin" }],
        projects: [{ projectId: PROJECT_ID, region: REGION, spaces: [spaceWith(devices)] }],
      },
    },
    behaviour: {
      callsPerMinute: null,
      iotdaCallsPerMinute: null,
      iotdaSearchesPerSecond: null,
      iotdaTasksAtOnce: null,
      upgradeSeconds: 86_400,
    },
  };
}

/** @param {readonly { deviceId: string }[]} devices */
function spaceWith(devices) {
  const { regionName: region, bucketName: bucket, objectKey: key } = OBS_LOCATION;
  return {
    appId: APP_ID,
    isDefault: true,
    products: [{ productId: PRODUCT_ID }],
    deviceDefaults: { productId: PRODUCT_ID, firmwareVersion: "1.0" },
    devices,
    packages: [
      {
        packageId: PACKAGE_ID,
        packageType: /** @type {const} */ ("firmwarePackage"),
        productId: PRODUCT_ID,
        version: "1.1",
        region,
        bucket,
        key,
      },
    ],
  };
}

/**
 * One group of so many devices in each part, all on V1, and packages of V1 and V2.
 * @param {number} count
 * @returns {import("../../src/simulator").SimulatorOptions}
 */
function fleetPlatformFor(count) {
  const versions = ["V1", "V2"];
  const packages = versions.map((version) => ({
    fileId: `firmware-${version}`,
    fileType: /** @type {const} */ ("firmwarePackage"),
    version,
    ...attributes,
  }));
  const { data, ...options } = platformFor({ packages: 0, devices: 0 });
  const devices = [{ prefix: "meter-", count, groups: ["fleet"], firmwareVersion: "V1" }];
  const space = spaceWith([]);
  const [model] = space.packages;
  return {
    ...options,
    data: {
      .../** @type {import("../../src/simulator").SimulatorData} */ (data),
      applications: [
        { appId: APP_ID, secret: SECRET, packages, deviceDefaults: attributes, devices },
      ],
      iotda: {
        accessKeys: [KEYS],
        objects: [{ region: REGION, bucket: "firmware", key: "nbm1/2.bin" }],
        projects: [
          {
            projectId: PROJECT_ID,
            region: REGION,
            spaces: [
              {
                ...space,
                devices,
                packages: versions.map((version, index) => ({
                  .../** @type {NonNullable<typeof model>} */ (model),
                  packageId: `${PACKAGE_ID.slice(0, -1)}${index + 1}`,
                  version,
                })),
              },
            ],
          },
        ],
      },
    },
  };
}

/**
 * The settings by which a program finds that platform; the quota shall not be what is measured.
 * @param {string} url
 */
function settingsFor(url) {
  return {
    HUAWEI_OTA_NORTHBOUND_ENDPOINT: url,
    HUAWEI_OTA_NORTHBOUND_APP_ID: APP_ID,
    HUAWEI_OTA_NORTHBOUND_SECRET: SECRET,
    HUAWEI_OTA_NORTHBOUND_CALLS_PER_MINUTE: "1000000",
    HUAWEI_OTA_IOTDA_ENDPOINT: url,
    HUAWEI_OTA_IOTDA_CALLS_PER_MINUTE: "1000000",
    HW_REGION_NAME: REGION,
    HW_PROJECT_ID: PROJECT_ID,
    HW_ACCESS_KEY: KEYS.accessKey,
    HW_SECRET_KEY: KEYS.secretKey,
  };
}

/**
 * @param {Workload} workload
 * @param {"ours" | "bare"} side
 * @param {number} resources
 */
function programOf({ name, wing, kind, inputs }, side, resources) {
  const all = Array.from({ length: resources }, (_, index) => [`${name}-${index}`, inputs(index)]);
  const resource =
    side === "ours"
      ? `const { ${kind}: Resource } = require("pulumi-huawei-ota").${wing};`
      : `const { Bare: Resource } = require("bare");`;
  return `{\n${resource}\nfor (const [name, inputs] of ${JSON.stringify(all)}) new Resource(name, inputs);\n}\n`;
}

/** @param {string} wanted */
function workloadOf(wanted) {
  const workload = workloads.find(({ name }) => name === wanted);
  if (workload === undefined) throw new Error(`There is no workload ${wanted}.`);
  return workload;
}

module.exports = {
  ...{ deviceId, fleetPlatformFor, platformFor, programOf, settingsFor, workloadOf, workloads },
};
