import type { northbound } from "../../src";
import type { rolloutInputs } from "../../src/northbound/rollout/schema";
import type { upgradeCompletionInputs } from "../../src/northbound/upgrade-completion/schema";
import type { PackageRef } from "../../src/northbound/upgrade-task/resource";
import type { upgradeTaskInputs } from "../../src/northbound/upgrade-task/schema";
import type { versionPackageInputs } from "../../src/northbound/version-package/schema";
import type { GateRef } from "../../src/wing/gate-input";
import type { Allowed, Declared, Equal } from "../equal-types";

/*
 * Held by the compiler (`npm run check`): whoever adds a field to the arguments and not to the schema,
 * or the reverse, gets a type error here.
 */

type DeclaredTask = Declared<northbound.UpgradeTaskArgs>;
type AllowedTask = Allowed<typeof upgradeTaskInputs>;
/** What travels in another form than it is declared in, and each is held by itself. */
type InAnotherForm = "fileId" | "versionPackage" | "onlyAfter" | "policy";
type DeclaredPolicy = NonNullable<DeclaredTask["policy"]>;
type AllowedPolicy = NonNullable<AllowedTask["policy"]>;
type ExecuteType = NonNullable<DeclaredPolicy["executeType"]>;

describe("Arguments and schema are equal", () => {
  it("in a comparison that tells a missing field, and an optional one", () => {
    const missing: Equal<{ a?: 1 }, { a?: 1; b?: 2 }> = false;
    const optional: Equal<{ a?: 1 }, { a: 1 }> = false;
    const inside: Equal<{ a?: { b?: 1 } }, { a?: { b?: 1; c?: 2 } }> = false;
    const text: Equal<{ a?: string }, { a?: "x" }> = false;
    expect([missing, optional, inside, text]).not.toContain(true);
  });

  it("of a version package", () => {
    const equal: Equal<
      Declared<northbound.VersionPackageArgs>,
      Allowed<typeof versionPackageInputs>
    > = true;
    expect(equal).toBe(true);
  });

  // A task that is given is sent as its id.
  it("of an upgrade completion, but for its task", () => {
    const equal: Equal<
      Omit<Declared<northbound.UpgradeCompletionArgs>, "task">,
      Partial<Allowed<typeof upgradeCompletionInputs>>
    > = true;
    expect(equal).toBe(true);
  });

  it("of an upgrade task, but for what travels in another form", () => {
    const equal: Equal<Omit<DeclaredTask, InAnotherForm>, Omit<AllowedTask, InAnotherForm>> = true;
    const optional: Equal<
      undefined extends DeclaredTask["policy"] ? 1 : 2,
      undefined extends AllowedTask["policy"] ? 1 : 2
    > = true;
    expect([equal, optional]).toEqual([true, true]);
  });

  // The editor offers the three words; any text passes the schema, so that a wrong one is answered
  // with the vendor's own code 123025 and not with a complaint about types.
  it("of a policy, but for the words of executeType", () => {
    const equal: Equal<
      Omit<DeclaredPolicy, "executeType">,
      Omit<AllowedPolicy, "executeType">
    > = true;
    const words: Equal<ExecuteType, "now" | "device_online" | "custom"> = true;
    const text: Equal<NonNullable<AllowedPolicy["executeType"]>, string> = true;
    expect([equal, words, text]).toEqual([true, true, true]);
  });

  it("of the package of a task, the id of which travels as fileId", () => {
    const leaves: Equal<
      Omit<Declared<PackageRef>, "id">,
      NonNullable<AllowedTask["versionPackage"]>
    > = true;
    const id: Equal<Declared<PackageRef>["id"], AllowedTask["fileId"]> = true;
    const isEither: Equal<DeclaredTask["fileId"], string | undefined> = true;
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
    type DeclaredRollout = Declared<northbound.RolloutArgs>;
    type AllowedRollout = Allowed<typeof rolloutInputs>;
    const equal: Equal<
      Omit<DeclaredRollout, InAnotherForm>,
      Omit<AllowedRollout, InAnotherForm>
    > = true;
    const leaves: Equal<AllowedRollout["versionPackage"], AllowedTask["versionPackage"]> = true;
    const gates: Equal<AllowedRollout["onlyAfter"], AllowedTask["onlyAfter"]> = true;
    const policy: Equal<AllowedRollout["policy"], AllowedTask["policy"]> = true;
    expect([equal, leaves, gates, policy]).not.toContain(false);
  });
});
