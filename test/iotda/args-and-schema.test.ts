import type { iotda } from "../../src";
import type { upgradeCompletionInputs } from "../../src/iotda/upgrade-completion/schema";
import type { upgradeTaskInputs } from "../../src/iotda/upgrade-task/schema";
import type { versionPackageInputs } from "../../src/iotda/version-package/schema";
import type { Allowed, Declared, Equal } from "../equal-types";

/*
 * Held by the compiler (`npm run check`): whoever adds a field to the arguments and not to the schema,
 * or the reverse, gets a type error here.
 */

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
  it("of an upgrade task", () => {
    const equal: Equal<
      Omit<Declared<iotda.UpgradeTaskArgs>, "taskExtInfo">,
      Omit<Allowed<typeof upgradeTaskInputs>, "taskExtInfo">
    > = true;
    expect(equal).toBe(true);
  });

  // A task that is given is sent as its id.
  it("of an upgrade completion, but for its task", () => {
    const equal: Equal<
      Omit<Declared<iotda.UpgradeCompletionArgs>, "task">,
      Partial<Allowed<typeof upgradeCompletionInputs>>
    > = true;
    expect(equal).toBe(true);
  });
});
