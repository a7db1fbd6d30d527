import { OtaError } from "../../errors";
import { onlyKnown, plain } from "../../wing/lookup-arguments";
import type { Application } from "../api/platform";
import type { OperationRecord, PackageRecord } from "../api/wire";
import { findDeclared } from "../version-package/find";
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

const PACKAGE = {
  fileType: true,
  version: true,
  deviceType: true,
  model: true,
  manufacturerName: true,
} as const;
/** The arguments of each lookup. */
const KNOWN = {
  getVersionPackages: PACKAGE,
  getVersionPackage: { fileId: true, ...PACKAGE },
  getUpgradeTasks: {
    operationType: true,
    operationStatus: true,
    deviceType: true,
    model: true,
    manufacturerName: true,
    deviceId: true,
  },
  getUpgradeTask: { operationId: true },
} as const;

/** What lookups ask of one application. */
export function readerOf(application: Application) {
  const packages = application.packages({});
  const tasks = application.tasks({});
  return {
    ...fleetReader(application),
    async versionPackage(args: GetVersionPackageArgs) {
      const declared = onlyKnown("getVersionPackage", args, KNOWN);
      if (Object.keys(declared).length === 0) {
        throw new OtaError("getVersionPackage needs fileId, or what the package is.");
      }
      return packageResult(await findDeclared(declared, packages, application));
    },
    versionPackages: async (args: GetVersionPackagesArgs) =>
      (await packages.list(onlyKnown("getVersionPackages", args, KNOWN))).map(packageResult),
    upgradeTasks: async (args: GetUpgradeTasksArgs) =>
      (await tasks.list({ ...onlyKnown("getUpgradeTasks", args, KNOWN) })).map(taskResult),
    async upgradeTask(args: GetUpgradeTaskArgs) {
      const { operationId } = onlyKnown("getUpgradeTask", args, KNOWN, ["operationId"]);
      const task = await tasks.read(operationId);
      if (task === undefined) {
        throw new OtaError(
          `Application ${application.account.appId} has no upgrade task ${operationId} (123009). Check the operation id; old tasks are purged.`,
        );
      }
      const failed = (task.counts?.fail ?? 0) + (task.counts?.timeout ?? 0);
      const failures = failed === 0 ? [] : await tasks.failures(operationId, MOST_FAILURES);
      return { ...taskResult(task), failures };
    },
  };
}

function packageResult(found: PackageRecord): VersionPackageResult {
  return plain({ id: found.fileId, ...found });
}

function taskResult(task: OperationRecord): UpgradeTaskResult {
  const { operateType, status, createTime, startTime, stopTime, counts, targets, fileVersion } =
    task;
  return plain({
    operationId: task.id,
    operateType,
    status,
    createTime,
    startTime,
    stopTime,
    deviceCounts: counts,
    devices: targets?.devices,
    deviceGroups: targets?.deviceGroups,
    fileVersion,
  });
}
