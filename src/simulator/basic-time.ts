const pattern = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** Milliseconds since the epoch in the platform's spelling, `yyyyMMdd'T'HHmmss'Z'` in UTC. */
export function basicTime(milliseconds: number): string {
  const iso = new Date(milliseconds).toISOString();
  return `${iso.slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** The reverse; `undefined` when the text is not in that spelling or names no real date. */
export function parseBasicTime(text: string): number | undefined {
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  if (month === undefined || second === undefined) return undefined;
  const milliseconds = Date.UTC(year ?? 0, month - 1, day, hour, minute, second);
  return basicTime(milliseconds) === text ? milliseconds : undefined;
}
