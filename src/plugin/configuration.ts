import { messageOf } from "../errors";
import { RULES as IOTDA } from "../iotda/settings";
import { RULES as NORTHBOUND } from "../northbound/settings";
import type { ConfigReader, Failure, Properties } from "../pulumi/kind";
import { isKnown } from "../pulumi/inputs";
import { secretOutput } from "../pulumi/secret";
import { providerKey } from "../setting-places";
import { type SettingRules, settingsByKey } from "../settings";
import { isObject } from "./program-inputs";

/** The platforms of which a provider has settings. */
const WINGS: Readonly<Record<string, SettingRules>> = { northbound: NORTHBOUND, iotda: IOTDA };

/**
 * The settings as hooks ask for them. Those of the default provider are the stack's configuration,
 * those of any other one the program's own, with the precedence that each of them has.
 */
export function readerOf(urn: string | undefined, given: Properties): ConfigReader {
  const entries = Object.entries(given).flatMap(([key, value]): [string, string][] => {
    const settings = isDefault(urn) ? undefined : settingsOf(key, value);
    if (settings === undefined) return [[`huawei-ota:${key}`, textOf(value)]];
    return Object.entries(settings).map(([name, setting]) => [
      providerKey(key, name),
      textOf(setting),
    ]);
  });
  const settings = new Map(entries);
  return { get: (key) => settings.get(key) };
}

/** `urn:pulumi:dev::meters::pulumi:providers:huawei-ota::default_0_1_0`; without a URN nothing is said. */
function isDefault(urn: string | undefined): boolean {
  return urn === undefined || /::default(_[^:]*)?$/.test(urn);
}

/** What is wrong with the names of settings; their values are for whoever logs in. */
export function configFailures(urn: string, given: Properties): Failure[] {
  const whose = isDefault(urn) ? "The stack's configuration" : "A Provider";
  return Object.entries(given).flatMap(([wing, value]) => {
    const rules = WINGS[wing];
    if (rules === undefined || !isKnown(value)) return [];
    const settings = settingsOf(wing, value);
    if (settings === undefined)
      return [{ path: wing, reason: `${wing} must be an object of settings.` }];
    try {
      settingsByKey(whose, wing, rules, settings);
      return [];
    } catch (error) {
      return [{ path: wing, reason: messageOf(error) }];
    }
  });
}

/** The same settings, of which the state keeps the secret ones encrypted. */
export function withSecrets(given: Properties): Properties {
  return Object.fromEntries(
    Object.entries(given).map(([wing, value]) => {
      const rules = WINGS[wing];
      const settings = rules === undefined ? undefined : settingsOf(wing, value);
      if (rules === undefined || settings === undefined) return [wing, value];
      const isSecret = (name: string): boolean => rules[name]?.secret === true;
      if (typeof value === "string") {
        return [wing, Object.keys(settings).some(isSecret) ? secretOutput(value) : value];
      }
      const kept = Object.entries(settings).map(([name, setting]) => [
        name,
        isSecret(name) && isKnown(setting) ? secretOutput(setting) : setting,
      ]);
      return [wing, Object.fromEntries(kept)];
    }),
  );
}

/** The settings of a wing, which SDKs send as JSON; `undefined` for what is neither. */
function settingsOf(key: string, value: unknown): Properties | undefined {
  if (!(key in WINGS)) return undefined;
  let parsed = value;
  if (typeof value === "string") {
    try {
      parsed = JSON.parse(value);
    } catch {
      return undefined;
    }
  }
  return isObject(parsed) ? parsed : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
