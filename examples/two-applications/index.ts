import * as pulumi from "@pulumi/pulumi";
import { northbound, Provider } from "pulumi-huawei-ota";

interface Application {
  endpoint: string;
  appId: string;
  version?: string;
  group?: string;
}

const config = new pulumi.Config();
const kind = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };

function upgrade(region: "eu" | "us"): northbound.FirmwareUpgradeTask {
  const application = config.requireObject<Application>(region);
  const { endpoint, appId, version = "V1.4", group = "pilot" } = application;
  const secret = config.requireSecret(`${region}Secret`);
  const provider = new Provider(region, { northbound: { endpoint, appId, secret } });

  const firmware = new northbound.VersionPackage(
    `${region}-firmware`,
    { fileType: "firmwarePackage", ...kind, version },
    { provider },
  );
  return new northbound.FirmwareUpgradeTask(
    `${region}-pilot`,
    { fileId: firmware.id, targets: { deviceGroups: [group], ...kind } },
    { provider },
  );
}

const eu = upgrade("eu");
const us = upgrade("us");

export const operationIds = { eu: eu.id, us: us.id };
