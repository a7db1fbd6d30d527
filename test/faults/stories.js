"use strict";

/**
 * What the matrix breaks, for each wing.
 * @typedef {object} Story
 * @property {"northbound" | "iotda"} wing
 * @property {(url: string) => Record<string, string>} environment
 * @property {RegExp} login paths of the calls that say who we are: the same ones in every operation, so
 *   they are broken in the first one only
 * @property {readonly string[]} secrets that may stand in nothing that is written
 * @property {(books: Books) => readonly { id: string, status: string }[]} tasks on the platform, the
 *   oldest first
 * @property {(books: Books) => readonly string[]} packages on the platform that the story declares
 * @property {(books: Books) => readonly string[]} pushed the devices of all tasks that were ever made
 * @property {string} success the platform's word
 * @property {readonly Operation[]} operations
 *
 * @typedef {object} Operation
 * @property {string} name
 * @property {(scene: Scene) => Promise<void>} [before] how it comes to it, unbroken
 * @property {Command} command that is broken at each of its calls
 * @property {string} program that the command runs
 * @property {Expected} expected how it must end
 *
 * @typedef {"up" | "refresh" | "destroy"} Command
 *
 * @typedef {object} Expected
 * @property {number} pushes POSTs of tasks that took effect, from the beginning
 * @property {number} packagesMade the same of packages
 * @property {number} tasks on the platform
 * @property {number} packages of the story on the platform
 * @property {number} [rollout] how many devices a rollout has brought its version, each by one push
 *
 * @typedef {import("../../src/simulator").Books} Books
 * @typedef {import("./point.js").Scene} Scene
 */

/** No device is upgraded by itself. */
const AT_REST = { upgradeSeconds: 86_400 };
const AT_WORK = { upgradeSeconds: 1 };

/** @param {Scene} scene */
function finishAll({ simulator, story }) {
  for (const { id } of story.tasks(simulator.books())) simulator.finishTask(id);
}

/**
 * Leaves a wait that gave up after some seconds, and a task that is over meanwhile.
 * @param {string} program
 */
function afterAWaitThatGaveUp(program) {
  return async (/** @type {Scene} */ scene) => {
    scene.simulator.setBehaviour(AT_REST);
    await scene.failOnce("up", program);
    finishAll(scene);
  };
}

/** @param {{ devices?: string[], timeoutSeconds?: number }} [options] */
function northboundProgram({ devices = ["meter-001", "meter-002"], timeoutSeconds = 60 } = {}) {
  return `
const { northbound } = require("pulumi-huawei-ota");
const firmware = new northbound.VersionPackage("firmware", { fileId: "firmware-nbm1-v1.4", onDelete: "delete" });
const pilot = new northbound.FirmwareUpgradeTask("pilot", { versionPackage: firmware, targets: { devices: ${JSON.stringify(devices)} } });
new northbound.UpgradeCompletion("pilot-done", { task: pilot, timeoutSeconds: ${timeoutSeconds} });
`;
}

const WAVES = '[{ name: "lab", untilPercent: 30 }, { name: "rest" }]';

/** @param {number} [waitSeconds] */
function northboundRollout(waitSeconds = 60) {
  return `
const { northbound } = require("pulumi-huawei-ota");
const firmware = new northbound.VersionPackage("firmware", { fileId: "firmware-nbm1-v1.4", onDelete: "delete" });
new northbound.FirmwareRollout("meters", { versionPackage: firmware, fleet: { devices: ["meter-001", "meter-002", "meter-003"] }, waves: ${WAVES}, waitSeconds: ${waitSeconds} });
`;
}

/**
 * Leaves the first wave of a rollout under way, and over meanwhile.
 * @param {string} program
 */
function afterItsFirstWave(program) {
  return async (/** @type {Scene} */ scene) => {
    scene.simulator.setBehaviour(AT_REST);
    await scene.succeed("up", program);
    finishAll(scene);
    scene.simulator.setBehaviour(AT_WORK);
  };
}

/**
 * A rollout to its end, and one of which the first wave is over.
 * @param {(waitSeconds?: number) => string} program
 * @param {number} packagesMade
 * @returns {Operation[]}
 */
function rolloutOperations(program, packagesMade) {
  /** @type {Expected} */
  const expected = { pushes: 2, packagesMade, tasks: 2, packages: 1, rollout: 3 };
  const up = { command: /** @type {const} */ ("up"), program: program(), expected };
  return [
    { ...up, name: "up of a rollout" },
    { ...up, name: "rollout that goes on", before: afterItsFirstWave(program(0)) },
  ];
}

const impatientNorthbound = northboundProgram({ timeoutSeconds: 2 });

/** @type {Story} */
const northbound = {
  wing: "northbound",
  environment: (url) => ({
    HUAWEI_OTA_NORTHBOUND_ENDPOINT: url,
    HUAWEI_OTA_NORTHBOUND_APP_ID: "waterworks",
    HUAWEI_OTA_NORTHBOUND_SECRET: "waterworks-secret",
    HUAWEI_OTA_NORTHBOUND_REPLY_TIMEOUT_SECONDS: "2",
    HUAWEI_OTA_LIST_SETTLE_SECONDS: "0",
  }),
  login: /^\/iocm\//,
  secrets: ["waterworks-secret"],
  tasks: ({ tasks }) => tasks.map(({ operationId, status }) => ({ id: operationId, status })),
  packages: ({ packages }) =>
    packages.map(({ fileId }) => fileId).filter((fileId) => fileId === "firmware-nbm1-v1.4"),
  pushed: ({ tasks }) => tasks.flatMap(({ subTasks }) => subTasks.map(({ deviceId }) => deviceId)),
  success: "success",
  operations: [
    {
      name: "up",
      command: "up",
      program: northboundProgram(),
      expected: { pushes: 1, packagesMade: 0, tasks: 1, packages: 1 },
    },
    {
      name: "resumed up",
      before: afterAWaitThatGaveUp(impatientNorthbound),
      command: "up",
      program: impatientNorthbound,
      expected: { pushes: 1, packagesMade: 0, tasks: 1, packages: 1 },
    },
    {
      name: "up of a changed task",
      before: (scene) => scene.succeed("up", northboundProgram()),
      command: "up",
      program: northboundProgram({ devices: ["meter-003"] }),
      expected: { pushes: 2, packagesMade: 0, tasks: 2, packages: 1 },
    },
    ...rolloutOperations(northboundRollout, 0),
    {
      name: "refresh",
      before: (scene) => scene.succeed("up", northboundProgram()),
      command: "refresh",
      program: northboundProgram(),
      expected: { pushes: 1, packagesMade: 0, tasks: 1, packages: 1 },
    },
    {
      name: "destroy",
      before: (scene) => scene.succeed("up", northboundProgram()),
      command: "destroy",
      program: northboundProgram(),
      expected: { pushes: 1, packagesMade: 0, tasks: 1, packages: 0 },
    },
  ],
};

/**
 * @param {{ description?: string, timeoutSeconds?: number, waits?: boolean, task?: Record<string, unknown> }} [options]
 */
function iotdaProgram({ description = "", timeoutSeconds = 60, waits = true, task = {} } = {}) {
  return `
const { iotda } = require("pulumi-huawei-ota");
const firmware = new iotda.VersionPackage("firmware", {
  appId: "waterworks", packageType: "firmwarePackage", productId: "water-meter-nbm1", version: "1.4", description: "${description}",
  fileLocation: { obsLocation: { regionName: "ap-southeast-1", bucketName: "waterworks-firmware", objectKey: "nbm1/1.4.bin" } },
});
const pilot = new iotda.FirmwareUpgradeTask("pilot", { appId: "waterworks", versionPackage: firmware, targets: { devices: ["meter_001", "meter_002"] }, ...${JSON.stringify(task)} });
${waits ? `new iotda.UpgradeCompletion("pilot-done", { task: pilot, timeoutSeconds: ${timeoutSeconds} });` : ""}
`;
}

/** @param {number} [waitSeconds] */
function iotdaRollout(waitSeconds = 60) {
  return `
const { iotda } = require("pulumi-huawei-ota");
const firmware = new iotda.VersionPackage("firmware", {
  appId: "waterworks", packageType: "firmwarePackage", productId: "water-meter-nbm1", version: "1.4",
  fileLocation: { obsLocation: { regionName: "ap-southeast-1", bucketName: "waterworks-firmware", objectKey: "nbm1/1.4.bin" } },
});
new iotda.FirmwareRollout("meters", { appId: "waterworks", versionPackage: firmware, fleet: { devices: ["meter_001", "meter_002", "meter_003"] }, waves: ${WAVES}, waitSeconds: ${waitSeconds} });
`;
}

const impatientIotda = iotdaProgram({ timeoutSeconds: 2 });

/** @type {Expected} */
const oneOfEach = { pushes: 1, packagesMade: 1, tasks: 1, packages: 1 };

/** @param {Scene} scene */
async function leaveAnUnfinishedTask(scene) {
  scene.simulator.setBehaviour(AT_REST);
  await scene.succeed("up", iotdaProgram({ waits: false }));
  scene.simulator.setBehaviour(AT_WORK);
}

/** @type {Story} */
const iotda = {
  wing: "iotda",
  // A user has a token that ends, and no project id asks IAM for it.
  environment: (url) => ({
    HUAWEI_OTA_IOTDA_ENDPOINT: url,
    HUAWEI_OTA_IOTDA_REPLY_TIMEOUT_SECONDS: "2",
    HUAWEI_OTA_LIST_SETTLE_SECONDS: "0",
    HW_REGION_NAME: "ap-southeast-1",
    HW_USER_NAME: "waterworks-pipeline",
    HW_USER_PASSWORD: "waterworks-password",
    HW_DOMAIN_NAME: "waterworks",
  }),
  login: /^\/v3\//,
  secrets: ["waterworks-password"],
  tasks: (books) =>
    (books.iotda?.tasks ?? []).map(({ task_id, status }) => ({ id: task_id, status })),
  packages: (books) =>
    (books.iotda?.packages ?? [])
      .filter(({ version }) => version === "1.4")
      .map(({ package_id }) => package_id),
  pushed: (books) =>
    (books.iotda?.tasks ?? []).flatMap(({ task_details }) =>
      task_details.map(({ target }) => target),
    ),
  success: "Success",
  operations: [
    { name: "up", command: "up", program: iotdaProgram(), expected: oneOfEach },
    {
      name: "resumed up",
      before: afterAWaitThatGaveUp(impatientIotda),
      command: "up",
      program: impatientIotda,
      expected: oneOfEach,
    },
    {
      name: "up of a changed package",
      before: leaveAnUnfinishedTask,
      command: "up",
      program: iotdaProgram({ description: "With the leak alarm" }),
      expected: { ...oneOfEach, pushes: 2, packagesMade: 2 },
    },
    {
      name: "up that retries",
      before: async (scene) => {
        scene.simulator.putIotdaDevice("meter_002", { outcome: "fail" });
        await scene.failOnce("up", iotdaProgram());
        scene.simulator.putIotdaDevice("meter_002", { outcome: "success" });
      },
      command: "up",
      program: iotdaProgram({ task: { retryFailed: "2026-01-01T00:00:00Z" } }),
      expected: oneOfEach,
    },
    {
      name: "up that confirms",
      before: (scene) =>
        scene.succeed("up", iotdaProgram({ waits: false, task: { needConfirm: true } })),
      command: "up",
      program: iotdaProgram({ task: { needConfirm: true, confirmed: true } }),
      expected: oneOfEach,
    },
    ...rolloutOperations(iotdaRollout, 1),
    {
      name: "destroy of a rollout under way",
      before: async (scene) => {
        scene.simulator.setBehaviour(AT_REST);
        await scene.succeed("up", iotdaRollout(0));
      },
      command: "destroy",
      program: iotdaRollout(0),
      expected: { pushes: 1, packagesMade: 1, tasks: 1, packages: 0 },
    },
    {
      name: "refresh",
      before: (scene) => scene.succeed("up", iotdaProgram()),
      command: "refresh",
      program: iotdaProgram(),
      expected: oneOfEach,
    },
    {
      name: "destroy",
      before: leaveAnUnfinishedTask,
      command: "destroy",
      program: iotdaProgram({ waits: false }),
      expected: { pushes: 1, packagesMade: 1, tasks: 0, packages: 0 },
    },
  ],
};

module.exports = { stories: [northbound, iotda] };
