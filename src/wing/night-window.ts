import * as z from "zod/mini";

import type { Failure } from "../pulumi/kind";
import { isKnown, leaf } from "../pulumi/inputs";
import { windowFailures } from "../upgrade/schedule";

const time = leaf('a time of day, such as "01:00"', z.string());

export const nightWindowInput = leaf(
  "an object",
  z.strictObject({
    from: time,
    to: time,
    timeZone: leaf('the name of a time zone, such as "Asia/Shanghai"', z.string()),
  }),
);

type NightWindowInput = z.output<typeof nightWindowInput>;

/** The window as far as it is known. */
export function knownWindow(
  window: NightWindowInput,
): Record<keyof NightWindowInput, string | undefined> {
  const { from, to, timeZone } = isKnown(window) ? window : {};
  const known = (value: string | undefined): string | undefined =>
    isKnown(value) ? value : undefined;
  return { from: known(from), to: known(to), timeZone: known(timeZone) };
}

export function nightWindowRules(path: string, window: NightWindowInput): Failure[] {
  return windowFailures(knownWindow(window)).map(({ field, reason }) => ({
    path: `${path}.${field}`,
    reason,
  }));
}
