import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createSecureContext } from "node:tls";

import { OtaError } from "./errors";
import type { Found } from "./settings";

/* Certificates and keys as people give them, each parsed where it is read. */

/** One certificate or several, as PEM. */
export function certificatesOf(found: Found): string {
  const blocks = blocksOf(found, "CERTIFICATE");
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw new OtaError(`${found.place} holds a certificate that cannot be read${codeIn(error)}.`);
    }
  }
  return blocks.join("");
}

/** A private key as PEM, which its passphrase opens. */
export function privateKeyOf(found: Found, passphrase: Found | undefined): string {
  const key = blocksOf(found, "PRIVATE KEY")[0] ?? "";
  if (passphrase === undefined && key.includes("ENCRYPTED")) {
    throw new OtaError(`${found.place} is encrypted; set clientKeyPassphrase beside it.`);
  }
  try {
    createPrivateKey({ key, ...(passphrase && { passphrase: passphrase.value }) });
  } catch (error) {
    const opened = passphrase === undefined ? "" : ` with ${passphrase.place}`;
    throw new OtaError(
      `${found.place} is a private key that cannot be read${opened}${codeIn(error)}.`,
    );
  }
  return key;
}

/** Refuses a key that is of another certificate. */
export function refuseOtherKey(
  certificate: { readonly found: Found; readonly pem: string },
  key: { readonly found: Found; readonly pem: string },
  passphrase: Found | undefined,
): void {
  const privateKey = createPrivateKey({
    key: key.pem,
    ...(passphrase && { passphrase: passphrase.value }),
  });
  if (new X509Certificate(certificate.pem).checkPrivateKey(privateKey)) return;
  throw new OtaError(
    `${key.found.place} is not the key of ${certificate.found.place}; a client certificate and its key are made together.`,
  );
}

/** A PKCS#12 file, or the Base64 text of one, as Base64. */
export function pkcs12Of(found: Found, passphrase: Found | undefined): string {
  const { place } = found;
  const value = unquoted(found.value);
  const file = resolve(projectFolder(), value);
  // No PKCS#12 file is so short that its text could be a path.
  const isText = value.length > 256 && /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value);
  const pfx = isText
    ? Buffer.from(value, "base64")
    : readOr(file, (code) => {
        throw new OtaError(
          `${place} is neither the path of a PKCS#12 file that can be read nor the Base64 text of one (${code}${relativeTo(value)}).`,
        );
      });
  try {
    createSecureContext({ pfx, ...(passphrase && { passphrase: passphrase.value }) });
  } catch (error) {
    throw new OtaError(`${place} ${wrongPkcs12(error, passphrase)}`);
  }
  return pfx.toString("base64");
}

/** Node.js has no codes for these. */
function wrongPkcs12(error: unknown, passphrase: Found | undefined): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ERR_CRYPTO_UNSUPPORTED_OPERATION") {
    return "is encrypted in an old way (RC2 or the like) that Node.js does not open; make it anew: `openssl pkcs12 -legacy -in OLD.pfx -nodes -out ALL.pem` and `openssl pkcs12 -export -in ALL.pem -out NEW.pfx`.";
  }
  const opened =
    passphrase === undefined
      ? "without a passphrase; set clientKeyPassphrase if it has one"
      : `with ${passphrase.place}`;
  return `is no PKCS#12 file that can be opened ${opened} (${message}).`;
}

/** The blocks of PEM of one kind, each with its lines. */
function blocksOf(found: Found, kind: "CERTIFICATE" | "PRIVATE KEY"): string[] {
  const text = pemIn(found);
  const all = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----/gs)];
  const right = all.filter(([, label = ""]) => label.endsWith(kind));
  if (right.length > 0) return right.map(([, label = "", inside = ""]) => block(label, inside));
  const instead = all[0]?.[1] ?? "no whole block of PEM";
  throw new OtaError(
    `${found.place} holds no "-----BEGIN ${kind}-----" with its end, but ${instead}.`,
  );
}

/** Lines anew: who carries PEM in a variable loses them, or has them as a backslash and an n. */
function block(label: string, inside: string): string {
  const headers = [...inside.matchAll(/[A-Za-z]+-[A-Za-z]+: *\S+/g)].map(([header]) => header);
  const body = headers.reduce((rest, header) => rest.replace(header, ""), inside);
  const lines = body.replace(/\s+/g, "").match(/.{1,64}/g) ?? [];
  const head = headers.length === 0 ? [] : [...headers, ""];
  return [`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** PEM text as it is, anything else as the path of a file with it. */
function pemIn({ value, place }: Found): string {
  const text = unquoted(value);
  if (text.includes("-----BEGIN")) return withLines(text);
  // Not the system's own words: they repeat what may be a key without its first line.
  const content = readOr(resolve(projectFolder(), text), (code) => {
    throw new OtaError(
      `${place} is neither PEM text, which begins with "-----BEGIN", nor the path of a file that can be read (${code}${relativeTo(text)}).`,
    );
  }).toString("utf8");
  if (content.includes("-----BEGIN")) return withLines(content);
  throw new OtaError(
    `${place} names a file without PEM text, which begins with "-----BEGIN"${relativeTo(text, "; ")}.`,
  );
}

function withLines(text: string): string {
  return text.replace(/(?:\\r)?\\n/g, "\n");
}

function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^(["'])(.*)\1$/s, "$2")
    .trim();
}

function readOr(file: string, failed: (code: string) => never): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    return failed((error as NodeJS.ErrnoException).code ?? "no code");
  }
}

/** The path itself may be a secret that was meant as text. */
function relativeTo(path: string, before = "; "): string {
  return resolve(path) === path ? "" : `${before}a relative path counts from ${projectFolder()}`;
}

/** That of `Pulumi.yaml`, wherever in it the program runs. */
function projectFolder(): string {
  const here = process.cwd();
  for (let folder = here; ; folder = dirname(folder)) {
    if (["Pulumi.yaml", "Pulumi.yml"].some((name) => existsSync(join(folder, name)))) return folder;
    if (dirname(folder) === folder) return here;
  }
}

function codeIn(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? "" : ` (${code})`;
}
