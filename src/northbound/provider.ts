import type { ConfigReader } from "../pulumi/kind";
import { createReport } from "../pulumi/report";
import { createApplications, openApplication } from "./api/platform";
import { ledgerOfRun } from "../wing/run";
import { readerOf } from "./lookups/reader";
import { rolloutKind } from "./rollout/hooks";
import { upgradeCompletionKind } from "./upgrade-completion/hooks";
import { upgradeTaskKind } from "./upgrade-task/hooks";
import { versionPackageKind } from "./version-package/hooks";

/* Everything that a process shares (tokens, quotas, listings) hangs on this module. */

const { warn } = createReport(undefined);
const applications = createApplications(process.env, (account) =>
  openApplication(account, { warn, ledger: ledgerOfRun() }),
);

/** The kinds of this wing. */
export const versionPackage = versionPackageKind(applications);
export const firmwareUpgradeTask = upgradeTaskKind("firmware", applications);
export const softwareUpgradeTask = upgradeTaskKind("software", applications);
export const upgradeCompletion = upgradeCompletionKind(applications);
export const firmwareRollout = rolloutKind("firmware", applications);
export const softwareRollout = rolloutKind("software", applications);

/** What the lookups of this wing ask, by the account and the login that its kinds have. */
export function reader(config: ConfigReader): ReturnType<typeof readerOf> {
  return readerOf(applications.of(config));
}
