import { messageOf } from "../errors";
import type { Failure, HookContext } from "../pulumi/kind";
import { isKnown } from "../pulumi/inputs";
import { containsUnknown, UNKNOWN } from "../pulumi/unknown";
import type { TaskRecord } from "../upgrade/platform";
import { counted, type Reach, reachLine, type Seen } from "../upgrade/reach";
import { nameInUrn } from "../urn";
import { isToldOfAll, lookAtDevices } from "./accounts";
import { lookAtReach } from "./reach";
import { stackSettings } from "./stack-settings";
import type { TaskAccount, TaskInputs, TaskReach, TaskWing } from "./task-wing";

/** The input that `check` writes: what is reached, for policies, and for nobody to be compared with. */
export const REACH = "reach";

export interface ToldReach {
  readonly failures: readonly Failure[];
  /** What is kept as an input; `undefined`: nothing is known. */
  readonly reach: unknown;
}

/**
 * Says what a task that is to be made would reach, and what speaks against it. A look that fails stops
 * nobody, unless the stack says that it must.
 *
 * @param known - what was counted already, because package and targets are what they were; and whether
 * the platform has the task already, so that nothing would be pushed
 */
export async function tellReach<
  Inputs extends TaskInputs,
  Declaration,
  Task extends TaskRecord,
  Package,
  Account extends TaskAccount,
>(
  wing: TaskWing<Inputs, Declaration, Task, Package, Account>,
  inputs: Inputs,
  found: Package | undefined,
  known: { readonly kept: unknown; readonly isFound: boolean },
  context: HookContext,
): Promise<ToldReach> {
  const { kept, isFound } = known;
  const settings = stackSettings(context.config);
  const most = mostDevices(inputs, settings.maxDevices);
  if (kept !== undefined) return { reach: kept, failures: tooMany(most, kept as Partial<Reach>) };
  // What is taken over pushes nothing.
  if (wing.reach === undefined || inputs.adopt !== undefined) return NOTHING;
  if (settings.preflight === "off" && most === undefined) return NOTHING;
  const isRequired = settings.preflight === "require";
  if (containsUnknown(inputs[wing.reach.targetsField])) {
    const reason = "are known in the `up` only, so what they reach cannot be counted here.";
    // A saved plan takes what is not known yet for what the `up` will find.
    return { reach: UNKNOWN, failures: required(isRequired, wing.reach.targetsField, reason) };
  }
  const { reach } = wing;
  const told = { seen: undefined as Seen | undefined, failures: [] as readonly Failure[] };
  const error = await lookAtDevices(wing.accounts, context, async (account) => {
    const mostCalls = settings.preflight === "off" ? 0 : settings.maxPreviewCalls;
    const pushed = withoutUnknown(reach.pushed(inputs, found));
    const reaching = reach.reaching(inputs, account, context);
    told.seen = await lookAtReach(reaching, reach.targets(inputs), pushed, mostCalls);
    told.failures = reach.refusals(inputs, told.seen, account);
  });
  const { seen } = told;
  if (seen === undefined) {
    const reason = `What it reaches could not be counted: ${messageOf(error)}`;
    if (!isRequired && !isToldOfAll(wing.accounts, context, error)) {
      context.report.warn(`${nameInUrn(context.urn ?? "")}: ${reason}`);
    }
    const isOpen = context.isPreview === true && settings.preflight !== "off";
    return { reach: isOpen ? UNKNOWN : undefined, failures: required(isRequired, "", reason) };
  }
  if (settings.preflight !== "off" && !isFound) say(reach, inputs, found, seen, context);
  // With more known of the package the `up` will find more figures.
  const isWhole = isKnown(inputs[wing.packageField]) || isToldWhole(inputs.versionPackage);
  return {
    reach: isWhole ? seen.reach : UNKNOWN,
    failures: [...told.failures, ...tooMany(most, seen.reach, seen)],
  };
}

function isToldWhole(leaves: TaskInputs["versionPackage"]): boolean {
  return leaves?.version !== undefined && !containsUnknown(leaves);
}

const NOTHING: ToldReach = { reach: undefined, failures: [] };

function say<Inputs, Package, Account>(
  reach: TaskReach<Inputs, Package, Account>,
  inputs: Inputs,
  found: Package | undefined,
  seen: Seen,
  context: HookContext,
): void {
  const pushed = withoutUnknown(reach.pushed(inputs, found));
  const line = reachLine(nameInUrn(context.urn ?? ""), pushed, seen, reach.ofAnotherKind);
  const isOdd = Object.values(seen.ids).some((ids) => ids.length > 0);
  if (isOdd) context.report.warn(line);
  else context.report.info(line);
}

export function wrongMaxDevices({ maxDevices }: TaskInputs): Failure[] {
  if (maxDevices === undefined || !isKnown(maxDevices)) return [];
  if (Number.isInteger(maxDevices) && maxDevices >= 0) return [];
  return [{ path: "maxDevices", reason: `is ${maxDevices}; it must be a whole number from 0.` }];
}

interface MostDevices {
  readonly devices: number;
  /** The input or the setting that says so. */
  readonly place: string;
}

function mostDevices(inputs: TaskInputs, ofStack: number | undefined): MostDevices | undefined {
  const { maxDevices } = inputs;
  if (maxDevices !== undefined) {
    return isKnown(maxDevices) ? { devices: maxDevices, place: "maxDevices" } : undefined;
  }
  return ofStack === undefined ? undefined : { devices: ofStack, place: "huawei-ota:maxDevices" };
}

function tooMany(
  most: MostDevices | undefined,
  { devices }: Partial<Reach>,
  seen?: Seen,
): Failure[] {
  if (most === undefined || typeof devices !== "number" || devices <= most.devices) return [];
  const atMost = seen?.isAtMost === true ? "at most " : "";
  const reason = `reaches ${atMost}${counted(devices)}, and ${most.place} is ${most.devices}. Nothing was pushed; narrow the targets, or raise it.`;
  return [{ path: "", reason }];
}

function required(isRequired: boolean, path: string, reason: string): Failure[] {
  if (!isRequired) return [];
  return [{ path, reason: `${reason} (huawei-ota:preflight is "require".)` }];
}

/** What a preview does not know yet says nothing of a device. */
function withoutUnknown<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const known = Object.entries(value).filter(([, inner]) => inner !== UNKNOWN);
  return Object.fromEntries(known.map(([name, inner]) => [name, withoutUnknown(inner)])) as Value;
}
