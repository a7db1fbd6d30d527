import type { Failure, Kind } from "../../pulumi/kind";
import { isKnown } from "../../pulumi/inputs";
import type { PackageKind } from "../../upgrade/gate";
import { callContextOf } from "../../wing/accounts";
import { rolloutKind as kindOf, type RolloutState } from "../../wing/rollout";
import type { RolloutWing } from "../../wing/rollout-wing";
import type { Application, Applications } from "../api/platform";
import type { PackageRecord } from "../api/wire";
import { rolloutPlatform } from "./platform";
import { brokenRules, canonical, INPUT_NAMES, type RolloutInputs, rolloutInputs } from "./schema";

const FILE_TYPES = { firmware: "firmwarePackage", software: "softwarePackage" } as const;

/** A rollout is made, gone on with and read, and forgotten; what it has pushed nothing can stop. */
export function rolloutKind(
  packageKind: PackageKind,
  applications: Applications,
): Kind<RolloutInputs, RolloutState> {
  return kindOf(rolloutWing(packageKind, applications));
}

function rolloutWing(
  packageKind: PackageKind,
  applications: Applications,
): RolloutWing<RolloutInputs, PackageRecord, Application> {
  const fileType = FILE_TYPES[packageKind];
  const wrongType = (path: string, found: string | undefined): Failure[] =>
    found === undefined || !isKnown(found) || found === fileType
      ? []
      : [{ path, reason: `is a ${found}, but this rollout pushes a ${fileType} (123016).` }];

  return {
    accounts: applications,
    packageKind,
    packageField: "fileId",
    groupField: "deviceGroups",
    defaultOnDelete: "keep",
    defaultMaxLostPercent: 1,
    // 49 hours, and an hour for the look.
    silentSeconds: 180_000,
    replacing: [],

    inputs: rolloutInputs,
    inputNames: INPUT_NAMES,
    canonical,
    brokenRules,

    async findPackage({ fileId }, application, context) {
      const found = await application.packages(callContextOf(context)).look(fileId);
      if (found !== undefined) return { found, failures: wrongType("fileId", found.fileType) };
      const reason = `is "${fileId}", a version package that application ${application.account.appId} does not have (123002); correct it, or upload the package in the portal.`;
      return { failures: [{ path: "fileId", reason }] };
    },
    leavesOf: ({ version, fileType: type, deviceType, model, manufacturerName }) =>
      Object.fromEntries(
        Object.entries({ version, fileType: type, deviceType, model, manufacturerName }).filter(
          ([, value]) => value !== undefined,
        ),
      ),
    misfits: ({ versionPackage }) => wrongType("versionPackage", versionPackage?.fileType),
    platform: (inputs, _seed, application, context) =>
      rolloutPlatform(packageKind, inputs, application, context),
  };
}
