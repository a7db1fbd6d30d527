import * as pulumi from "@pulumi/pulumi";
import { northbound } from "pulumi-huawei-ota";

const config = new pulumi.Config();
const kind = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };
const policy = {
  executeType: "now",
  retryType: true,
  retryTimes: config.getNumber("retryTimes") ?? 2,
} as const;

const firmware = new northbound.VersionPackage("firmware", {
  fileType: "firmwarePackage",
  ...kind,
  version: config.get("version") ?? "V1.4",
});

const pilot = new northbound.FirmwareUpgradeTask("pilot", {
  versionPackage: firmware,
  targets: { deviceGroups: [config.get("pilotGroup") ?? "pilot"], ...kind },
  policy,
});

const pilotDone = new northbound.UpgradeCompletion("pilot-done", {
  task: pilot,
  minSuccessPercent: config.getNumber("minSuccessPercent") ?? 95,
  timeoutSeconds: config.getNumber("timeoutSeconds") ?? 3600,
});

const fleet = new northbound.FirmwareUpgradeTask("fleet", {
  versionPackage: firmware,
  targets: { deviceGroups: [config.get("fleetGroup") ?? "fleet"], ...kind },
  policy,
  onlyAfter: pilotDone.gate,
});

export const fileId = firmware.id;
export const pilotOperationId = pilot.id;
export const pilotDevices = pilotDone.deviceCounts;
export const fleetOperationId = fleet.id;
