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
    `${whose} has no ${noun} "${unknown[0]}"; it knows ${Object.keys(known).join(", ")}.`,
  );
}
