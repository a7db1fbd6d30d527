import { OtaError } from "../../errors";
import type { HookContext, Kind, Properties } from "../../pulumi/kind";
import { asFailures, isKnown } from "../../pulumi/inputs";
import { describeChange } from "../../upgrade/version-order";
import { callContextOf } from "../../wing/accounts";
import { declaredIn } from "../../wing/declared";
import {
  type PackageState,
  type PackageWing,
  versionPackageKind as packageKind,
} from "../../wing/version-package";
import type { Project, Projects } from "../api/platform";
import type { PackageRecord } from "../api/wire/package";
import { adoptNamed, foretell, makeOrFind } from "./create";
import { withFile } from "./file-input";
import { CONTENT_FIELDS, differences } from "./same";
import {
  canonical,
  INPUT_NAMES,
  versionPackageFailures,
  type VersionPackageInputs,
  versionPackageInputs,
} from "./schema";
import { tasksThatMayUse } from "./usage";

/** A package is made or taken over, read and deleted; nothing can change one. */
export function versionPackageKind(projects: Projects): Kind<VersionPackageInputs, PackageState> {
  const wing: PackageWing<VersionPackageInputs, PackageRecord, Project> = {
    accounts: projects,
    goneCode: "404",
    defaultOnDelete: "deleteIfMade",
    inputs: versionPackageInputs,
    inputNames: INPUT_NAMES,
    prepare: withFile,
    canonical,
    brokenRules: versionPackageFailures,
    differences,

    // A reviewer learns that it can be looked for, and whether what adopt names is what is declared.
    async foresee(inputs, project, context) {
      const packages = project.packages(callContextOf(context));
      const { adopt } = inputs;
      if (adopt !== undefined) {
        const look = () => adoptNamed(adopt, inputs, packages, project);
        return { failures: await asFailures(look) };
      }
      // An `up` says it once more where it happens.
      const foretold = context.isPreview === false ? undefined : await foretell(inputs, packages);
      if (foretold !== undefined) context.report.warn(foretold);
      return { failures: [] };
    },
    filledIn: (inputs) => inputs,
    obtain: makeOrFind,
    idOf: ({ packageId }) => packageId,
    look,
    inputsOf: (found) => declaredIn({ ...found }, CONTENT_FIELDS) as VersionPackageInputs,
    told: ({ productName, createTime }) => ({ productName, createTime }),
    // It stays in the state: a package made anew has another id, which its tasks would push again.
    leavesStateWhenGone: false,
    driftOf: (_state, found) => (found === undefined ? "deleted on the platform" : undefined),
    remedy: (urn) =>
      `; to make it anew, which its tasks push again, run \`pulumi up --replace ${urn}\``,
    warnOfReplacement: (id, replaces, isDeleted, from, to) =>
      `A change of ${replaces.join(", ")}${versions(from?.version, to?.version)} makes a new package${isDeleted ? ` and deletes ${id}` : `, and ${id} stays`}: every task of this program that names it will push it.`,

    async remove(id, state, project, context) {
      const users = await tasksThatMayUse(state, id, project.tasks(callContextOf(context)));
      if (users.length > 0) {
        throw new OtaError(
          `Version package ${id} was not deleted, because unfinished upgrade tasks still need it: ${users.join(", ")}. Wait until they are over or stop them, and run it again.`,
        );
      }
      await project.packages(callContextOf(context)).delete(id);
      context.report.info(
        `Version package ${id} was deleted on the platform; its object in the Object Storage Service stays.`,
      );
    },
  };
  return packageKind(wing);
}

function versions(from: string | undefined, to: string | undefined): string {
  if (from === undefined || to === undefined || from === to || !isKnown(to)) return "";
  return ` (${describeChange(from, to)})`;
}

/** Without a state it is asked for by itself: only that tells where its file is. */
function look(
  id: string,
  state: Properties | undefined,
  project: Project,
  context: HookContext,
): Promise<PackageRecord | undefined> {
  const packages = project.packages(callContextOf(context));
  if (state === undefined) return packages.get(id);
  const { packageType, appId } = state;
  return packages.look(id, {
    packageType: typeof packageType === "string" ? packageType : "firmwarePackage",
    appId: typeof appId === "string" ? appId : undefined,
  });
}
