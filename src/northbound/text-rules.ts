import type { Failure } from "../pulumi/hooks";

/** The vendor's String(256); an id goes into a path, so it is one path segment. */
export function wrongText(path: string, value: string): Failure[] {
  const isId = path === "fileId" || path === "operationId" || path === "adopt";
  if (value === "") return [{ path, reason: "is empty (120015)." }];
  if (value.length > 256) {
    return [{ path, reason: `has ${String(value.length)} characters; 256 are the most (120015).` }];
  }
  if (isId && (value.includes("/") || value.trim() === "")) {
    return [{ path, reason: `is "${value}", which is no id of the platform (120015).` }];
  }
  return [];
}
