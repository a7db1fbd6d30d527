import * as z from "zod/mini";

import { OtaError } from "../errors";
import type { Failure, HookContext, Kind, Properties } from "../pulumi/kind";
import { shape } from "../pulumi/inputs";
import { containsUnknown } from "../pulumi/unknown";
import {
  accountOwning,
  type Accounts,
  keyToKeep,
  movedAccount,
  ofOrError,
  type OpenAccount,
  refuseOtherAccount,
  tryToLook,
} from "./accounts";
import { declaredIn, readWhole, remembered } from "./declared";
import { type Acknowledgeable, AS_DECLARED, recordedDrift, unacknowledged } from "./drift";
import { refuseToAdoptAgain } from "./task-changes";
import { accountName, declareIn, inTurnOf, isKept } from "./run-objects";

export interface PackageInputs {
  readonly adopt?: string | undefined;
  readonly onDelete?: string | undefined;
}

export interface PackageState extends Acknowledgeable {
  readonly account: string;
  /** Whether it was there before: the resource did not make it. */
  readonly takenOver: true | undefined;
}

/** A package that is now the declared one. */
export interface Obtained<Found> {
  readonly found: Found;
  readonly isMade: boolean;
}

/** What one platform says and does in the life of a package; all else is the lifecycle's. */
export interface PackageWing<Inputs extends PackageInputs, Found, Account extends OpenAccount> {
  readonly accounts: Accounts<Account>;
  /** The platform's code for a package that it does not know. */
  readonly goneCode: string;
  /** What destroying a package does where the program does not say. */
  readonly defaultOnDelete: string;
  readonly inputs: z.ZodMiniType<Inputs>;
  readonly inputNames: readonly string[];
  /** What is made of the inputs before they are held against their schema. */
  readonly prepare?: (
    declared: Properties,
    old: Properties | undefined,
  ) => { readonly inputs: Properties; readonly failures: readonly Failure[] };
  canonical(inputs: Inputs): Inputs;
  brokenRules(inputs: Inputs): readonly Failure[];
  /** The fields in which two are different packages; what the first leaves open is no difference. */
  differences(one: Inputs, other: Inputs): readonly string[];
  /** Looks, for a reviewer, at what a create would find; what it tells is filled in. */
  foresee(inputs: Inputs, account: Account, context: HookContext): Promise<Foreseen<Inputs>>;
  /** What was filled in for a package that is still the same. */
  filledIn(inputs: Inputs, before: Inputs | undefined): Inputs;
  /**
   * Makes what is declared, or finds it.
   *
   * @param note - tells the run of it, before the next resource looks for the same
   */
  obtain(
    inputs: Inputs,
    account: Account,
    context: HookContext,
    note: (obtained: Obtained<Found>) => Promise<void>,
  ): Promise<Obtained<Found>>;
  idOf(found: Found): string;
  /** The package as it is now; without a state it is asked for by nothing but its id. */
  look(
    id: string,
    state: Properties | undefined,
    account: Account,
    context: HookContext,
  ): Promise<Found | undefined>;
  inputsOf(found: Found): Inputs;
  /** What the platform says beside what is declared. */
  told(found: Found): Properties;
  /** In words what became of the package since the state was written. */
  driftOf(state: Properties, found: Found | undefined): string | undefined;
  /** Whether a package that somebody deleted leaves the state, for the next `up` to look for it. */
  readonly leavesStateWhenGone: boolean;
  /** What makes it anew after somebody deleted it. */
  remedy(urn: string): string;
  readonly warnOfReplacement?: (
    id: string,
    replaces: readonly string[],
    isDeleted: boolean,
    from: Inputs | undefined,
    to: Inputs | undefined,
  ) => string;
  remove(id: string, state: Properties, account: Account, context: HookContext): Promise<void>;
}

export interface Foreseen<Inputs> {
  readonly failures: readonly Failure[];
  readonly filled?: Partial<Inputs> | undefined;
}

/** What a state holds; tolerant of the states of other releases. */
const knownState = z.looseObject({
  account: remembered(z.string()),
  onDelete: remembered(z.string()),
  takenOver: remembered(z.boolean()),
  platformState: remembered(z.string()),
  acknowledged: remembered(z.string()),
});

function nameOf(id: string): string {
  return `Version package ${id}`;
}

/** The lifecycle of a package, the same in every wing: nothing can change one. */
export function versionPackageKind<
  Inputs extends PackageInputs,
  Found,
  Account extends OpenAccount,
>(wing: PackageWing<Inputs, Found, Account>): Kind<Inputs, PackageState> {
  const { accounts } = wing;
  const readable = (declared: Properties): Inputs | undefined => {
    const inputs = readWhole(wing.inputs, declaredIn(declared, wing.inputNames));
    return inputs && wing.canonical(inputs);
  };

  return {
    async check(news, old, context) {
      const { platformState: _, ...declared } = news;
      const prepared = wing.prepare?.(declared, old) ?? { inputs: declared, failures: [] };
      const shaped = shape(wing.inputs, prepared.inputs);
      declareIn(accounts, context);
      if (shaped.inputs === undefined) {
        return { inputs: prepared.inputs, failures: shaped.failures ?? [] };
      }
      const given = wing.canonical(shaped.inputs);
      const inputs = { ...given, onDelete: given.onDelete ?? wing.defaultOnDelete };
      const failures = [...prepared.failures, ...wing.brokenRules(inputs)];
      const before = old && readable(old);
      const isSame =
        before === undefined ? old !== undefined : wing.differences(inputs, before).length === 0;
      let filled: Partial<Inputs> | undefined;
      if (failures.length === 0 && !isSame && !containsUnknown(inputs)) {
        await tryToLook("The version package", accounts, context, async (account) => {
          const seen = await wing.foresee(inputs, account, context);
          failures.push(...seen.failures);
          filled = seen.filled;
        });
      }
      const whole = wing.filledIn({ ...inputs, ...filled }, isSame ? before : undefined);
      return { inputs: { ...(whole as object), platformState: AS_DECLARED }, failures };
    },

    async diff(id, properties, news, context) {
      const state = knownState.parse(properties);
      const moved = await movedAccount(nameOf(id), state.account, accounts, context);
      if (moved !== undefined) return moved;
      const before = readable(state);
      const inputs = readable(news);
      const replaces =
        before === undefined || inputs === undefined ? [] : wing.differences(inputs, before);
      if (replaces.length > 0) {
        // A destroy of what others depend on asks for differences, too, and makes nothing.
        if (!context.isProgramRun) return { kind: "changed", replaces };
        refuseToAdoptAgain(nameOf(id), id, inputs?.adopt, replaces);
        const isDeleted = goesWith(state) && context.isRetained !== true;
        if (isDeleted) await noteReplacement(id, state.account, context);
        const warning = wing.warnOfReplacement?.(id, replaces, isDeleted, before, inputs);
        if (warning !== undefined) context.report.warn(warning);
        return { kind: "changed", replaces };
      }
      await hold(id, state.account, context);
      const recorded = recordedDrift(state);
      let drift = recorded;
      if (recorded === undefined) {
        await tryToLook(nameOf(id), accounts, context, async (account) => {
          const found = await wing.look(id, state, account, context);
          drift = unacknowledged(wing.driftOf(state, found), state);
        });
      }
      if (drift !== undefined) {
        context.report.warn(
          `${nameOf(id)} was ${drift}. The next \`pulumi up\` takes note of it and pushes nothing${wing.remedy(context.urn ?? "URN")}.`,
        );
      }
      const isEdited = onDeleteOf(state) !== (news["onDelete"] ?? wing.defaultOnDelete);
      if (recorded !== undefined || isEdited) return { kind: "changed" };
      return drift === undefined ? { kind: "same" } : { kind: "unfinished" };
    },

    async create(inputs, context) {
      const account = accounts.of(context.config);
      const { found, isMade } = await wing.obtain(inputs, account, context, (obtained) =>
        note(obtained, account, context),
      );
      const id = wing.idOf(found);
      // Where packages are never made it says nothing.
      const mayBeMade = wing.defaultOnDelete === "deleteIfMade";
      const takenOver = isMade || !mayBeMade ? undefined : (true as const);
      return { id, state: await stateOf(found, inputs, takenOver, account) };
    },

    async read(id, properties, context) {
      const state = properties === undefined ? undefined : knownState.parse(properties);
      const account = await accountOwning(nameOf(id), state?.account, accounts, context);
      const found = await wing.look(id, state, account, context);
      if (state === undefined) return readById(id, found, account);
      const drift = unacknowledged(wing.driftOf(state, found), state);
      if (found === undefined && drift !== undefined) {
        context.report.warn(`${nameOf(id)} was ${drift}.`);
        if (wing.leavesStateWhenGone) return undefined;
      }
      const platformState = drift ?? recordedDrift(state) ?? AS_DECLARED;
      const declared = declaredIn(state, wing.inputNames);
      return {
        state: { ...(await refreshed(state, found, account)), platformState },
        inputs:
          platformState === AS_DECLARED
            ? undefined
            : ({ ...declared, platformState } as unknown as Inputs),
      };
    },

    async update(id, properties, inputs, context) {
      const state = knownState.parse(properties);
      const account = await accountOwning(nameOf(id), state.account, accounts, context);
      const found = await wing.look(id, state, account, context);
      const drift = wing.driftOf(state, found) ?? recordedDrift(state);
      if (unacknowledged(drift, state) !== undefined) {
        context.report.warn(
          `${nameOf(id)} was ${drift ?? ""}. This is noted now; nothing was pushed.`,
        );
      }
      return {
        ...(await refreshed(state, found, account)),
        ...inputs,
        platformState: AS_DECLARED,
        acknowledged: drift,
      };
    },

    async delete(id, properties, context) {
      const state = knownState.parse(properties);
      const { report } = context;
      if (!goesWith(state)) {
        await refuseOtherAccount(nameOf(id), state.account, accounts, context);
        if (await isKept(nameOf(id), id, "packages", accounts, context)) return;
        report.info(
          onDeleteOf(state) === "keep"
            ? `${nameOf(id)} stays on the platform; this stack no longer watches it.`
            : `${nameOf(id)} stays on the platform: it was there before this resource. To delete it, too, set onDelete to "delete".`,
        );
        return;
      }
      const account = await accountOwning(nameOf(id), state.account, accounts, context);
      await inTurnOf(id, "packages", account, async () => {
        if (await isKept(nameOf(id), id, "packages", accounts, context)) return;
        await wing.remove(id, state, account, context);
      });
    },
  };

  function onDeleteOf(state: z.output<typeof knownState>): string {
    return state.onDelete ?? wing.defaultOnDelete;
  }

  /** Whether the package is deleted on the platform with its resource. */
  function goesWith(state: z.output<typeof knownState>): boolean {
    const onDelete = onDeleteOf(state);
    return onDelete === "delete" || (onDelete === "deleteIfMade" && state.takenOver !== true);
  }

  async function note(
    { found, isMade }: Obtained<Found>,
    account: Account,
    context: HookContext,
  ): Promise<void> {
    const id = wing.idOf(found);
    await inTurnOf(id, "packages", account, (name) => {
      const entry = { account: name, id, urn: context.urn };
      if (isMade) account.ledger.made({ ...entry, record: found });
      else account.ledger.tookOver(entry);
      return Promise.resolve();
    });
  }

  async function hold(id: string, kept: string | undefined, context: HookContext): Promise<void> {
    const account = ofOrError(accounts, context.config);
    if (account instanceof Error || !context.isProgramRun) return;
    const name = await accountName(account, "packages", kept);
    account.ledger.holds({ account: name, id, urn: context.urn });
  }

  /** What needs the package is told that it goes. */
  async function noteReplacement(
    id: string,
    kept: string | undefined,
    { config, urn }: HookContext,
  ): Promise<void> {
    const account = ofOrError(accounts, config);
    if (account instanceof Error || urn === undefined) return;
    const name = await accountName(account, "packages", kept);
    account.ledger.replaces(urn, { account: name, id, createdAt: undefined });
  }

  async function stateOf(
    found: Found,
    inputs: Inputs,
    takenOver: true | undefined,
    account: Account,
  ): Promise<PackageState> {
    return {
      ...wing.filledIn(inputs, wing.inputsOf(found)),
      ...wing.told(found),
      account: await account.key(),
      takenOver,
      platformState: AS_DECLARED,
      acknowledged: undefined,
    };
  }

  /** What the reply leaves out does not wipe what was known. */
  async function refreshed(
    state: z.output<typeof knownState>,
    found: Found | undefined,
    account: Account,
  ): Promise<PackageState> {
    const told = found === undefined ? {} : wing.told(found);
    const known = Object.entries(told).filter(([, value]) => value !== undefined);
    return {
      ...(state as unknown as PackageState),
      ...Object.fromEntries(known),
      account: await keyToKeep(state.account, account),
    };
  }

  async function readById(
    id: string,
    found: Found | undefined,
    account: Account,
  ): Promise<{ state: PackageState; inputs: Inputs }> {
    if (found === undefined) {
      const noun = accounts.noun.charAt(0).toUpperCase() + accounts.noun.slice(1);
      throw new OtaError(
        `${noun} ${await account.key()} has no version package ${id} (${wing.goneCode}). Check the id.`,
      );
    }
    const inputs = { ...wing.inputsOf(found), platformState: AS_DECLARED };
    return { state: await stateOf(found, inputs, undefined, account), inputs };
  }
}
