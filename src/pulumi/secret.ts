/** What marks values of a kind of their own in the engine's protocol. */
export const ENVELOPE = {
  key: "4dabf18193072939515e22adb298388d",
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
} as const;

/** An output that the engine keeps encrypted and shows to nobody; what is read of it is the bare value. */
export function secretOutput(value: unknown): object {
  return { [ENVELOPE.key]: ENVELOPE.secret, value };
}

export function isSecretEnvelope(value: Readonly<Record<string, unknown>>): boolean {
  return value[ENVELOPE.key] === ENVELOPE.secret;
}
