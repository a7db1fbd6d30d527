import { OtaError } from "../../errors";
import { describePackage, mismatches, type PackageFilter, type Packages } from "../api/packages";
import type { Application } from "../api/platform";
import type { PackageRecord } from "../api/wire";

/** A package named by its id, or by what it is. */
export interface DeclaredPackage extends PackageFilter {
  readonly fileId?: string | undefined;
}

export function nameOf(fileId: string): string {
  return `Version package ${fileId}`;
}

function missing(fileId: string, { account }: Application): string {
  return `Application ${account.appId} has no version package ${fileId} (123002). Check the id in the portal.`;
}

/** The platform has no package, or not exactly one, that is what is declared. */
export class NoSuchPackage extends OtaError {}

export async function findDeclared(
  inputs: DeclaredPackage,
  packages: Packages,
  application: Application,
): Promise<PackageRecord> {
  const { fileId, fileType, version, deviceType, model, manufacturerName } = inputs;
  const filter = { fileType, version, deviceType, model, manufacturerName };
  if (fileId !== undefined) {
    const found = await packages.look(fileId);
    if (found === undefined) throw new NoSuchPackage(missing(fileId, application));
    const [wrong] = mismatches(found, filter);
    if (wrong !== undefined) {
      throw new NoSuchPackage(
        `${nameOf(fileId)} has ${wrong} ${JSON.stringify(found[wrong] ?? null)}, but ${JSON.stringify(filter[wrong])} is declared. Correct ${wrong} or fileId.`,
      );
    }
    return found;
  }
  const found = await packages.lookFor(filter);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const wanted = wordsOf(filter);
  if (found.length > 1) {
    throw new NoSuchPackage(
      `${String(found.length)} version packages match ${wanted}: ${found.map(describePackage).join("; ")}. Add deviceType, model or manufacturerName, or name one by fileId.`,
    );
  }
  throw new NoSuchPackage(
    `No version package of application ${application.account.appId} matches ${wanted}. ${await nearest(filter, packages)}`,
  );
}

function wordsOf(filter: PackageFilter): string {
  return Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");
}

const MOST_CANDIDATES = 10;

async function nearest(filter: PackageFilter, packages: Packages): Promise<string> {
  const all = await packages.list({});
  if (all.length === 0) return "It has none at all: upload the package in the portal.";
  const near = all
    .map((one) => ({ one, wrong: mismatches(one, filter).length }))
    .sort((a, b) => a.wrong - b.wrong)
    .slice(0, MOST_CANDIDATES);
  return `The nearest of its ${String(all.length)}: ${near.map(({ one }) => describePackage(one)).join("; ")}. Correct the declaration, or upload the package in the portal.`;
}
