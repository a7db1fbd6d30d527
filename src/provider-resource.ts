import * as pulumi from "@pulumi/pulumi";

import { type IotdaSettings, RULES as IOTDA } from "./iotda/settings";
import { type NorthboundSettings, RULES as NORTHBOUND } from "./northbound/settings";
import { settingsByKey } from "./settings";
import { refuseUnknownNames } from "./unknown-names";

/** Settings of one or several platforms; what is left out comes from the environment. */
export interface ProviderArgs {
  /** Settings of an application on a northbound v1.5.0 platform. */
  readonly northbound?: {
    readonly [Name in keyof NorthboundSettings]: pulumi.Input<
      NonNullable<NorthboundSettings[Name]>
    >;
  };
  /** Settings of a project on IoTDA v5. */
  readonly iotda?: {
    readonly [Name in keyof IotdaSettings]: pulumi.Input<NonNullable<IotdaSettings[Name]>>;
  };
}

const RULES = { northbound: NORTHBOUND, iotda: IOTDA } satisfies Record<keyof ProviderArgs, object>;

/**
 * An explicit account: give it as `provider` to each resource that belongs to it, so that one program
 * works with several applications. Secrets are kept encrypted in the state. Where the same setting
 * stands elsewhere too, which place counts is said under "Settings" in the README.
 *
 * @example
 * ```ts
 * const eu = new Provider("eu", { northbound: { endpoint, appId, secret } });
 * new northbound.VersionPackage("meter-1.4", { fileId: "F1" }, { provider: eu });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  /**
   * Declares the account.
   *
   * @param name - name of the provider in the program
   * @param args - settings, per platform
   * @param opts - the usual resource options
   */
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    refuseUnknownNames("A Provider", "platform", args, RULES);
    const entries = Object.entries(args).flatMap(([wing, settings]: [string, object?]) =>
      settingsByKey("A Provider", wing, RULES[wing as keyof typeof RULES], settings ?? {}).map(
        ({ key, value, isSecret }) => {
          const text = pulumi.output(value as pulumi.Input<string | number>).apply(String);
          return [key, isSecret ? pulumi.secret(text) : text];
        },
      ),
    );
    super("pulumi-nodejs", name, Object.fromEntries(entries) as pulumi.Inputs, opts);
  }
}
