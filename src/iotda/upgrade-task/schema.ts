import { z } from "zod";

import { canonicalInstant } from "../../instant";
import { isKnown, leaf } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import { nightWindowInput } from "../../wing/night-window";
import { sortedSet } from "../../wing/task-changes";
import { taskFields } from "../../wing/task-fields";

const text = leaf("text", z.string());
const optionalText = text.optional();
const number = leaf("a number", z.number()).optional();
const truth = leaf("true or false", z.boolean()).optional();
const names = leaf("a list of texts", z.array(text)).optional();

/** What may be declared. */
export const upgradeTaskInputs = z.strictObject({
  packageId: text,
  versionPackage: leaf(
    "an object",
    z.strictObject({
      version: optionalText,
      packageType: optionalText,
      productId: optionalText,
    }),
  ).optional(),
  appId: optionalText,
  taskName: optionalText,
  targets: leaf("an object", z.strictObject({ devices: names, groupIds: names })),
  taskPolicy: leaf(
    "an object",
    z.strictObject({
      scheduleTime: optionalText,
      window: nightWindowInput.optional(),
      retryCount: number,
      retryInterval: number,
    }),
  ).optional(),
  taskMode: leaf('"GATEWAY"', z.enum(["GATEWAY"])).optional(),
  taskExtInfo: leaf("an object", z.record(z.string(), z.unknown())).optional(),
  needConfirm: truth,
  confirmed: truth,
  retryFailed: optionalText,
  ...taskFields,
  onDelete: leaf('"stop" or "keep"', z.enum(["stop", "keep"])).optional(),
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
      ? { ...setOf("devices", targets.devices), ...setOf("groupIds", targets.groupIds) }
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
): Partial<Record<Name, string[]>> {
  if (list === undefined) return {};
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
