import type { Wing } from "./wing";

const WATER_METERS = 'deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB"';

export const northbound: Wing = {
  name: "northbound",
  account: "application",
  accountKey: "waterworks",
  settings: (endpoint) => ({ endpoint, appId: "waterworks" }),
  secrets: { secret: "waterworks-secret" },
  secretsMissing:
    "The northbound platform's secret is not set. Set HUAWEI_OTA_NORTHBOUND_SECRET, or run `pulumi config set --secret --path huawei-ota:northbound.secret VALUE`, or give secret to a Provider.",
  accountSetting: "appId",
  login: {
    environment: {},
    secrets: ["waterworks-secret"],
    token: /"(?:access|refresh)Token":\s*"([^"]+)"/g,
  },
  hasClientCertificates: true,
  environment: {
    endpoint: "HUAWEI_OTA_NORTHBOUND_ENDPOINT",
    appId: "HUAWEI_OTA_NORTHBOUND_APP_ID",
    secret: "HUAWEI_OTA_NORTHBOUND_SECRET",
    replyTimeoutSeconds: "HUAWEI_OTA_NORTHBOUND_REPLY_TIMEOUT_SECONDS",
  },
  other: {
    accountKey: "laboratory",
    settings: { appId: "laboratory", secret: "laboratory-secret" },
    package: "laboratory-nbm1-v1.5",
    declaredPackage: '{ fileId: "laboratory-nbm1-v1.5" }',
    taskArgs: 'targets: { devices: ["bench-01"] }',
  },
  declaredPackage: '{ fileId: "firmware-nbm1-v1.4", onDelete: "delete" }',
  declaredVersion: "V1.4",
  declaredId: '"firmware-nbm1-v1.4"',
  packages: {
    firmware: "firmware-nbm1-v1.4",
    other: "firmware-nbm1-v1.3",
    software: "software-nbm1-v2.0",
  },
  packageField: "fileId",
  taskField: "operationId",
  taskArgs: "",
  pilotGroup: `{ deviceGroups: ["pilot"], ${WATER_METERS} }`,
  device: (number) => `meter-${String(number).padStart(3, "0")}`,
  failure: "The download broke off at block 118.",
  versions: { before: "V1.3", pushed: "V1.4" },
  refusesUnknownDevices: true,
  firmwarePackages: '{ fileType: "firmwarePackage" }',
  firmwareTasks: '{ operationType: "firmware_upgrade" }',
  status: {
    begun: "wait",
    success: "success",
    allFailed: "failed",
    someFailed: "failed",
    stopped: "stop",
  },
  beginsAt: (instant) =>
    `policy: { executeType: "custom", startTime: "${instant.toISOString()}", endTime: "${new Date(instant.getTime() + 86_400_000).toISOString()}" }`,
  atNight: "policy: { window: { from: '01:00', to: '04:00', timeZone: 'Asia/Shanghai' } }",
  retries: 'policy: { executeType: "now", retryType: true, retryTimes: 1 }',
  stoppedAt: String.raw` at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`,
  noSuchTask: "(123009)",
  noSuchPackage: "(123002)",
  calls: {
    push: { method: "POST", path: "**/*Upgrade" },
    listTasks: { method: "GET", path: "**/operations" },
  },
  pushing: {
    operation: "creating the firmware upgrade task",
    path: "/iodm/northbound/v1.5.0/operations/firmwareUpgrade",
  },
  replacesUnfinished: (id) =>
    `The platform goes on with the old task ${id}, which is not over: it cannot be stopped.`,
  deleted: {
    over: "is forgotten here; its record stays on the platform.",
    underWay:
      "is forgotten here, and the platform goes on with it if it is not over: its API can neither stop nor delete a task.",
  },
  keepsTasks: true,
  tasks: ({ tasks }) => tasks.map(({ operationId, status }) => ({ id: operationId, status })),
  packagesOf: ({ packages }) => packages.map(({ fileId }) => fileId),
  putDevice: (simulator, deviceId, change) => {
    simulator.putDevice(deviceId, change);
  },
};
