import { IOTDA, OTHER_PROJECT } from "../world";
import type { Wing } from "./wing";

/** Program text. */
const packageArgs = (appId: string, productId: string): string => `{
    appId: "${appId}", packageType: "firmwarePackage", productId: "${productId}", version: "1.4",
    fileLocation: { obsLocation: { regionName: "${IOTDA.region}", bucketName: "waterworks-firmware", objectKey: "nbm1/1.4.bin" } },
  }`;

export const iotda: Wing = {
  name: "iotda",
  account: "project",
  accountKey: IOTDA.projectId,
  settings: (endpoint) => ({ endpoint, region: IOTDA.region, projectId: IOTDA.projectId }),
  secrets: { accessKey: IOTDA.accessKey, secretKey: IOTDA.secretKey },
  secretsMissing:
    "IoTDA's credentials are not set. Set HW_ACCESS_KEY and HW_SECRET_KEY, or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME, or HW_AUTH_TOKEN, or give accessKey and secretKey to a Provider.",
  accountSetting: "projectId",
  login: {
    environment: {
      HW_ACCESS_KEY: undefined,
      HW_SECRET_KEY: undefined,
      HW_USER_NAME: "waterworks-pipeline",
      HW_USER_PASSWORD: "waterworks-password",
      HW_DOMAIN_NAME: "waterworks",
    },
    secrets: ["waterworks-password"],
    token: /x-subject-token: (\S+)/gi,
  },
  hasClientCertificates: false,
  environment: {
    endpoint: "HUAWEI_OTA_IOTDA_ENDPOINT",
    region: "HW_REGION_NAME",
    projectId: "HW_PROJECT_ID",
    accessKey: "HW_ACCESS_KEY",
    secretKey: "HW_SECRET_KEY",
    replyTimeoutSeconds: "HUAWEI_OTA_IOTDA_REPLY_TIMEOUT_SECONDS",
  },
  other: {
    accountKey: OTHER_PROJECT.projectId,
    settings: { projectId: OTHER_PROJECT.projectId },
    package: OTHER_PROJECT.packageId,
    declaredPackage: packageArgs("trials", "bench-meter"),
    taskArgs: 'targets: { devices: ["bench_9"] }',
  },
  declaredPackage: packageArgs("waterworks", "water-meter-nbm1"),
  declaredVersion: "1.4",
  declaredId: "[unknown]",
  packages: {
    firmware: IOTDA.packages.firmware,
    other: IOTDA.packages.other,
    software: IOTDA.packages.software,
  },
  packageField: "packageId",
  taskField: "taskId",
  taskArgs: 'appId: "waterworks", ',
  pilotGroup: '{ groupIds: ["pilot"] }',
  device: (number) => `meter_${String(number).padStart(3, "0")}`,
  failure: "Connection lost during downloading process (IOTDA.999111)",
  versions: { before: "1.3", pushed: "1.4.1" },
  refusesUnknownDevices: false,
  firmwarePackages: '{ packageType: "firmwarePackage" }',
  firmwareTasks: '{ taskType: "firmwareUpgrade" }',
  status: {
    begun: "Processing",
    success: "Success",
    allFailed: "Fail",
    someFailed: "PartialSuccess",
    stopped: "Stopped",
  },
  beginsAt: (instant) => `taskPolicy: { scheduleTime: "${instant.toISOString()}" }`,
  atNight: "taskPolicy: { window: { from: '01:00', to: '04:00', timeZone: 'Asia/Shanghai' } }",
  retries: "taskPolicy: { retryCount: 1, retryInterval: 1 }",
  stoppedAt: "",
  noSuchTask: "(404)",
  noSuchPackage: "(404)",
  calls: {
    push: { method: "POST", path: "**/batchtasks" },
    listTasks: { method: "GET", path: "**/batchtasks" },
  },
  pushing: {
    operation: "creating the upgrade task",
    path: `/v5/iot/${IOTDA.projectId}/batchtasks`,
  },
  replacesUnfinished: (id) =>
    `The old task ${id}, which is not over, is stopped and deleted first.`,
  deleted: {
    over: "was over already (Success: 5 of 5 done), and its record was deleted.",
    underWay:
      "was stopped on the platform (Stopped: 1 of 1 done, 1 stopped), and its record was deleted.",
  },
  keepsTasks: false,
  tasks: (books) =>
    (books.iotda?.tasks ?? []).map(({ task_id, status }) => ({ id: task_id, status })),
  packagesOf: (books) => (books.iotda?.packages ?? []).map(({ package_id }) => package_id),
  putDevice: (simulator, deviceId, change) => {
    simulator.putIotdaDevice(deviceId, change);
  },
};
