import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where certificates lie that tests show, all of one authority but for the old ones' dates. */
export const CERTIFICATES = join(__dirname, "http", "certificates");

export function certificate(name: string): string {
  return readFileSync(join(CERTIFICATES, name), "utf8").trim() + "\n";
}

export function base64(name: string): string {
  return readFileSync(join(CERTIFICATES, name)).toString("base64");
}
