import { readPackage } from "../../../src/northbound/api/wire";
import { tasksThatMayUse } from "../../../src/northbound/version-package/usage";
import { aReply } from "../../http/requests";
import { aTask, type Fields, FIRMWARE_14, ScriptedPlatform } from "../scripted-platform";

/** Old tasks that are over, and those that are given, in the midst of them. */
function withTasks(over: number, others: readonly Fields[]) {
  const platform = new ScriptedPlatform();
  const now = platform.clock.now();
  const old = Array.from({ length: over }, (_, index) =>
    aTask(`old-${String(index)}`, now, { status: ["success", "failed", "stop"][index % 3] }),
  );
  const given = others.map((other, index) => aTask(`op-${String(index + 1)}`, now, other));
  const half = Math.floor(over / 2);
  platform.tasks = [...old.slice(0, half), ...given, ...old.slice(half)];
  const users = (target: Fields = FIRMWARE_14) => {
    const tasks = platform.application({ callsPerMinute: 10_000 }).tasks({});
    return platform.clock.run(tasksThatMayUse(readPackage(target), tasks));
  };
  return { platform, users };
}

describe("The tasks that may use a package", () => {
  it.each([0, 40, 10_000])("are those that are not over, among %i old ones", async (over) => {
    const { users } = withTasks(over, [{}, { status: "processing" }]);
    expect((await users()).toSorted()).toEqual(["op-1 (wait)", "op-2 (processing)"]);
  });

  it.each([
    [0, 1],
    [100, 1],
    [10_000, 7],
  ])("are none among %i old ones after %i calls", async (over, calls) => {
    const { platform, users } = withTasks(over, []);
    expect(await users()).toEqual([]);
    expect(platform.calls()).toHaveLength(calls);
  });

  it.each([40, 1_000])("have a status that no page names, among %i old ones", async (over) => {
    const { users } = withTasks(over, [{ status: "verifying" }]);
    expect(await users()).toEqual(["op-1 (verifying)"]);
  });

  it("are read whole where the platform tells no totals", async () => {
    const { platform, users } = withTasks(900, [{ status: "verifying" }]);
    platform.totalName = undefined;
    expect(await users()).toEqual(["op-1 (verifying)"]);
  });

  it("are read whole where the platform takes no notice of the filter", async () => {
    const { platform, users } = withTasks(900, [{ status: "verifying" }]);
    platform.script = ({ path }) => {
      const { pathname, searchParams } = new URL(path, "https://platform.example");
      if (!pathname.endsWith("/operations")) return undefined;
      const size = Number(searchParams.get("pageSize"));
      const first = Number(searchParams.get("pageNo")) * size;
      const data = platform.tasks.slice(first, first + size);
      return aReply(200, { data, totalCount: platform.tasks.length });
    };
    expect(await users()).toEqual(["op-1 (verifying)"]);
  });

  it("are of either kind where the package's is not known", async () => {
    const { fileType: _, ...untold } = FIRMWARE_14;
    const { users } = withTasks(40, [{ operateType: "software_upgrade" }, {}]);
    expect((await users(untold)).toSorted()).toEqual(["op-1 (wait)", "op-2 (wait)"]);
    expect(await users()).toEqual(["op-2 (wait)"]);
  });

  it.each([
    { devices: ["meter-1"], deviceType: "", model: "", manufacturerName: "" },
    { devices: ["meter-1"], deviceType: null, model: null, manufacturerName: null },
  ])("are those whose targets leave open what their devices are: %j", async (targets) => {
    const { users } = withTasks(0, [{ targets }]);
    expect(await users()).toEqual(["op-1 (wait)"]);
  });

  it("miss none that begins while they are read", async () => {
    const { platform, users } = withTasks(900, [{}]);
    platform.script = ({ path }) => {
      if (!path.includes("operationStatus=processing")) return undefined;
      platform.script = ({ path: next }) => {
        if (!next.includes("operationStatus=wait")) return undefined;
        platform.tasks = platform.tasks.map((task) =>
          task["operationId"] === "op-1" ? { ...task, status: "processing" } : task,
        );
        return undefined;
      };
      return undefined;
    };
    expect(await users()).toEqual(["op-1 (processing)"]);
  });
});
