import { createHash, createHmac, hkdfSync } from "node:crypto";

import { percentEncoded } from "../../http/endpoint";

/** A pair of keys, and the token that goes with a temporary one. */
export interface SigningKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string | undefined;
}

/** A request as it is signed; names of headers in any spelling. */
export interface Signable {
  readonly method: string;
  /** Path and query as they are sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** For a key that is derived for one region and service, as hosts of private instances demand. */
export interface DerivedFor {
  readonly region: string;
  readonly service: string;
}

/**
 * The value of `Authorization`; `headers` hold `x-sdk-date`, and all of them are signed.
 *
 * @see https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html
 */
export function authorizationOf(
  request: Signable,
  key: SigningKey,
  derivedFor?: DerivedFor,
): string {
  const headers = Object.entries(request.headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .sort(byName);
  const date = headers.find(([name]) => name === "x-sdk-date")?.[1] ?? "";
  const names = headers.map(([name]) => name).join(";");
  const hash = sha256(canonicalRequest(request, headers, names));
  if (derivedFor === undefined) {
    const signature = hmac(key.secretKey, ["SDK-HMAC-SHA256", date, hash].join("\n"));
    return `SDK-HMAC-SHA256 Access=${key.accessKey}, SignedHeaders=${names}, Signature=${signature}`;
  }
  const info = `${date.slice(0, 8)}/${derivedFor.region}/${derivedFor.service}`;
  const derived = Buffer.from(hkdfSync("sha256", key.secretKey, key.accessKey, info, 32));
  // The hexadecimal text, not the bytes, is the key.
  const signature = hmac(derived.toString("hex"), ["V11-HMAC-SHA256", date, info, hash].join("\n"));
  return `V11-HMAC-SHA256 Credential=${key.accessKey}/${info}, SignedHeaders=${names}, Signature=${signature}`;
}

function canonicalRequest(
  { method, path, body }: Signable,
  headers: readonly (readonly [string, string])[],
  names: string,
): string {
  const [pathname = "", query = ""] = path.split("?");
  return [
    method,
    canonicalPath(pathname),
    canonicalQuery(query),
    ...headers.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    sha256(body ?? ""),
  ].join("\n");
}

/** Ends in a slash here, and only here. */
function canonicalPath(pathname: string): string {
  const encoded = pathname.split("/").map((segment) => percentEncoded(decodeURIComponent(segment)));
  const joined = encoded.join("/");
  return joined.endsWith("/") ? joined : `${joined}/`;
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([name, value]) => [percentEncoded(name), percentEncoded(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function byName(one: readonly [string, string], other: readonly [string, string]): number {
  return compare(one[0], other[0]);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}
