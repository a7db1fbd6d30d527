import * as pulumi from "@pulumi/pulumi";
import { iotda } from "pulumi-huawei-ota";

const config = new pulumi.Config();
const appId = config.get("appId") ?? "waterworks";

const firmware = iotda.getVersionPackageOutput({
  packageType: "firmwarePackage",
  appId,
  version: config.get("version") ?? "1.3",
});

const night = new iotda.FirmwareUpgradeTask("night", {
  appId,
  versionPackage: firmware,
  taskName: "night_shift",
  targets: { devices: config.getObject<string[]>("devices") ?? ["meter_001", "meter_002"] },
  taskPolicy: {
    window: {
      from: config.get("from") ?? "01:00",
      to: config.get("to") ?? "04:00",
      timeZone: config.get("timeZone") ?? "Asia/Shanghai",
    },
  },
  needConfirm: true,
  confirmed: config.getBoolean("confirmed") ?? false,
});

export const taskId = night.id;
export const taskName = night.fullTaskName;
export const begin = night.resolvedPolicy.apply((resolved) => resolved?.scheduleTime);
export const status = night.status;
