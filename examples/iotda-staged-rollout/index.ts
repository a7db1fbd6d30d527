import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { iotda } from "pulumi-huawei-ota";
import { parse } from "yaml";

const config = new pulumi.Config();
const appId = config.get("appId") ?? "waterworks";
const pilotGroup = config.get("pilotGroup") ?? "pilot";
const approvals = readFileSync(join(__dirname, "approved.yaml"), "utf8");
const rerunAfter = config.get("rerunAfter");

const firmware = new iotda.VersionPackage("firmware", {
  appId,
  packageType: "firmwarePackage",
  productId: config.get("productId") ?? "water-meter-nbm1",
  version: config.get("version") ?? "1.4",
  fileLocation: {
    obsLocation: {
      regionName: "ap-southeast-1",
      bucketName: "waterworks-firmware",
      objectKey: config.get("objectKey") ?? "nbm1/1.4.bin",
    },
  },
});

const meters = new iotda.FirmwareRollout("meters", {
  appId,
  versionPackage: firmware,
  fleet: { groupIds: [pilotGroup, config.get("fleetGroup") ?? "fleet"] },
  waves: [
    { name: "pilot", groupIds: [pilotGroup] },
    { name: "canary", untilPercent: 10, bakeSeconds: config.getNumber("bakeSeconds") ?? 86_400 },
    { name: "rest", minSuccessPercent: 99, needsApproval: true },
  ],
  taskPolicy: { retryCount: 1, retryInterval: 5 },
  approved: parse(approvals) as iotda.RolloutApproval,
  maxDevices: config.getNumber("maxDevices") ?? 5_000,
  waitSeconds: config.getNumber("waitSeconds") ?? 1_800,
  ...(rerunAfter === undefined ? {} : { rerunAfter }),
});

export const version = meters.gate.version;
export const outcome = meters.outcome;
export const progress = meters.progress;
