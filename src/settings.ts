import { OtaError } from "./errors";
import { type Place, placesOf, providerKey } from "./setting-places";
import { addressOf, withoutPassword } from "./setting-values";
import { refuseUnknownNames } from "./unknown-names";

/*
 * Where settings come from, the same for every wing: a Provider, the stack's configuration, the
 * environment. The last two together are what lies around the program. The tables of what counts when
 * stand in docs/decisions/moving-accounts.md and docs/decisions/secrets-in-turn.md.
 */

export type Precedence =
  /** Says which account: Provider, else stack or environment, of which a contradiction is an error. */
  | "account"
  /** Part of a credential, of which all parts come from one place; see `CredentialRule`. */
  | "rotating"
  /** Neither: Provider, else stack, else environment. */
  | "plain";

export interface SettingRule {
  /** Name of the environment variable: `HUAWEI_OTA_NORTHBOUND_APP_ID`. */
  readonly environment: string;
  readonly precedence: Precedence;
  /**
   * What it is part of: where a Provider says otherwise in one of these, the value of other places is
   * not for its account.
   */
  readonly within?: readonly string[];
  /** Another setting that tells it, where a place does not say it itself. */
  readonly toldBy?: {
    readonly setting: string;
    readonly read: (value: string) => string | undefined;
  };
  /** Whether two spellings of one address are the same. */
  readonly address?: boolean;
  /** Whether a `Provider` keeps it encrypted. */
  readonly secret?: boolean;
}

export type SettingRules = Readonly<Record<string, SettingRule>>;

/** One way to say who we are. */
export interface CredentialRule<Name extends string> {
  /** Its parts. */
  readonly needs: readonly Name[];
  readonly may?: readonly Name[];
  /** Parts that tell whose it is, so that two of them are known to be of two accounts. */
  readonly whose?: readonly Name[];
  /** As in a `SettingRule`. */
  readonly within: readonly Name[];
}

/** In `within`: the credentials, by what they tell of whose they are. */
export const CREDENTIALS = "credentials";

export interface WingSettings<Name extends string, Kind extends string> {
  /** Its namespace, under which settings stand in the stack's configuration. */
  readonly wing: string;
  /** Begins sentences: `IoTDA's`. */
  readonly whose: string;
  readonly rules: Readonly<Record<Name, SettingRule>>;
  readonly credentials: Readonly<Record<Kind, CredentialRule<Name>>>;
  /** What the account's key in states is made of. */
  readonly key: readonly [Name, ...Name[]];
}

export interface RawSettings {
  readonly config: { get(key: string): string | undefined };
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A value and the words for where it was found. */
export interface Found {
  readonly value: string;
  readonly place: string;
  readonly source: "environment" | "provider" | "stack";
}

/** Credentials that one place gives whole. */
export interface CredentialSet<Name extends string, Kind extends string> {
  readonly kind: Kind;
  readonly value: (name: Name) => Found | undefined;
}

export interface FoundSettings<Name extends string, Kind extends string> {
  /** The value that counts, of a setting that is no part of a credential. */
  one(name: Name): Found | undefined;
  /** The credentials to be tried, the likeliest first. */
  inTurn(...kinds: Kind[]): CredentialSet<Name, Kind>[];
  /** A credential of which a part is missing where the rest of it stands. */
  half(...kinds: Kind[]): { readonly given: Name; readonly missing: Name } | undefined;
  /** The sentences about a setting that is missing, or that only another account has. */
  missing(name: Name): OtaError;
  whereToPut(name: Name): string;
  /** The same, where there are words for it already. */
  notFound(sentences: string, name: Name): OtaError;
  /** Whether the program itself names the whole account, on a `Provider`. */
  isExplicit(): boolean;
}

/** Nobody set it, which may be a choice: a preview without an account still checks what needs none. */
export class MissingSettingError extends OtaError {}

/**
 * Settings that a program gives, under the keys of a `Provider`.
 *
 * @param whose - begins the error's sentence when a name is not known
 */
export function settingsByKey(
  whose: string,
  wing: string,
  rules: SettingRules,
  settings: object,
): {
  readonly key: string;
  readonly name: string;
  readonly value: unknown;
  readonly isSecret: boolean;
}[] {
  refuseUnknownNames(whose, "setting", settings, rules);
  return Object.entries(settings as Readonly<Record<string, unknown>>)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => ({
      key: providerKey(wing, name),
      name,
      value,
      isSecret: rules[name]?.secret === true,
    }));
}

/** What counts of all that the places say. */
export function findSettings<Name extends string, Kind extends string>(
  settings: WingSettings<Name, Kind>,
  raw: RawSettings,
): FoundSettings<Name, Kind> {
  const { rules, credentials, key } = settings;
  const { provider, stack, environment, around } = placesOf(settings.wing, rules, raw);
  const kindsOfAll = Object.keys(credentials) as Kind[];
  const namesOfAll = Object.keys(rules) as Name[];
  const [principal] = key;

  /** Whether the Provider and what lies around the program say two things. */
  function isAnother(name: string): boolean {
    if (name === CREDENTIALS)
      return areOfTwo(whoseIn(provider), [...whoseIn(stack), ...whoseIn(environment)]);
    const [own, other] = [provider[name], around[name]];
    return own !== undefined && other !== undefined && !isSame(rules[name as Name], own, other);
  }

  const withinOf = (name: Name): readonly string[] => rules[name].within ?? [];
  const fits = (within: readonly string[]): boolean => !within.some(isAnother);

  function wholeIn(place: Place, kinds: readonly Kind[]): CredentialSet<Name, Kind>[] {
    return kinds
      .filter((kind) => credentials[kind].needs.every((name) => place[name] !== undefined))
      .map((kind) => ({ kind, value: (name) => place[name] }));
  }

  /** Whose the credentials of a place are, as far as they tell. */
  function whoseIn(place: Place): string[] {
    return wholeIn(place, kindsOfAll).flatMap(({ kind, value }) => {
      const { whose } = credentials[kind];
      return whose === undefined
        ? []
        : [JSON.stringify([kind, ...whose.map((name) => value(name)?.value)])];
    });
  }

  /** Whether what lies around the program names the very account that counts. */
  function isNamedAround(): boolean {
    if (around[principal] === undefined || isAnother(principal)) return false;
    const within = withinOf(principal);
    // A Provider that names the account itself may bring another key to it.
    return fits(
      provider[principal] === undefined ? within : within.filter((one) => one !== CREDENTIALS),
    );
  }

  function one(name: Name): Found | undefined {
    const own = provider[name];
    if (own !== undefined) return own;
    if (!fits(withinOf(name))) return undefined;
    if (rules[name].precedence === "account")
      refuseContradiction(rules[name], stack[name], environment[name]);
    return around[name];
  }

  function inTurn(...kinds: Kind[]): CredentialSet<Name, Kind>[] {
    const own = wholeIn(provider, kinds);
    const elsewhere = (place: Place): CredentialSet<Name, Kind>[] =>
      wholeIn(place, kinds).filter(({ kind }) => fits(credentials[kind].within));
    if (own.length === 0) {
      if (one(principal) === undefined) refuseTwoOwners(whoseIn(stack), whoseIn(environment));
      return [...elsewhere(environment), ...elsewhere(stack)];
    }
    if (isNamedAround()) return [...elsewhere(environment), ...own, ...elsewhere(stack)];
    const names = namesOfAll.filter((name) => rules[name].precedence === "account");
    if (!fits([...names, CREDENTIALS])) return own;
    return [...own, ...elsewhere(environment), ...elsewhere(stack)];
  }

  function refuseTwoOwners(inStack: string[], inEnvironment: string[]): void {
    if (!areOfTwo(inStack, inEnvironment)) return;
    throw new OtaError(
      `The stack's configuration huawei-ota:${settings.wing} and the environment give two credentials and no ${principal}, which they may each have one of; nothing was done. Set ${rules[principal].environment}, or take one of the credentials away.`,
    );
  }

  function half(...kinds: Kind[]): { given: Name; missing: Name } | undefined {
    const inProvider = halfIn(provider, kinds);
    if (inProvider !== undefined && !isRepeatedAround(kinds)) return inProvider;
    if (inTurn(...kinds).length > 0) return undefined;
    return halfIn(environment, kinds) ?? halfIn(stack, kinds);
  }

  function halfIn(
    place: Place,
    kinds: readonly Kind[],
  ): { given: Name; missing: Name } | undefined {
    if (wholeIn(place, kinds).length > 0) return undefined;
    for (const { needs, may = [] } of kinds.map((kind) => credentials[kind])) {
      const given = [...needs, ...may].find((name) => place[name] !== undefined);
      const missing = needs.find((name) => place[name] === undefined);
      if (given !== undefined && missing !== undefined) return { given, missing };
    }
    return undefined;
  }

  /** Whether what the Provider says of these is said again in credentials that are whole. */
  function isRepeatedAround(kinds: readonly Kind[]): boolean {
    const names = kinds.flatMap((kind) => [
      ...credentials[kind].needs,
      ...(credentials[kind].may ?? []),
    ]);
    return inTurn(...kinds).some(({ value }) =>
      names.every(
        (name) => provider[name] === undefined || provider[name].value === value(name)?.value,
      ),
    );
  }

  function notFound(sentences: string, name: Name): OtaError {
    const kind = kindsOfAll.find((each) => credentials[each].needs.includes(name));
    const within = kind === undefined ? withinOf(name) : credentials[kind].within;
    const other = within.find((each) => each !== CREDENTIALS && isAnother(each)) as
      Name | undefined;
    const [there, own, theirs] = [around[name], provider[other ?? ""], around[other ?? ""]];
    if (!other || !there || !own || !theirs) return new MissingSettingError(sentences);
    const said = ({ place, value }: Found): string => `${place} is ${shown(rules[other], value)}`;
    return new OtaError(
      `${sentences} (${there.place} is not taken, because ${said(own)} and ${said(theirs)}.)`,
    );
  }

  function whereToPut(name: Name): string {
    const flag = rules[name].precedence === "rotating" ? "--secret " : "";
    return `Set ${rules[name].environment}, or run \`pulumi config set ${flag}--path huawei-ota:${settings.wing}.${name} VALUE\`, or give ${name} to a Provider.`;
  }

  return {
    one,
    inTurn,
    half,
    notFound,
    whereToPut,
    missing: (name) => notFound(`${settings.whose} ${name} is not set. ${whereToPut(name)}`, name),
    isExplicit() {
      if (key.some((name) => (one(name)?.source ?? "provider") !== "provider")) return false;
      // An account that is looked up is named by what it is looked up with.
      return (
        provider[principal] !== undefined ||
        (whoseIn(provider).length > 0 &&
          withinOf(principal).every((name) => name === CREDENTIALS || provider[name] !== undefined))
      );
    },
  };
}

function areOfTwo(some: readonly string[], others: readonly string[]): boolean {
  return some.length > 0 && others.length > 0 && !some.some((one) => others.includes(one));
}

function isSame({ address }: SettingRule, one: Found, other: Found): boolean {
  if (address !== true) return one.value === other.value;
  return addressOf(one.value) === addressOf(other.value);
}

function shown({ address }: SettingRule, value: string): string {
  return `"${address === true ? withoutPassword(value) : value}"`;
}

function refuseContradiction(rule: SettingRule, stack?: Found, environment?: Found): void {
  if (stack === undefined || environment === undefined || isSame(rule, stack, environment)) return;
  throw new OtaError(
    `${stack.place} is ${shown(rule, stack.value)} but ${environment.place} is ${shown(rule, environment.value)}; nothing was done, because they name different accounts. Take one of them away. (On refresh and destroy the former is that of the last \`pulumi up\`.)`,
  );
}
