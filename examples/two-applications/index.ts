import * as pulumi from "@pulumi/pulumi";
import { northbound, Provider } from "pulumi-huawei-ota";

const config = new pulumi.Config();
const kind = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };

function upgrade(
  application: string,
  version: string,
  group: string,
  options: pulumi.CustomResourceOptions = {},
): northbound.FirmwareUpgradeTask {
  const firmware = new northbound.VersionPackage(
    `${application}-firmware`,
    { fileType: "firmwarePackage", ...kind, version },
    options,
  );
  return new northbound.FirmwareUpgradeTask(
    `${application}-pilot`,
    { versionPackage: firmware, targets: { deviceGroups: [group], ...kind } },
    options,
  );
}

// The account of the environment, or of the stack's configuration.
const home = upgrade("home", config.get("version") ?? "V1.4", config.get("group") ?? "pilot");

// Another one beside it.
const { endpoint, appId } = config.requireObject<{ endpoint: string; appId: string }>("abroad");
const secret = config.requireSecret("abroadSecret");
const provider = new Provider("abroad", { northbound: { endpoint, appId, secret } });
const abroad = upgrade(
  "abroad",
  config.get("abroadVersion") ?? "V1.4",
  config.get("abroadGroup") ?? "pilot",
  { provider },
);

export const operationIds = { home: home.id, abroad: abroad.id };
