import type { Unwrap } from "@pulumi/pulumi";
import type { z } from "zod";

import type { northbound } from "../../src";
import type { upgradeCompletionInputs } from "../../src/northbound/upgrade-completion/schema";
import type { upgradeTaskInputs } from "../../src/northbound/upgrade-task/schema";
import type { versionPackageInputs } from "../../src/northbound/version-package/schema";

/*
 * Held by the compiler (`npm run check`): whoever adds a field to the arguments and not to the schema,
 * or the reverse, gets a type error here.
 */

/** The bare shape: no `readonly`, and no `undefined` that merely says "optional". */
type Plain<T> = T extends readonly (infer Entry)[]
  ? Plain<Entry>[]
  : T extends object
    ? { -readonly [Name in keyof T]: Plain<Exclude<T[Name], undefined>> }
    : T;

/*
 * Two conditional types are the same to the compiler only when what they ask for is identical, which
 * is more than that one fits the other.
 */
/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters */
type Equal<One, Other> =
  (<Any>() => Any extends One ? 1 : 2) extends <Any>() => Any extends Other ? 1 : 2 ? true : false;
/* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */

type Declared<Args> = Plain<Unwrap<Args>>;
type Allowed<Schema extends z.ZodType> = Plain<z.input<Schema>>;

type DeclaredTask = Declared<northbound.UpgradeTaskArgs>;
type AllowedTask = Allowed<typeof upgradeTaskInputs>;
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

  it("of an upgrade completion", () => {
    const equal: Equal<
      Declared<northbound.UpgradeCompletionArgs>,
      Allowed<typeof upgradeCompletionInputs>
    > = true;
    expect(equal).toBe(true);
  });

  it("of an upgrade task, all but its policy", () => {
    const equal: Equal<Omit<DeclaredTask, "policy">, Omit<AllowedTask, "policy">> = true;
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
});
