import { toResourceProvider } from "../pulumi/hooks";
import { createReport } from "../pulumi/report";
import { createProjects, openProject } from "./api/platform";
import { ledgerOfRun } from "../wing/run";
import { rolloutKind } from "./rollout/hooks";
import { upgradeCompletionKind } from "./upgrade-completion/hooks";
import { upgradeTaskKind } from "./upgrade-task/hooks";
import { versionPackageKind } from "./version-package/hooks";

/* Everything that a process shares (tokens, quotas, listings) hangs on this module. */

const { warn } = createReport(undefined);
const projects = createProjects(process.env, (account) =>
  openProject(account, { warn, ledger: ledgerOfRun() }),
);

/** The kinds of this wing, as the provider process calls them. */
export const versionPackage = toResourceProvider(versionPackageKind(projects));
export const firmwareUpgradeTask = toResourceProvider(upgradeTaskKind("firmware", projects));
export const softwareUpgradeTask = toResourceProvider(upgradeTaskKind("software", projects));
export const moduleUpgradeTask = toResourceProvider(upgradeTaskKind("module", projects));
export const upgradeCompletion = toResourceProvider(upgradeCompletionKind(projects));
export const firmwareRollout = toResourceProvider(rolloutKind("firmware", projects));
export const softwareRollout = toResourceProvider(rolloutKind("software", projects));
