import type * as pulumi from "@pulumi/pulumi";

import { DynamicResource } from "../../pulumi/dynamic-resource";

/**
 * Which version package is meant: by its id, or by what it is. Exactly one package must match.
 *
 * @see vendor page "Querying a Specified Version Package"
 */
export interface VersionPackageArgs {
  /**
   * Id of the package, at most 256 characters, as the portal shows it. Fields given beside it are
   * assertions: the package must have them. Changing it replaces the resource.
   */
  readonly fileId?: pulumi.Input<string>;
  /**
   * `"firmwarePackage"` or `"softwarePackage"`; with `version` it names the package where no
   * `fileId` is given. Changing it replaces the resource.
   */
  readonly fileType?: pulumi.Input<"firmwarePackage" | "softwarePackage">;
  /** Version of the package, at most 256 characters. Changing it replaces the resource. */
  readonly version?: pulumi.Input<string>;
  /** Type of the devices that the package is for. Changing it replaces the resource. */
  readonly deviceType?: pulumi.Input<string>;
  /** Model of the devices that the package is for. Changing it replaces the resource. */
  readonly model?: pulumi.Input<string>;
  /** Manufacturer of the devices that the package is for. Changing it replaces the resource. */
  readonly manufacturerName?: pulumi.Input<string>;
  /**
   * What destroying the resource does: `"keep"` (the default) leaves the package on the platform,
   * because somebody else uploaded it; `"delete"` deletes it there, unless an unfinished task may
   * still use it.
   */
  readonly onDelete?: pulumi.Input<"keep" | "delete">;
}

const OUTPUTS = [
  "fileId",
  "name",
  "version",
  "fileType",
  "deviceType",
  "model",
  "manufacturerName",
  "protocolType",
  "description",
  "date",
  "uploadTime",
  "account",
] as const;

/**
 * A version package that somebody uploaded in the portal; the API cannot upload one. Creating the
 * resource finds the package and takes it over, refreshing reads it, and destroying it keeps the
 * package unless `onDelete` says otherwise.
 *
 * Errors: no package or several match, with the candidates; an assertion beside `fileId` does not
 * hold.
 *
 * @example
 * ```ts
 * const firmware = new northbound.VersionPackage("firmware", {
 *   fileType: "firmwarePackage",
 *   model: "NBM1",
 *   version: "1.4",
 * });
 * ```
 *
 * @see vendor pages "Querying a Specified Version Package" and "Deleting a Version Package"
 */
export class VersionPackage extends DynamicResource {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/huawei-ota/northbound:VersionPackage";

  /** Id of the package; equal to `id`, which dependents should use. */
  declare readonly fileId: pulumi.Output<string>;
  /** Name of the package. */
  declare readonly name: pulumi.Output<string | undefined>;
  /** Version of the package. */
  declare readonly version: pulumi.Output<string>;
  /** `"firmwarePackage"` or `"softwarePackage"`. */
  declare readonly fileType: pulumi.Output<string>;
  /** Type of the devices that the package is for. */
  declare readonly deviceType: pulumi.Output<string | undefined>;
  /** Model of the devices that the package is for. */
  declare readonly model: pulumi.Output<string | undefined>;
  /** Manufacturer of the devices that the package is for. */
  declare readonly manufacturerName: pulumi.Output<string | undefined>;
  /** Protocol of the devices, such as `"CoAP"`. */
  declare readonly protocolType: pulumi.Output<string | undefined>;
  /** Description that was given when the package was uploaded. */
  declare readonly description: pulumi.Output<string | undefined>;
  /** Date on which the package was built, in the uploader's own spelling. */
  declare readonly date: pulumi.Output<string | undefined>;
  /** When the package was uploaded, ISO 8601. */
  declare readonly uploadTime: pulumi.Output<string | undefined>;
  /** Application that the package belongs to. */
  declare readonly account: pulumi.Output<string>;

  /**
   * Declares the package.
   *
   * @param name - name of the resource in the program
   * @param args - which package is meant
   * @param opts - the usual resource options
   */
  constructor(name: string, args: VersionPackageArgs, opts?: pulumi.CustomResourceOptions) {
    super("northbound.VersionPackage", name, { ...args }, OUTPUTS, opts);
  }

  /**
   * Reads a package without owning it; a package that does not exist is an error.
   *
   * @param name - name of the resource in the program
   * @param id - the package's `fileId`
   * @param opts - the usual resource options
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): VersionPackage {
    return new VersionPackage(name, {}, { ...opts, id });
  }
}
