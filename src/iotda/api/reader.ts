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
import { type IotdaSettings, RULES } from "../settings";
import { describePackage, mismatches } from "./packages";
import { createProjects, openProject, type Project, type Projects } from "./platform";
import type { PackageRecord } from "./wire/package";
import type { OperationRecord } from "./wire/task";

/** What lookups ask of one project, in the program's process. */
export interface Reader {
  versionPackage(args: GetVersionPackageArgs): Promise<VersionPackageResult>;
  versionPackages(args: GetVersionPackagesArgs): Promise<VersionPackageResult[]>;
  upgradeTask(args: GetUpgradeTaskArgs): Promise<UpgradeTaskDetails>;
  upgradeTasks(args: GetUpgradeTasksArgs): Promise<UpgradeTaskResult[]>;
}

const MOST_FAILURES = 20;

const known = {
  getVersionPackages: {
    packageType: true,
    appId: true,
    productId: true,
    version: true,
  } satisfies Record<keyof GetVersionPackagesArgs, true>,
  getVersionPackage: {
    packageId: true,
    packageType: true,
    appId: true,
    productId: true,
    version: true,
  } satisfies Record<keyof GetVersionPackageArgs, true>,
  getUpgradeTasks: { taskType: true, appId: true, status: true } satisfies Record<
    keyof GetUpgradeTasksArgs,
    true
  >,
  getUpgradeTask: { taskId: true } satisfies Record<keyof GetUpgradeTaskArgs, true>,
};

/** The arguments of a lookup, none of which it would pass over. */
function checked<Args extends object>(lookup: keyof typeof known, args: Args): Args {
  refuseUnknownNames(lookup, "argument", args, known[lookup]);
  return args;
}

let projects: Projects | undefined;

/** Settings given to the lookup count as those of a `Provider` do. */
export function openReader(
  settings: IotdaSettings | undefined,
  stackConfig: string | undefined,
  environment: NodeJS.ProcessEnv,
): Reader {
  projects ??= createProjects(environment, (account) => openProject(account, { warn }));
  const entries = settingsByKey("A lookup", "iotda", RULES, settings ?? {});
  const given = Object.fromEntries(entries.map(({ key, value }) => [key, String(value)]));
  const project = projects.of({
    get: (key) => (key === "huawei-ota:iotda" ? stackConfig : given[key]),
  });
  const packages = project.packages({});
  const tasks = project.tasks({});
  return {
    versionPackage: async (args) =>
      packageResult(await theOnlyPackage(checked("getVersionPackage", args), project)),
    versionPackages: async (args) =>
      (await packages.list(checked("getVersionPackages", args))).map(packageResult),
    upgradeTasks: async (args) =>
      (await tasks.list(checked("getUpgradeTasks", args))).map(taskResult),
    async upgradeTask(args) {
      const { taskId } = checked("getUpgradeTask", args);
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
  return plain(told);
}

function taskResult(task: OperationRecord): UpgradeTaskResult {
  const { taskName, taskType, appId, packageId, status, statusDesc, createTime, counts } = task;
  const told = { taskName, taskType, appId, packageId, status, statusDesc, createTime };
  return plain({ taskId: task.id, ...told, deviceCounts: counts });
}
