import * as z from "zod/mini";

import type { Failure } from "../../pulumi/kind";
import { isKnown, leaf } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import { sortedSet } from "../../wing/task-changes";
import { listRule, textRule } from "../text-rules";

const text = leaf("text", z.string());
const optionalText = z.optional(text);

const obsLocation = leaf(
  "an object",
  z.strictObject({
    regionName: text,
    bucketName: text,
    objectKey: text,
    signMethod: z.optional(leaf('"SHA256"', z.enum(["SHA256"]))),
    sign: optionalText,
  }),
);

/** What may be declared. */
export const versionPackageInputs = z.strictObject({
  appId: text,
  packageType: leaf(
    '"firmwarePackage", "softwarePackage" or "modulePackage"',
    z.enum(["firmwarePackage", "softwarePackage", "modulePackage"]),
  ),
  productId: text,
  moduleName: optionalText,
  version: text,
  supportSourceVersions: z.optional(leaf("a list of texts", z.array(text))),
  description: optionalText,
  customInfo: optionalText,
  fileLocation: leaf("an object", z.strictObject({ obsLocation })),
  adopt: optionalText,
  onDelete: z.optional(
    leaf('"delete", "keep" or "deleteIfMade"', z.enum(["delete", "keep", "deleteIfMade"])),
  ),
});

export type VersionPackageInputs = z.output<typeof versionPackageInputs>;

export const INPUT_NAMES = Object.keys(versionPackageInputs.shape);

/** What the program learned of the local file. */
export const localFile = z.union([
  z.strictObject({ sign: z.string() }),
  z.strictObject({ missing: z.string() }),
]);

/** One form for what means the same: a set of versions, a checksum in small letters. */
export function canonical(inputs: VersionPackageInputs): VersionPackageInputs {
  const { supportSourceVersions: versions, fileLocation } = inputs;
  const location = isKnown(fileLocation) ? fileLocation.obsLocation : undefined;
  return {
    ...inputs,
    ...(versions === undefined || containsUnknown(versions)
      ? {}
      : { supportSourceVersions: sortedSet(versions) }),
    ...(location === undefined || !isKnown(location)
      ? {}
      : {
          fileLocation: {
            obsLocation: {
              ...location,
              ...(location.sign === undefined ? {} : { sign: location.sign.toLowerCase() }),
            },
          },
        }),
  };
}

const SOURCE_VERSIONS = 20;
/** As the page `iotda_upgrade_package` of the vendor's Terraform provider lists them. */
const FILE_SUFFIXES = [
  ...[".bin", ".dav", ".tar", ".gz", ".zip", ".gzip", ".apk", ".tar.xz", ".pack", ".exe"],
  ...[".bat", ".img"],
];

/** All that is wrong with inputs of the right shape; each rule is the platform's own. */
export function versionPackageFailures(inputs: VersionPackageInputs): Failure[] {
  const { packageType, moduleName } = inputs;
  return [
    ...textRule("appId", inputs.appId, { most: 36, characters: "A-Za-z0-9_-" }),
    ...textRule("productId", inputs.productId, { most: 36, characters: "A-Za-z0-9_-" }),
    ...textRule("version", inputs.version, { most: 256, characters: "A-Za-z0-9_.-" }),
    ...textRule("moduleName", moduleName, { most: 64, characters: "A-Za-z0-9_.-" }),
    ...moduleFailures(packageType, moduleName),
    ...listRule("supportSourceVersions", inputs.supportSourceVersions, SOURCE_VERSIONS, {
      most: 256,
      characters: "A-Za-z0-9_.-",
    }),
    ...textRule("description", inputs.description, { least: 0, most: 1024 }),
    ...textRule("customInfo", inputs.customInfo, { least: 0, most: 4096 }),
    ...locationFailures(inputs.fileLocation),
    ...textRule("adopt", inputs.adopt, { most: 36, characters: "A-Za-z0-9-" }),
  ];
}

function moduleFailures(packageType: string, moduleName: string | undefined): Failure[] {
  const path = "moduleName";
  if (packageType === "modulePackage" && moduleName === undefined) {
    return [{ path, reason: 'is missing; packageType "modulePackage" needs it (IOTDA.000006).' }];
  }
  const isOther = packageType === "firmwarePackage" || packageType === "softwarePackage";
  return isOther && moduleName !== undefined
    ? [{ path, reason: `goes with packageType "modulePackage" only; take it away (IOTDA.000006).` }]
    : [];
}

function locationFailures(location: VersionPackageInputs["fileLocation"]): Failure[] {
  const obs = isKnown(location) ? location.obsLocation : undefined;
  if (obs === undefined || !isKnown(obs)) return [];
  const path = "fileLocation.obsLocation";
  return [
    ...textRule(`${path}.regionName`, obs.regionName, { most: 256, characters: "A-Za-z0-9-" }),
    ...textRule(`${path}.bucketName`, obs.bucketName, {
      least: 3,
      most: 63,
      characters: "a-z0-9.-",
    }),
    ...objectKeyFailures(`${path}.objectKey`, obs.objectKey),
    ...textRule(`${path}.sign`, obs.sign, { least: 64, most: 64, characters: "A-Fa-f0-9" }),
  ];
}

function objectKeyFailures(path: string, key: string): Failure[] {
  const failures = textRule(path, key, { most: 1024 });
  if (failures.length > 0 || !isKnown(key)) return failures;
  const isNamedAsAPackage = FILE_SUFFIXES.some((suffix) => key.toLowerCase().endsWith(suffix));
  return isNamedAsAPackage
    ? []
    : [
        {
          path,
          reason: `is "${key}"; the platform takes files named ${FILE_SUFFIXES.join(", ")} only (IOTDA.000006).`,
        },
      ];
}
