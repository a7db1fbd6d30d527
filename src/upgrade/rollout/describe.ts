/** `1 device`, `12 devices` */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** `device d1`, `devices d1, d2 and 7 more` */
export function some(thing: string, ids: readonly string[], most = 5): string {
  const shown = ids.slice(0, most);
  const rest = ids.length - shown.length;
  return `${thing}${ids.length === 1 ? "" : "s"} ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** `a, b and c` */
export function listed(parts: readonly string[]): string {
  return parts.length < 2
    ? parts.join("")
    : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}
