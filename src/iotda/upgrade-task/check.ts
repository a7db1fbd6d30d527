import { parseInstant } from "../../instant";
import type { Failure, HookContext, Properties } from "../../pulumi/hooks";
import { asFailures, isKnown, shape } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import { callContextOf, tryToLook } from "../../wing/accounts";
import { AS_DECLARED } from "../../wing/drift";
import { madeSince } from "../../upgrade/same-task";
import { stable } from "../../wing/task-changes";
import type { Project, Projects } from "../api/platform";
import { adoptNamed } from "./adopt";
import { declare, noPackage, type TaskKind } from "./kind";
import { brokenRules, inTheFuture, wrongSchedule } from "./rules";
import { canonical, CONTENT_FIELDS, type UpgradeTaskInputs, upgradeTaskInputs } from "./schema";

/**
 * Everything that can be known beforehand: the shape, the documented rules, and for a task that is new
 * or changed whether its package exists and is of its kind.
 */
export async function checkUpgradeTask(
  kind: TaskKind,
  news: Properties,
  old: Properties | undefined,
  projects: Projects,
  context: HookContext,
): Promise<{ inputs: Properties; failures: readonly Failure[] }> {
  const { platformState: _, ...declared } = news;
  const shaped = shape(upgradeTaskInputs, declared);
  if (shaped.inputs === undefined) return { inputs: news, failures: shaped.failures };
  const inputs = canonical(shaped.inputs);
  const failures = brokenRules(inputs);
  if (failures.length === 0) {
    failures.push(...(await timelyFailures(kind, inputs, old, projects, context)));
  }
  return { inputs: { ...inputs, platformState: AS_DECLARED }, failures };
}

/** What depends on the platform or on the time of day. */
async function timelyFailures(
  kind: TaskKind,
  inputs: UpgradeTaskInputs,
  old: Properties | undefined,
  projects: Projects,
  context: HookContext,
): Promise<Failure[]> {
  const isSame =
    old !== undefined &&
    CONTENT_FIELDS.every((field) => stable(inputs[field]) === stable(old[field]));
  const newInstants = (["rerunAfter", "retryFailed"] as const).filter(
    (field) => inputs[field] !== undefined && inputs[field] !== old?.[field],
  );
  const failures: Failure[] = [];
  let now = Date.now();
  // A new rerunAfter may ask for another task than the one in the state.
  let existsAlready = (isSame && !newInstants.includes("rerunAfter")) || inputs.adopt !== undefined;
  // An instant is held against the platform's clock, which only a reply of the platform tells.
  if ((!existsAlready || newInstants.length > 0) && isKnown(inputs.packageId)) {
    await tryToLook("The upgrade task", projects, context, async (project) => {
      const wrong = await wrongPackage(kind, inputs, project, context);
      now = project.now();
      if (existsAlready) return;
      if (wrong !== undefined) failures.push(wrong);
      else if (wrongSchedule(inputs, now) !== undefined && !containsUnknown(inputs)) {
        // A create that lost its id finds its task again, however late the next `up` comes.
        const tasks = project.tasks(callContextOf(context));
        const same = await tasks.findSame(declare(kind, inputs, context.urn), { fresh: false });
        existsAlready = madeSince(same.tasks, parseInstant(inputs.rerunAfter ?? "")).length > 0;
      }
    });
  }
  if (inputs.adopt !== undefined && inputs.adopt !== old?.["adopt"] && !containsUnknown(inputs)) {
    await tryToLook("The upgrade task", projects, context, async (project) => {
      failures.push(...(await asFailures(() => adoptNamed(kind, inputs, project, context))));
    });
  }
  const later = [
    existsAlready ? undefined : wrongSchedule(inputs, now),
    ...newInstants.map((field) => inTheFuture(field, inputs, now)),
  ];
  return [...failures, ...later.filter((failure) => failure !== undefined)];
}

export async function wrongPackage(
  kind: TaskKind,
  { packageId, appId }: UpgradeTaskInputs,
  project: Project,
  context: HookContext,
): Promise<Failure | undefined> {
  const { packageType } = kind;
  const packages = project.packages(callContextOf(context));
  const space = appId !== undefined && isKnown(appId) ? appId : undefined;
  const found = await packages.look(packageId, { packageType, appId: space });
  const path = "packageId";
  if (found === undefined) return { path, reason: await noPackage(packageId, project) };
  if (found.packageType === undefined || found.packageType === packageType) return undefined;
  return { path, reason: `is a ${found.packageType}, but this task pushes a ${packageType}.` };
}
