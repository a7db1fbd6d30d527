import { lazily } from "./pulumi/hooks";
import { iotda, northbound } from "./wings";

/*
 * The door that the engine's provider process opens. Its path and its keys stand in users' states:
 * append only.
 */

const northboundVersionPackage = lazily(() => northbound().versionPackage);
const northboundFirmwareUpgradeTask = lazily(() => northbound().firmwareUpgradeTask);
const northboundSoftwareUpgradeTask = lazily(() => northbound().softwareUpgradeTask);
const northboundUpgradeCompletion = lazily(() => northbound().upgradeCompletion);
const northboundFirmwareRollout = lazily(() => northbound().firmwareRollout);
const northboundSoftwareRollout = lazily(() => northbound().softwareRollout);
const iotdaVersionPackage = lazily(() => iotda().versionPackage);
const iotdaFirmwareUpgradeTask = lazily(() => iotda().firmwareUpgradeTask);
const iotdaSoftwareUpgradeTask = lazily(() => iotda().softwareUpgradeTask);
const iotdaUpgradeCompletion = lazily(() => iotda().upgradeCompletion);
const iotdaFirmwareRollout = lazily(() => iotda().firmwareRollout);
const iotdaSoftwareRollout = lazily(() => iotda().softwareRollout);
const iotdaModuleUpgradeTask = lazily(() => iotda().moduleUpgradeTask);

export {
  northboundFirmwareUpgradeTask as "northbound.FirmwareUpgradeTask",
  northboundSoftwareUpgradeTask as "northbound.SoftwareUpgradeTask",
  northboundUpgradeCompletion as "northbound.UpgradeCompletion",
  northboundVersionPackage as "northbound.VersionPackage",
  iotdaFirmwareUpgradeTask as "iotda.FirmwareUpgradeTask",
  iotdaSoftwareUpgradeTask as "iotda.SoftwareUpgradeTask",
  iotdaUpgradeCompletion as "iotda.UpgradeCompletion",
  iotdaVersionPackage as "iotda.VersionPackage",
  northboundFirmwareRollout as "northbound.FirmwareRollout",
  northboundSoftwareRollout as "northbound.SoftwareRollout",
  iotdaFirmwareRollout as "iotda.FirmwareRollout",
  iotdaSoftwareRollout as "iotda.SoftwareRollout",
  iotdaModuleUpgradeTask as "iotda.ModuleUpgradeTask",
};
