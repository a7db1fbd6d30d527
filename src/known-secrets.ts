/*
 * The secrets that this process has come to know, and the one sweep that keeps them out of what people
 * read. Every door through which a sentence leaves goes through it (docs/decisions/known-secrets.md).
 */

/** The texts that must not be read, each with the name of what holds it. */
export type Secrets = Map<string, string>;

const known: Secrets = new Map();

/** Within longer words a text that is so short stands by chance. */
const SHORT = 6;

/** Remembers a secret in the spellings in which replies and errors repeat it. */
export function keepSecret(name: string, secret: string, secrets = known): void {
  const [, inForm = ""] = new URLSearchParams([["", secret]]).toString().split("=", 2);
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inUrl = inForm.replaceAll("+", "%20");
  for (const spelling of [secret, secret.trim(), inJson, inForm, inUrl]) {
    if (spelling !== "") secrets.set(spelling, name);
  }
}

/** Remembers every text and number in fields that are secret. A flag is none. */
export function keepSecretFields(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
  secrets = known,
): void {
  const keep = (name: string, value: unknown): void => {
    if (typeof value === "string" || typeof value === "number") {
      keepSecret(name, String(value), secrets);
    } else if (typeof value === "object" && value !== null) {
      for (const inner of Object.values(value)) keep(name, inner);
    }
  };
  for (const name of names) keep(name, fields[name]);
}

/** Remembers the password in an address, as it is written and as it is sent. */
export function keepPasswordIn(name: string, address: string, secrets = known): void {
  const { password } = new URL(address);
  keepSecret(name, password, secrets);
  try {
    keepSecret(name, decodeURIComponent(password), secrets);
  } catch {
    // It is sent as it is written.
  }
}

/** The text with the name of what holds it in place of each secret: `[secret: model]`. */
export function withoutSecrets(text: string, secrets = known): string {
  const found = [...secrets.keys()]
    .filter((secret) => text.includes(secret))
    .sort((one, other) => other.length - one.length);
  if (found.length === 0) return text;
  return text.replace(
    new RegExp(found.map(patternOf).join("|"), "gu"),
    (secret) => `[secret: ${secrets.get(secret) ?? ""}]`,
  );
}

function patternOf(secret: string): string {
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return secret.length < SHORT ? `(?<![\\p{L}\\p{N}_-])${literal}(?![\\p{L}\\p{N}_-])` : literal;
}
