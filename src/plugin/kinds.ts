import type { Kind, Properties } from "../pulumi/kind";
import { UNKNOWN } from "../pulumi/unknown";
import { pluginTypeOf } from "../resource-kinds";
import { type Iotda, iotda, type Northbound, northbound } from "../wings";
import { type WingNames, withGates, withPackage, withTask } from "./program-inputs";

/** One kind as this door has it: the very hooks, and what the classes of TypeScript do around them. */
export interface PluginKind {
  /** `northbound.VersionPackage`, as the loader of the dynamic door names it. */
  readonly name: string;
  /** The hooks; the wing is loaded by the first call. */
  readonly load: () => Kind<object, object>;
  /** What a program writes, as the inputs of the hooks; refuses what says the same thing twice. */
  readonly inputsOf: (args: Properties, name: string) => Properties | Promise<Properties>;
  /** Outputs that are made of others; `id` may be unknown. */
  readonly derived: (id: unknown, outputs: Properties) => Properties;
}

const NORTHBOUND: WingNames = {
  packageField: "fileId",
  taskField: "operationId",
  packageLeaves: same("version", "fileType", "deviceType", "model", "manufacturerName"),
};
const IOTDA: WingNames = {
  packageField: "packageId",
  taskField: "taskId",
  packageLeaves: {
    ...same("version", "packageType", "productId"),
    sourceVersions: "supportSourceVersions",
  },
};

/** All kinds by their type; append only, for types stand in states. */
export const kinds: ReadonlyMap<string, PluginKind> = new Map(
  [
    ...kindsOf("northbound", NORTHBOUND, ["firmware", "software"], northbound, (args) => args),
    ...kindsOf("iotda", IOTDA, ["firmware", "software", "module"], iotda, withChecksum),
  ].map((kind) => [pluginTypeOf(kind.name), kind]),
);

type TaskKind = "firmware" | "software" | "module";
type TaskKey<Task extends TaskKind> = `${Task}UpgradeTask`;
type OtherKey = Exclude<keyof (Northbound | Iotda), "reader" | TaskKey<TaskKind>>;

function kindsOf<Task extends TaskKind>(
  wing: string,
  names: WingNames,
  taskKinds: readonly Task[],
  load: () => Readonly<Record<OtherKey | TaskKey<Task>, Kind<object, object>>>,
  packageInputs: PluginKind["inputsOf"],
): PluginKind[] {
  const { packageField, taskField } = names;
  const kind = (
    name: string,
    key: OtherKey | TaskKey<Task>,
    inputsOf: PluginKind["inputsOf"],
    derived: PluginKind["derived"],
  ): PluginKind => ({ name: `${wing}.${name}`, load: () => load()[key], inputsOf, derived });
  const tasks = taskKinds.map((packageKind) =>
    kind(
      `${capitalised(packageKind)}UpgradeTask`,
      `${packageKind}UpgradeTask`,
      (args, name) => {
        const own = packageKind === "module" ? withModule(names) : names;
        return withGates(withPackage(`Upgrade task '${name}'`, own, args));
      },
      (id, outputs) => {
        const version = leafOf(outputs["versionPackage"], "version");
        const packageId = outputs[packageField];
        return {
          packageKind,
          [taskField]: id,
          ...(wing === "northbound" ? { fileVersion: version } : {}),
          ref: { id, version, packageId, packageKind },
        };
      },
    ),
  );
  const rollouts = (["firmware", "software"] as const).map((packageKind) =>
    kind(
      `${capitalised(packageKind)}Rollout`,
      `${packageKind}Rollout`,
      (args, name) => withGates(withPackage(`Rollout '${name}'`, names, args)),
      (_id, outputs) => ({
        packageKind,
        gate: {
          outcome: outputs["outcome"],
          version: leafOf(outputs["versionPackage"], "version"),
          packageId: outputs[packageField],
          packageKind,
          openAt: outputs["openAt"],
        },
      }),
    ),
  );
  return [
    kind("VersionPackage", "versionPackage", packageInputs, (id, outputs) => {
      const leaves = Object.entries(withModule(names).packageLeaves).map(([leaf, output]) => [
        leaf,
        outputs[output],
      ]);
      const known = id === UNKNOWN ? (outputs[packageField] ?? id) : id;
      return { [packageField]: known, ref: { id: known, ...Object.fromEntries(leaves) } };
    }),
    ...tasks,
    kind(
      "UpgradeCompletion",
      "upgradeCompletion",
      (args, name) => withTask(`UpgradeCompletion ${name}`, names, args),
      (_id, { outcome, version, packageId, packageKind }) => ({
        gate: { outcome, version, packageId, packageKind },
      }),
    ),
    ...rollouts,
  ];
}

/** Of `file` only its checksum goes on. */
async function withChecksum({ file, ...args }: Properties): Promise<Properties> {
  if (file === undefined) return args;
  if (typeof file !== "string" || file === UNKNOWN) return { ...args, __file: UNKNOWN };
  const { signatureOf } = await import("../iotda/version-package/local-file.js");
  return { ...args, __file: await signatureOf(file) };
}

function leafOf(of: unknown, leaf: string): unknown {
  if (of === UNKNOWN) return UNKNOWN;
  return typeof of === "object" && of !== null ? (of as Properties)[leaf] : undefined;
}

function same(...names: string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** Upgrades of modules alone are told of the module that a package is for. */
function withModule({ packageLeaves, ...names }: WingNames): WingNames {
  return { ...names, packageLeaves: { ...packageLeaves, ...same("moduleName") } };
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
