import { OtaError } from "../errors";
import { type HookContext, type Kind, PartialFailure, type Properties } from "../pulumi/kind";
import { isKnown } from "../pulumi/inputs";
import type { GateStanding } from "../upgrade/gate";
import { compareRollout } from "../upgrade/rollout/compare";
import { describeMadeAnew } from "../upgrade/rollout/describe-edits";
import { describeRemoval, describeRest } from "../upgrade/rollout/describe-rest";
import { isApproved, type RolloutDeclaration } from "../upgrade/rollout/declaration";
import { some } from "../upgrade/rollout/describe";
import { type RolloutPlan, withJoiners } from "../upgrade/rollout/plan";
import type { RolloutPlatform } from "../upgrade/rollout/platform";
import { joinersNow, readRollout } from "../upgrade/rollout/refresh";
import { type RolloutEnd, runRollout } from "../upgrade/rollout/run";
import { accountOwning, keyToKeep, movedAccount, refuseOtherAccount, tryToLook } from "./accounts";
import { declaredIn, readWhole } from "./declared";
import { AS_DECLARED, recordedDrift } from "./drift";
import { checkRollout, drawNow } from "./rollout-check";
import { declarationOf, nameIn, WAIT_SECONDS } from "./rollout-declaration";
import { drawnInThisRun, noteDrawn } from "./rollout-drawn";
import {
  type KnownRolloutState,
  outputsIn,
  planIn,
  readState,
  type RolloutState,
  stateOf,
} from "./rollout-state";
import type { RolloutAccount, RolloutInputs, RolloutWing } from "./rollout-wing";
import { stackSettings } from "./stack-settings";
import { stable } from "./task-changes";
import { standings } from "./task-gates";

export type { RolloutState } from "./rollout-state";

function called(name: string): string {
  return `Rollout ${name}`;
}

/**
 * The lifecycle of a rollout, the same in every wing: `check` draws it, `create` and `update` go on with
 * it until it is over, held or red, `read` looks, and `delete` forgets it or stops what has not begun.
 */
export function rolloutKind<Inputs extends RolloutInputs, Package, Account extends RolloutAccount>(
  wing: RolloutWing<Inputs, Package, Account>,
): Kind<Inputs, RolloutState> {
  const { accounts, packageField } = wing;
  const names = [...wing.inputNames, "plan"];
  const readable = (declared: Properties): Inputs | undefined =>
    readWhole(wing.inputs, declaredIn(declared, wing.inputNames));

  return {
    check: (news, old, context) => checkRollout(wing, news, old, context),

    async diff(id, properties, news, context) {
      const state = readState(properties);
      const name = nameIn(context.urn);
      const moved = await movedAccount(called(name), state.account, accounts, context);
      if (moved !== undefined) return moved;
      const inputs = readable(news);
      const replaces = wing.replacing.filter(
        (field) => inputs !== undefined && stable(inputs[field]) !== stable(state[field]),
      );
      if (replaces.length > 0) return { kind: "changed", replaces };
      const declaration = inputs && declared(inputs, name, id, context);
      const outputs = outputsIn(state, packageField);
      if (inputs === undefined || declaration === undefined || outputs === undefined) {
        return { kind: "changed" };
      }
      // A package that is made anew may still turn out to be of another version.
      const isMadeAnew = !isKnown(inputs[packageField]);
      const packageId = isMadeAnew ? outputs.packageId : declaration.packageId;
      const rest = compareRollout({ ...declaration, packageId }, { outputs, book: state.book });
      if (context.isProgramRun && rest.refusals.length > 0) {
        throw new OtaError(rest.refusals.join("\n"));
      }
      if (context.isProgramRun && isMadeAnew && rest.refusesRebuild) {
        context.report.warn(`${name}: ${describeMadeAnew(declaration.version, outputs.packageId)}`);
      }
      const drift = recordedDrift(state);
      if (drift !== undefined) {
        context.report.warn(
          `${name}: ${drift}. The next \`pulumi up\` takes note of it and pushes nothing; to push again, set rerunAfter.`,
        );
      }
      const line = describeRest(declaration, planIn(news), outputs, rest.goBack);
      if (context.isProgramRun && line !== undefined) context.report.info(line);
      if (!rest.isAtRest) return { kind: "unfinished" };
      const isJoined = await tellsJoiners(inputs, declaration, state, context);
      if (isJoined) return { kind: "unfinished" };
      const isSame =
        drift === undefined && stable(declaredIn(news, names)) === stable(declaredIn(state, names));
      return isSame ? { kind: "same" } : { kind: "changed" };
    },

    async create(inputs, context) {
      const account = accounts.of(context.config);
      const id = inputs.seed ?? nameIn(context.urn);
      return { id, state: await goneOnWith(id, inputs, undefined, account, context) };
    },

    async read(id, properties, context) {
      const name = nameIn(context.urn);
      if (properties === undefined) {
        throw new OtaError(
          `${called(name)} cannot be read by its id: what a rollout has done stands in its own state alone. Declare it; it finds what was pushed before.`,
        );
      }
      const state = readState(properties);
      const account = await accountOwning(called(name), state.account, accounts, context);
      const kept = declaredIn(state, names);
      const inputs = readable(state);
      const declaration = inputs && declared(inputs, name, id, context);
      const outputs = outputsIn(state, packageField);
      if (
        inputs === undefined ||
        declaration === undefined ||
        outputs === undefined ||
        state.book === undefined
      ) {
        throw new OtaError(
          `${called(name)}: its state cannot be read whole, so nothing was looked at. Run \`pulumi up\`, which makes it anew from the platform's tasks.`,
        );
      }
      const platform = wing.platform(inputs, declaration.seed, account, context);
      const end = await readRollout({ declaration, platform, outputs, book: state.book });
      for (const line of end.told) context.report.info(line);
      const platformState = end.drift ?? AS_DECLARED;
      return {
        state: stateOf(kept, end, {
          account: await keyToKeep(state.account, account),
          platformState,
        }),
        inputs:
          end.drift === undefined ? undefined : ({ ...kept, platformState } as unknown as Inputs),
      };
    },

    async update(id, properties, inputs, context) {
      const state = readState(properties);
      const name = nameIn(context.urn);
      const account = await accountOwning(called(name), state.account, accounts, context);
      const drift = recordedDrift(state);
      if (drift !== undefined) {
        context.report.warn(`${name}: ${drift}. This is noted now; nothing was pushed for it.`);
      }
      return goneOnWith(id, inputs, state, account, context);
    },

    async delete(id, properties, context) {
      const state = readState(properties);
      const name = nameIn(context.urn);
      const outputs = outputsIn(state, packageField);
      const inputs = readable(state);
      if (state.onDelete === "keep" || inputs === undefined) {
        await refuseOtherAccount(called(name), state.account, accounts, context);
      } else {
        const account = await accountOwning(called(name), state.account, accounts, context);
        const platform = wing.platform(inputs, inputs.seed ?? id, account, context);
        if (platform.limits.canStop) await stopAll(platform, account, context);
      }
      if (outputs !== undefined) context.report.info(describeRemoval(outputs));
    },
  };

  function declared(
    inputs: Inputs,
    name: string,
    id: string,
    context: HookContext,
  ): RolloutDeclaration | undefined {
    const { maxDevices } = stackSettings(context.config);
    return declarationOf(wing, { ...inputs, seed: inputs.seed ?? id }, name, maxDevices);
  }

  async function goneOnWith(
    id: string,
    inputs: Inputs,
    before: KnownRolloutState | undefined,
    account: Account,
    context: HookContext,
  ): Promise<RolloutState> {
    const name = nameIn(context.urn);
    const declaration = declared(inputs, name, id, context);
    if (declaration === undefined) {
      throw new OtaError(
        `${called(name)}: the version of its package is not known, so nothing was pushed. Give versionPackage with its version, or run it again with the platform's settings.`,
      );
    }
    const outputs = before && outputsIn(before, packageField);
    const rest = outputs && compareRollout(declaration, { outputs, book: before.book });
    const hasBegun =
      outputs?.version === declaration.version &&
      outputs.progress.some(({ beganAt }) => beganAt !== undefined);
    const gate = hasBegun ? undefined : gateOf(inputs);
    const plan =
      planIn(inputs as object as Properties) ??
      (await planAtApply(inputs, declaration, account, context, before === undefined));
    const platform = wing.platform(inputs, declaration.seed, account, context);
    const joiners =
      rest?.isAtRest === true
        ? await joinersNow({ declaration, platform, book: before?.book })
        : [];
    if (rest !== undefined && rest.refusals.length > 0) {
      throw new OtaError(`${rest.refusals.join("\n")} Nothing was pushed.`);
    }
    const end = await runRollout({
      declaration,
      plan: withJoiners(plan, joiners),
      platform: noting(platform, account, context),
      book: before?.book,
      failures: outputs?.version === declaration.version ? outputs.failures : [],
      gate,
      waitSeconds: inputs.waitSeconds ?? WAIT_SECONDS,
      listSettleSeconds: stackSettings(context.config).listSettleSeconds,
      clock: account.clock,
      signal: context.signal,
      progress: context.report.progress,
    });
    return ended(id, { ...(inputs as object), plan }, end, before, account, context);
  }

  async function ended(
    id: string,
    inputs: Properties,
    end: RolloutEnd,
    before: KnownRolloutState | undefined,
    account: Account,
    { report }: HookContext,
  ): Promise<RolloutState> {
    const state = stateOf(declaredIn(inputs, names), end, {
      account: await keyToKeep(before?.account, account),
      platformState: AS_DECLARED,
    });
    for (const line of end.told) report.info(line);
    if (end.isCancelled) {
      report.warn(
        `${called(id)} was interrupted. What was pushed goes on, and the next \`pulumi up\` resumes it.`,
      );
      return state;
    }
    if (end.reasons.length > 0) throw new PartialFailure(id, state, end.reasons);
    if (end.next !== undefined) report.info(end.next);
    return state;
  }

  /** Where the preview could not draw, or nobody asked it. */
  async function planAtApply(
    inputs: Inputs,
    declaration: RolloutDeclaration,
    account: Account,
    context: HookContext,
    isFirst: boolean,
  ): Promise<RolloutPlan> {
    const drawn = await drawNow(wing, inputs, declaration, account, context, { isFirst });
    if (drawn.refusals.length > 0) {
      throw new OtaError(`${drawn.refusals.join("\n")} Nothing was pushed.`);
    }
    return drawn.plan;
  }

  /**
   * Who has joined a continuous rollout that is through: only the state knows whom it had, so it is
   * `diff` that looks. Whether they are pushed without anybody's word.
   */
  async function tellsJoiners(
    inputs: Inputs,
    declaration: RolloutDeclaration,
    { book }: KnownRolloutState,
    context: HookContext,
  ): Promise<boolean> {
    const { name, targetSelection, waves } = declaration;
    if (targetSelection !== "continuous" || !context.isProgramRun) return false;
    let joiners: readonly string[] = [];
    await tryToLook(called(name), accounts, context, async (account) => {
      const platform = wing.platform(inputs, declaration.seed, account, context);
      joiners = await joinersNow({ declaration, platform, book });
    });
    if (joiners.length === 0) return false;
    const isHeld = declaration.paused || !waves.every((wave) => isApproved(declaration, wave));
    const who = `${name}: ${some("device", joiners)} joined or woke up since`;
    context.report.info(
      isHeld
        ? `${who}; they wait until every wave is approved for ${declaration.version}.`
        : `${who}: this up pushes them, as the wave joiners.`,
    );
    return !isHeld;
  }

  /** Only before the first push of a version: what has begun needs no gate. */
  function gateOf(inputs: Inputs): GateStanding | undefined {
    if (inputs.onlyAfter === undefined) return undefined;
    let held: GateStanding = { kind: "open" };
    for (const { path, standing } of standings(wing, inputs)) {
      if (standing.kind === "open") continue;
      if (standing.kind === "unknown" || standing.mayOpen !== true) {
        throw new OtaError(`${path} is closed: ${standing.because} Nothing was pushed.`);
      }
      held = standing;
    }
    return held;
  }

  /** What is drawn in this run no rollout that goes may stop. */
  function noting(
    platform: RolloutPlatform,
    account: Account,
    context: HookContext,
  ): RolloutPlatform {
    return {
      ...platform,
      async look(selection, search) {
        const look = await platform.look(selection, search);
        await noteDrawn(account, wing.packageKind, context, look.devices.keys());
        return look;
      },
    };
  }

  async function stopAll(
    platform: RolloutPlatform,
    account: Account,
    context: HookContext,
  ): Promise<void> {
    const isDrawn = await drawnInThisRun(account, wing.packageKind);
    for (const task of await platform.tasks(platform.now())) {
      if (task.isOurs !== true || !task.isUnfinished) continue;
      const open = (await platform.devicesOf(task)).filter(({ state }) =>
        ["waiting", "processing", "willRetry"].includes(state),
      );
      if (open.some(({ id }) => isDrawn(id))) {
        context.report.info(
          `Upgrade task ${task.id} goes on: another rollout of this program has its devices.`,
        );
        continue;
      }
      await platform.stop({ task: task.id, devices: open.map(({ id }) => id) });
      context.report.info(
        `Upgrade task ${task.id} was told to stop ${String(open.length)} devices that were not over.`,
      );
    }
  }
}
