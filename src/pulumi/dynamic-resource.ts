import * as pulumi from "@pulumi/pulumi";

/**
 * The text that every resource carries in the state, for ever: it loads the implementation from the
 * installed version of this package, from the folder of the program. Keep it byte for byte.
 */
export function loaderOf(kind: string): string {
  return `exports.handler = () => require("module").createRequire(process.cwd() + "/_")("pulumi-huawei-ota/provider")["${kind}"];`;
}

/** `northbound.VersionPackage` -> `pulumi-nodejs:dynamic/huawei-ota/northbound:VersionPackage` */
export function typeOf(kind: string): string {
  const [wing, name] = kind.split(".") as [string, string];
  return `pulumi-nodejs:dynamic/huawei-ota/${wing}:${name}`;
}

/**
 * Base of all resources of this library. It does what `pulumi.dynamic.Resource` does after it has
 * serialised a provider, without serialising one (docs/decisions/loader-string.md).
 */
export abstract class DynamicResource extends pulumi.CustomResource {
  /** @internal */
  protected constructor(
    kind: string,
    name: string,
    args: pulumi.Inputs,
    outputs: readonly string[],
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const type = typeOf(kind);
    super(
      type,
      name,
      {
        ...Object.fromEntries(outputs.map((output) => [output, undefined])),
        ...args,
        __urn: pulumi.createUrn(name, type, opts?.parent),
        __provider: loaderOf(kind),
      },
      opts,
    );
  }
}
