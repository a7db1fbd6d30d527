import { OtaError } from "./errors";

/**
 * A misspelt name would be passed over in silence, and another account or more than was meant be taken.
 * The compiler says so in TypeScript; this says it everywhere.
 *
 * @param whose - begins the sentence: `getVersionPackages`, `The stack's configuration huawei-ota:iotda`
 * @param noun - `argument` or `setting`
 */
export function refuseUnknownNames(
  whose: string,
  noun: string,
  given: object,
  known: object,
): void {
  const unknown = Object.entries(given).find(
    ([name, value]) => value !== undefined && !Object.hasOwn(known, name),
  );
  if (unknown === undefined) return;
  throw new OtaError(
    `${whose} has no ${noun} "${unknown[0]}"; it knows ${namesOrNearest(unknown[0], Object.keys(known))}`,
  );
}

/** The names there are, and which of them may have been meant: `devices, model. Did you mean "devices"?` */
export function namesOrNearest(name: string, known: readonly string[]): string {
  const nearest = nearestTo(name.toLowerCase(), known);
  return `${known.join(", ")}.${nearest === undefined ? "" : ` Did you mean "${nearest}"?`}`;
}

const MOST_EDITS = 2;

function nearestTo(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((one) => ({ one, edits: editsBetween(name, one.toLowerCase()) }))
    .filter(({ edits }) => edits <= MOST_EDITS && edits < name.length)
    .sort((some, other) => some.edits - other.edits);
  return nearest?.one ?? known.find((one) => one.toLowerCase().includes(name));
}

/** How many letters are to be put in, taken out or changed. */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let index = 0; index < one.length; index += 1) {
    const next = [index + 1];
    for (let column = 0; column < other.length; column += 1) {
      const [kept = 0, above = 0] = [row[column], row[column + 1]];
      const change = one[index] === other[column] ? 0 : 1;
      next.push(Math.min(kept + change, above + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
