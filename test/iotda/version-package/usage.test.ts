import { tasksThatMayUse } from "../../../src/iotda/version-package/usage";
import { aTask, type Fields, ScriptedPlatform } from "../scripted-platform";

const OVER = ["Success", "Fail", "PartialSuccess", "Stopped"];

/** Those that are given, behind old tasks that are over. */
function withTasks(over: number, others: readonly Fields[]) {
  const platform = new ScriptedPlatform();
  const document = { package_ids: ["p-14"] };
  const old = Array.from({ length: over }, (_, index) =>
    aTask(`old-${String(index)}`, { document, status: OVER[index % 4] }),
  );
  const given = others.map((other, index) =>
    aTask(`t-${String(index + 1)}`, { document, ...other }),
  );
  platform.tasks = [...old, ...given];
  const users = (packageType?: string) => {
    const tasks = platform.project({ callsPerMinute: 10_000 }).tasks({});
    return platform.clock.run(tasksThatMayUse({ packageType }, "p-14", tasks));
  };
  return { platform, users };
}

describe("The tasks that may use a package", () => {
  it.each([0, 40, 10_000])("are those that are not over, among %i old ones", async (over) => {
    const { users } = withTasks(over, [
      { status: "Initializing" },
      { status: "Waitting" },
      { status: "Processing" },
      { status: "Stopping" },
      { document: { package_ids: ["p-15"] } },
      { document: undefined },
    ]);
    expect((await users("firmwarePackage")).toSorted()).toEqual([
      "t-1 (Initializing)",
      "t-2 (Waitting)",
      "t-3 (Processing)",
      "t-4 (Stopping)",
      "t-6 (Processing)",
    ]);
  });

  it.each([
    [0, 1],
    [50, 1],
    [10_000, 10],
    [110_000, 10],
  ])("are none among %i old ones after %i calls", async (over, calls) => {
    const { platform, users } = withTasks(over, []);
    expect(await users("firmwarePackage")).toEqual([]);
    expect(platform.calls()).toHaveLength(calls);
  });

  it.each([40, 1_000])("have a status that no page names, among %i old ones", async (over) => {
    const { users } = withTasks(over, [{ status: "Rebooting" }]);
    expect(await users("firmwarePackage")).toEqual(["t-1 (Rebooting)"]);
  });

  it("with a status that no page names are read only until all of these are found", async () => {
    const { platform, users } = withTasks(10_000, []);
    platform.tasks = [aTask("t-1", { status: "Rebooting" }), ...platform.tasks];
    expect(await users("firmwarePackage")).toEqual(["t-1 (Rebooting)"]);
    // What is found is asked for anew; its first page was a moment old both times.
    expect(platform.calls()).toHaveLength(10 + 11);
  });

  it("are of any kind where the package's is not known", async () => {
    const { users } = withTasks(3, [
      { task_type: "softwareUpgrade" },
      { task_type: "moduleUpgrade" },
    ]);
    const both = ["t-1 (Processing)", "t-2 (Processing)"];
    expect(await users()).toEqual(both);
    expect(await users("driverPackage")).toEqual(both);
    expect(await users("firmwarePackage")).toEqual([]);
  });
});
