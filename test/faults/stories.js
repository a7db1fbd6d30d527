"use strict";

/**
 * What the matrix breaks: for each wing a package, a task and a wait, made, refreshed and destroyed.
 * @typedef {object} Story
 * @property {"northbound" | "iotda"} wing
 * @property {string} program
 * @property {(url: string) => Record<string, string>} environment
 * @property {readonly string[]} secrets that may stand in nothing that is written
 * @property {RegExp} api paths of the platform's own calls, logins left out
 * @property {(books: Books) => readonly { id: string, status: string }[]} tasks on the platform
 * @property {(books: Books) => readonly string[]} packages on the platform that the story declares
 * @property {string} success the platform's word
 * @property {boolean} deletesTasks whether destroying the stack leaves nothing on the platform
 *
 * @typedef {import("../../src/simulator").Books} Books
 */

/** @type {Story} */
const northbound = {
  wing: "northbound",
  program: `
const { northbound } = require("pulumi-huawei-ota");
const firmware = new northbound.VersionPackage("firmware", { fileId: "firmware-nbm1-v1.4", onDelete: "delete" });
const pilot = new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-001", "meter-002"] } });
new northbound.UpgradeCompletion("pilot-done", { operationId: pilot.id, timeoutSeconds: 60 });
`,
  environment: (url) => ({
    HUAWEI_OTA_NORTHBOUND_ENDPOINT: url,
    HUAWEI_OTA_NORTHBOUND_APP_ID: "waterworks",
    HUAWEI_OTA_NORTHBOUND_SECRET: "waterworks-secret",
    HUAWEI_OTA_NORTHBOUND_REPLY_TIMEOUT_SECONDS: "2",
  }),
  secrets: ["waterworks-secret"],
  api: /^\/iodm\//,
  tasks: ({ tasks }) => tasks.map(({ operationId, status }) => ({ id: operationId, status })),
  packages: ({ packages }) =>
    packages.map(({ fileId }) => fileId).filter((fileId) => fileId === "firmware-nbm1-v1.4"),
  success: "success",
  deletesTasks: false,
};

/** @type {Story} */
const iotda = {
  wing: "iotda",
  program: `
const { iotda } = require("pulumi-huawei-ota");
const firmware = new iotda.VersionPackage("firmware", {
  appId: "waterworks", packageType: "firmwarePackage", productId: "water-meter-nbm1", version: "1.4",
  fileLocation: { obsLocation: { regionName: "ap-southeast-1", bucketName: "waterworks-firmware", objectKey: "nbm1/1.4.bin" } },
});
const pilot = new iotda.FirmwareUpgradeTask("pilot", { appId: "waterworks", packageId: firmware.id, targets: { devices: ["meter_001", "meter_002"] } });
new iotda.UpgradeCompletion("pilot-done", { taskId: pilot.id, timeoutSeconds: 60 });
`,
  environment: (url) => ({
    HUAWEI_OTA_IOTDA_ENDPOINT: url,
    HUAWEI_OTA_IOTDA_REPLY_TIMEOUT_SECONDS: "2",
    HW_REGION_NAME: "ap-southeast-1",
    HW_PROJECT_ID: "0c1d2e3f40516273849aab5bc6d7e8f9",
    HW_ACCESS_KEY: "WATERWORKSACCESSKEY1",
    HW_SECRET_KEY: "waterworks-secret-key",
  }),
  secrets: ["waterworks-secret-key"],
  api: /^\/v5\//,
  tasks: (books) =>
    (books.iotda?.tasks ?? []).map(({ task_id, status }) => ({ id: task_id, status })),
  packages: (books) =>
    (books.iotda?.packages ?? [])
      .filter(({ version }) => version === "1.4")
      .map(({ package_id }) => package_id),
  success: "Success",
  deletesTasks: true,
};

module.exports = { stories: [northbound, iotda] };
