import type { Failure, Kind } from "../../pulumi/kind";
import { isKnown } from "../../pulumi/inputs";
import type { PackageKind } from "../../upgrade/gate";
import { callContextOf } from "../../wing/accounts";
import { rolloutKind as kindOf, type RolloutState } from "../../wing/rollout";
import type { RolloutWing } from "../../wing/rollout-wing";
import type { Project, Projects } from "../api/platform";
import type { PackageRecord } from "../api/wire/package";
import { rolloutPlatform } from "./platform";
import { brokenRules, canonical, INPUT_NAMES, type RolloutInputs, rolloutInputs } from "./schema";

const PACKAGE_TYPES = { firmware: "firmwarePackage", software: "softwarePackage" } as const;

/** A rollout is made, gone on with and read, and ended by stopping what of it has not begun. */
export function rolloutKind(
  packageKind: PackageKind,
  projects: Projects,
): Kind<RolloutInputs, RolloutState> {
  return kindOf(rolloutWing(packageKind, projects));
}

function rolloutWing(
  packageKind: PackageKind,
  projects: Projects,
): RolloutWing<RolloutInputs, PackageRecord, Project> {
  const packageType = PACKAGE_TYPES[packageKind];
  const wrongType = (path: string, found: string | undefined): Failure[] =>
    found === undefined || !isKnown(found) || found === packageType
      ? []
      : [{ path, reason: `is a ${found}, but this rollout pushes a ${packageType}.` }];

  return {
    accounts: projects,
    packageKind,
    packageField: "packageId",
    groupField: "groupIds",
    defaultOnDelete: "stop",
    defaultMaxLostPercent: undefined,
    replacing: ["appId"],

    inputs: rolloutInputs,
    inputNames: INPUT_NAMES,
    canonical,
    brokenRules,

    async findPackage({ packageId, appId }, project, context) {
      const packages = project.packages(callContextOf(context));
      const space = appId !== undefined && isKnown(appId) ? appId : undefined;
      const found = await packages.look(packageId, { packageType, appId: space });
      if (found !== undefined)
        return { found, failures: wrongType("packageId", found.packageType) };
      const reason = `is "${packageId}", a version package that project ${await project.key()} does not have (404); correct it.`;
      return { failures: [{ path: "packageId", reason }] };
    },
    leavesOf: ({ version, packageType: type, productId, supportSourceVersions }) =>
      Object.fromEntries(
        Object.entries({
          version,
          packageType: type,
          productId,
          sourceVersions: supportSourceVersions,
        }).filter(([, value]) => value !== undefined),
      ),
    misfits: ({ versionPackage }) => wrongType("versionPackage", versionPackage?.packageType),
    platform: (inputs, seed, project, context) =>
      rolloutPlatform(packageKind, inputs, seed, project, context),
  };
}
