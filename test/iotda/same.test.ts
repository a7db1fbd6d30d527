import fc from "fast-check";

import { upgradeTaskKind } from "../../src/iotda/upgrade-task/hooks";
import { type Declared, differences, overlap } from "../../src/iotda/upgrade-task/same";
import { canonical, upgradeTaskInputs } from "../../src/iotda/upgrade-task/schema";
import { versionPackageKind } from "../../src/iotda/version-package/hooks";
import { differences as packageDifferences } from "../../src/iotda/version-package/same";
import { UNKNOWN } from "../../src/pulumi/unknown";
import type { Properties } from "../../src/pulumi/kind";
import { errorOf } from "../http/requests";
import { projectsOf, told } from "./hook-context";
import { aTask, type Fields, PACKAGE, ScriptedPlatform } from "./scripted-platform";

const TASK = { packageId: "p-14", targets: { devices: ["a", "b"] } };
const NIGHT = { from: "01:00", to: "04:00", timeZone: "Asia/Shanghai" };
/** As `check` compares it. */
const form = (declared: object): Declared => canonical(upgradeTaskInputs.parse(declared));
/** As the engine keeps it: without what is undefined. */
const stored = (value: object) => JSON.parse(JSON.stringify(value)) as Properties;

describe("Two declarations of a task are the same", () => {
  it.each<[string, object, object]>([
    ["in another order", TASK, { ...TASK, targets: { devices: ["b", "a"] } }],
    ["with a repetition", TASK, { ...TASK, targets: { devices: ["a", "b", "b"] } }],
    ["with an empty list", TASK, { ...TASK, targets: { ...TASK.targets, groupIds: [] } }],
    [
      "with groups in another order",
      { ...TASK, targets: { groupIds: ["x", "y"] } },
      { ...TASK, targets: { groupIds: ["y", "x", "y"] } },
    ],
    ["with a policy of nothing", TASK, { ...TASK, taskPolicy: {} }],
    ["with nothing to tell the devices", TASK, { ...TASK, taskExtInfo: {} }],
    ["with no confirmation spelled out", TASK, { ...TASK, needConfirm: false }],
    [
      "with an instant in another spelling",
      { ...TASK, taskPolicy: { scheduleTime: "2026-05-02T08:00:00Z" } },
      { ...TASK, taskPolicy: { scheduleTime: "2026-05-02T10:00:00+02:00" } },
    ],
    [
      "with what they tell in another order",
      { ...TASK, taskExtInfo: { a: 1, b: { c: 2, d: 3 } } },
      { ...TASK, taskExtInfo: { b: { d: 3, c: 2 }, a: 1 } },
    ],
    ["with another begin of the name", TASK, { ...TASK, taskName: "first_wave" }],
    ["with wishes", TASK, { ...TASK, confirmed: true, retryFailed: "2026-05-01T08:00:00Z" }],
    ["with what is known of the package", TASK, { ...TASK, versionPackage: { version: "1.4" } }],
  ])("%s", (_what, one, other) => {
    expect(differences(form(one), form(other))).toEqual([]);
    expect(differences(form(other), form(one))).toEqual([]);
  });
});

describe("Two declarations of a task differ", () => {
  it.each<[string, object, object, string[]]>([
    ["in the package", TASK, { ...TASK, packageId: "p-15" }, ["packageId"]],
    ["in the resource space", TASK, { ...TASK, appId: "app-1" }, ["appId"]],
    ["in devices", TASK, { ...TASK, targets: { devices: ["a"] } }, ["targets"]],
    [
      "in a group for a device of its name",
      { ...TASK, targets: { devices: ["a"] } },
      { ...TASK, targets: { groupIds: ["a"] } },
      ["targets"],
    ],
    [
      "in retries",
      TASK,
      { ...TASK, taskPolicy: { retryCount: 1, retryInterval: 5 } },
      ["taskPolicy"],
    ],
    [
      "in a duration",
      { ...TASK, taskPolicy: { scheduleTime: "PT1H" } },
      { ...TASK, taskPolicy: { scheduleTime: "PT2H" } },
      ["taskPolicy"],
    ],
    [
      "in the zone of a window",
      { ...TASK, taskPolicy: { window: NIGHT } },
      { ...TASK, taskPolicy: { window: { ...NIGHT, timeZone: "UTC" } } },
      ["taskPolicy"],
    ],
    ["in the mode", TASK, { ...TASK, taskMode: "GATEWAY" }, ["taskMode"]],
    ["in what they tell the devices", TASK, { ...TASK, taskExtInfo: { a: 1 } }, ["taskExtInfo"]],
    [
      "in the order of a list that they tell",
      { ...TASK, taskExtInfo: { a: [1, 2] } },
      { ...TASK, taskExtInfo: { a: [2, 1] } },
      ["taskExtInfo"],
    ],
    ["in a confirmation", TASK, { ...TASK, needConfirm: true }, ["needConfirm"]],
  ])("%s", (_what, one, other, fields) => {
    expect(differences(form(one), form(other))).toEqual(fields);
    expect(differences(form(other), form(one))).toEqual(fields);
  });
});

describe("Two sets of targets", () => {
  it.each<[string, Declared["targets"], Declared["targets"], boolean]>([
    ["share a device", { devices: ["a", "b"] }, { devices: ["b"] }, true],
    ["share none", { devices: ["a"] }, { devices: ["b"] }, false],
    ["may share the devices of a group", { devices: ["a"] }, { groupIds: ["g"] }, true],
    ["may share what is not known yet", { devices: ["a", UNKNOWN] }, { devices: ["b"] }, true],
    ["may share it as a whole", UNKNOWN as never, { devices: ["b"] }, true],
    ["may share the devices of two groups", { groupIds: ["g"] }, { groupIds: ["h"] }, true],
  ])("%s", (_what, one, other, expected) => {
    expect(overlap(one, other)).toBe(expected);
    expect(overlap(other, one)).toBe(expected);
  });
});

describe("A task of the platform", () => {
  const declared = { packageId: "p-14", targets: { devices: ["meter-1"] } };
  const adopt = async (task: Fields, change: object) => {
    const platform = new ScriptedPlatform();
    platform.tasks = [aTask("t-1", { document: { package_ids: ["p-14"] }, ...task })];
    const kind = upgradeTaskKind("firmware", projectsOf(platform.project()));
    const inputs = { ...declared, adopt: "t-1", ...change };
    return platform.clock.run(kind.create(inputs, told().context));
  };
  const scheduled = (time: string, more: Fields = {}) => ({
    task_policy: { schedule_time: time, ...more },
  });

  it.each<[string, Fields, object]>([
    [
      "whose time is the next night of the window",
      scheduled("20260501T170000Z"),
      { taskPolicy: { window: NIGHT } },
    ],
    [
      "that was made while the window was open",
      { ...scheduled("20260501T183100Z"), create_time: "20260501T183000Z" },
      { taskPolicy: { window: NIGHT } },
    ],
    [
      "whose time is what a duration came to",
      scheduled("20260501T100000Z"),
      { taskPolicy: { scheduleTime: "PT2H" } },
    ],
    [
      "whose instant is the declared one",
      scheduled("20260502T080000Z"),
      { taskPolicy: { scheduleTime: "2026-05-02T08:00:00Z" } },
    ],
    ["whose resource space is the default one", { app_id: "app-1" }, {}],
    ["that tells an empty policy", { task_policy: {} }, {}],
    ["that tells no confirmation", { need_confirm: false }, {}],
  ])("may be the declared one: %s", async (_what, task, change) => {
    expect((await adopt(task, change)).id).toBe("t-1");
  });

  it.each<[string, Fields, object, string]>([
    [
      "at another time of the night",
      scheduled("20260501T183000Z"),
      { taskPolicy: { window: NIGHT } },
      "its taskPolicy is",
    ],
    [
      "at once, where a window is declared",
      {},
      { taskPolicy: { window: NIGHT } },
      "its taskPolicy is",
    ],
    [
      "at a time that the duration does not come to",
      scheduled("20260501T110000Z"),
      { taskPolicy: { scheduleTime: "PT2H" } },
      "its taskPolicy is",
    ],
    [
      "that retries, where none is declared",
      scheduled("20260501T170000Z", { retry_count: 2, retry_interval: 5 }),
      { taskPolicy: { window: NIGHT } },
      "its taskPolicy is",
    ],
    ["that waits for a confirmation", { need_confirm: true }, {}, "its needConfirm is true"],
    ["that waits for none", {}, { needConfirm: true }, "its needConfirm is null"],
    ["in another mode", { task_mode: "GATEWAY" }, {}, 'its taskMode is "GATEWAY"'],
    [
      "that is scheduled, where it is to begin at once",
      scheduled("20260502T080000Z"),
      {},
      "its taskPolicy is",
    ],
    ["of another kind", { task_type: "softwareUpgrade" }, {}, "it is a softwareUpgrade"],
  ])("is another one: %s", async (_what, task, change, clause) => {
    const error = await errorOf(adopt(task, change));
    expect(error.message).toContain("which is not what is declared: ");
    expect(error.message).toContain(clause);
  });
});

const MADE_AT = "2026-05-01T08:00:00Z";
const anyTask = fc.record(
  {
    packageId: fc.constantFrom("p-14", "p-15"),
    appId: fc.constantFrom("app-1", "app-2"),
    targets: fc.constantFrom<object>(
      { devices: ["a", "b"] },
      { devices: ["b", "a", "b"] },
      { devices: ["a"] },
      { groupIds: ["x", "y"] },
      { groupIds: ["y", "x"] },
    ),
    taskPolicy: fc.constantFrom<object>(
      {},
      { retryCount: 1, retryInterval: 5 },
      { scheduleTime: "2026-05-02T08:00:00Z" },
      { scheduleTime: "2026-05-02T10:00:00+02:00" },
      { scheduleTime: "PT2H" },
      { window: NIGHT },
    ),
    taskMode: fc.constant("GATEWAY"),
    taskExtInfo: fc.constantFrom<object>({}, { a: 1, b: 2 }, { b: 2, a: 1 }),
    needConfirm: fc.boolean(),
    taskName: fc.constantFrom("one", "other"),
    rerunAfter: fc.constantFrom("2026-05-01T07:00:00Z", MADE_AT, "2026-05-01T08:00:03Z"),
    onDelete: fc.constant("stop"),
  },
  { requiredKeys: ["packageId", "targets"] },
);

describe("Of a settled resource", () => {
  it("a task is replaced exactly when differences are, or rerunAfter moved past it; and check looks at the platform only then", async () => {
    const kinds = { same: 0, differs: 0, rerun: 0 };
    await fc.assert(
      fc.asyncProperty(
        anyTask,
        fc.option(anyTask, { nil: undefined }),
        anyTask,
        async (one, change, spare) => {
          // Often the same but for a little, or nothing could ever be the same.
          const other = change ?? {
            ...one,
            ...(spare.rerunAfter === undefined ? {} : { rerunAfter: spare.rerunAfter }),
            ...(spare.taskName === undefined ? {} : { needConfirm: spare.needConfirm ?? false }),
          };
          const platform = new ScriptedPlatform();
          platform.packages = ["p-14", "p-15"].map((package_id) => ({ ...PACKAGE, package_id }));
          const kind = upgradeTaskKind("firmware", projectsOf(platform.project()));
          const { context } = told();
          const run = <Result>(work: Promise<Result>) => platform.clock.run(work);
          const first = await run(kind.check(one, undefined, context));
          expect(first.failures).toEqual([]);
          const { id, state } = await run(kind.create(first.inputs as never, context));
          const settled = stored({ ...state, status: "Success", createTime: MADE_AT });

          // Replies are shared for some seconds.
          await platform.clock.advance(60_000);
          const asked = platform.calls().length;
          const { inputs, failures } = await run(kind.check(other, stored(first.inputs), context));
          const fields = differences(form(other), form(one));
          expect(failures).toEqual([]);
          expect(platform.calls().length > asked).toBe(fields.length > 0);

          const { rerunAfter } = other;
          const isRerun =
            rerunAfter !== undefined &&
            rerunAfter !== one.rerunAfter &&
            Date.parse(rerunAfter) > Date.parse(MADE_AT);
          const replaces = [...fields, ...(isRerun ? ["rerunAfter"] : [])];
          const difference = await run(kind.diff(id, settled, stored(inputs), context));
          kinds[isRerun ? "rerun" : fields.length > 0 ? "differs" : "same"] += 1;
          if (replaces.length === 0) expect(difference).toEqual({ kind: "same" });
          else expect(difference).toMatchObject({ kind: "changed", replaces });
        },
      ),
      { numRuns: 150 },
    );
    for (const often of Object.values(kinds)) expect(often).toBeGreaterThan(0);
  });

  const OBS = { regionName: "r", bucketName: "bucket", objectKey: "k.bin" };
  const anyPackage = fc.record(
    {
      appId: fc.constant("app-1"),
      packageType: fc.constant("firmwarePackage"),
      productId: fc.constant("NBM1"),
      version: fc.constantFrom("1.5", "1.6"),
      description: fc.constantFrom("", "Leak alarm"),
      supportSourceVersions: fc.constantFrom([], ["1.3", "1.4"], ["1.4", "1.3", "1.3"]),
      customInfo: fc.constant(""),
      fileLocation: fc.constantFrom(
        { obsLocation: OBS },
        { obsLocation: { ...OBS, signMethod: "SHA256" } },
        { obsLocation: { ...OBS, sign: "AB".repeat(32) } },
        { obsLocation: { ...OBS, sign: "ab".repeat(32) } },
      ),
    },
    { requiredKeys: ["appId", "packageType", "productId", "version", "fileLocation"] },
  );

  it("a package is replaced exactly when differences are, and check looks at the platform only then", async () => {
    const kinds = { same: 0, differs: 0 };
    await fc.assert(
      fc.asyncProperty(anyPackage, anyPackage, async (one, other) => {
        const platform = new ScriptedPlatform();
        platform.packages = [];
        const kind = versionPackageKind(projectsOf(platform.project()));
        const { context } = told();
        const run = <Result>(work: Promise<Result>) => platform.clock.run(work);
        const first = await run(kind.check(one, undefined, context));
        expect(first.failures).toEqual([]);
        const { id, state } = await run(kind.create(first.inputs as never, context));
        // Replies are shared for some seconds.
        await platform.clock.advance(60_000);
        const asked = platform.calls().length;
        const { inputs } = await run(kind.check(other, stored(first.inputs), context));
        const fields = packageDifferences(inputs, stored(first.inputs));
        expect(platform.calls().length > asked).toBe(fields.length > 0);
        const difference = await run(kind.diff(id, stored(state), stored(inputs), context));
        kinds[fields.length > 0 ? "differs" : "same"] += 1;
        expect(difference).toEqual(
          fields.length === 0 ? { kind: "same" } : { kind: "changed", replaces: fields },
        );
      }),
      { numRuns: 100 },
    );
    for (const often of Object.values(kinds)) expect(often).toBeGreaterThan(0);
  });
});
