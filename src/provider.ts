import { toResourceProvider } from "./pulumi/hooks";
import { createApplications } from "./northbound/api/platform";
import { upgradeCompletionKind } from "./northbound/upgrade-completion/hooks";
import { upgradeTaskKind } from "./northbound/upgrade-task/hooks";
import { FIRMWARE, SOFTWARE } from "./northbound/upgrade-task/kind";
import { versionPackageKind } from "./northbound/version-package/hooks";

/*
 * The door that the engine's provider process opens. Its path and its keys stand in users' states:
 * append only. Everything that a process shares (tokens, quotas, listings) hangs on this module.
 */

const applications = createApplications(process.env);
const hasAccount = (properties: Readonly<Record<string, unknown>>): boolean =>
  typeof properties["account"] === "string";

const versionPackage = toResourceProvider(versionPackageKind(applications), hasAccount);
const firmwareUpgradeTask = toResourceProvider(upgradeTaskKind(FIRMWARE, applications), hasAccount);
const softwareUpgradeTask = toResourceProvider(upgradeTaskKind(SOFTWARE, applications), hasAccount);
const upgradeCompletion = toResourceProvider(upgradeCompletionKind(applications), hasAccount);

export {
  firmwareUpgradeTask as "northbound.FirmwareUpgradeTask",
  softwareUpgradeTask as "northbound.SoftwareUpgradeTask",
  upgradeCompletion as "northbound.UpgradeCompletion",
  versionPackage as "northbound.VersionPackage",
};
