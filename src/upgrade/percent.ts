/**
 * So many of a hundred, rounded up unless `"down"`; exact, where 82.4 / 100 * 375 would be a little
 * more than 309.
 */
export function percentOf(percent: number, total: number, rounded: "up" | "down" = "up"): number {
  const { digits, scale } = exactly(percent);
  return Number((BigInt(total) * digits + (rounded === "up" ? scale - 1n : 0n)) / scale);
}

/** Whether these are more than so many of a hundred of the total. */
export function isMoreThan(percent: number, part: number, total: number): boolean {
  const { digits, scale } = exactly(percent);
  return BigInt(part) * scale > BigInt(total) * digits;
}

/** `digits / scale` is the percentage of one. */
function exactly(percent: number): { digits: bigint; scale: bigint } {
  const [mantissa = "0", exponent = "0"] = String(percent).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return {
    digits: BigInt(whole + fraction),
    scale: 100n * 10n ** BigInt(fraction.length - Number(exponent)),
  };
}
