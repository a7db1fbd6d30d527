import { parseInstant } from "../instant";
import type { Failure, HookContext, Properties } from "../pulumi/hooks";
import { asFailures, isKnown, shape } from "../pulumi/inputs";
import { containsUnknown, UNKNOWN } from "../pulumi/unknown";
import type { TaskRecord } from "../upgrade/platform";
import { candidates } from "../upgrade/same-task";
import { callContextOf, tryToLook } from "./accounts";
import { declaredIn, readWhole } from "./declared";
import { AS_DECLARED } from "./drift";
import { inTheFuture } from "./task-changes";
import { gateFailures } from "./task-gates";
import { noteWanted, twinReason } from "./task-run";
import { adoptNamed } from "./task-start";
import type { TaskAccount, TaskInputs, TaskWing } from "./task-wing";

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
  const { platformState: _, ...declared } = news;
  const shaped = shape(wing.inputs, declared);
  if (shaped.inputs === undefined) return { inputs: news, failures: shaped.failures ?? [] };
  const inputs = {
    ...wing.canonical(shaped.inputs),
    onDelete: shaped.inputs.onDelete ?? wing.defaultOnDelete,
  };
  const failures = [...wing.brokenRules(inputs)];
  const before = old && readWhole(wing.inputs, declaredIn(old, wing.inputNames));
  const changed = before === undefined ? [] : wing.differences(inputs, wing.canonical(before));
  const isMade = before === undefined ? old === undefined : changed.length > 0;
  // What a preview does not know yet may turn out to be what it was.
  const isMadeForSure =
    isMade && (before === undefined || changed.some((field) => isWhollyKnown(field)));
  const known: { leaves: TaskInputs["versionPackage"] | undefined } = {
    leaves: inputs.versionPackage ?? keptLeaves(),
  };
  if (failures.length === 0 && isMade) failures.push(...(await failuresNow()));
  const twin = await noteWanted(wing, { ...inputs, versionPackage: known.leaves }, context);
  if (twin !== undefined && isMade) failures.push({ path: "", reason: twinReason(twin) });
  return {
    inputs: { ...(inputs as object), ...leavesToKeep(), platformState: AS_DECLARED },
    failures,
  };

  function isWhollyKnown(field: string): boolean {
    return !containsUnknown(inputs[field as keyof typeof inputs]);
  }

  /** Of a package that only a preview does not know the leaves are unknown, too. */
  function leavesToKeep(): { versionPackage?: unknown } {
    if (known.leaves !== undefined) return { versionPackage: known.leaves };
    return isKnown(inputs[wing.packageField]) ? {} : { versionPackage: UNKNOWN };
  }

  /** What was filled in for this package is not asked for again. */
  function keptLeaves(): TaskInputs["versionPackage"] | undefined {
    const field = wing.packageField;
    return before !== undefined && before[field] === inputs[field]
      ? before.versionPackage
      : undefined;
  }

  /** What depends on the platform or on the time of day. */
  async function failuresNow(): Promise<Failure[]> {
    const found: Failure[] = [];
    let now = Date.now();
    let existsAlready = inputs.adopt !== undefined;
    if (isKnown(inputs[wing.packageField])) {
      await tryToLook("The upgrade task", wing.accounts, context, async (account) => {
        const { found: target, failures: wrong } = await wing.findPackage(inputs, account, context);
        now = account.now();
        if (target !== undefined) known.leaves ??= wing.leavesOf(target);
        if (existsAlready) return;
        found.push(...wrong);
        // A create that lost its id finds its task again, however late the next `up` comes.
        if (target !== undefined && wrong.length === 0 && wing.wrongTime(inputs, now)) {
          existsAlready = await isOnPlatform(target, account);
        }
      });
    }
    if (inputs.adopt !== undefined && !containsUnknown(inputs)) {
      await tryToLook("The upgrade task", wing.accounts, context, async (account) => {
        found.push(...(await asFailures(() => adoptNamed(wing, inputs, account, context))));
      });
    }
    const leaves = known.leaves ?? { version: UNKNOWN };
    found.push(...gateFailures(wing, { ...inputs, versionPackage: leaves }, "preview"));
    const later = [
      existsAlready || !isMadeForSure ? undefined : wing.wrongTime(inputs, now),
      inTheFuture("rerunAfter", inputs.rerunAfter, now),
    ];
    return [...found, ...later.filter((failure) => failure !== undefined)];
  }

  async function isOnPlatform(target: Package, account: Account): Promise<boolean> {
    if (containsUnknown(inputs)) return false;
    const tasks = wing.tasks(account, callContextOf(context));
    const declaration = wing.declare(inputs, target, context.urn);
    const same = await tasks.findSame(declaration, { fresh: false });
    return candidates(same.tasks, parseInstant(inputs.rerunAfter ?? "")).length > 0;
  }
}
