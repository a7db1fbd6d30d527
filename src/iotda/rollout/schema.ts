import * as z from "zod/mini";

import type { Failure } from "../../pulumi/kind";
import { leaf } from "../../pulumi/inputs";
import { UNKNOWN } from "../../pulumi/unknown";
import { canonicalRollout } from "../../wing/rollout-canonical";
import { names, rolloutFields, waveFields } from "../../wing/rollout-fields";
import { rolloutRules } from "../../wing/rollout-rules";
import { brokenRules as brokenTaskRules } from "../upgrade-task/rules";
import {
  canonical as canonicalTask,
  type UpgradeTaskInputs,
  upgradeTaskInputs,
} from "../upgrade-task/schema";

const targets = { devices: names, groupIds: names };
const { packageId, appId, taskPolicy, taskMode, taskExtInfo } = upgradeTaskInputs.shape;
const text = leaf("text", z.string());
const optionalText = z.optional(text);

/** What may be declared. */
export const rolloutInputs = z.strictObject({
  packageId,
  versionPackage: z.optional(
    leaf(
      "an object",
      z.strictObject({
        version: optionalText,
        packageType: optionalText,
        productId: optionalText,
        sourceVersions: names,
      }),
    ),
  ),
  appId,
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
  taskPolicy,
  taskMode,
  taskExtInfo,
  onFailure: z.optional(leaf('"stop", "stopAll" or "leave"', z.enum(["stop", "stopAll", "leave"]))),
  onDelete: z.optional(leaf('"stop" or "keep"', z.enum(["stop", "keep"]))),
  ...rolloutFields,
});

export type RolloutInputs = z.output<typeof rolloutInputs>;

export const INPUT_NAMES = Object.keys(rolloutInputs.shape);

/** The one form in which inputs are kept and compared. */
export function canonical(inputs: RolloutInputs): RolloutInputs {
  const { taskPolicy: how, taskExtInfo: info, ...rest } = inputs;
  const { taskPolicy, taskExtInfo } = canonicalTask(asTask(inputs));
  return {
    ...canonicalRollout(rest),
    ...(taskPolicy === undefined ? {} : { taskPolicy }),
    ...(taskExtInfo === undefined ? {} : { taskExtInfo }),
  };
}

/** All documented rules that depend neither on the platform nor on the time of day. */
export function brokenRules(inputs: RolloutInputs): Failure[] {
  return [...brokenTaskRules(asTask(inputs)), ...rolloutRules(inputs, "groupIds")];
}

/** What its tasks have in common: all but their devices. */
function asTask(inputs: RolloutInputs): UpgradeTaskInputs {
  const { packageId, appId, taskPolicy, taskMode, taskExtInfo, rerunAfter } = inputs;
  const targets = UNKNOWN as unknown as UpgradeTaskInputs["targets"];
  return { packageId, appId, targets, taskPolicy, taskMode, taskExtInfo, rerunAfter };
}
