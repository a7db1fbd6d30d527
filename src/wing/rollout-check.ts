import { messageOf, PlatformError } from "../errors";
import type { Failure, HookContext, Properties } from "../pulumi/kind";
import { isKnown, shape } from "../pulumi/inputs";
import { containsUnknown, UNKNOWN } from "../pulumi/unknown";
import { formatInstant } from "../instant";
import type { RolloutDeclaration } from "../upgrade/rollout/declaration";
import { type Draw, draw, selectionOf } from "../upgrade/rollout/draw";
import { plannedDevices, planKey, planOf, type RolloutPlan } from "../upgrade/rollout/plan";
import {
  describePlan,
  type HintFacts,
  planHints,
  versionBefore,
} from "../upgrade/rollout/describe-plan";
import { tryToLook } from "./accounts";
import { declaredIn, readWhole } from "./declared";
import { AS_DECLARED } from "./drift";
import { declarationOf, nameIn } from "./rollout-declaration";
import { noteDrawn, othersDrawing } from "./rollout-drawn";
import { planIn } from "./rollout-state";
import type { RolloutAccount, RolloutInputs, RolloutWing } from "./rollout-wing";
import { stackSettings } from "./stack-settings";
import { inTheFuture, stable } from "./task-changes";
import { standings } from "./task-gates";
import { accountName, declareIn } from "./run-objects";

/**
 * Everything that can be known beforehand: the shape, the documented rules, the package, and who is in
 * which wave. The plan is kept while what makes it is the same, so that a saved plan holds to it.
 */
export async function checkRollout<
  Inputs extends RolloutInputs,
  Package,
  Account extends RolloutAccount,
>(
  wing: RolloutWing<Inputs, Package, Account>,
  news: Properties,
  old: Properties | undefined,
  context: HookContext,
): Promise<{ inputs: Properties; failures: readonly Failure[] }> {
  const { platformState: _, plan: __, ...declared } = news;
  const shaped = shape(wing.inputs, declared);
  if (shaped.inputs === undefined) return { inputs: news, failures: shaped.failures ?? [] };
  const before = old && readWhole(wing.inputs, declaredIn(old, wing.inputNames));
  const name = nameIn(context.urn);
  const settings = stackSettings(context.config);
  let inputs: Inputs = {
    ...wing.canonical(shaped.inputs),
    onDelete: shaped.inputs.onDelete ?? wing.defaultOnDelete,
    // A rename moves nobody to another wave.
    seed: shaped.inputs.seed ?? before?.seed ?? name,
  };
  declareIn(wing.accounts, context);
  const failures = [...(await filledIn())];
  failures.push(...wing.brokenRules(inputs));
  if (failures.length > 0)
    return { inputs: { ...inputs, ...checked(planIn(old ?? {})) }, failures };

  const declaration = declarationOf(wing, inputs, name, settings.maxDevices);
  const former = before && declarationOf(wing, before, name, settings.maxDevices);
  const oldPlan = planIn(old ?? {});
  let isSameDraw = false;
  const plan = await thePlan(declaration);
  failures.push(...closedGates(wing, inputs, before));
  return { inputs: { ...(inputs as object), ...checked(plan) }, failures };

  /** What is known of the package is filled in, and kept while it is the same package. */
  async function filledIn(): Promise<readonly Failure[]> {
    const { versionPackage: given } = inputs;
    if (given !== undefined && !isKnown(given)) return [];
    const packageId = inputs[wing.packageField];
    const isSame = before !== undefined && before[wing.packageField] === packageId;
    if (isSame && before.versionPackage?.version !== undefined) {
      inputs = { ...inputs, versionPackage: { ...before.versionPackage, ...given } };
      return [];
    }
    if (!isKnown(packageId)) return wing.misfits(inputs);
    const wrong: Failure[] = [];
    await tryToLook("The rollout", wing.accounts, context, async (account) => {
      const { found, failures: all } = await wing.findPackage(inputs, account, context);
      wrong.push(...all);
      if (found === undefined) return;
      inputs = { ...inputs, versionPackage: { ...wing.leavesOf(found), ...given } };
    });
    return wrong;
  }

  /** In an `up` the engine refuses the unknown; a plan that is missing is drawn before the first push. */
  function checked(plan: RolloutPlan | undefined): Properties {
    const isOpen = context.isPreview === true || containsUnknown(declared);
    const told = plan ?? (isOpen ? UNKNOWN : undefined);
    return { ...(told === undefined ? {} : { plan: told }), platformState: AS_DECLARED };
  }

  async function thePlan(wanted: RolloutDeclaration | undefined): Promise<RolloutPlan | undefined> {
    if (wanted === undefined) {
      tellNotDrawn("something of it is not known before the `up`");
      return undefined;
    }
    isSameDraw = former !== undefined && planKey(former) === planKey(wanted);
    if (
      isSameDraw &&
      oldPlan !== undefined &&
      stable(former?.approved) === stable(wanted.approved)
    ) {
      failures.push(...tooMany(wanted, oldPlan));
      return oldPlan;
    }
    const drawn: { plan?: RolloutPlan; reason: string } = { reason: "" };
    await tryToLook("The rollout", wing.accounts, context, async (account) => {
      try {
        drawn.plan = await drawnPlan(wanted, account, isSameDraw ? oldPlan : undefined);
      } catch (error) {
        drawn.reason = messageOf(error);
        // What the platform cannot read it will not read at the `up` either.
        if (!(error instanceof PlatformError) || error.status !== 400) throw error;
        failures.push({ path: "fleet", reason: `cannot be looked at: ${error.message}` });
      }
    });
    if (drawn.plan === undefined && failures.length === 0) tellNotDrawn(drawn.reason);
    return drawn.plan;
  }

  function tellNotDrawn(reason: string): void {
    const because = reason === "" ? "" : `: ${reason}`;
    if (settings.preflight === "require") {
      failures.push({
        path: "plan",
        reason: `could not be drawn, and huawei-ota:preflight is "require"${because}`,
      });
    } else {
      context.report.warn(
        `${name}: who is in which wave could not be drawn${because}. The \`up\` draws it before it pushes.`,
      );
    }
  }

  async function drawnPlan(
    wanted: RolloutDeclaration,
    account: Account,
    shown: RolloutPlan | undefined,
  ): Promise<RolloutPlan> {
    const made = await drawNow(wing, inputs, wanted, account, context, {
      isFirst: old === undefined,
      shown,
    });
    // Only by now the platform has told its time.
    const isRerun = before?.rerunAfter !== inputs.rerunAfter;
    const early = isRerun ? inTheFuture("rerunAfter", inputs.rerunAfter, account.now()) : undefined;
    if (early !== undefined) failures.push(early);
    failures.push(...made.refusals.map((reason) => ({ path: "", reason })));
    for (const line of made.told) context.report.warn(line);
    // What an approval adds to what has begun only the state tells, which `diff` has.
    if (made.refusals.length === 0 && former?.version !== wanted.version) {
      context.report.info(describePlan(wanted, made.drawn, formatInstant(account.now())));
      // They are for whoever reviews, and an `up` has none.
      if (context.isPreview !== false) await tellHints(wanted, made.drawn, account);
    }
    return made.plan;
  }

  async function tellHints(
    wanted: RolloutDeclaration,
    drawn: Draw,
    account: Account,
  ): Promise<void> {
    const { silentSeconds } = wing;
    const from = versionBefore(wanted, drawn);
    const packageBefore =
      from !== undefined && from === former?.reportedVersion
        ? await packageOfBefore(account)
        : undefined;
    for (const hint of planHints(wanted, drawn, { silentSeconds, packageBefore })) {
      context.report.info(hint);
    }
  }

  /** What becomes of the package that was declared before; a hint fails nothing. */
  async function packageOfBefore(account: Account): Promise<HintFacts["packageBefore"]> {
    const id = before?.[wing.packageField];
    if (before === undefined || typeof id !== "string") return undefined;
    try {
      const packages = await accountName(account, "packages");
      if (account.ledger.replacerOf(packages, id) !== undefined) return "isDeleted";
      const { found } = await wing.findPackage(before, account, context);
      return found === undefined ? "isGone" : "exists";
    } catch {
      return undefined;
    }
  }
}

/** Who is in which wave by what the platform says now, and what is to be said of it. */
export async function drawNow<
  Inputs extends RolloutInputs,
  Package,
  Account extends RolloutAccount,
>(
  wing: RolloutWing<Inputs, Package, Account>,
  inputs: Inputs,
  declaration: RolloutDeclaration,
  account: Account,
  context: HookContext,
  { isFirst, shown }: { readonly isFirst: boolean; readonly shown?: RolloutPlan | undefined },
): Promise<{
  plan: RolloutPlan;
  drawn: Draw;
  refusals: readonly string[];
  told: readonly string[];
}> {
  const platform = wing.platform(inputs, declaration.seed, account, context);
  const look = await platform.look(selectionOf(declaration), { fresh: false });
  const drawn = draw(declaration, look, { isFirst });
  const members = [...drawn.members.keys()];
  await noteDrawn(account, wing.packageKind, context, members);
  const others = await othersDrawing(account, wing.packageKind, context, members);
  for (const other of others) {
    context.report.warn(
      `${declaration.name} and ${nameIn(other)} have devices in common: each waits while the other upgrades one, and what the later one brought stays.`,
    );
  }
  const plan = planOf(declaration, drawn, shown === undefined ? {} : { before: shown });
  return { plan, drawn, refusals: drawn.refusals, told: drawn.told };
}

function tooMany({ maxDevices, name }: RolloutDeclaration, plan: RolloutPlan): readonly Failure[] {
  const devices = [...plannedDevices(plan).values()].reduce((sum, one) => sum + one, 0);
  if (maxDevices === undefined || devices <= maxDevices) return [];
  return [
    {
      path: "maxDevices",
      reason: `is ${String(maxDevices)}, and the waves of ${name} have ${String(devices)} devices: raise it if they are meant, or narrow the fleet.`,
    },
  ];
}

/** A gate of another version opens for this one never; one that has not succeeded yet holds. */
function closedGates<Inputs extends RolloutInputs>(
  wing: Pick<RolloutWing<Inputs, never, RolloutAccount>, "packageField" | "packageKind">,
  inputs: Inputs,
  before: Inputs | undefined,
): Failure[] {
  const isNewVersion = before?.versionPackage?.version !== inputs.versionPackage?.version;
  if (!isNewVersion) return [];
  return standings(wing, inputs).flatMap(({ path, standing }) =>
    standing.kind === "closed" && standing.mayOpen !== true
      ? [{ path, reason: `is closed: ${standing.because}` }]
      : [],
  );
}
