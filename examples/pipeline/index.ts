import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { northbound } from "pulumi-huawei-ota";
import { parse } from "yaml";

const config = new pulumi.Config();
const pilotGroup = config.get("pilotGroup") ?? "pilot";
const approvals = readFileSync(join(__dirname, "approved.yaml"), "utf8");
const rerunAfter = config.get("rerunAfter");

const firmware = new northbound.VersionPackage("firmware", {
  fileType: "firmwarePackage",
  deviceType: "WaterMeter",
  model: "NBM1",
  manufacturerName: "HZYB",
  version: config.get("version") ?? "V1.4",
});

const meters = new northbound.FirmwareRollout("meters", {
  versionPackage: firmware,
  fleet: { deviceGroups: [pilotGroup, config.get("fleetGroup") ?? "fleet"] },
  waves: [
    { name: "pilot", deviceGroups: [pilotGroup] },
    {
      name: "canary",
      untilPercent: 10,
      bakeSeconds: config.getNumber("bakeSeconds") ?? 180_000,
    },
    { name: "rest", minSuccessPercent: 99, needsApproval: true },
  ],
  policy: { executeType: "now", retryType: true, retryTimes: 2 },
  approved: parse(approvals) as northbound.RolloutApproval,
  maxDevices: config.getNumber("maxDevices") ?? 5_000,
  waitSeconds: config.getNumber("waitSeconds") ?? 1_800,
  ...(rerunAfter === undefined ? {} : { rerunAfter }),
});

export const version = meters.gate.version;
export const outcome = meters.outcome;
export const progress = meters.progress;
