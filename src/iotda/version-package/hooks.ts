import { OtaError } from "../../errors";
import type { Failure, HookContext, Kind, Properties } from "../../pulumi/hooks";
import { asFailures, isKnown, shape } from "../../pulumi/inputs";
import { containsUnknown } from "../../pulumi/unknown";
import {
  accountOwning,
  callContextOf,
  keepForProgram,
  movedAccount,
  tryToLook,
} from "../../wing/accounts";
import { type Acknowledgeable, AS_DECLARED, recordedDrift, unacknowledged } from "../../wing/drift";
import { refuseToAdoptAgain } from "../../wing/task-changes";
import type { Packages } from "../api/packages";
import type { Project, Projects } from "../api/platform";
import type { PackageRecord } from "../api/wire/package";
import { declaredBy, isSameContent } from "./content";
import { adoptNamed, makeOrFind } from "./create";
import { withFile } from "./file-input";
import {
  canonical,
  CONTENT_FIELDS,
  versionPackageFailures,
  type VersionPackageInputs,
  versionPackageInputs,
  type VersionPackageState,
  versionPackageState,
} from "./schema";
import { tasksThatMayUse } from "./usage";

type Inputs = VersionPackageInputs & { readonly platformState: string };
type State = VersionPackageInputs &
  Acknowledgeable & {
    readonly packageId: string;
    readonly productName: string | undefined;
    readonly createTime: string | undefined;
    readonly account: string;
  };

const DELETED = "deleted on the platform";

/** A package is made or taken over, read and deleted; nothing can change one. */
export function versionPackageKind(projects: Projects): Kind<Inputs, State> {
  return {
    async check(news, old, context) {
      const { platformState: _, ...declared } = news;
      const { inputs: whole, failures: wrongFile } = withFile(declared, old);
      const { inputs: shaped, failures = [] } = shape(versionPackageInputs, whole);
      if (shaped === undefined) return { inputs: whole, failures };
      const inputs = canonical(shaped);
      const wrong = [...wrongFile, ...versionPackageFailures(inputs)];
      if (wrong.length === 0 && isNew(inputs, old) && !containsUnknown(inputs)) {
        wrong.push(...(await failuresOnPlatform(inputs, projects, context)));
      }
      return { inputs: { ...inputs, platformState: AS_DECLARED }, failures: wrong };
    },

    async diff(properties, news, context) {
      const state = versionPackageState.parse(properties);
      const id = state.packageId ?? "";
      const moved = await movedAccount(nameOf(id), state.account, projects, context);
      if (moved !== undefined) return moved;
      const replaces = changedContent(state, news);
      if (replaces.length > 0) {
        refuseToAdoptAgain(nameOf(id), id, news["adopt"], replaces);
        context.report.warn(
          `A change of ${replaces.join(", ")} makes a new package and deletes ${id}: every task of this program that names it will push again.`,
        );
        return { kind: "changed", replaces };
      }
      keepForProgram(id, projects, context);
      const recorded = recordedDrift(state);
      let drift = recorded;
      if (recorded === undefined) {
        await tryToLook(nameOf(id), projects, context, async (project) => {
          const found = await lookedAt(state, project.packages(callContextOf(context)));
          drift = unacknowledged(found === undefined ? DELETED : undefined, state);
        });
      }
      if (drift === undefined) return { kind: "same" };
      context.report.warn(
        `${nameOf(id)} was ${drift}. The next \`pulumi up\` takes note of it and pushes nothing; to make it anew, which its tasks push again, run \`pulumi up --replace ${context.urn ?? "URN"}\`.`,
      );
      return recorded === undefined ? { kind: "unfinished" } : { kind: "changed" };
    },

    async create(inputs, context) {
      const project = projects.of(context.config);
      const { platformState: _, ...declared } = inputs;
      const found = await makeOrFind(declared, project, context);
      project.holders.take(found.packageId);
      return { id: found.packageId, state: await stateOf(found, inputs, project) };
    },

    async read(id, properties, context) {
      const state = properties === undefined ? undefined : versionPackageState.parse(properties);
      const project = await accountOwning(nameOf(id), state?.account, projects, context);
      const packages = project.packages(callContextOf(context));
      if (state === undefined) {
        const found = await packages.get(id);
        if (found === undefined) {
          throw new OtaError(
            `Project ${await project.key()} has no version package ${id} (404). Check the id.`,
          );
        }
        const inputs: Inputs = { ...declaredBy(found), platformState: AS_DECLARED };
        return { state: await stateOf(found, inputs, project), inputs };
      }
      const found = await lookedAt(state, packages);
      const drift = unacknowledged(found === undefined ? DELETED : undefined, state);
      // It stays in the state: a package made anew has another id, which its tasks would push again.
      if (drift !== undefined) context.report.warn(`${nameOf(id)} was ${drift}.`);
      const platformState = drift ?? recordedDrift(state) ?? AS_DECLARED;
      return {
        state: {
          ...(state as unknown as State),
          productName: found?.productName ?? (state as unknown as State).productName,
          account: await project.key(),
          platformState,
        },
        inputs: { ...declaredIn(state), platformState },
      };
    },

    async update(id, properties, inputs, context) {
      const state = versionPackageState.parse(properties);
      const project = await accountOwning(nameOf(id), state.account, projects, context);
      const found = await lookedAt(state, project.packages(callContextOf(context)));
      const drift = found === undefined ? DELETED : recordedDrift(state);
      if (unacknowledged(drift, state) !== undefined) {
        context.report.warn(
          `${nameOf(id)} was ${drift ?? ""}. This is noted now; nothing was pushed.`,
        );
      }
      return {
        ...(state as unknown as State),
        ...inputs,
        platformState: AS_DECLARED,
        acknowledged: found === undefined ? DELETED : undefined,
      };
    },

    async delete(id, properties, context) {
      const state = versionPackageState.parse(properties);
      const project = await accountOwning(nameOf(id), state.account, projects, context);
      const { report } = context;
      if (project.holders.isNeeded(id, context.urn)) {
        report.info(`${nameOf(id)} stays: another resource of this program has it.`);
        return;
      }
      const users = await tasksThatMayUse(state, id, project.tasks(callContextOf(context)));
      if (users.length > 0) {
        throw new OtaError(
          `${nameOf(id)} was not deleted, because unfinished upgrade tasks still need it: ${users.join(", ")}. Wait until they are over or stop them, and run it again.`,
        );
      }
      await project.packages(callContextOf(context)).delete(id);
      report.info(
        `${nameOf(id)} was deleted on the platform; its object in the Object Storage Service stays.`,
      );
    },
  };
}

function isNew(inputs: VersionPackageInputs, old: Properties | undefined): boolean {
  return old === undefined || CONTENT_FIELDS.some((field) => !isSameContent(inputs, old, field));
}

/** What a create will look for is looked for now: a reviewer learns that it can be, and what adopt names. */
async function failuresOnPlatform(
  inputs: VersionPackageInputs,
  projects: Projects,
  context: HookContext,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  await tryToLook("The version package", projects, context, async (project) => {
    const packages = project.packages(callContextOf(context));
    const { adopt, appId, packageType, productId, version } = inputs;
    if (adopt === undefined) {
      await packages.lookFor({ packageType, appId, productId, version });
      return;
    }
    failures.push(...(await asFailures(() => adoptNamed(adopt, inputs, packages, project))));
  });
  return failures;
}

function nameOf(packageId: string): string {
  return `Version package ${packageId}`;
}

function lookedAt(
  state: VersionPackageState,
  packages: Packages,
): Promise<PackageRecord | undefined> {
  const { packageType, appId } = state;
  return packages.look(state.packageId ?? "", {
    packageType: typeof packageType === "string" ? packageType : "firmwarePackage",
    appId: typeof appId === "string" ? appId : undefined,
  });
}

function changedContent(state: VersionPackageState, news: Properties): string[] {
  const { platformState: _, ...declared } = news;
  const { inputs } = shape(versionPackageInputs, declared);
  if (inputs === undefined) return [];
  const now = canonical(inputs);
  const recorded = declaredIn(state);
  return CONTENT_FIELDS.filter(
    (field) => !isKnown(now[field]) || !isSameContent(now, recorded, field),
  );
}

/** The content fields alone: what the reply of the create says beside them is no input. */
function declaredIn(state: VersionPackageState): VersionPackageInputs {
  return Object.fromEntries(
    CONTENT_FIELDS.map((field) => [field, state[field]]),
  ) as unknown as VersionPackageInputs;
}

async function stateOf(found: PackageRecord, inputs: Inputs, project: Project): Promise<State> {
  const { adopt: _, ...declared } = inputs;
  return {
    ...declared,
    packageId: found.packageId,
    productName: found.productName,
    createTime: found.createTime,
    account: await project.key(),
    acknowledged: undefined,
  };
}
