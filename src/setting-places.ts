import { OtaError } from "./errors";
import { keepSecret } from "./known-secrets";
import type { Found, RawSettings, SettingRule, SettingRules } from "./settings";
import { textOf } from "./setting-values";
import { refuseUnknownNames } from "./unknown-names";

/** What one place says. */
export type Place = Readonly<Record<string, Found | undefined>>;

/** The key under which a `Provider` carries one setting: `huawei-ota:northboundAppId`. */
export function providerKey(wing: string, name: string): string {
  return `huawei-ota:${wing}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** What lies around the program, in two places and in one, and what a Provider says. */
export interface Places {
  readonly provider: Place;
  readonly stack: Place;
  readonly environment: Place;
  /** The stack's configuration, else the environment. */
  readonly around: Place;
}

export function placesOf(wing: string, rules: SettingRules, raw: RawSettings): Places {
  const config = stackConfig(rules, wing, raw);
  const placeOf = (
    source: Found["source"],
    find: (name: string, rule: SettingRule) => readonly [value: unknown, place: string],
  ): Place =>
    Object.fromEntries(
      Object.entries(rules).flatMap(([name, rule]) => {
        const found = foundAt(...find(name, rule), source);
        if (found !== undefined && rule.secret === true) keepSecret(name, found.value);
        return found === undefined ? [] : [[name, found]];
      }),
    );
  const provider = placeOf("provider", (name) => [
    raw.config.get(providerKey(wing, name)),
    `${name} of the Provider`,
  ]);
  const stack = placeOf("stack", (name) => [config[name], `huawei-ota:${wing}.${name}`]);
  const environment = placeOf("environment", (_name, rule) => [
    raw.environment[rule.environment],
    rule.environment,
  ]);
  return {
    provider: { ...toldIn(rules, provider), ...provider },
    stack,
    environment,
    around: { ...toldIn(rules, { ...environment, ...stack }), ...environment, ...stack },
  };
}

function foundAt(value: unknown, place: string, source: Found["source"]): Found | undefined {
  const text = textOf(value, place)?.trim() ?? "";
  return text === "" ? undefined : { value: text, place, source };
}

/** What settings tell of others. */
function toldIn(rules: SettingRules, place: Place): Place {
  return Object.fromEntries(
    Object.entries(rules).flatMap(([name, { toldBy }]) => {
      const teller = toldBy && place[toldBy.setting];
      const value = teller && toldBy.read(teller.value);
      return value === undefined ? [] : [[name, { ...teller, value }]];
    }),
  ) as Place;
}

function stackConfig(rules: SettingRules, wing: string, raw: RawSettings): Record<string, unknown> {
  const key = `huawei-ota:${wing}`;
  const text = raw.config.get(key);
  refuseDottedKeys(rules, wing, raw);
  if (text === undefined || text === "") return {};
  let parsed: unknown;
  try {
    parsed = typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new OtaError(
      `The stack's configuration ${key} must be an object; set its parts one by one, as in \`pulumi config set --path ${key}.${Object.keys(rules)[0] ?? ""} VALUE\`.`,
    );
  }
  refuseUnknownNames(`The stack's configuration ${key}`, "setting", parsed, rules);
  return parsed as Record<string, unknown>;
}

/** Without `--path` Pulumi takes the dot for a letter, and the setting is found nowhere. */
function refuseDottedKeys(rules: SettingRules, wing: string, raw: RawSettings): void {
  for (const name of Object.keys(rules)) {
    const key = `huawei-ota:${wing}.${name}`;
    if (raw.config.get(key) === undefined) continue;
    throw new OtaError(
      `The stack's configuration has a key "${key}", which was set without --path and is no part of huawei-ota:${wing}. Take it away with \`pulumi config rm ${key}\`, and set it with \`pulumi config set --path ${key} VALUE\`.`,
    );
  }
}
