import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { ApiRequest } from "../api";
import { headerText } from "../requests";

/** What an `Authorization` header of one of the two kinds says. */
export interface Signature {
  readonly algorithm: "SDK-HMAC-SHA256" | "V11-HMAC-SHA256";
  readonly accessKey: string;
  /** `YYYYMMDD/region/service` of a derived signature, else undefined. */
  readonly info: string | undefined;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const plain = /^SDK-HMAC-SHA256 Access=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/;
const derived =
  /^V11-HMAC-SHA256 Credential=([^,/]+)\/([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/;

export function parseSignature(header: string | undefined): Signature | undefined {
  const [, access, plainNames, plainSignature] = plain.exec(header ?? "") ?? [];
  if (access !== undefined && plainNames !== undefined && plainSignature !== undefined) {
    return {
      algorithm: "SDK-HMAC-SHA256",
      accessKey: access,
      info: undefined,
      signedHeaders: plainNames.split(";"),
      signature: plainSignature,
    };
  }
  const [, accessKey, info, names, signature] = derived.exec(header ?? "") ?? [];
  if (accessKey === undefined || names === undefined || signature === undefined) return undefined;
  return {
    algorithm: "V11-HMAC-SHA256",
    accessKey,
    info,
    signedHeaders: names.split(";"),
    signature,
  };
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function canonicalPath(path: string): string {
  const whole = path
    .split("/")
    .map((segment) => encoded(decodedSegment(segment)))
    .join("/");
  return whole.endsWith("/") ? whole : `${whole}/`;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .sort(([key, value], [otherKey, otherValue]) =>
      key === otherKey ? compare(value, otherValue) : compare(key, otherKey),
    )
    .map(([key, value]) => `${encoded(key)}=${encoded(value)}`)
    .join("&");
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The hash of the body that is signed, or `undefined` when the client names a wrong one. */
function payloadHash({ headers, bytes }: ApiRequest): string | undefined {
  const actual = sha256(bytes);
  const named = headerText(headers["x-sdk-content-sha256"]);
  if (named === undefined || named === "UNSIGNED-PAYLOAD" || named === actual) {
    return named ?? actual;
  }
  return undefined;
}

function canonicalRequest(
  request: ApiRequest,
  signedHeaders: readonly string[],
): string | undefined {
  const hash = payloadHash(request);
  if (hash === undefined) return undefined;
  const names = [...signedHeaders].sort(compare);
  const lines = names.map((name) => {
    const value = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
    const text = Array.isArray(value) ? value.join(",") : (value ?? "");
    return `${name}:${text.trim()}\n`;
  });
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    lines.join(""),
    names.join(";"),
    hash,
  ].join("\n");
}

/** The signature that this request should have; `undefined` when it cannot have one. */
export function expectedSignature(
  request: ApiRequest,
  { algorithm, accessKey, info, signedHeaders }: Omit<Signature, "signature">,
  secretKey: string,
): string | undefined {
  const date = headerText(request.headers["x-sdk-date"]);
  const canonical = canonicalRequest(request, signedHeaders);
  if (date === undefined || canonical === undefined) return undefined;
  const hash = sha256(canonical);
  if (info === undefined) {
    return createHmac("sha256", secretKey).update(`${algorithm}\n${date}\n${hash}`).digest("hex");
  }
  // The key is the hex text of the derived bytes, not the bytes.
  const key = Buffer.from(hkdfSync("sha256", secretKey, accessKey, info, 32)).toString("hex");
  return createHmac("sha256", key).update(`${algorithm}\n${date}\n${info}\n${hash}`).digest("hex");
}

export function isSignedWith(
  request: ApiRequest,
  signature: Signature,
  secretKey: string,
): boolean {
  const expected = expectedSignature(request, signature, secretKey);
  if (expected === undefined) return false;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(signature.signature));
}
