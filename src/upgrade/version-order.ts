/**
 * Whether a version is older than another, as far as their spelling tells: what is no number must be the
 * same in both, as in `V1.10` and `V1.9`. `undefined`: it does not tell.
 */
export function isOlder(version: string, than: string): boolean | undefined {
  const [ours, theirs] = [parts(version), parts(than)];
  for (let index = 0; index < Math.min(ours.length, theirs.length); index += 1) {
    const [our = "", their = ""] = [ours[index], theirs[index]];
    if (our === their) continue;
    if (!isNumber(our) || !isNumber(their)) return undefined;
    if (BigInt(our) !== BigInt(their)) return BigInt(our) < BigInt(their);
  }
  const rest = [...ours.slice(theirs.length), ...theirs.slice(ours.length)].join("");
  // 1.4.1 comes after 1.4; whether 1.4-beta does nobody can tell.
  return /^(\.\d+)+$/.test(rest) ? ours.length < theirs.length : undefined;
}

/** `V1.4 -> V1.5`, or `V1.5 -> V1.4, a downgrade`. */
export function describeChange(from: string, to: string): string {
  return `${from} -> ${to}${isOlder(to, from) === true ? ", a downgrade" : ""}`;
}

function parts(version: string): string[] {
  return version.match(/\d+|\D+/g) ?? [];
}

function isNumber(part: string): boolean {
  return /^\d+$/.test(part);
}
