"use strict";

/**
 * What is declared, a hundred times: by a resource of this library, and by a bare one of the same
 * inputs.
 * @typedef {object} Workload
 * @property {"packages" | "tasks"} name
 * @property {string} kind the resource, as `northbound` exports it
 * @property {(index: number) => Record<string, unknown>} inputs
 */

const APP_ID = "waterworks";
const SECRET = "waterworks-secret";
const attributes = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };

/** @param {number} index */
const fileId = (index) => `firmware-${String(index).padStart(4, "0")}`;
/** @param {number} index */
const deviceId = (index) => `meter-${String(index).padStart(4, "0")}`;

/** @type {readonly Workload[]} */
const workloads = [
  {
    name: "packages",
    kind: "VersionPackage",
    inputs: (index) => ({ fileId: fileId(index), fileType: "firmwarePackage", ...attributes }),
  },
  {
    name: "tasks",
    kind: "FirmwareUpgradeTask",
    inputs: (index) => ({
      fileId: fileId(0),
      targets: { devices: [deviceId(index)], ...attributes },
      policy: { executeType: "now", retryType: true, retryTimes: 2 },
    }),
  },
];

/**
 * The platform that all of them are on. No task ends while it is measured: a task that is over is
 * not looked at again, so this is the dear case.
 * @param {number} resources
 * @returns {import("../../src/simulator").SimulatorOptions}
 */
function platformFor(resources) {
  const indices = Array.from({ length: resources }, (_, index) => index);
  const packages = indices.map((index) => ({
    fileId: fileId(index),
    fileType: /** @type {const} */ ("firmwarePackage"),
    version: `V2.${index}`,
    ...attributes,
  }));
  const devices = indices.map((index) => ({ deviceId: deviceId(index) }));
  return {
    data: {
      applications: [
        { appId: APP_ID, secret: SECRET, packages, deviceDefaults: attributes, devices },
      ],
    },
    behaviour: { callsPerMinute: null, upgradeSeconds: 86_400 },
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
  };
}

/**
 * @param {Workload} workload
 * @param {"ours" | "bare"} side
 * @param {number} resources
 */
function programOf({ name, kind, inputs }, side, resources) {
  const all = Array.from({ length: resources }, (_, index) => [`${name}-${index}`, inputs(index)]);
  const resource =
    side === "ours"
      ? `const { ${kind}: Resource } = require("pulumi-huawei-ota").northbound;`
      : `const { Bare: Resource } = require("bare");`;
  return `${resource}\nfor (const [name, inputs] of ${JSON.stringify(all)}) new Resource(name, inputs);\n`;
}

module.exports = { platformFor, programOf, settingsFor, workloads };
