import { randomBytes } from "node:crypto";

/** Makes ids of 24 hex digits that grow with the time and the order of making. */
export class Ids {
  private readonly maker = randomBytes(5).toString("hex");
  private made = 0;

  next(now: number): string {
    this.made += 1;
    const seconds = Math.floor(now / 1000);
    return hex(seconds, 8) + this.maker + hex(this.made, 6);
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0").slice(-digits);
}
