import { z } from "zod";

import type { Failure } from "../../pulumi/hooks";
import { isKnown, leaf } from "../../pulumi/inputs";
import { wrongText } from "../text-rules";

const number = leaf("a number", z.number()).optional();

/** What may be declared. */
export const upgradeCompletionInputs = z.strictObject({
  operationId: leaf("text", z.string()),
  timeoutSeconds: number,
  maxFailedDevices: number,
  minSuccessPercent: number,
});

export type UpgradeCompletionInputs = z.output<typeof upgradeCompletionInputs>;

export const DEFAULT_TIMEOUT_SECONDS = 30 * 60;

/** What a state holds; tolerant of the states of other releases. */
export const upgradeCompletionState = z.looseObject({
  operationId: z.string().optional().catch(undefined),
  timeoutSeconds: z.number().optional().catch(undefined),
  maxFailedDevices: z.number().optional().catch(undefined),
  minSuccessPercent: z.number().optional().catch(undefined),
  status: z.string().optional().catch(undefined),
  outcome: z.string().optional().catch(undefined),
  account: z.string().optional().catch(undefined),
});

/** All that is wrong with inputs of the right shape. */
export function upgradeCompletionFailures(inputs: UpgradeCompletionInputs): Failure[] {
  const { operationId } = inputs;
  return [
    ...(isKnown(operationId) ? wrongText("operationId", operationId) : []),
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
