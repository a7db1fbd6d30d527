import { readFileSync } from "node:fs";

import { OtaError } from "./errors";
import { refuseUnknownNames } from "./unknown-names";

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
  /** Name of the environment variable: `HUAWEI_OTA_NORTHBOUND_APP_ID`. */
  readonly environment: string;
  readonly precedence: Precedence;
  /** Whether the value is PEM text or the path of a file with it. */
  readonly pem?: boolean;
  /** Whether a `Provider` keeps it encrypted. */
  readonly secret?: boolean;
}

export type SettingRules = Readonly<Record<string, SettingRule>>;

export interface RawSettings {
  readonly config: { get(key: string): string | undefined };
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A value and the words for where it was found. */
export interface Found {
  readonly value: string;
  readonly place: string;
  readonly source: "environment" | "provider" | "stack";
}

export type FoundSettings<Name extends string> = Readonly<Record<Name, readonly Found[]>> & {
  /** Whether the program itself names the account, on a `Provider`. */
  readonly explicit: boolean;
};

/** The key under which a `Provider` carries one setting: `huawei-ota:northboundAppId`. */
function providerKey(wing: string, name: string): string {
  return `huawei-ota:${wing}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/**
 * Settings that a program gives, under the keys of a `Provider`.
 *
 * @param whose - begins the error's sentence when a name is not known
 */
export function settingsByKey(
  whose: string,
  wing: string,
  rules: SettingRules,
  settings: object,
): { readonly key: string; readonly value: unknown; readonly isSecret: boolean }[] {
  refuseUnknownNames(whose, "setting", settings, rules);
  return Object.entries(settings as Readonly<Record<string, unknown>>)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({
      key: providerKey(wing, name),
      value,
      isSecret: rules[name]?.secret === true,
    }));
}

/** All values of all settings, the one that counts first. */
export function findSettings<Rules extends SettingRules>(
  rules: Rules,
  wing: string,
  raw: RawSettings,
): FoundSettings<keyof Rules & string> {
  const stack = stackConfig(rules, wing, raw);
  const provider = (name: string): Found | undefined =>
    found(raw.config.get(providerKey(wing, name)), `${name} of the Provider`, "provider");
  const entries = Object.entries(rules).map(([name, rule]) => {
    const variable = rule.environment;
    const environment = found(raw.environment[variable], variable, "environment");
    const inStack = found(stack[name], `huawei-ota:${wing}.${name}`, "stack");
    const declared = [provider(name), inStack];
    const all = (
      rule.precedence === "rotating" ? [environment, ...declared] : [...declared, environment]
    ).filter((one) => one !== undefined);
    if (rule.precedence === "account") refuseContradiction(all);
    return [name, all];
  });
  const explicit = Object.keys(rules).some((name) => provider(name) !== undefined);
  return { ...Object.fromEntries(entries), explicit } as FoundSettings<keyof Rules & string>;
}

function found(value: unknown, place: string, source: Found["source"]): Found | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = String(value).trim();
  return text === "" ? undefined : { value: text, place, source };
}

function stackConfig(rules: SettingRules, wing: string, raw: RawSettings): Record<string, unknown> {
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
  refuseUnknownNames(`The stack's configuration ${key}`, "setting", parsed, rules);
  return parsed as Record<string, unknown>;
}

/** Nobody set it, which may be a choice: a preview without an account still checks what needs none. */
export class MissingSettingError extends OtaError {}

function refuseContradiction(all: readonly Found[]): void {
  const [first, ...others] = all;
  const other = others.find(
    ({ value }) => withoutSlash(value) !== withoutSlash(first?.value ?? ""),
  );
  if (first === undefined || other === undefined) return;
  throw new OtaError(
    `${first.place} is "${first.value}" but ${other.place} is "${other.value}"; nothing was done, because they name different accounts. Take one of them away. (On refresh and destroy the former is that of the last \`pulumi up\`.)`,
  );
}

/** `https://host:8743/` and `https://host:8743` are the same place. */
function withoutSlash(value: string): string {
  return value.replace(/\/+$/, "");
}

/** PEM text as it is, anything else as the path of a file with it. */
export function pemOf({ value, place }: Found): string {
  if (value.includes("-----BEGIN")) return value;
  try {
    return readFileSync(value, "utf8");
  } catch (error) {
    // Not its own words: they repeat what may be a key without its first line.
    const { code } = error as NodeJS.ErrnoException;
    throw new OtaError(
      `${place} is neither PEM text, which begins with "-----BEGIN", nor the path of a file that can be read (${code ?? "no code"}).`,
    );
  }
}

/** The origin of an address that credentials may be sent to. */
export function endpointOf({ value, place }: Found): string {
  let url: URL | undefined;
  try {
    url = new URL(value);
  } catch {
    // Said below.
  }
  if (
    url === undefined ||
    !["http:", "https:"].includes(url.protocol) ||
    url.origin !== withoutSlash(url.href)
  ) {
    throw new OtaError(
      `${place} is "${withoutUser(value)}"; it must be https://server:port, without a path, a query or a password.`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new OtaError(
      `${place} is "${withoutUser(value)}"; the platform speaks HTTPS only, and the secret would travel unprotected. Only a simulator on this machine may be reached by http.`,
    );
  }
  return url.origin;
}

function withoutUser(address: string): string {
  return address.replace(/\/\/[^/]*@/, "//…@");
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

export function wholeNumber(found: Found | undefined, fallback: number, most: number): number {
  if (found === undefined) return fallback;
  const value = Number(found.value);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new OtaError(
      `${found.place} is "${found.value}"; it must be a whole number from 1 to ${String(most)}.`,
    );
  }
  return value;
}

/** What holds for every account: no change at all, a record of all changes, a quota that is shared. */
export interface Safeguards {
  readonly readOnly: boolean;
  readonly auditLog: string | undefined;
  /** May hold a password. */
  readonly redisUrl: string | undefined;
}

/** From `HUAWEI_OTA_READ_ONLY`, `HUAWEI_OTA_AUDIT_LOG` and `HUAWEI_OTA_REDIS_URL`. */
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
    redisUrl: redisUrlOf(environment["HUAWEI_OTA_REDIS_URL"]?.trim() ?? ""),
  };
}

function redisUrlOf(text: string): string | undefined {
  if (text === "") return undefined;
  if (!/^rediss?:\/\/[^/]/.test(text) || !URL.canParse(text)) {
    throw new OtaError(
      "HUAWEI_OTA_REDIS_URL is not the address of a Redis server; it must be redis://host:port, or rediss:// for TLS, with a user and a password where the server asks for them. (What it is now is not shown, because that may hold a password.)",
    );
  }
  return text;
}
