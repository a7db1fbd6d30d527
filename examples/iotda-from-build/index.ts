import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { iotda } from "pulumi-huawei-ota";
import { parse } from "yaml";

interface Release {
  readonly version: string;
  readonly objectKey: string;
  readonly sha256: string;
}

const read = (file: string): unknown => parse(readFileSync(join(__dirname, file), "utf8"));

const config = new pulumi.Config();
const appId = config.get("appId") ?? "waterworks";
const release = read("release.yaml") as Release;

const firmware = new iotda.VersionPackage("firmware", {
  appId,
  packageType: "firmwarePackage",
  productId: config.get("productId") ?? "water-meter-nbm1",
  version: release.version,
  fileLocation: {
    obsLocation: {
      regionName: "ap-southeast-1",
      bucketName: config.get("bucket") ?? "waterworks-firmware",
      objectKey: release.objectKey,
      sign: release.sha256,
    },
  },
});

const meters = new iotda.FirmwareRollout("meters", {
  appId,
  versionPackage: firmware,
  fleet: { groupIds: [config.get("fleetGroup") ?? "fleet"] },
  waves: [
    { name: "canary", untilPercent: 10, bakeSeconds: config.getNumber("bakeSeconds") ?? 86_400 },
    { name: "rest", minSuccessPercent: 99, needsApproval: true },
  ],
  taskPolicy: { retryCount: 1, retryInterval: 5 },
  approved: read("approved.yaml") as iotda.RolloutApproval,
  maxDevices: config.getNumber("maxDevices") ?? 5_000,
  waitSeconds: config.getNumber("waitSeconds") ?? 1_800,
});

export const packageId = firmware.packageId;
export const outcome = meters.outcome;
