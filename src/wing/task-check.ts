import { parseInstant } from "../instant";
import type { Failure, HookContext, Properties } from "../pulumi/kind";
import { asFailures, isKnown, shape } from "../pulumi/inputs";
import { containsUnknown, UNKNOWN } from "../pulumi/unknown";
import type { TaskRecord } from "../upgrade/platform";
import { candidates } from "../upgrade/same-task";
import { callContextOf, tryToLook } from "./accounts";
import { declaredIn, readWhole } from "./declared";
import { AS_DECLARED } from "./drift";
import { inTheFuture } from "./task-changes";
import { foretellTask } from "./task-foretold";
import { gateFailures } from "./task-gates";
import { REACH, tellReach, wrongMaxDevices } from "./task-reach";
import { noteWanted, twinReason } from "./task-run";
import { adoptNamed } from "./task-start";
import type { PackageLeaves, TaskAccount, TaskInputs, TaskWing } from "./task-wing";

/**
 * Everything that can be known beforehand: the shape, the documented rules, and for a task that would
 * be made or replaced what its package and the time of day say. Fills in what is known of the package,
 * and keeps that while the package is the same.
 */
export async function checkTask<
  Inputs extends TaskInputs,
  Declaration,
  Task extends TaskRecord,
  Package,
  Account extends TaskAccount,
>(
  wing: TaskWing<Inputs, Declaration, Task, Package, Account>,
  news: Properties,
  old: Properties | undefined,
  context: HookContext,
): Promise<{ inputs: Properties; failures: readonly Failure[] }> {
  const { platformState: _, [REACH]: __, ...declared } = news;
  const shaped = shape(wing.inputs, declared);
  if (shaped.inputs === undefined) return { inputs: news, failures: shaped.failures ?? [] };
  const inputs = {
    ...wing.canonical(shaped.inputs),
    onDelete: shaped.inputs.onDelete ?? wing.defaultOnDelete,
  };
  const failures = [...wing.brokenRules(inputs), ...wrongMaxDevices(inputs)];
  const before = old && readWhole(wing.inputs, declaredIn(old, wing.inputNames));
  const changed = before === undefined ? [] : wing.differences(inputs, wing.canonical(before));
  const isMade = before === undefined ? old === undefined : changed.length > 0;
  // What a preview does not know yet may turn out to be what it was.
  const isSure = before === undefined || changed.some((field) => !isOpen(field));
  let leaves = inputs.versionPackage ?? keptLeaves();
  let reach = keptReach();
  if (failures.length === 0 && isMade) {
    const now = await failuresNow(wing, { ...inputs, versionPackage: leaves }, context, isSure);
    failures.push(...now.failures);
    leaves = now.leaves;
    if (now.failures.length === 0) {
      const whole = { ...inputs, versionPackage: leaves };
      const isFound =
        now.found !== undefined &&
        old === undefined &&
        (await foretellTask(wing, whole, now.found, context));
      const told = await tellReach(wing, whole, now.found, { kept: reach, isFound }, context);
      failures.push(...told.failures);
      reach = told.reach;
    }
  }
  const twin = await noteWanted(wing, { ...inputs, versionPackage: leaves }, context);
  if (twin !== undefined && isMade) failures.push({ path: "", reason: twinReason(twin) });
  return {
    inputs: {
      ...(inputs as object),
      ...leavesToKeep(),
      ...(reach === undefined ? {} : { [REACH]: reach }),
      platformState: AS_DECLARED,
    },
    failures,
  };

  /** While package and targets are the same, nobody looks again. */
  function keptReach(): unknown {
    const fields: string[] = [wing.packageField, wing.reach?.targetsField ?? ""];
    return changed.some((field) => fields.includes(field)) ? undefined : old?.[REACH];
  }

  function isOpen(field: string): boolean {
    return containsUnknown(inputs[field as keyof typeof inputs]);
  }

  /** Of a package that a preview does not know, or could not ask for, the leaves are unknown, too. */
  function leavesToKeep(): { versionPackage?: unknown } {
    if (leaves !== undefined) return { versionPackage: leaves };
    const id = inputs[wing.packageField];
    const isAsked =
      isKnown(id) && !(context.isPreview === true && before?.[wing.packageField] !== id);
    return isAsked ? {} : { versionPackage: UNKNOWN };
  }

  /** What was filled in for this package is not asked for again. */
  function keptLeaves(): PackageLeaves | undefined {
    const field = wing.packageField;
    return before !== undefined && before[field] === inputs[field]
      ? before.versionPackage
      : undefined;
  }
}

/**
 * What depends on the platform or on the time of day, of a task that would be made now; and what is
 * known of its package after a look.
 *
 * @param isSure - whether it is made for sure; otherwise the time of day is not judged
 */
export async function failuresNow<
  Inputs extends TaskInputs,
  Declaration,
  Task extends TaskRecord,
  Package,
  Account extends TaskAccount,
>(
  wing: TaskWing<Inputs, Declaration, Task, Package, Account>,
  inputs: Inputs,
  context: HookContext,
  isSure = true,
): Promise<{
  failures: readonly Failure[];
  leaves: PackageLeaves | undefined;
  found: Package | undefined;
}> {
  const found: Failure[] = [];
  const known: { leaves: PackageLeaves | undefined; found: Package | undefined } = {
    leaves: inputs.versionPackage,
    found: undefined,
  };
  let now = Date.now();
  let existsAlready = inputs.adopt !== undefined;
  if (isKnown(inputs[wing.packageField])) {
    await tryToLook("The upgrade task", wing.accounts, context, async (account) => {
      const { found: target, failures: wrong } = await wing.findPackage(inputs, account, context);
      now = account.now();
      known.found = target;
      if (target !== undefined) known.leaves ??= wing.leavesOf(target);
      if (existsAlready) return;
      found.push(...wrong);
      // A create that lost its id finds its task again, however late the next `up` comes.
      if (target !== undefined && wrong.length === 0 && wing.wrongTime(inputs, now)) {
        existsAlready = await isOnPlatform(target, account);
      }
    });
  } else {
    found.push(...(wing.misfits?.(inputs) ?? []));
  }
  if (inputs.adopt !== undefined && !containsUnknown(inputs)) {
    await tryToLook("The upgrade task", wing.accounts, context, async (account) => {
      found.push(...(await asFailures(() => adoptNamed(wing, inputs, account, context))));
    });
  }
  const leaves = known.leaves ?? { version: UNKNOWN };
  found.push(...gateFailures(wing, { ...inputs, versionPackage: leaves }, "preview"));
  const later = [
    existsAlready || !isSure ? undefined : wing.wrongTime(inputs, now),
    inTheFuture("rerunAfter", inputs.rerunAfter, now),
  ];
  const failures = [...found, ...later.filter((failure) => failure !== undefined)];
  return { failures, ...known };

  async function isOnPlatform(target: Package, account: Account): Promise<boolean> {
    if (containsUnknown(inputs)) return false;
    const tasks = wing.tasks(account, callContextOf(context));
    const declaration = wing.declare(inputs, target, context.urn);
    const same = await tasks.findSame(declaration, { fresh: false });
    return candidates(same.tasks, parseInstant(inputs.rerunAfter ?? "")).length > 0;
  }
}
