import { type AuditLog, pipelineRunOf } from "./audit-log";
import { OtaError } from "./errors";
import { keepPasswordIn } from "./known-secrets";
import type { Found, RawSettings } from "./settings";

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
    url.origin !== url.href.replace(/\/+$/, "")
  ) {
    throw new OtaError(
      `${place} is "${withoutPassword(value)}"; it must be https://server:port, without a path, a query or a password.`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new OtaError(
      `${place} is "${withoutPassword(value)}"; the platform speaks HTTPS only, and the secret would travel unprotected. Only a simulator on this machine may be reached by http.`,
    );
  }
  return url.origin;
}

/**
 * A setting as text; `undefined` where it is not given.
 *
 * @throws OtaError for what is neither text nor a number, and for a number that has lost digits
 */
export function textOf(value: unknown, place: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (typeof value !== "number") {
    const what = Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
    throw new OtaError(`${place} is ${what}; it must be text or a number.`);
  }
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  throw new OtaError(
    `${place} is a number of more digits than a number holds, so that some are lost; give it as text, in quotes.`,
  );
}

/** An address as it may be shown: without a user, a password and a query, which may hold one. */
export function withoutPassword(address: string): string {
  return address.replace(/^([a-z]+:\/\/)?.*@/i, "$1…@").replace(/[?#].*$/s, "?…");
}

/** The same text for all spellings of one address: default port, case of the host, slash at the end. */
export function addressOf(value: string): string {
  if (!URL.canParse(value)) return value.replace(/\/+$/, "");
  const { protocol, host, pathname } = new URL(value);
  return `${protocol}//${host}${pathname}`.replace(/\/+$/, "");
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
  readonly auditLog: AuditLog | undefined;
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
    auditLog:
      auditLog === "" ? undefined : { file: auditLog, pipeline: pipelineRunOf(environment) },
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
  keepPasswordIn("HUAWEI_OTA_REDIS_URL", text);
  return text;
}
