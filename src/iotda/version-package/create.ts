import { LostReplyError, messageOf, OtaError, PlatformError, WrongInputError } from "../../errors";
import type { HookContext } from "../../pulumi/kind";
import { searchFor } from "../../upgrade/search";
import { callContextOf } from "../../wing/accounts";
import type { Obtained } from "../../wing/version-package";
import { ANEW } from "../api/ask";
import type { Packages } from "../api/packages";
import type { Project } from "../api/platform";
import type { PackageRecord } from "../api/wire/package";
import { describeDifferences, differences } from "./same";
import type { VersionPackageInputs } from "./schema";

/** The package that is now the declared one: taken over by its id, found, or made. */
export async function makeOrFind(
  inputs: VersionPackageInputs,
  project: Project,
  context: HookContext,
  note: (obtained: Obtained<PackageRecord>) => Promise<void>,
): Promise<Obtained<PackageRecord>> {
  const noted = async (obtained: Obtained<PackageRecord>): Promise<Obtained<PackageRecord>> => {
    await note(obtained);
    return obtained;
  };
  const packages = project.packages(callContextOf(context));
  if (inputs.adopt !== undefined) {
    const found = await adoptNamed(inputs.adopt, inputs, packages, project);
    return noted({ found, isMade: false });
  }
  const { appId, packageType, productId, version } = inputs;
  const key = JSON.stringify([appId, packageType, productId, version]);
  // Two resources of one program that declare the same package must not both find nothing.
  return project.turns(key, async () => noted(await makeOnce(inputs, packages, project, context)));
}

async function makeOnce(
  inputs: VersionPackageInputs,
  packages: Packages,
  project: Project,
  context: HookContext,
): Promise<Obtained<PackageRecord>> {
  const { same, others } = await search(inputs, packages, false);
  const [found, twin] = same;
  if (found !== undefined && twin !== undefined) {
    throw new OtaError(
      `The platform has ${same.length} packages that are exactly what is declared: ${same.map(({ packageId }) => packageId).join(", ")}. Nothing was made; set adopt to the one that is meant.`,
    );
  }
  if (found !== undefined) {
    context.report.warn(
      `Version package ${found.packageId} is exactly what is declared, so it was taken over${inputs.onDelete === "delete" ? "; destroying this resource deletes it" : ""}.`,
    );
    return { found, isMade: false };
  }
  if (others.length > 0) {
    context.report.warn(
      `There ${others.length === 1 ? "is" : "are"} already ${others.map(({ packageId }) => packageId).join(", ")} of the same type, product and version, with other content; left alone.`,
    );
  }
  const { adopt: _a, onDelete: _o, ...declared } = inputs;
  try {
    return { found: await packages.create(declared), isMade: true };
  } catch (error) {
    if (error instanceof LostReplyError) {
      const found = await searchAfterLostReply(inputs, packages, project, context, error);
      return { found, isMade: true };
    }
    if (error instanceof PlatformError && others.length > 0) throw explainRefusal(error, others);
    throw error;
  }
}

/** What a preview says of what a create will find. */
export async function foretell(
  inputs: VersionPackageInputs,
  packages: Packages,
): Promise<string | undefined> {
  const { same } = await search(inputs, packages, false);
  const [found, twin] = same;
  if (found === undefined) return undefined;
  return twin === undefined
    ? `Version package ${found.packageId} is exactly what is declared: \`pulumi up\` will take it over and make none${inputs.onDelete === "delete" ? "; destroying this resource deletes it" : ""}.`
    : `The platform has ${same.length} packages that are exactly what is declared: ${same.map(({ packageId }) => packageId).join(", ")}. \`pulumi up\` will ask which it is, and make none; set adopt to the one that is meant.`;
}

interface Candidates {
  readonly same: readonly PackageRecord[];
  /** Of the same type, product and version, and yet not the same. */
  readonly others: readonly PackageRecord[];
}

async function search(
  inputs: VersionPackageInputs,
  packages: Packages,
  fresh: boolean,
): Promise<Candidates> {
  const { appId, packageType, productId, version } = inputs;
  const filter = { packageType, appId, productId, version };
  const listed = await (fresh ? packages.list(filter, ANEW) : packages.lookFor(filter));
  const same: PackageRecord[] = [];
  const others: PackageRecord[] = [];
  for (const one of listed) {
    // Lists leave out where the file is, so what is equal so far is asked for by itself.
    const whole =
      differences(one, inputs, ["fileLocation"]).length > 0 ? one : await withLocation(one);
    const isSame = whole !== undefined && differences(whole, inputs).length === 0;
    (isSame ? same : others).push(whole ?? one);
  }
  return { same, others };

  async function withLocation(one: PackageRecord): Promise<PackageRecord | undefined> {
    return one.fileLocation === undefined ? packages.get(one.packageId) : one;
  }
}

/** The package of that id, which must be what is declared. */
export async function adoptNamed(
  id: string,
  inputs: VersionPackageInputs,
  packages: Packages,
  project: Project,
): Promise<PackageRecord> {
  const found = await packages.get(id);
  if (found === undefined) {
    throw new WrongInputError(
      `adopt names version package ${id}, which project ${await project.key()} does not have (404). Check the id, or take adopt away to make one.`,
    );
  }
  const wrong = describeDifferences(found, inputs);
  if (wrong.length > 0) {
    throw new WrongInputError(
      `adopt names version package ${id}, which is not what is declared: ${wrong.join("; ")}. Correct the declaration or adopt; nothing was made.`,
    );
  }
  return found;
}

async function searchAfterLostReply(
  inputs: VersionPackageInputs,
  packages: Packages,
  project: Project,
  context: HookContext,
  lost: LostReplyError,
): Promise<PackageRecord> {
  const { found, unsearched } = await searchFor({
    clock: project.clock,
    signal: context.signal,
    thing: "the package",
    find: async () => (await search(inputs, packages, true)).same[0],
  });
  if (found !== undefined) return found;
  const why =
    unsearched === undefined
      ? "The platform lists no such package a minute later, so most likely it was not made"
      : `It could not be searched for either: ${messageOf(unsearched)} It may have been made`;
  throw new OtaError(
    `${lost.message} ${why}; nothing was sent again. Run \`pulumi up\` once more: it searches before it creates.`,
  );
}

function explainRefusal(error: PlatformError, others: readonly PackageRecord[]): OtaError {
  return new OtaError(
    `${error.message} Package ${others.map(({ packageId }) => packageId).join(", ")} is of the same type, product and version: where the platform allows one only, set the resource option deleteBeforeReplace to true, or delete the other.`,
  );
}
