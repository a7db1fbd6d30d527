import { OtaError } from "../../errors";
import { settingsByKey } from "../../settings";
import { refuseUnknownNames } from "../../unknown-names";
import { plain, warn } from "../../wing/lookup";
import type {
  GetUpgradeTaskArgs,
  GetUpgradeTasksArgs,
  GetVersionPackageArgs,
  GetVersionPackagesArgs,
  UpgradeTaskDetails,
  UpgradeTaskResult,
  VersionPackageResult,
} from "../lookups";
import { type NorthboundSettings, RULES } from "../settings";
import { findDeclared } from "../version-package/find";
import { type Applications, createApplications, openApplication } from "./platform";
import type { OperationRecord } from "./wire";

/** What lookups ask of one application, in the program's process. */
export interface Reader {
  versionPackage(args: GetVersionPackageArgs): Promise<VersionPackageResult>;
  versionPackages(args: GetVersionPackagesArgs): Promise<VersionPackageResult[]>;
  upgradeTask(args: GetUpgradeTaskArgs): Promise<UpgradeTaskDetails>;
  upgradeTasks(args: GetUpgradeTasksArgs): Promise<UpgradeTaskResult[]>;
}

const MOST_FAILURES = 20;

const known = {
  getVersionPackages: {
    fileType: true,
    version: true,
    deviceType: true,
    model: true,
    manufacturerName: true,
  } satisfies Record<keyof GetVersionPackagesArgs, true>,
  getVersionPackage: {
    fileId: true,
    fileType: true,
    version: true,
    deviceType: true,
    model: true,
    manufacturerName: true,
  } satisfies Record<keyof GetVersionPackageArgs, true>,
  getUpgradeTasks: {
    operationType: true,
    operationStatus: true,
    deviceType: true,
    model: true,
    manufacturerName: true,
    deviceId: true,
  } satisfies Record<keyof GetUpgradeTasksArgs, true>,
  getUpgradeTask: { operationId: true } satisfies Record<keyof GetUpgradeTaskArgs, true>,
};

/** The arguments of a lookup, none of which it would pass over. */
function checked<Args extends object>(lookup: keyof typeof known, args: Args): Args {
  refuseUnknownNames(lookup, "argument", args, known[lookup]);
  return args;
}

let applications: Applications | undefined;

/** Settings given to the lookup count as those of a `Provider` do. */
export function openReader(
  settings: NorthboundSettings | undefined,
  stackConfig: string | undefined,
  environment: NodeJS.ProcessEnv,
): Reader {
  applications ??= createApplications(environment, (account) => openApplication(account, { warn }));
  const entries = settingsByKey("A lookup", "northbound", RULES, settings ?? {});
  const given = Object.fromEntries(entries.map(({ key, value }) => [key, String(value)]));
  const application = applications.of({
    get: (key) => (key === "huawei-ota:northbound" ? stackConfig : given[key]),
  });
  const packages = application.packages({});
  const tasks = application.tasks({});
  return {
    versionPackage: async (args) =>
      plain(await findDeclared(checked("getVersionPackage", args), packages, application)),
    versionPackages: async (args) =>
      (await packages.list(checked("getVersionPackages", args))).map(plain),
    upgradeTasks: async (args) =>
      (await tasks.list({ ...checked("getUpgradeTasks", args) })).map(taskResult),
    async upgradeTask(args) {
      const { operationId } = checked("getUpgradeTask", args);
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
