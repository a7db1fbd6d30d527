import type { HowFresh } from "../../http/endpoint";
import type { Ledger } from "../../wing/ledger";
import type { Listing, LookTogether } from "../../wing/look-together";
import type { Page } from "../../wing/reply";
import { ANEW, type Ask, orGone } from "./ask";
import { createPackage, deletePackage, getPackage, listPackages } from "./endpoints";
import { allMarkedPages, fittingPage, type PageSize } from "./paging";
import { type PackageDeclaration, type PackageRecord, writePackage } from "./wire/package";

/** What packages must be; what is left out may be anything. */
export interface PackageFilter {
  readonly packageType: string;
  readonly appId?: string | undefined;
  readonly productId?: string | undefined;
  readonly version?: string | undefined;
}

/** The version packages of one project. */
export interface Packages {
  /** `undefined` when the platform says that there is no such package. */
  get(packageId: string): Promise<PackageRecord | undefined>;
  /** The same, together with others that are looked at in the same moment; without `fileLocation`. */
  look(packageId: string, among: PackageFilter): Promise<PackageRecord | undefined>;
  /** Without `fileLocation`. */
  list(filter: PackageFilter, how?: HowFresh): Promise<readonly PackageRecord[]>;
  /** The same, together with others that are looked for in the same moment. */
  lookFor(filter: PackageFilter): Promise<readonly PackageRecord[]>;
  /** A lost reply is a `LostReplyError`. */
  create(declared: PackageDeclaration): Promise<PackageRecord>;
  /** A package that is gone already is deleted. */
  delete(packageId: string): Promise<void>;
}

/** What all operations of a process on one project share. */
export interface PackageMemory {
  /** By type and resource space, which the platform lists one by one. */
  readonly lookTogether: (list: string) => LookTogether<PackageRecord>;
  readonly ledger: Ledger;
  /** Whose packages they are, as the ledger knows it. */
  readonly account: () => Promise<string>;
  readonly pageSize: PageSize;
}

export function packagesOf(ask: Ask, memory: PackageMemory, urn: string | undefined): Packages {
  const { lookTogether, ledger, account, pageSize } = memory;

  function page(
    filter: PackageFilter,
    marker?: string,
    how?: HowFresh,
  ): Promise<Page<PackageRecord>> {
    const query = {
      package_type: filter.packageType,
      app_id: filter.appId,
      product_id: filter.productId,
      version: filter.version,
    };
    return fittingPage(pageSize, (limit) => ask(listPackages(query, marker, limit), how));
  }

  async function all(filter: PackageFilter, how?: HowFresh): Promise<readonly PackageRecord[]> {
    return allMarkedPages(
      (marker, isAgain) => page(filter, marker, isAgain ? ANEW : how),
      ({ packageId }) => packageId,
    );
  }

  async function list(filter: PackageFilter, how?: HowFresh): Promise<readonly PackageRecord[]> {
    return asChangedHere(await all(filter, how), filter);
  }

  /** With what this run made and without what it deleted, as a list that lags or was shared is not. */
  async function asChangedHere(
    found: readonly PackageRecord[],
    filter: PackageFilter,
  ): Promise<PackageRecord[]> {
    const known = new Set(found.map(({ packageId }) => packageId));
    const own = (await madeHere()).filter(({ packageId }) => !known.has(packageId));
    const deleted = ledger.deletedHere(await account());
    // Whether the platform's filters are exact is not documented.
    return [...found, ...own].filter(
      (one) => mismatches(one, filter).length === 0 && !deleted.has(one.packageId),
    );
  }

  async function madeHere(): Promise<PackageRecord[]> {
    return ledger
      .madeHere(await account())
      .map(({ record }) => record as PackageRecord | undefined)
      .filter((record) => record !== undefined);
  }

  async function get(packageId: string): Promise<PackageRecord | undefined> {
    return orGone(() => ask(getPackage(packageId)));
  }

  /** The list that all looks among one type and resource space share. */
  function everything({ packageType, appId }: PackageFilter): [string, Listing<PackageRecord>] {
    const filter = { packageType, appId };
    const listing = {
      pageSize: pageSize.limit,
      first: () => page(filter),
      all: () => all(filter),
    };
    return [JSON.stringify(filter), listing];
  }

  return {
    get,
    list,

    async look(packageId, among) {
      // What this process made a moment ago need not be asked for.
      const own = (await madeHere()).find((one) => one.packageId === packageId);
      if (own !== undefined) return own;
      const [name, listing] = everything(among);
      const { items } = await lookTogether(name)(packageId, listing);
      // A list that lags shows less than there is: only the package's own 404 says that it is gone.
      return items.find((one) => one.packageId === packageId) ?? get(packageId);
    },

    async lookFor(filter) {
      const [name, listing] = everything(filter);
      const { items, isWhole } = await lookTogether(name)(JSON.stringify(filter), listing);
      return isWhole ? asChangedHere(items, filter) : list(filter);
    },

    async create(declared) {
      const reply = await ask(createPackage(writePackage(declared)));
      // All but its id may be left out of the reply.
      const told = Object.entries(reply).filter(([, value]) => value !== undefined);
      const made: PackageRecord = { ...reply, ...declared, ...Object.fromEntries(told) };
      const entry = { account: await account(), id: made.packageId, urn };
      ledger.made({ ...entry, record: made });
      return made;
    },

    async delete(packageId) {
      await orGone(() => ask(deletePackage(packageId)));
      ledger.deleted(await account(), packageId);
    },
  };
}

/** The fields in which a package is another one; what the platform does not tell is none. */
export function mismatches(
  found: PackageRecord,
  wanted: { readonly [Field in keyof PackageFilter]?: string | undefined },
): (keyof PackageFilter)[] {
  return (["packageType", "appId", "productId", "version"] as const).filter(
    (field) => wanted[field] !== undefined && (found[field] ?? wanted[field]) !== wanted[field],
  );
}

/** `5f2a (firmwarePackage 2.1 of product P1)` */
export function describePackage(found: PackageRecord): string {
  const kind = [found.packageType, found.version].filter((part) => part !== undefined).join(" ");
  return `${found.packageId} (${kind}${found.productId === undefined ? "" : ` of product ${found.productId}`})`;
}
