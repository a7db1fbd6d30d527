import { PlatformError } from "../../errors";
import type { Client } from "../../http/client";
import type { CallContext } from "../../http/endpoint";
import type { Listing, LookTogether } from "../../wing/look-together";
import type { Page } from "../../wing/reply";
import { deletePackage, getPackage, listPackages, PAGE_SIZE } from "./endpoints";
import { PACKAGE_NOT_FOUND } from "./faults";
import { allNumberedPages } from "./paging";
import type { DeviceModel, PackageRecord } from "./wire";

/** What a package is named by, or must be; what is left out may be anything. */
export interface PackageFilter extends DeviceModel {
  readonly fileType?: string | undefined;
  readonly version?: string | undefined;
}

const FILTER_FIELDS = ["fileType", "version", "deviceType", "model", "manufacturerName"] as const;

/** The version packages of one application. */
export interface Packages {
  /** `undefined` when the platform says that there is no such package. */
  get(fileId: string): Promise<PackageRecord | undefined>;
  /** The same, together with others that are looked at in the same moment. */
  look(fileId: string): Promise<PackageRecord | undefined>;
  list(filter: PackageFilter): Promise<readonly PackageRecord[]>;
  /** The same, together with others that are looked for in the same moment. */
  lookFor(filter: PackageFilter): Promise<readonly PackageRecord[]>;
  /** A package that is gone already is deleted. */
  delete(fileId: string): Promise<void>;
}

export function packagesOf(
  client: Client,
  lookTogether: LookTogether<PackageRecord>,
  context: CallContext,
): Packages {
  async function get(fileId: string): Promise<PackageRecord | undefined> {
    const { endpoint, call } = getPackage(fileId);
    return orGone(() => client.call(endpoint, call, context));
  }

  function page(
    filter: PackageFilter,
    pageNo: number,
    isAgain = false,
  ): Promise<Page<PackageRecord>> {
    const wanted = Object.fromEntries(FILTER_FIELDS.map((field) => [field, filter[field]]));
    const { endpoint, call } = listPackages(wanted, pageNo);
    return client.call(endpoint, call, isAgain ? { ...context, maxAgeSeconds: 0 } : context);
  }

  function all(filter: PackageFilter): Promise<readonly PackageRecord[]> {
    return allNumberedPages(
      (pageNo, isAgain) => page(filter, pageNo, isAgain),
      ({ fileId }) => fileId,
    );
  }

  async function list(filter: PackageFilter): Promise<readonly PackageRecord[]> {
    // Whether the platform's filters are exact is not documented.
    return matching(await all(filter), filter);
  }

  const everything: Listing<PackageRecord> = {
    pageSize: PAGE_SIZE,
    first: () => page({}, 0),
    all: () => all({}),
  };

  return {
    get,
    async look(fileId) {
      const { items } = await lookTogether(fileId, everything);
      // A list that lags shows less than there is: only the package's own 404 says that it is gone.
      return items.find((one) => one.fileId === fileId) ?? get(fileId);
    },
    list,
    async lookFor(filter) {
      const what = JSON.stringify(FILTER_FIELDS.map((field) => filter[field] ?? null));
      const { items, isWhole } = await lookTogether(what, everything);
      const found = isWhole ? matching(items, filter) : [];
      // Before somebody is told that it is missing, it is asked for by itself.
      return found.length > 0 ? found : list(filter);
    },
    async delete(fileId) {
      const { endpoint, call } = deletePackage(fileId);
      await orGone(() => client.call(endpoint, call, context));
    },
  };
}

/** The fields in which a package is not what is wanted. */
export function mismatches(found: PackageRecord, wanted: PackageFilter): (keyof PackageFilter)[] {
  return FILTER_FIELDS.filter(
    (field) => wanted[field] !== undefined && wanted[field] !== found[field],
  );
}

/** `F1 (firmwarePackage V1.4, WaterMeter NBM1 of HZYB)` */
export function describePackage(found: PackageRecord): string {
  const kind = [found.fileType, found.version].filter((part) => part !== undefined).join(" ");
  const device = [found.deviceType, found.model].filter((part) => part !== undefined).join(" ");
  const maker = found.manufacturerName === undefined ? "" : ` of ${found.manufacturerName}`;
  return `${found.fileId} (${kind}, ${device}${maker})`;
}

async function orGone<Reply>(ask: () => Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await ask();
  } catch (error) {
    // By its code alone: some calls answer 200 with an error_code (open point 14).
    if (error instanceof PlatformError && error.code === PACKAGE_NOT_FOUND) return undefined;
    throw error;
  }
}

function matching(found: readonly PackageRecord[], filter: PackageFilter): PackageRecord[] {
  return found.filter((one) => mismatches(one, filter).length === 0);
}
