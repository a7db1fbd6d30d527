import { OtaError } from "../../errors";
import type { HookContext, Kind } from "../../pulumi/hooks";
import { shape } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import {
  accountOwning,
  callContextOf,
  keepForProgram,
  movedAccount,
  refuseOtherAccount,
  tryToLook,
} from "../../wing/accounts";
import type { Packages } from "../api/packages";
import type { Application, Applications } from "../api/platform";
import type { PackageRecord } from "../api/wire";
import { type Acknowledgeable, AS_DECLARED, recordedDrift, unacknowledged } from "../../wing/drift";
import { findDeclared, missing, nameOf, NoSuchPackage } from "./find";
import {
  NAMING_FIELDS,
  versionPackageFailures,
  type VersionPackageInputs,
  versionPackageInputs,
  type VersionPackageState,
  versionPackageState,
} from "./schema";
import { tasksThatMayUse } from "./usage";

type Inputs = VersionPackageInputs & { readonly platformState: string };
type State = PackageRecord &
  Acknowledgeable & {
    readonly account: string;
    readonly onDelete: string | undefined;
    /** What was declared when the state was written, to be held against what is declared now. */
    readonly __declared: VersionPackageInputs;
  };

const DELETED = "deleted on the platform";

/** A package is adopted, read, and kept or deleted; nothing can make or change one. */
export function versionPackageKind(applications: Applications): Kind<Inputs, State> {
  return {
    async check(news, old, context) {
      const { platformState: _, ...declared } = news;
      const { inputs, failures } = shape(versionPackageInputs, declared);
      if (inputs === undefined) return { inputs: news, failures };
      const wrong = versionPackageFailures(inputs);
      if (wrong.length === 0 && isNew(inputs, old) && !containsUnknown(inputs)) {
        await warnUnlessThere(inputs, applications, context);
      }
      return { inputs: { ...inputs, platformState: AS_DECLARED }, failures: wrong };
    },

    async diff(properties, news, context) {
      const state = versionPackageState.parse(properties);
      const what = nameOf(state.fileId ?? "");
      const moved = await movedAccount(what, state.account, applications, context);
      if (moved !== undefined) return moved;
      const replaces = renamed(state, news);
      if (replaces.length > 0) return { kind: "changed", replaces };
      keepForProgram(state.fileId ?? "", applications, context);
      const recorded = recordedDrift(state);
      let drift = recorded;
      if (recorded === undefined) {
        await tryToLook(what, applications, context, async (application) => {
          const found = await packagesFor(application, context).look(state.fileId ?? "");
          drift = unacknowledged(driftOf(state, found), state);
        });
      }
      if (drift !== undefined) {
        context.report.warn(
          `${what} was ${drift}. The next \`pulumi up\` takes note of it and pushes nothing${news["fileId"] === undefined ? `; to look for a package that is what is declared anew, which its tasks push again, run \`pulumi up --replace ${context.urn ?? "URN"}\`` : ""}.`,
        );
      }
      const isEdited = (state.onDelete ?? "keep") !== (news["onDelete"] ?? "keep");
      if (recorded !== undefined || isEdited) return { kind: "changed" };
      return drift === undefined ? { kind: "same" } : { kind: "unfinished" };
    },

    async create(inputs, context) {
      const application = applications.of(context.config);
      const found = await findDeclared(inputs, packagesFor(application, context), application);
      application.holders.take(found.fileId);
      return { id: found.fileId, state: stateOf(found, inputs, application) };
    },

    async read(id, properties, context) {
      const state = properties === undefined ? undefined : versionPackageState.parse(properties);
      const application = await accountOwning(nameOf(id), state?.account, applications, context);
      const found = await packagesFor(application, context).look(id);
      if (state === undefined) {
        if (found === undefined) throw new OtaError(missing(id, application));
        const inputs: Inputs = { fileId: id, platformState: AS_DECLARED };
        return { state: stateOf(found, inputs, application), inputs };
      }
      const drift = driftOf(state, found);
      const news = unacknowledged(drift, state);
      if (found === undefined && news !== undefined) {
        context.report.warn(`${nameOf(id)} was ${news}.`);
        return undefined;
      }
      const platformState = news ?? state.platformState ?? AS_DECLARED;
      const declared = declaredOf(state);
      return {
        state: {
          ...(state as unknown as State),
          ...(found === undefined ? {} : present(found)),
          account: application.account.appId,
          platformState,
        },
        inputs: { ...declared, platformState },
      };
    },

    async update(id, properties, inputs, context) {
      const state = versionPackageState.parse(properties);
      const application = await accountOwning(nameOf(id), state.account, applications, context);
      const found = await packagesFor(application, context).look(id);
      const drift = driftOf(state, found) ?? recordedDrift(state);
      if (unacknowledged(drift, state) !== undefined) {
        context.report.warn(
          `${nameOf(id)} was ${drift ?? ""}. This is noted now; nothing was pushed.`,
        );
      }
      const { platformState: _, ...declared } = inputs;
      return {
        ...(state as unknown as State),
        ...(found === undefined ? {} : present(found)),
        onDelete: inputs.onDelete,
        platformState: AS_DECLARED,
        acknowledged: drift,
        __declared: declared,
      };
    },

    async delete(id, properties, context) {
      const state = versionPackageState.parse(properties);
      const { report } = context;
      if (state.onDelete !== "delete") {
        await refuseOtherAccount(nameOf(id), state.account, applications, context);
        report.info(`${nameOf(id)} stays on the platform; this stack no longer watches it.`);
        return;
      }
      const application = await accountOwning(nameOf(id), state.account, applications, context);
      if (application.holders.isNeeded(id, context.urn)) {
        report.info(`${nameOf(id)} stays: another resource of this program has it.`);
        return;
      }
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
}

function packagesFor(application: Application, context: HookContext): Packages {
  return application.packages(callContextOf(context));
}

function isNew(inputs: VersionPackageInputs, old: Readonly<Record<string, unknown>> | undefined) {
  return old === undefined || NAMING_FIELDS.some((field) => inputs[field] !== old[field]);
}

/** The naming fields that now mean another package than the one in the state. */
function renamed(state: VersionPackageState, news: Readonly<Record<string, unknown>>): string[] {
  const declared = state.__declared ?? state;
  return NAMING_FIELDS.filter((field) => {
    const value = news[field];
    if (value === undefined || value === declared[field]) return false;
    return value !== state[field];
  });
}

function declaredOf(state: VersionPackageState): VersionPackageInputs {
  return state.__declared ?? { fileId: state.fileId };
}

async function warnUnlessThere(
  inputs: VersionPackageInputs,
  applications: Applications,
  context: HookContext,
): Promise<void> {
  await tryToLook("The version package", applications, context, async (application) => {
    try {
      await findDeclared(inputs, packagesFor(application, context), application);
    } catch (error) {
      if (!(error instanceof NoSuchPackage)) throw error;
      context.report.warn(`${error.message} As long as that is so, \`pulumi up\` will fail here.`);
    }
  });
}

/** In words what became of the package since the state was written. */
function driftOf(state: VersionPackageState, found: PackageRecord | undefined): string | undefined {
  if (found === undefined) return DELETED;
  const changed = (["fileType", "version", "deviceType", "model", "manufacturerName"] as const)
    .filter((field) => state[field] !== undefined && state[field] !== found[field])
    .map(
      (field) =>
        `${field} from ${JSON.stringify(state[field])} to ${JSON.stringify(found[field] ?? null)}`,
    );
  return changed.length === 0 ? undefined : `changed on the platform: ${changed.join(", ")}`;
}

function stateOf(found: PackageRecord, inputs: Inputs, { account }: Application): State {
  const { platformState, ...declared } = inputs;
  return {
    ...found,
    onDelete: inputs.onDelete,
    account: account.appId,
    platformState,
    acknowledged: undefined,
    __declared: declared,
  };
}

/** A found package over an old state: what the reply leaves out does not wipe what was known. */
function present(found: PackageRecord): PackageRecord {
  return Object.fromEntries(
    Object.entries(found).filter(([, value]) => value !== undefined),
  ) as unknown as PackageRecord;
}
