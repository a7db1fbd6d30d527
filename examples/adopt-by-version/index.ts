import * as pulumi from "@pulumi/pulumi";
import { northbound } from "pulumi-huawei-ota";

const config = new pulumi.Config();
const kind = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };

// Named by what they are: exactly one package of the application must match.
const running = new northbound.VersionPackage("running", {
  fileType: "firmwarePackage",
  ...kind,
  version: config.get("runningVersion") ?? "V1.3",
});
const next = new northbound.VersionPackage("next", {
  fileType: "firmwarePackage",
  ...kind,
  version: config.get("nextVersion") ?? "V1.4",
});

// Named by its id: the fields beside it are assertions. If one does not hold, the preview warns and
// the apply fails.
const chosen = new northbound.VersionPackage("chosen", {
  fileId: config.require("fileId"),
  fileType: "firmwarePackage",
  manufacturerName: kind.manufacturerName,
});

export const fileIds = { running: running.id, next: next.id, chosen: chosen.id };
export const everyFirmwarePackage = northbound.getVersionPackagesOutput({
  fileType: "firmwarePackage",
});
