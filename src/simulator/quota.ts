const minute = 60_000;

/** How much each client has called within the last minute, or another span. */
export class CallQuota {
  private readonly calls = new Map<string, number[]>();
  private readonly span: number;

  constructor(span = minute) {
    this.span = span;
  }

  /** Whether the client has calls left in this span. */
  hasRoom(client: string, now: number, limit: number | null, window: "sliding" | "fixed"): boolean {
    return limit === null || this.within(client, now, window) < limit;
  }

  /** How many calls of the client there were in this span. */
  within(client: string, now: number, window: "sliding" | "fixed"): number {
    const oldest =
      window === "fixed" ? Math.floor(now / this.span) * this.span : now - this.span + 1;
    const recent = (this.calls.get(client) ?? []).filter((time) => time >= oldest);
    this.calls.set(client, recent);
    return recent.length;
  }

  count(client: string, now: number): void {
    const calls = this.calls.get(client);
    if (calls === undefined) this.calls.set(client, [now]);
    else calls.push(now);
  }
}
