import * as z from "zod/mini";

import { canonicalInstant } from "../../instant";
import { isKnown, leaf } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import { nightWindowInput } from "../../wing/night-window";
import { sortedSet } from "../../wing/task-changes";
import { taskFields } from "../../wing/task-fields";

const text = leaf("text", z.string());
const optionalText = z.optional(text);
const names = z.optional(leaf("a list of texts", z.array(text)));

const targets = leaf(
  "an object",
  z.strictObject({
    devices: names,
    deviceGroups: names,
    deviceType: optionalText,
    model: optionalText,
    manufacturerName: optionalText,
  }),
);

const policy = leaf(
  "an object",
  z.strictObject({
    executeType: optionalText,
    startTime: optionalText,
    endTime: optionalText,
    window: z.optional(nightWindowInput),
    retryType: z.optional(leaf("true or false", z.boolean())),
    retryTimes: z.optional(leaf("a number", z.number())),
  }),
);

/** What may be declared. */
export const upgradeTaskInputs = z.strictObject({
  fileId: text,
  versionPackage: z.optional(
    leaf(
      "an object",
      z.strictObject({
        version: optionalText,
        fileType: optionalText,
        deviceType: optionalText,
        model: optionalText,
        manufacturerName: optionalText,
      }),
    ),
  ),
  targets,
  policy: z.optional(policy),
  onDelete: z.optional(leaf('"keep"', z.enum(["keep"]))),
  ...taskFields,
});

export type UpgradeTaskInputs = z.output<typeof upgradeTaskInputs>;

export const INPUT_NAMES = Object.keys(upgradeTaskInputs.shape);

/**
 * The one form in which inputs are kept and compared: lists as sorted sets, instants in one spelling,
 * durations as they are, empty lists absent, unknown leaves left alone.
 */
export function canonical(inputs: UpgradeTaskInputs): UpgradeTaskInputs {
  const { targets: where, policy: how, rerunAfter } = inputs;
  return {
    ...inputs,
    targets: isKnown(where)
      ? { ...where, ...canonicalNames(where, "devices"), ...canonicalNames(where, "deviceGroups") }
      : where,
    ...(how === undefined || !isKnown(how)
      ? {}
      : {
          policy: {
            ...withoutImplied(how),
            ...canonicalTime(how, "startTime"),
            ...canonicalTime(how, "endTime"),
          },
        }),
    ...(rerunAfter === undefined ? {} : { rerunAfter: canonicalInstant(rerunAfter) }),
  };
}

type Names = "devices" | "deviceGroups";

function canonicalNames(
  where: UpgradeTaskInputs["targets"],
  field: Names,
): Partial<Record<Names, string[] | undefined>> {
  const list = where[field];
  if (list === undefined || !isKnown(list)) return {};
  if (list.length === 0) return { [field]: undefined };
  // Sorting around a leaf that is not known yet would show a different order once it is.
  return { [field]: containsUnknown(list) ? list : sortedSet(list) };
}

/** A window says by itself that the task runs in one. */
function withoutImplied(how: NonNullable<UpgradeTaskInputs["policy"]>): typeof how {
  const { executeType, ...rest } = how;
  return how.window !== undefined && executeType === "custom" ? rest : how;
}

function canonicalTime(
  how: NonNullable<UpgradeTaskInputs["policy"]>,
  field: "startTime" | "endTime",
): Partial<Record<"startTime" | "endTime", string>> {
  const time = how[field];
  return time === undefined ? {} : { [field]: canonicalInstant(time) };
}
