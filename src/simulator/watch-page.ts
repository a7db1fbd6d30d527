import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The page at `/`, and headers by which nothing runs in it but what it was written with. */
export function watchPage(): { readonly text: string; readonly headers: Record<string, string> } {
  const text = readFileSync(join(__dirname, "watch.html"), "utf8");
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(text, "script")}`,
    `style-src ${hashOf(text, "style")}`,
    "connect-src 'self'",
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join("; ");
  return {
    text,
    headers: {
      "Content-Security-Policy": policy,
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    },
  };
}

function hashOf(page: string, tag: string): string {
  const inside = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] ?? "";
  return `'sha256-${createHash("sha256").update(inside).digest("base64")}'`;
}
