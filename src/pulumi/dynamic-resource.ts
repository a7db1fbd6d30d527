import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { OtaError } from "../errors";
import { pluginTypeOf } from "../resource-kinds";
import { loaderOf } from "./loader";
import { loadingFault } from "./loading";
import { secretArguments } from "./secret-arguments";

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
    if (opts?.import !== undefined) {
      throw new OtaError(
        `${type} resource '${name}' has the option "import", which Pulumi does not offer for dynamic resources. To take over what is on the platform, name it by adopt, or by its id where the resource has such an input.`,
      );
    }
    const fault = faultHere();
    if (fault !== undefined) throw new OtaError(fault);
    const properties = {
      ...Object.fromEntries(outputs.map((output) => [output, undefined])),
      ...args,
      __urn: withoutDependencies(pulumi.createUrn(name, type, opts?.parent)),
      __secrets: secretArguments(args, opts?.additionalSecretOutputs),
      ...(opts?.retainOnDelete === true ? { __retained: true } : {}),
      __provider: loaderOf(kind),
      // The engine tells `create` and `update` that they run in a preview, and `check` nothing. What
      // `check` does not give back is in no state and no plan.
      ...(pulumi.runtime.isDryRun() ? { __preview: true } : {}),
    };
    // The SDK takes four stack traces of each property, for debugging itself, and maps each to its
    // sources: half of what a resource costs in the program. Errors get theirs all the same.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      super(type, name, properties, alsoKnownAs(kind, opts));
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      if (error instanceof Error) Error.captureStackTrace(error, new.target);
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    if (opts?.customTimeouts !== undefined) {
      void pulumi.log.warn(
        `${name}: customTimeouts has no effect, for Pulumi does not tell a dynamic resource of it. What waits is UpgradeCompletion, by its timeoutSeconds.`,
        this,
      );
    }
  }
}

/** A stack whose resources came through the plugin, or by `pulumi import`, goes on with them here. */
function alsoKnownAs(
  kind: string,
  opts: pulumi.CustomResourceOptions | undefined,
): pulumi.CustomResourceOptions {
  return { ...opts, aliases: [...(opts?.aliases ?? []), { type: pluginTypeOf(kind) }] };
}

const faults = new Map<string, string | undefined>();

/** Where Pulumi itself runs the program, its folder is that of the provider process, too. */
function faultHere(): string | undefined {
  if (require.main?.filename.includes(join("@pulumi", "pulumi", "cmd", "run")) !== true) {
    return undefined;
  }
  const folder = process.cwd();
  if (!faults.has(folder)) faults.set(folder, loadingFault(folder));
  return faults.get(folder);
}

/**
 * The value alone. As an output a URN depends on the parent, which the SDK takes for a dependency on
 * all that is below the parent: siblings would wait for each other for ever
 * (docs/decisions/urn-without-dependencies.md). What is not known is `undefined`.
 */
function withoutDependencies(output: pulumi.Output<string>): Promise<string | undefined> {
  // Its type hides it, because it loses what it is used here to lose.
  return (output as unknown as { promise(): Promise<string | undefined> }).promise();
}
