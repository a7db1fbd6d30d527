import { OtaError } from "../../errors";
import { onlyKnown, plain } from "../../wing/lookup-arguments";
import { describePackage, mismatches } from "../api/packages";
import type { Project } from "../api/platform";
import type { PackageRecord } from "../api/wire/package";
import type { OperationRecord } from "../api/wire/task";
import { fleetReader } from "./fleet-reader";
import type {
  GetUpgradeTaskArgs,
  GetUpgradeTasksArgs,
  GetVersionPackageArgs,
  GetVersionPackagesArgs,
  UpgradeTaskResult,
  VersionPackageResult,
} from "./types";

const MOST_FAILURES = 20;

const PACKAGE = { packageType: true, appId: true, productId: true, version: true } as const;
/** The arguments of each lookup. */
const KNOWN = {
  getVersionPackages: PACKAGE,
  getVersionPackage: { packageId: true, ...PACKAGE },
  getUpgradeTasks: { taskType: true, appId: true, status: true },
  getUpgradeTask: { taskId: true },
} as const;

/** What lookups ask of one project. */
export function readerOf(project: Project) {
  const packages = project.packages({});
  const tasks = project.tasks({});
  return {
    ...fleetReader(project),
    versionPackage: async (args: GetVersionPackageArgs) =>
      packageResult(await theOnlyPackage(onlyKnown("getVersionPackage", args, KNOWN), project)),
    versionPackages: async (args: GetVersionPackagesArgs) =>
      (await packages.list(onlyKnown("getVersionPackages", args, KNOWN, ["packageType"]))).map(
        packageResult,
      ),
    upgradeTasks: async (args: GetUpgradeTasksArgs) =>
      (await tasks.list(onlyKnown("getUpgradeTasks", args, KNOWN, ["taskType"]))).map(taskResult),
    async upgradeTask(args: GetUpgradeTaskArgs) {
      const { taskId } = onlyKnown("getUpgradeTask", args, KNOWN, ["taskId"]);
      const task = await tasks.read(taskId);
      if (task === undefined) {
        throw new OtaError(
          `Project ${await project.key()} has no upgrade task ${taskId} (404). Check its id; old tasks are purged.`,
        );
      }
      const failed = (task.counts?.fail ?? 0) + (task.counts?.stop ?? 0);
      const failures = failed === 0 ? [] : await tasks.failures(taskId, MOST_FAILURES);
      return { ...taskResult(task), failures };
    },
  };
}

async function theOnlyPackage(
  args: GetVersionPackageArgs,
  project: Project,
): Promise<PackageRecord> {
  const { packageId, packageType, appId, productId, version } = args;
  const packages = project.packages({});
  if (packageId !== undefined) {
    const found = await packages.get(packageId);
    if (found !== undefined) {
      const wanted = { packageType, appId, productId, version };
      const [wrong] = mismatches(found, wanted);
      if (wrong === undefined) return found;
      throw new OtaError(
        `Version package ${packageId} has ${wrong} ${JSON.stringify(found[wrong])}, and not ${JSON.stringify(wanted[wrong])}. Correct ${wrong} or packageId.`,
      );
    }
    throw new OtaError(
      `Project ${await project.key()} has no version package ${packageId} (404). Check the id.`,
    );
  }
  if (packageType === undefined) {
    throw new OtaError(
      "getVersionPackage needs packageId, or packageType and what else the package is.",
    );
  }
  const found = await packages.list({ packageType, appId, productId, version });
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const which = JSON.stringify({ packageType, appId, productId, version });
  throw new OtaError(
    found.length === 0
      ? `Project ${await project.key()} has no version package that is ${which}.`
      : `Project ${await project.key()} has ${found.length} version packages that are ${which}: ${found.slice(0, 10).map(describePackage).join("; ")}. Name one by its packageId.`,
  );
}

function packageResult(found: PackageRecord): VersionPackageResult {
  const { fileLocation: _, ...told } = found;
  return plain({ id: found.packageId, ...told });
}

function taskResult(task: OperationRecord): UpgradeTaskResult {
  const { taskName, taskType, appId, packageId, status, statusDesc, createTime, counts } = task;
  const told = { taskName, taskType, appId, packageId, status, statusDesc, createTime };
  return plain({ taskId: task.id, ...told, deviceCounts: counts });
}
