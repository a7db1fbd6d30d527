import type { ApiRequest } from "./api";

export function contentTypeIs(request: ApiRequest, wanted: string): boolean {
  const [type] = (request.headers["content-type"] ?? "").split(";");
  return type?.trim().toLowerCase() === wanted;
}

// What walks through a body calls itself at each level, which only so many can bear.
const deepestLevel = 500;

function isWithinLevels(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((each) => isWithinLevels(each, levels - 1));
}

/** What the JSON says; `undefined` for a text that is none, or that is nested deeper than that. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isWithinLevels(value, deepestLevel) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The text of UTF-8 bytes without their byte order mark; `undefined` when they are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether what the percent signs stand for is UTF-8; one that stands for nothing is itself. */
export function isUtf8Behind(text: string): boolean {
  const runs = text.match(/(?:%[0-9A-Fa-f]{2})+/g) ?? [];
  return runs.every((run) => utf8Text(Buffer.from(run.replaceAll("%", ""), "hex")) !== undefined);
}

/** A segment of a path without its percent signs; as it is when they are malformed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
