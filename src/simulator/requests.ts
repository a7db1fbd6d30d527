import type { ApiRequest } from "./api";

export function contentTypeIs(request: ApiRequest, wanted: string): boolean {
  const [type] = (request.headers["content-type"] ?? "").split(";");
  return type?.trim().toLowerCase() === wanted;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A segment of a path without its percent signs; as it is when they are malformed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
