/** What marks a secret in the engine's protocol. */
const SIGNATURE = {
  key: "4dabf18193072939515e22adb298388d",
  secret: "1b47061264138c4ac30d75fd1eb44270",
};

/** An output that the engine keeps encrypted and shows to nobody; what is read of it is the bare value. */
export function secretOutput(value: string): object {
  return { [SIGNATURE.key]: SIGNATURE.secret, value };
}
