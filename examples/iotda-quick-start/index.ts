import * as pulumi from "@pulumi/pulumi";
import { iotda } from "pulumi-huawei-ota";

const config = new pulumi.Config();
const appId = config.get("appId") ?? "waterworks";
const taskPolicy = { retryCount: config.getNumber("retryCount") ?? 1, retryInterval: 5 };
const file = config.get("file");

const firmware = new iotda.VersionPackage("firmware", {
  appId,
  packageType: "firmwarePackage",
  productId: config.get("productId") ?? "water-meter-nbm1",
  version: config.get("version") ?? "1.4",
  description: config.get("description") ?? "Steadier radio",
  fileLocation: {
    obsLocation: {
      regionName: "ap-southeast-1",
      bucketName: "waterworks-firmware",
      objectKey: config.get("objectKey") ?? "nbm1/1.4.bin",
    },
  },
  ...(file === undefined ? {} : { file }),
});

const pilot = new iotda.FirmwareUpgradeTask("pilot", {
  appId,
  versionPackage: firmware,
  targets: { groupIds: [config.get("pilotGroup") ?? "pilot"] },
  taskPolicy,
  maxDevices: config.getNumber("pilotMaxDevices") ?? 20,
});

const pilotDone = new iotda.UpgradeCompletion("pilot-done", {
  task: pilot,
  minSuccessPercent: config.getNumber("minSuccessPercent") ?? 95,
  timeoutSeconds: config.getNumber("timeoutSeconds") ?? 3600,
});

const retryFailed = config.get("retryFailed");
const fleet = new iotda.FirmwareUpgradeTask("fleet", {
  appId,
  versionPackage: firmware,
  targets: { groupIds: [config.get("fleetGroup") ?? "fleet"] },
  onlyAfter: pilotDone.gate,
  ...(retryFailed === undefined ? {} : { retryFailed }),
});

const fleetDone = new iotda.UpgradeCompletion("fleet-done", {
  task: fleet,
  maxFailedDevices: config.getNumber("maxFailedDevices") ?? 0,
  timeoutSeconds: config.getNumber("timeoutSeconds") ?? 3600,
});

export const packageId = firmware.id;
export const pilotTaskId = pilot.id;
export const pilotDevices = pilotDone.deviceCounts;
export const fleetTaskId = fleet.id;
export const fleetDevices = fleetDone.deviceCounts;
