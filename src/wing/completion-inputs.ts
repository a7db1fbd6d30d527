import * as z from "zod/mini";

import type { Failure } from "../pulumi/kind";
import { isKnown, leaf } from "../pulumi/inputs";
import type { UpgradeKind } from "../upgrade/gate";
import type { Demand } from "../upgrade/outcome";

export const DEFAULT_TIMEOUT_SECONDS = 30 * 60;

const number = z.optional(leaf("a number", z.number()));
const text = z.optional(leaf("text", z.string()));

/** What may be declared in every wing, beside the task's id. */
export const completionFields = {
  waitFor: z.optional(leaf('"decided" or "over"', z.enum(["decided", "over"]))),
  timeoutSeconds: number,
  maxFailedDevices: number,
  minSuccessPercent: number,
  version: text,
  packageId: text,
  packageKind: z.optional(
    leaf('"firmware", "software" or "module"', z.enum(["firmware", "software", "module"])),
  ),
};

export interface CompletionInputs extends Demand {
  readonly timeoutSeconds?: number | undefined;
  /** What the task pushes: told, not waited for. */
  readonly version?: string | undefined;
  readonly packageId?: string | undefined;
  readonly packageKind?: UpgradeKind | undefined;
  /** The task's id, under the wing's own name for it. */
  readonly [idField: string]: unknown;
}

const FIELDS = Object.keys(completionFields) as (keyof typeof completionFields)[];
const DEFAULTS: CompletionInputs = {
  timeoutSeconds: DEFAULT_TIMEOUT_SECONDS,
  waitFor: "decided",
};

/** The inputs among other fields. */
export function declaredIn(fields: CompletionInputs, idField: string): CompletionInputs {
  return Object.fromEntries([idField, ...FIELDS].map((field) => [field, fields[field]]));
}

/** What one task pushes does not change, so what is not known of it yet is no news. */
const TOLD: readonly string[] = ["version", "packageId", "packageKind"];

/** In what two declarations of a wait for one task differ: `minSuccessPercent 95 -> 80`. */
export function differences(before: CompletionInputs, now: CompletionInputs): string[] {
  return FIELDS.flatMap((field) => {
    const [was, is] = [before, now].map((inputs) => inputs[field] ?? DEFAULTS[field]);
    if (was === is || (TOLD.includes(field) && !isKnown(is))) return [];
    return `${field} ${word(was)} -> ${word(is)}`;
  });
}

function word(value: string | number | undefined): string {
  if (value === undefined) return "not given";
  return isKnown(value) ? String(value) : "not known yet";
}

/** All that is wrong with patience and thresholds. */
export function wrongThresholds(inputs: CompletionInputs): Failure[] {
  return [
    ...outOfRange("timeoutSeconds", inputs.timeoutSeconds, 1, 30 * 24 * 3600, true),
    ...outOfRange("maxFailedDevices", inputs.maxFailedDevices, 0, 1_000_000, true),
    ...outOfRange("minSuccessPercent", inputs.minSuccessPercent, 0, 100, false),
  ];
}

function outOfRange(
  path: string,
  value: number | undefined,
  least: number,
  most: number,
  whole: boolean,
): Failure[] {
  if (value === undefined || !isKnown(value)) return [];
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return [];
  const what = whole ? "a whole number" : "a number";
  return [
    {
      path,
      reason: `is ${String(value)}; it must be ${what} from ${String(least)} to ${String(most)}.`,
    },
  ];
}
