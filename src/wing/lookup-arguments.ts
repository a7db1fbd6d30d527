import { OtaError } from "../errors";
import { refuseUnknownNames } from "../unknown-names";

/** What an argument of a lookup must be: text, or something else by name. */
type ArgumentKind = true | "number" | "object";

const WORDS = { string: "text", number: "a number", object: "an object" } as const;

/** The arguments of a lookup, none of which it would pass over; `null` is absent. */
export function onlyKnown<Lookup extends string, Args extends object>(
  lookup: Lookup,
  args: Args | null | undefined,
  known: Readonly<Record<Lookup, Readonly<Record<keyof Args, ArgumentKind>>>>,
  needed: readonly (keyof Args & string)[] = [],
): Args {
  const given: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(args ?? {}).filter(([, value]) => value !== undefined && value !== null),
  );
  const kinds: Readonly<Record<string, ArgumentKind>> = known[lookup];
  refuseUnknownNames(lookup, "argument", given, kinds);
  const later = Object.keys(given).find((name) => isLater(given[name]));
  if (later !== undefined) {
    throw new OtaError(
      `${lookup}: ${later} will be known only later, as an Output. Call ${lookup}Output.`,
    );
  }
  for (const [name, value] of Object.entries(given)) {
    const kind = kinds[name];
    const wanted = kind === undefined || kind === true ? "string" : kind;
    if (typeof value === wanted) continue;
    throw new OtaError(
      `${lookup}: ${name} is ${JSON.stringify(value)}; it must be ${WORDS[wanted]}.`,
    );
  }
  const missing = needed.find((name) => given[name] === undefined);
  if (missing !== undefined) throw new OtaError(`${lookup} needs ${missing}.`);
  return given as Args;
}

/** An output, a resource, or a plain object with an output in it. */
function isLater(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (isMarked(value, "__pulumiOutput") || isMarked(value, "__pulumiResource")) return true;
  return Object.values(value).some(
    (inner: unknown) =>
      typeof inner === "object" && inner !== null && isMarked(inner, "__pulumiOutput"),
  );
}

/** As the SDK tells its own, whichever copy made them: a process without a program does not load it. */
function isMarked(value: object, mark: string): boolean {
  return (value as Readonly<Record<string, unknown>>)[mark] === true;
}

/** What the platform does not tell is absent, not `undefined`. */
export function plain<Result extends object>(
  result: Result,
): { [Name in keyof Result]: Exclude<Result[Name], undefined> } {
  return Object.fromEntries(
    Object.entries(result).filter(([, value]) => value !== undefined),
  ) as never;
}
