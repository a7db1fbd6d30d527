import type { Failure } from "../pulumi/kind";
import { isKnown } from "../pulumi/inputs";

/** The vendor's String(256); an id goes into a path, so it is one path segment. */
export function wrongText(path: string, value: string): Failure[] {
  const isId = path === "fileId" || path === "operationId" || path === "adopt";
  if (value === "") return [{ path, reason: "is empty (120015)." }];
  if (value.length > 256) {
    return [{ path, reason: `has ${String(value.length)} characters; 256 are the most (120015).` }];
  }
  if (isId && (value.includes("/") || value.trim() === "")) {
    return [
      { path, reason: `is ${JSON.stringify(value)}, which is no id of the platform (120015).` },
    ];
  }
  return isId ? oddCharacters(path, value) : [];
}

/** The first wrong name of a list, by its place: a list is usually wrong in one way. */
export function wrongNames(path: string, names: readonly string[]): Failure[] {
  const failures = names.flatMap((name, index) =>
    isKnown(name) ? oddCharacters(`${path}[${String(index)}]`, name) : [],
  );
  return failures.slice(0, 1);
}

const ODD = [
  [/^\s|\s$/, "a blank at one of its ends"],
  [/[\p{Cc}\p{Cf}]/u, "a control character"],
  [/["'`]/, "a quote"],
] as const;

/** What comes with a value that was copied from a table or a shell, and names another thing or none. */
function oddCharacters(path: string, value: string): Failure[] {
  const [found] = ODD.filter(([pattern]) => pattern.test(value)).map(([, what]) => what);
  if (found === undefined) return [];
  return [
    { path, reason: `is ${JSON.stringify(value)}, which has ${found}; take it away (120015).` },
  ];
}
