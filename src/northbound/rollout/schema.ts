import * as z from "zod/mini";

import { leaf } from "../../pulumi/inputs";
import { canonicalRollout } from "../../wing/rollout-canonical";
import { names, rolloutFields, waveFields } from "../../wing/rollout-fields";
import { rolloutRules } from "../../wing/rollout-rules";
import type { Failure } from "../../pulumi/kind";
import { UNKNOWN } from "../../pulumi/unknown";
import { brokenRules as brokenTaskRules } from "../upgrade-task/rules";
import {
  canonical as canonicalTask,
  type UpgradeTaskInputs,
  upgradeTaskInputs,
} from "../upgrade-task/schema";

const targets = { devices: names, deviceGroups: names };
const { fileId, versionPackage, policy } = upgradeTaskInputs.shape;

/** What may be declared. */
export const rolloutInputs = z.strictObject({
  fileId,
  versionPackage,
  fleet: leaf(
    "an object",
    z.strictObject({ ...targets, exclude: z.optional(leaf("an object", z.strictObject(targets))) }),
  ),
  waves: z.optional(
    leaf(
      "a list of waves",
      z.array(leaf("an object", z.strictObject({ ...waveFields, ...targets }))),
    ),
  ),
  policy,
  onDelete: z.optional(leaf('"keep"', z.enum(["keep"]))),
  ...rolloutFields,
});

export type RolloutInputs = z.output<typeof rolloutInputs>;

export const INPUT_NAMES = Object.keys(rolloutInputs.shape);

/** The one form in which inputs are kept and compared. */
export function canonical(inputs: RolloutInputs): RolloutInputs {
  const { policy: how } = canonicalTask(asTask(inputs));
  return { ...canonicalRollout(inputs), ...(how === undefined ? {} : { policy: how }) };
}

/** All documented rules that depend neither on the platform nor on the time of day. */
export function brokenRules(inputs: RolloutInputs): Failure[] {
  return [...brokenTaskRules(asTask(inputs)), ...rolloutRules(inputs, "deviceGroups")];
}

/** What its tasks have in common: all but their devices. */
function asTask({ fileId, policy, rerunAfter }: RolloutInputs): UpgradeTaskInputs {
  const targets = UNKNOWN as unknown as UpgradeTaskInputs["targets"];
  return { fileId, targets, policy, rerunAfter };
}
