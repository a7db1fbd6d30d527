import * as z from "zod/mini";

import { filled, id, names, type Page, parseReply, readTime, text } from "../../../wing/reply";
import { readPage } from "./page";

/* The vendor's spelling, and only in this folder. */

const fileLocation = z.nullish(
  z.looseObject({
    obs_location: z.nullish(
      z.looseObject({
        region_name: text,
        bucket_name: text,
        object_key: text,
        sign_method: filled,
        sign: filled,
      }),
    ),
  }),
);

const otaPackage = z.looseObject({
  package_id: id,
  app_id: text,
  package_type: text,
  product_id: text,
  product_name: text,
  module_name: text,
  version: text,
  support_source_versions: names,
  description: text,
  custom_info: text,
  create_time: text,
  file_location: fileLocation,
});

/** Where the package's file is, as declared and as the platform echoes it. */
export interface FileLocation {
  readonly obsLocation: {
    readonly regionName: string;
    readonly bucketName: string;
    readonly objectKey: string;
    readonly signMethod?: string | undefined;
    readonly sign?: string | undefined;
  };
}

/** A package to be made. */
export interface PackageDeclaration {
  readonly appId: string;
  readonly packageType: string;
  readonly productId: string;
  readonly moduleName?: string | undefined;
  readonly version: string;
  readonly supportSourceVersions?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly customInfo?: string | undefined;
  readonly fileLocation: FileLocation;
}

/** A package as the platform tells it; times in ISO 8601. */
export interface PackageRecord {
  readonly packageId: string;
  readonly appId: string | undefined;
  readonly packageType: string | undefined;
  readonly productId: string | undefined;
  readonly productName: string | undefined;
  readonly moduleName: string | undefined;
  readonly version: string | undefined;
  readonly supportSourceVersions: readonly string[] | undefined;
  readonly description: string | undefined;
  readonly customInfo: string | undefined;
  readonly createTime: string | undefined;
  /** Lists leave it out. */
  readonly fileLocation: FileLocation | undefined;
}

export function readPackage(body: unknown): PackageRecord {
  const info = parseReply(otaPackage, body);
  const obs = info.file_location?.obs_location;
  return {
    packageId: info.package_id,
    appId: info.app_id,
    packageType: info.package_type,
    productId: info.product_id,
    productName: info.product_name,
    moduleName: info.module_name,
    version: info.version,
    supportSourceVersions: info.support_source_versions,
    description: info.description,
    customInfo: info.custom_info,
    createTime: readTime(info.create_time),
    fileLocation: obs
      ? {
          obsLocation: {
            regionName: obs.region_name ?? "",
            bucketName: obs.bucket_name ?? "",
            objectKey: obs.object_key ?? "",
            ...(obs.sign_method === undefined ? {} : { signMethod: obs.sign_method }),
            ...(obs.sign === undefined ? {} : { sign: obs.sign.toLowerCase() }),
          },
        }
      : undefined,
  };
}

export function readPackagePage(body: unknown): Page<PackageRecord> {
  return readPage(body, "packages", readPackage);
}

/** The body of a package's create; `undefined` leaves are not sent. */
export function writePackage(declared: PackageDeclaration): Record<string, unknown> {
  const { obsLocation } = declared.fileLocation;
  return {
    app_id: declared.appId,
    package_type: declared.packageType,
    product_id: declared.productId,
    module_name: declared.moduleName,
    version: declared.version,
    support_source_versions: declared.supportSourceVersions,
    description: declared.description,
    custom_info: declared.customInfo,
    file_location: {
      obs_location: {
        region_name: obsLocation.regionName,
        bucket_name: obsLocation.bucketName,
        object_key: obsLocation.objectKey,
        sign_method: obsLocation.signMethod,
        sign: obsLocation.sign,
      },
    },
  };
}
