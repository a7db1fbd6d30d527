import { readFileSync } from "node:fs";

import { messageOf, OtaError } from "./errors";

/**
 * Where settings come from, the same for every wing: an explicit provider, the stack's configuration,
 * the environment. Which place wins depends on what the setting says.
 */
export type Precedence =
  /** Says which account: provider, else stack config, else environment; a contradiction is an error. */
  | "account"
  /** Rotates, and only the environment is current on `refresh` and `destroy`: environment first. */
  | "rotating"
  /** Neither: provider, else stack config, else environment. */
  | "plain";

export interface SettingRule {
  /** Ending of the environment variable's name: `APP_ID`. */
  readonly environment: string;
  readonly precedence: Precedence;
  /** Whether the value is PEM text or the path of a file with it. */
  readonly pem?: boolean;
}

export type SettingRules = Readonly<Record<string, SettingRule>>;

/** What a wing's settings are called in each place. */
export interface SettingPlaces {
  /** `northbound` */
  readonly wing: string;
  /** `HUAWEI_OTA_NORTHBOUND_` */
  readonly environmentPrefix: string;
}

export interface RawSettings {
  readonly config: { get(key: string): string | undefined };
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A value and the words for where it was found. */
export interface Found {
  readonly value: string;
  readonly place: string;
}

export type FoundSettings<Name extends string> = Readonly<Record<Name, readonly Found[]>> & {
  /** Whether the program itself names the account, on a `Provider`. */
  readonly explicit: boolean;
};

/** The key under which a `Provider` carries one setting: `huawei-ota:northboundAppId`. */
export function providerKey(wing: string, name: string): string {
  return `huawei-ota:${wing}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** All values of all settings, the one that counts first. */
export function findSettings<Rules extends SettingRules>(
  rules: Rules,
  places: SettingPlaces,
  raw: RawSettings,
): FoundSettings<keyof Rules & string> {
  const stack = stackConfig(rules, places, raw);
  const provider = (name: string): Found | undefined =>
    found(raw.config.get(providerKey(places.wing, name)), `${name} of the Provider`);
  const entries = Object.entries(rules).map(([name, rule]) => {
    const variable = places.environmentPrefix + rule.environment;
    const environment = found(raw.environment[variable], variable);
    const declared = [provider(name), found(stack[name], `huawei-ota:${places.wing}.${name}`)];
    const all = (
      rule.precedence === "rotating" ? [environment, ...declared] : [...declared, environment]
    ).filter((one) => one !== undefined);
    if (rule.precedence === "account") refuseContradiction(all);
    return [name, all];
  });
  const explicit = Object.keys(rules).some((name) => provider(name) !== undefined);
  return { ...Object.fromEntries(entries), explicit } as FoundSettings<keyof Rules & string>;
}

function found(value: unknown, place: string): Found | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = String(value).trim();
  return text === "" ? undefined : { value: text, place };
}

function stackConfig(
  rules: SettingRules,
  { wing }: SettingPlaces,
  raw: RawSettings,
): Record<string, unknown> {
  const key = `huawei-ota:${wing}`;
  const text = raw.config.get(key);
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
  const unknown = Object.keys(parsed).find((name) => !(name in rules));
  if (unknown !== undefined) {
    throw new OtaError(
      `The stack's configuration ${key} has no setting "${unknown}"; it knows ${Object.keys(rules).join(", ")}.`,
    );
  }
  return parsed as Record<string, unknown>;
}

/** Two places name different accounts: a mistake, where no account at all may be a choice. */
export class ContradictionError extends OtaError {}

function refuseContradiction(all: readonly Found[]): void {
  const [first, ...others] = all;
  const other = others.find(
    ({ value }) => withoutSlash(value) !== withoutSlash(first?.value ?? ""),
  );
  if (first === undefined || other === undefined) return;
  throw new ContradictionError(
    `${first.place} is "${first.value}" but ${other.place} is "${other.value}"; nothing was done, because they name different accounts. Take one of them away. (On refresh and destroy the former is that of the last \`pulumi up\`.)`,
  );
}

/** `https://host:8743/` and `https://host:8743` are the same place. */
export function withoutSlash(value: string): string {
  return value.replace(/\/+$/, "");
}

/** PEM text as it is, anything else as the path of a file with it. */
export function pemOf({ value, place }: Found): string {
  if (value.includes("-----BEGIN")) return value;
  try {
    return readFileSync(value, "utf8");
  } catch (error) {
    throw new OtaError(
      `${place} is neither PEM text nor a file that can be read: ${messageOf(error)}.`,
    );
  }
}

/** What holds for every account: no change at all, and a record of all changes. */
export interface Safeguards {
  readonly readOnly: boolean;
  readonly auditLog: string | undefined;
}

/** From `HUAWEI_OTA_READ_ONLY` and `HUAWEI_OTA_AUDIT_LOG`. */
export function findSafeguards(environment: RawSettings["environment"]): Safeguards {
  const readOnly = (environment["HUAWEI_OTA_READ_ONLY"] ?? "").trim().toLowerCase();
  if (!["", "0", "false", "1", "true"].includes(readOnly)) {
    throw new OtaError(
      `HUAWEI_OTA_READ_ONLY is "${readOnly}"; set it to 1 to refuse every change, or to 0.`,
    );
  }
  const auditLog = environment["HUAWEI_OTA_AUDIT_LOG"] ?? "";
  return {
    readOnly: readOnly === "1" || readOnly === "true",
    auditLog: auditLog === "" ? undefined : auditLog,
  };
}
