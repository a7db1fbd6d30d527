import * as pulumi from "@pulumi/pulumi";

import { OtaError } from "../errors";
import type { ConfigReader } from "../pulumi/hooks";
import { textOf } from "../setting-values";
import { type SettingRules, settingsByKey } from "../settings";
import { refuseUnknownNames } from "../unknown-names";

/** The same fields, each of which may be an output. */
export type Inputs<Args> = { readonly [Name in keyof Args]: pulumi.Input<Args[Name]> };

/** A lookup for arguments and settings that are outputs. */
export function lift<Args, Settings, Result>(
  look: (args: Args, settings?: Settings) => Promise<Result>,
  args: pulumi.Input<Inputs<Args>>,
  settings: pulumi.Input<Inputs<Settings>> | undefined,
): pulumi.Output<Result> {
  return pulumi
    .all([
      pulumi.output(args).apply((given) => pulumi.output(withIds(given))),
      pulumi.output(settings),
    ])
    .apply<Result>(([plainArgs, plainSettings]) =>
      look(plainArgs, plainSettings as Settings | undefined),
    );
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
      if (error instanceof OtaError) error.stack = `${error.name}: ${error.message}`;
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

/** What an argument of a lookup must be: text, or something else by name. */
type ArgumentKind = true | "number" | "object";

const WORDS = { string: "text", number: "a number", object: "an object" } as const;

/** The arguments of a lookup, none of which it would pass over; `null` is absent. */
export function onlyKnown<Lookup extends string, Args extends object>(
  lookup: Lookup,
  args: Args | null | undefined,
  known: Readonly<Record<Lookup, Readonly<Record<keyof Args, ArgumentKind>>>>,
  needed: readonly (keyof Args & string)[] = [],
): Args {
  const given: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(args ?? {}).filter(([, value]) => value !== undefined && value !== null),
  );
  const kinds: Readonly<Record<string, ArgumentKind>> = known[lookup];
  refuseUnknownNames(lookup, "argument", given, kinds);
  const later = Object.keys(given).find((name) => isLater(given[name]));
  if (later !== undefined) {
    throw new OtaError(
      `${lookup}: ${later} will be known only later, as an Output. Call ${lookup}Output.`,
    );
  }
  for (const [name, value] of Object.entries(given)) {
    const kind = kinds[name];
    const wanted = kind === undefined || kind === true ? "string" : kind;
    if (typeof value === wanted) continue;
    throw new OtaError(
      `${lookup}: ${name} is ${JSON.stringify(value)}; it must be ${WORDS[wanted]}.`,
    );
  }
  const missing = needed.find((name) => given[name] === undefined);
  if (missing !== undefined) throw new OtaError(`${lookup} needs ${missing}.`);
  return given as Args;
}

/** An output, a resource, or a plain object with an output in it. */
function isLater(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || pulumi.Resource.isInstance(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((inner: unknown) => pulumi.Output.isInstance(inner));
}

/** What concerns a program's lookups as a whole stands beside its stack. */
export function warn(text: string): void {
  void pulumi.log.warn(text);
}

/** What the platform does not tell is absent, not `undefined`. */
export function plain<Result extends object>(
  result: Result,
): { [Name in keyof Result]: Exclude<Result[Name], undefined> } {
  return Object.fromEntries(
    Object.entries(result).filter(([, value]) => value !== undefined),
  ) as never;
}
