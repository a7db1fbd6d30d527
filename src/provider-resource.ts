import * as pulumi from "@pulumi/pulumi";

import { OtaError } from "./errors";
import { type IotdaSettings, RULES as IOTDA } from "./iotda/settings";
import { type NorthboundSettings, RULES as NORTHBOUND } from "./northbound/settings";
import { textOf } from "./setting-values";
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
 * stands elsewhere too, docs/settings.md says which place counts.
 *
 * @example
 * ```ts
 * const eu = new Provider("eu", { northbound: { endpoint, appId, secret } });
 * new northbound.VersionPackage("firmware", { fileId: "F1" }, { provider: eu });
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
    const given = args as ProviderArgs | null;
    refuseOutput("its platforms", given);
    refuseUnknownNames("A Provider", "platform", given ?? {}, RULES);
    const entries = Object.entries(given ?? {}).flatMap(([wing, settings]: [string, object?]) => {
      refuseOutput(wing, settings);
      const rules = RULES[wing as keyof typeof RULES];
      return settingsByKey("A Provider", wing, rules, settings ?? {}).map(
        ({ key, name: setting, value, isSecret }) => {
          const text = pulumi.output(value as pulumi.Input<string | number>).apply((known) => {
            const plain = textOf(known, `${setting} of the Provider`);
            return plain !== undefined && isSecret ? pulumi.secret(plain) : plain;
          });
          return [key, text];
        },
      );
    });
    super("pulumi-nodejs", name, Object.fromEntries(entries) as pulumi.Inputs, opts);
  }
}

/** Which settings it has must be known before their values are. */
function refuseOutput(what: string, settings: unknown): void {
  if (!pulumi.Output.isInstance(settings) && !(settings instanceof Promise)) return;
  throw new OtaError(
    `A Provider takes ${what} as an object, and not as one Output; each setting in it may be one, as in \`appId: settings.apply(({ appId }) => appId)\`.`,
  );
}
