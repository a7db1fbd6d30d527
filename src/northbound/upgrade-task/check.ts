import { parseInstant } from "../../instant";
import type { Failure, HookContext, Properties } from "../../pulumi/hooks";
import { asFailures, isKnown, shape } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import { madeSince } from "../../upgrade/same-task";
import { callContextOf, tryToLook } from "../../wing/accounts";
import type { Application, Applications } from "../api/platform";
import type { PackageRecord } from "../api/wire";
import { AS_DECLARED } from "../../wing/drift";
import { adoptNamed } from "./adopt";
import { declare, noPackage, type TaskKind } from "./kind";
import { brokenRules, packageFailures, rerunInTheFuture, startInThePast } from "./rules";
import { canonical, type UpgradeTaskInputs, upgradeTaskInputs } from "./schema";

/**
 * Everything that can be known beforehand: the shape, the vendor's rules, and for a task that is new
 * or changed whether its package exists and fits.
 */
export async function checkUpgradeTask(
  kind: TaskKind,
  news: Properties,
  old: Properties | undefined,
  applications: Applications,
  context: HookContext,
): Promise<{ inputs: Properties; failures: readonly Failure[] }> {
  const { platformState: _, ...declared } = news;
  const shaped = shape(upgradeTaskInputs, declared);
  if (shaped.inputs === undefined) return { inputs: news, failures: shaped.failures };
  const inputs = canonical(shaped.inputs);
  const failures = brokenRules(inputs);
  if (failures.length === 0 && !isUnchanged(inputs, old)) {
    failures.push(...(await timelyFailures(kind, inputs, applications, context)));
  }
  const isNewlyAdopted = inputs.adopt !== undefined && inputs.adopt !== old?.["adopt"];
  if (failures.length === 0 && isNewlyAdopted && !containsUnknown(inputs)) {
    await tryToLook("The upgrade task", applications, context, async (application) => {
      failures.push(...(await asFailures(() => adoptNamed(kind, inputs, application, context))));
    });
  }
  return { inputs: { ...inputs, platformState: AS_DECLARED }, failures };
}

const TASK_FIELDS = ["fileId", "targets", "policy", "rerunAfter"] as const;

function isUnchanged(inputs: UpgradeTaskInputs, old: Properties | undefined): boolean {
  if (old === undefined) return false;
  const { platformState: _, ...declared } = old;
  const before = shape(upgradeTaskInputs, declared).inputs;
  if (before === undefined) return false;
  const then = canonical(before);
  return TASK_FIELDS.every(
    (field) => JSON.stringify(inputs[field]) === JSON.stringify(then[field]),
  );
}

/** What depends on the platform or on the time of day. */
async function timelyFailures(
  kind: TaskKind,
  inputs: UpgradeTaskInputs,
  applications: Applications,
  context: HookContext,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  let now = Date.now();
  let existsAlready = inputs.adopt !== undefined;
  if (inputs.adopt === undefined && isKnown(inputs.fileId)) {
    await tryToLook("The upgrade task", applications, context, async (application) => {
      const found = await application.packages(callContextOf(context)).look(inputs.fileId);
      now = application.now();
      if (found === undefined) {
        failures.push({ path: "fileId", reason: noPackage(inputs.fileId, application) });
        return;
      }
      failures.push(...packageFailures(inputs, found, kind.fileType));
      if (startInThePast(inputs, now) !== undefined) {
        existsAlready = await isOnPlatform(kind, inputs, found, application, context);
      }
    });
  }
  const late = existsAlready ? undefined : startInThePast(inputs, now);
  const early = rerunInTheFuture(inputs, now);
  return [...failures, ...[late, early].filter((failure) => failure !== undefined)];
}

/** A create that lost its id finds its task again, however late the next `up` comes. */
async function isOnPlatform(
  kind: TaskKind,
  inputs: UpgradeTaskInputs,
  found: PackageRecord,
  application: Application,
  context: HookContext,
): Promise<boolean> {
  if (containsUnknown(inputs)) return false;
  const tasks = application.tasks(callContextOf(context));
  const same = await tasks.findSame(declare(kind, inputs, found), { fresh: false });
  return madeSince(same.tasks, parseInstant(inputs.rerunAfter ?? "")).length > 0;
}
