import type { ConfigReader } from "../pulumi/kind";
import { createReport } from "../pulumi/report";
import { createProjects, openProject } from "./api/platform";
import { ledgerOfRun } from "../wing/run";
import { readerOf } from "./lookups/reader";
import { rolloutKind } from "./rollout/hooks";
import { upgradeCompletionKind } from "./upgrade-completion/hooks";
import { upgradeTaskKind } from "./upgrade-task/hooks";
import { versionPackageKind } from "./version-package/hooks";

/* Everything that a process shares (tokens, quotas, listings) hangs on this module. */

const { warn } = createReport(undefined);
const projects = createProjects(process.env, (account) =>
  openProject(account, { warn, ledger: ledgerOfRun() }),
);

/** The kinds of this wing. */
export const versionPackage = versionPackageKind(projects);
export const firmwareUpgradeTask = upgradeTaskKind("firmware", projects);
export const softwareUpgradeTask = upgradeTaskKind("software", projects);
export const moduleUpgradeTask = upgradeTaskKind("module", projects);
export const upgradeCompletion = upgradeCompletionKind(projects);
export const firmwareRollout = rolloutKind("firmware", projects);
export const softwareRollout = rolloutKind("software", projects);

/** What the lookups of this wing ask, by the account and the login that its kinds have. */
export function reader(config: ConfigReader): ReturnType<typeof readerOf> {
  return readerOf(projects.of(config));
}
