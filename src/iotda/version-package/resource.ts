import * as pulumi from "@pulumi/pulumi";

import { DynamicResource } from "../../pulumi/dynamic-resource";
import { ignoringParts } from "../../pulumi/ignored-parts";
import { signatureOf } from "./local-file";

/** Where the platform fetches the package's file: an object of the Object Storage Service. */
export interface ObsLocation {
  /** Region of the bucket, such as `"cn-north-4"`; at most 256 letters, digits and hyphens. */
  readonly regionName: pulumi.Input<string>;
  /** Name of the bucket; 3 to 63 lower-case letters, digits, dots and hyphens. */
  readonly bucketName: pulumi.Input<string>;
  /**
   * Key of the object with its folders; at most 1024 characters. Its name ends as that of a package:
   * `.bin`, `.dav`, `.tar`, `.gz`, `.zip`, `.gzip`, `.apk`, `.tar.xz`, `.pack`, `.exe`, `.bat` or `.img`.
   */
  readonly objectKey: pulumi.Input<string>;
  /** How `sign` was made. Default: `"SHA256"`, the only one there is. */
  readonly signMethod?: pulumi.Input<"SHA256">;
  /** SHA-256 of the file, 64 hexadecimal digits, which devices hold the download against. */
  readonly sign?: pulumi.Input<string>;
}

/** Where the package's file is. */
export interface FileLocation {
  /** An object of the Object Storage Service, at most 1 GB. */
  readonly obsLocation: pulumi.Input<ObsLocation>;
}

/**
 * A package as it is declared. The platform cannot change one: every change makes a new package and
 * deletes the old one, and tasks that push it push again.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/CreateOtaPackage.html
 */
export interface VersionPackageArgs {
  /** Resource space; at most 36 letters, digits, `_` and `-`. */
  readonly appId: pulumi.Input<string>;
  /** What the package upgrades. */
  readonly packageType: pulumi.Input<"firmwarePackage" | "softwarePackage" | "modulePackage">;
  /** Product whose devices the package is for; at most 36 letters, digits, `_` and `-`. */
  readonly productId: pulumi.Input<string>;
  /** Module of a `"modulePackage"`; at most 64 letters, digits, `_`, `.` and `-`. */
  readonly moduleName?: pulumi.Input<string>;
  /** Version; at most 256 letters, digits, `_`, `.` and `-`. */
  readonly version: pulumi.Input<string>;
  /**
   * Versions from which devices may upgrade, at most 20; order and repetition do not matter. Default:
   * any.
   */
  readonly supportSourceVersions?: pulumi.Input<pulumi.Input<string>[]>;
  /** Description, at most 1024 characters. */
  readonly description?: pulumi.Input<string>;
  /** What the platform tells the devices in its notice, at most 4096 characters. */
  readonly customInfo?: pulumi.Input<string>;
  /** Where the package's file is. */
  readonly fileLocation: pulumi.Input<FileLocation>;
  /**
   * Path of the same file on this computer. Its SHA-256 becomes `sign`, so that a changed binary is a
   * change in review; neither its content nor its path is kept, and nothing is uploaded. It may be
   * missing where the package exists and is not changed.
   */
  readonly file?: pulumi.Input<string>;
  /**
   * Id of a package that is this one already; it is taken over instead of making one. Looked at when
   * the resource is created; giving it or taking it away later changes nothing. A change that makes
   * another package is refused until it is taken away.
   */
  readonly adopt?: pulumi.Input<string>;
  /**
   * What destroying the resource does: `"deleteIfMade"` (the default) deletes the package if this
   * resource made it and keeps one that it took over; `"delete"` deletes it in any case, `"keep"` in
   * none. A package that an unfinished task may still need is never deleted.
   */
  readonly onDelete?: pulumi.Input<"delete" | "keep" | "deleteIfMade">;
}

const OUTPUTS = [
  "appId",
  "packageType",
  "productId",
  "productName",
  "version",
  "createTime",
  "takenOver",
  "account",
] as const;

/**
 * A package made from an object of the Object Storage Service. Creating the resource makes it, or
 * takes over one that is exactly the same; destroying it does what `onDelete` says, unless an
 * unfinished task may still need it. The object in the Object Storage Service always stays.
 *
 * Errors: the documented lengths, characters and words, in the preview; the platform's refusal, such as
 * a resource space that does not exist (IOTDA.001000).
 *
 * @example
 * ```ts
 * const firmware = new iotda.VersionPackage("firmware", {
 *   appId, productId, packageType: "firmwarePackage", version: "2.1",
 *   fileLocation: { obsLocation: { regionName: "cn-north-4", bucketName: "firmware", objectKey: "thermostat-2.1.bin" } },
 *   file: "build/thermostat-2.1.bin",
 * });
 * ```
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-iothub/CreateOtaPackage.html
 */
export class VersionPackage extends DynamicResource {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/iotda:VersionPackage";

  /** Id of the package; equal to `id`, which dependents should use. */
  readonly packageId: pulumi.Output<string>;
  /** Resource space of the package. */
  declare readonly appId: pulumi.Output<string>;
  /** What the package upgrades. */
  declare readonly packageType: pulumi.Output<string>;
  /** Product whose devices the package is for. */
  declare readonly productId: pulumi.Output<string>;
  /** Name of the product. */
  declare readonly productName: pulumi.Output<string | undefined>;
  /** Version. */
  declare readonly version: pulumi.Output<string>;
  /** When the package was made, ISO 8601. */
  declare readonly createTime: pulumi.Output<string | undefined>;
  /** `true` where the package was there before and was taken over. */
  declare readonly takenOver: pulumi.Output<true | undefined>;
  /** Project that the package belongs to. */
  declare readonly account: pulumi.Output<string>;

  /**
   * Declares the package.
   *
   * @param name - name of the resource in the program
   * @param args - what the package is
   * @param opts - the usual resource options
   */
  constructor(name: string, args: VersionPackageArgs, opts?: pulumi.CustomResourceOptions) {
    const { file, ...declared } = (args as VersionPackageArgs | undefined) ?? {};
    const isIgnored = opts?.ignoreChanges?.includes("file") === true;
    const signature =
      file === undefined
        ? {}
        : { __file: pulumi.output(file).apply((path) => signatureOf(path, isIgnored)) };
    super(
      "iotda.VersionPackage",
      name,
      { ...declared, ...signature },
      OUTPUTS,
      ignoringParts(opts, FILE),
    );
    this.packageId = this.id;
  }

  /**
   * Reads a package without owning it; a package that does not exist is an error.
   *
   * @param name - name of the resource in the program
   * @param id - the package's `packageId`
   * @param opts - the usual resource options
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): VersionPackage {
    return new VersionPackage(name, {} as VersionPackageArgs, { ...opts, id });
  }
}

/** Of `file` only its checksum travels, and is ignored in its place. */
const FILE = { file: ["__file", "fileLocation.obsLocation.sign"] };
