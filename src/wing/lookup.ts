import * as pulumi from "@pulumi/pulumi";

import { OtaError } from "../errors";
import { keepSecretFields, withoutSecrets } from "../known-secrets";
import type { ConfigReader } from "../pulumi/kind";
import { secretArguments } from "../pulumi/secret-arguments";
import { textOf } from "../setting-values";
import { type SettingRules, settingsByKey } from "../settings";

/** The same fields, each of which may be an output. */
export type Inputs<Args> = { readonly [Name in keyof Args]: pulumi.Input<Args[Name]> };

/** A lookup for arguments and settings that are outputs. */
export function lift<Args, Settings, Result>(
  look: (args: Args, settings?: Settings) => Promise<Result>,
  args: pulumi.Input<Inputs<Args>>,
  settings: pulumi.Input<Inputs<Settings>> | undefined,
): pulumi.Output<Result> {
  const isWhole = pulumi.Output.isInstance(args) || args instanceof Promise;
  const secrets = secretArguments(isWhole ? { args } : args);
  return pulumi
    .all([
      pulumi.output(args).apply((given) => pulumi.output(withIds(given))),
      pulumi.output(settings),
    ])
    .apply<Result>(async ([plainArgs, plainSettings]) => {
      const given = plainArgs as Args & Readonly<Record<string, unknown>>;
      keepSecretFields(isWhole ? { args: given } : given, (await secrets) ?? []);
      return look(given, plainSettings as Settings | undefined);
    });
}

/** A resource stays a resource in an output; as an argument it stands for its id. */
function withIds(args: unknown): unknown {
  if (typeof args !== "object" || args === null) return args;
  return Object.fromEntries(
    Object.entries(args).map(([name, value]: [string, unknown]) => [
      name,
      pulumi.CustomResource.isInstance(value) ? { id: value.id } : value,
    ]),
  );
}

/** What opens the reader of one account. */
interface ReaderModule<Settings, Reader> {
  readonly openReader: (
    settings: Settings | undefined,
    stackConfig: string | undefined,
    environment: NodeJS.ProcessEnv,
  ) => Reader;
}

/**
 * Lookups of a wing. Errors of one are sentences for a person, so they come without a stack. It is not
 * only noise: Node.js 20.20 never comes back from printing one that passes through the SDK's own frames.
 *
 * @param load - loaded at the first lookup: a program that has none loads neither zod nor undici
 */
export function createAsk<Settings, Reader>(
  wing: string,
  load: () => Promise<ReaderModule<Settings, Reader>>,
) {
  return async <Result>(
    settings: Settings | undefined,
    question: (reader: Reader) => Promise<Result>,
  ): Promise<Result> => {
    try {
      const { openReader } = await load();
      const stackConfig = new pulumi.Config("huawei-ota").get(wing);
      return await question(openReader(settings, stackConfig, process.env));
    } catch (error) {
      if (error instanceof OtaError) {
        error.message = withoutSecrets(error.message);
        error.stack = `${error.name}: ${error.message}`;
      }
      throw error;
    }
  };
}

/** Settings given to a lookup count as those of a `Provider` do. */
export function configOf(
  wing: string,
  rules: SettingRules,
  settings: object | undefined,
  stackConfig: string | undefined,
): ConfigReader {
  const outputs = Object.entries({ settings, ...settings }).filter(([, value]) =>
    pulumi.Output.isInstance(value),
  );
  if (outputs.length > 0) {
    const names = outputs.map(([name]) => name).join(", ");
    throw new OtaError(
      `A lookup: ${names} will be known only later, as an Output. Call the lookup that takes Outputs: its name ends with Output.`,
    );
  }
  const entries = settingsByKey("A lookup", wing, rules, settings ?? {});
  const given = Object.fromEntries(
    entries.map(({ key, name, value }) => [key, textOf(value, `${name} of a lookup`)]),
  );
  return { get: (key) => (key === `huawei-ota:${wing}` ? stackConfig : given[key]) };
}

/** What concerns a program's lookups as a whole stands beside its stack. */
export function warn(text: string): void {
  void pulumi.log.warn(withoutSecrets(text));
}
