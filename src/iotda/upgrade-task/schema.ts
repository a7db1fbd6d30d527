import * as z from "zod/mini";

import { canonicalInstant } from "../../instant";
import { isKnown, leaf } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import { nightWindowInput } from "../../wing/night-window";
import { sortedSet } from "../../wing/task-changes";
import { taskFields } from "../../wing/task-fields";

const text = leaf("text", z.string());
const optionalText = z.optional(text);
const number = z.optional(leaf("a number", z.number()));
const truth = z.optional(leaf("true or false", z.boolean()));
const names = z.optional(leaf("a list of texts", z.array(text)));

/** What may be declared. */
export const upgradeTaskInputs = z.strictObject({
  packageId: text,
  versionPackage: z.optional(
    leaf(
      "an object",
      z.strictObject({
        version: optionalText,
        packageType: optionalText,
        productId: optionalText,
        sourceVersions: names,
        moduleName: optionalText,
      }),
    ),
  ),
  appId: optionalText,
  taskName: optionalText,
  targets: leaf("an object", z.strictObject({ devices: names, groupIds: names })),
  taskPolicy: z.optional(
    leaf(
      "an object",
      z.strictObject({
        scheduleTime: optionalText,
        window: z.optional(nightWindowInput),
        retryCount: number,
        retryInterval: number,
      }),
    ),
  ),
  taskMode: z.optional(leaf('"GATEWAY"', z.enum(["GATEWAY"]))),
  taskExtInfo: z.optional(leaf("an object", z.record(z.string(), z.unknown()))),
  needConfirm: truth,
  confirmed: truth,
  retryFailed: optionalText,
  ...taskFields,
  onDelete: z.optional(leaf('"stop", "delete" or "keep"', z.enum(["stop", "delete", "keep"]))),
});

export type UpgradeTaskInputs = z.output<typeof upgradeTaskInputs>;

export const INPUT_NAMES = Object.keys(upgradeTaskInputs.shape);

/** One form for what means the same: sets in order, instants in one spelling, no defaults. */
export function canonical(inputs: UpgradeTaskInputs): UpgradeTaskInputs {
  const { targets, taskPolicy, taskExtInfo, needConfirm, retryFailed, rerunAfter, ...rest } =
    inputs;
  return {
    ...rest,
    targets: isKnown(targets)
      ? {
          ...setOf("devices", targets.devices, targets.groupIds),
          ...setOf("groupIds", targets.groupIds, targets.devices),
        }
      : targets,
    ...policyOf(taskPolicy),
    ...(taskExtInfo === undefined || Object.keys(taskExtInfo).length === 0 ? {} : { taskExtInfo }),
    ...(needConfirm === undefined || !needConfirm ? {} : { needConfirm }),
    ...instantOf("retryFailed", retryFailed),
    ...instantOf("rerunAfter", rerunAfter),
  };
}

function setOf<Name extends string>(
  name: Name,
  list: readonly string[] | undefined,
  other: readonly string[] | undefined,
): Partial<Record<Name, string[]>> {
  // What is empty beside what is not is as good as absent.
  if (list === undefined || (list.length === 0 && (other ?? []).length > 0)) return {};
  // Sorting around a leaf that is not known yet would show a different order once it is.
  const value = !isKnown(list) || containsUnknown(list) ? list : sortedSet(list);
  return { [name]: value } as Partial<Record<Name, string[]>>;
}

function policyOf(policy: UpgradeTaskInputs["taskPolicy"]): Pick<UpgradeTaskInputs, "taskPolicy"> {
  if (policy === undefined || !isKnown(policy))
    return policy === undefined ? {} : { taskPolicy: policy };
  const { scheduleTime, ...rest } = policy;
  const taskPolicy = { ...rest, ...instantOf("scheduleTime", scheduleTime) };
  return Object.values(taskPolicy).every((value) => value === undefined) ? {} : { taskPolicy };
}

function instantOf<Name extends string>(
  name: Name,
  value: string | undefined,
): Partial<Record<Name, string>> {
  if (value === undefined) return {};
  const spelled = isKnown(value) ? canonicalInstant(value) : value;
  return { [name]: spelled } as Partial<Record<Name, string>>;
}
