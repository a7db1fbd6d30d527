import type { iotda } from "../../src";
import type { RolloutPackageRef } from "../../src/iotda/rollout/resource";
import type { rolloutInputs } from "../../src/iotda/rollout/schema";
import type { upgradeCompletionInputs } from "../../src/iotda/upgrade-completion/schema";
import type { PackageRef } from "../../src/iotda/upgrade-task/resource";
import type { upgradeTaskInputs } from "../../src/iotda/upgrade-task/schema";
import type { versionPackageInputs } from "../../src/iotda/version-package/schema";
import type { GateRef } from "../../src/wing/gate-input";
import type { Allowed, Declared, Equal } from "../equal-types";

/*
 * Held by the compiler (`npm run check`): whoever adds a field to the arguments and not to the schema,
 * or the reverse, gets a type error here.
 */

type DeclaredTask = Declared<iotda.UpgradeTaskArgs>;
type AllowedTask = Allowed<typeof upgradeTaskInputs>;
/** What travels in another form than it is declared in; all but the last are held by themselves. */
type InAnotherForm = "packageId" | "versionPackage" | "onlyAfter" | "taskExtInfo" | "onDelete";

describe("Arguments and schema are equal", () => {
  // The path of a local file never reaches the schema: the program sends its checksum.
  it("of a version package, but for its local file", () => {
    const equal: Equal<
      Omit<Declared<iotda.VersionPackageArgs>, "file">,
      Omit<Allowed<typeof versionPackageInputs>, never>
    > = true;
    expect(equal).toBe(true);
  });

  // What the vendor lets through of taskExtInfo is any JSON, which the SDK's own types unwrap.
  it("of an upgrade task, but for what travels in another form", () => {
    const equal: Equal<Omit<DeclaredTask, InAnotherForm>, Omit<AllowedTask, InAnotherForm>> = true;
    expect(equal).toBe(true);
  });

  it("of an upgrade task of a module, which is one without what is not for modules", () => {
    type DeclaredModuleTask = Declared<iotda.ModuleUpgradeTaskArgs>;
    type NotOfModules = "taskMode" | "taskExtInfo" | "retryFailed";
    const equal: Equal<
      Omit<DeclaredModuleTask, "onDelete">,
      Omit<DeclaredTask, NotOfModules | "onDelete">
    > = true;
    const onDelete: Equal<
      DeclaredTask["onDelete"] | DeclaredModuleTask["onDelete"],
      AllowedTask["onDelete"]
    > = true;
    expect([equal, onDelete]).not.toContain(false);
  });

  // A task that is given is sent as its id.
  it("of an upgrade completion, but for its task", () => {
    const equal: Equal<
      Omit<Declared<iotda.UpgradeCompletionArgs>, "task">,
      Partial<Allowed<typeof upgradeCompletionInputs>>
    > = true;
    expect(equal).toBe(true);
  });

  it("of the package of a task, the id of which travels as packageId", () => {
    const leaves: Equal<
      Omit<Declared<PackageRef>, "id">,
      NonNullable<AllowedTask["versionPackage"]>
    > = true;
    const id: Equal<Declared<PackageRef>["id"], AllowedTask["packageId"]> = true;
    const isEither: Equal<DeclaredTask["packageId"], string | undefined> = true;
    expect([leaves, id, isEither]).toEqual([true, true, true]);
  });

  it("of a gate, one of which is a list of one", () => {
    const equal: Equal<
      Partial<Declared<GateRef>>,
      NonNullable<AllowedTask["onlyAfter"]>[number]
    > = true;
    expect(equal).toBe(true);
  });

  it("of a rollout, but for what travels as that of a task does", () => {
    type InAnotherForm = "packageId" | "versionPackage" | "onlyAfter" | "taskExtInfo";
    type DeclaredRollout = Declared<iotda.RolloutArgs>;
    type AllowedRollout = Allowed<typeof rolloutInputs>;
    const equal: Equal<
      Omit<DeclaredRollout, InAnotherForm>,
      Omit<AllowedRollout, InAnotherForm>
    > = true;
    const leaves: Equal<
      Omit<Declared<RolloutPackageRef>, "id">,
      NonNullable<AllowedRollout["versionPackage"]>
    > = true;
    expect([equal, leaves]).not.toContain(false);
  });
});
