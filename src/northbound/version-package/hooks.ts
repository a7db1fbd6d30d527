import { OtaError } from "../../errors";
import { withoutSecrets } from "../../known-secrets";
import type { HookContext, Kind } from "../../pulumi/kind";
import { containsUnknown, UNKNOWN } from "../../pulumi/unknown";
import { callContextOf } from "../../wing/accounts";
import { declaredIn } from "../../wing/declared";
import {
  type PackageState,
  type PackageWing,
  versionPackageKind as packageKind,
} from "../../wing/version-package";
import type { Packages } from "../api/packages";
import type { Application, Applications } from "../api/platform";
import type { PackageRecord } from "../api/wire";
import { findDeclared, nameOf, NoSuchPackage } from "./find";
import { differences, NAMING_FIELDS } from "./same";
import {
  INPUT_NAMES,
  versionPackageFailures,
  type VersionPackageInputs,
  versionPackageInputs,
} from "./schema";
import { tasksThatMayUse } from "./usage";

/** A package is found, read, and kept or deleted; nothing can make or change one. */
export function versionPackageKind(
  applications: Applications,
): Kind<VersionPackageInputs, PackageState> {
  const wing: PackageWing<VersionPackageInputs, PackageRecord, Application> = {
    accounts: applications,
    goneCode: "123002",
    defaultOnDelete: "keep",
    inputs: versionPackageInputs,
    inputNames: INPUT_NAMES,
    canonical: (inputs) => inputs,
    brokenRules: versionPackageFailures,
    differences,

    async foresee(inputs, application, context) {
      try {
        const found = await findDeclared(inputs, packagesFor(application, context), application);
        return { failures: [], filled: inputsOf(found) };
      } catch (error) {
        if (!(error instanceof NoSuchPackage)) throw error;
        context.report.warn(
          `${error.message} As long as that is so, \`pulumi up\` will fail here.`,
        );
        return { failures: [] };
      }
    },
    filledIn(inputs, before) {
      // Whatever is looked for by what only `up` will know is known only then.
      const open = containsUnknown(inputs) ? UNKNOWN : undefined;
      const filled = NAMING_FIELDS.map((field) => [
        field,
        inputs[field] ?? before?.[field] ?? open,
      ]);
      return {
        ...inputs,
        ...Object.fromEntries(filled.filter(([, value]) => value !== undefined)),
      } as VersionPackageInputs;
    },
    async obtain(inputs, application, context, note) {
      const found = await findDeclared(inputs, packagesFor(application, context), application);
      const obtained = { found, isMade: false };
      await note(obtained);
      return obtained;
    },
    idOf: ({ fileId }) => fileId,
    look: (id, _state, application, context) => packagesFor(application, context).look(id),
    inputsOf,
    told: ({ name, protocolType, description, date, uploadTime }) => ({
      name,
      protocolType,
      description,
      date,
      uploadTime,
    }),
    driftOf,
    leavesStateWhenGone: true,
    remedy: () =>
      "; to look anew for what is declared, which its tasks push again, run `pulumi refresh` before it",

    async remove(id, _state, application, context) {
      const { report } = context;
      const packages = packagesFor(application, context);
      const found = await packages.get(id);
      if (found === undefined) {
        report.info(`${nameOf(id)} was deleted on the platform already.`);
        return;
      }
      const users = await tasksThatMayUse(found, application.tasks(callContextOf(context)));
      if (users.length > 0) {
        throw new OtaError(
          `${nameOf(id)} was not deleted, because unfinished upgrade tasks may still need it: ${users.join(", ")}. Wait until they are over, or set onDelete to "keep".`,
        );
      }
      await packages.delete(id);
      report.info(`${nameOf(id)} was deleted on the platform.`);
    },
  };
  return packageKind(wing);
}

function packagesFor(application: Application, context: HookContext): Packages {
  return application.packages(callContextOf(context));
}

function inputsOf(found: PackageRecord): VersionPackageInputs {
  return declaredIn({ ...found }, NAMING_FIELDS);
}

function driftOf(
  state: Readonly<Record<string, unknown>>,
  found: PackageRecord | undefined,
): string | undefined {
  if (found === undefined) return "deleted on the platform";
  const changed = NAMING_FIELDS.filter(
    (field) => state[field] !== undefined && state[field] !== found[field],
  ).map(
    (field) =>
      `${field} from ${JSON.stringify(state[field])} to ${JSON.stringify(found[field] ?? null)}`,
  );
  return changed.length === 0
    ? undefined
    : withoutSecrets(`changed on the platform: ${changed.join(", ")}`);
}
