import fc from "fast-check";

import { upgradeTaskKind } from "../../src/northbound/upgrade-task/hooks";
import {
  type Declared,
  differences,
  differsInTimesOnly,
  keyOf,
} from "../../src/northbound/upgrade-task/same";
import { canonical, upgradeTaskInputs } from "../../src/northbound/upgrade-task/schema";
import { versionPackageKind } from "../../src/northbound/version-package/hooks";
import { differences as packageDifferences } from "../../src/northbound/version-package/same";
import type { Properties } from "../../src/pulumi/kind";
import { quietContext } from "../hook-context";
import { FIRMWARE_14, KIND, ScriptedPlatform } from "./scripted-platform";

const DEVICES = { targets: { devices: ["a", "b"] } };
const GROUP = { targets: { deviceGroups: ["pilot"], ...KIND } };
const TASK: Declared = { fileId: "F1", versionPackage: { version: "V1.4" }, ...DEVICES };
const CUSTOM = {
  executeType: "custom",
  startTime: "2026-05-02T08:00:00Z",
  endTime: "2026-05-02T09:00:00Z",
};
const NIGHT = { from: "01:00", to: "04:00", timeZone: "Asia/Shanghai" };
const at = (instant: string): number => Date.parse(instant);

describe("Two declarations of a task are the same", () => {
  it.each<[string, Declared, Declared]>([
    ["in another order", TASK, { ...TASK, targets: { devices: ["b", "a"] } }],
    ["with a repetition", TASK, { ...TASK, targets: { devices: ["a", "b", "a"] } }],
    ["with an empty list", TASK, { ...TASK, targets: { ...DEVICES.targets, deviceGroups: [] } }],
    [
      "with the kind beside the devices",
      TASK,
      { ...TASK, targets: { ...DEVICES.targets, ...KIND } },
    ],
    [
      "with groups in another order",
      { targets: { ...KIND, deviceGroups: ["y", "x"] } },
      { targets: { ...KIND, deviceGroups: ["x", "y", "x"] } },
    ],
    ["with an empty list beside groups", GROUP, { targets: { ...GROUP.targets, devices: [] } }],
    ["with a policy of nothing", TASK, { ...TASK, policy: {} }],
    ["with the type that is the default", TASK, { ...TASK, policy: { executeType: "now" } }],
    ["with no retries spelled out", TASK, { ...TASK, policy: { retryType: false } }],
    [
      "with times that count for another type only",
      TASK,
      { ...TASK, policy: { ...CUSTOM, executeType: "now" } },
    ],
    [
      "with an instant in another spelling",
      { ...TASK, policy: CUSTOM },
      { ...TASK, policy: { ...CUSTOM, startTime: "2026-05-02T10:00:00+02:00" } },
    ],
    [
      "with the type that a window implies",
      { ...TASK, policy: { window: NIGHT } },
      { ...TASK, policy: { window: NIGHT, executeType: "custom" } },
    ],
    [
      "with a package of which the version is not told",
      TASK,
      { ...TASK, versionPackage: undefined },
    ],
  ])("%s", (_what, one, other) => {
    expect(differences(one, other)).toEqual([]);
    expect(differences(other, one)).toEqual([]);
  });

  it("by their keys, too, as far as a key tells", () => {
    const spelled = {
      ...TASK,
      targets: { devices: ["b", "a", "a"], deviceGroups: [], ...KIND },
      policy: { executeType: "now", retryType: false },
    };
    expect(keyOf("firmware_upgrade", spelled)).toBe(keyOf("firmware_upgrade", TASK));
    expect(keyOf("software_upgrade", TASK)).not.toBe(keyOf("firmware_upgrade", TASK));
  });
});

describe("Two declarations of a task differ", () => {
  it.each<[string, Declared, Declared, string[]]>([
    ["in the package", TASK, { ...TASK, fileId: "F2" }, ["fileId"]],
    ["in devices", TASK, { ...TASK, targets: { devices: ["a"] } }, ["targets"]],
    [
      "in a group for a device of its name",
      { targets: { devices: ["pilot"] } },
      GROUP,
      ["targets"],
    ],
    [
      "in the model of a group",
      GROUP,
      { targets: { ...GROUP.targets, model: "NBM2" } },
      ["targets"],
    ],
    ["in the type", TASK, { ...TASK, policy: { executeType: "device_online" } }, ["policy"]],
    [
      "in an instant",
      { policy: CUSTOM },
      { policy: { ...CUSTOM, endTime: "2026-05-02T09:00:01Z" } },
      ["policy"],
    ],
    ["in retries", TASK, { ...TASK, policy: { retryType: true, retryTimes: 2 } }, ["policy"]],
    [
      "in the number of retries",
      { policy: { retryType: true, retryTimes: 2 } },
      { policy: { retryType: true, retryTimes: 3 } },
      ["policy"],
    ],
    [
      "in the zone of a window",
      { policy: { window: NIGHT } },
      { policy: { window: { ...NIGHT, timeZone: "UTC" } } },
      ["policy"],
    ],
    [
      "in a duration",
      { policy: { ...CUSTOM, endTime: "PT2H" } },
      { policy: { ...CUSTOM, endTime: "PT3H" } },
      ["policy"],
    ],
    [
      "in a window for the instants that it comes to",
      { policy: { window: NIGHT } },
      { policy: CUSTOM },
      ["policy"],
    ],
    [
      "in everything",
      TASK,
      { ...GROUP, fileId: "F2", policy: CUSTOM },
      ["fileId", "targets", "policy"],
    ],
  ])("%s", (_what, one, other, fields) => {
    expect(differences(one, other)).toEqual(fields);
    expect(differences(other, one)).toEqual(fields);
  });

  it("in times only, where nothing else moved", () => {
    const later = { ...TASK, policy: { ...CUSTOM, startTime: "2026-05-02T08:30:00Z" } };
    expect(differsInTimesOnly({ ...TASK, policy: CUSTOM }, later)).toBe(true);
    expect(differsInTimesOnly({ ...TASK, policy: CUSTOM }, { ...later, fileId: "F2" })).toBe(false);
    const retried = { ...later, policy: { ...later.policy, retryType: true, retryTimes: 2 } };
    expect(differsInTimesOnly({ ...TASK, policy: CUSTOM }, retried)).toBe(false);
    expect(differsInTimesOnly({ ...TASK, policy: CUSTOM }, TASK)).toBe(false);
  });
});

describe("A task of the platform", () => {
  const recorded = (policy: Declared["policy"], madeAt?: string): Declared => ({
    versionPackage: { version: "V1.4" },
    ...DEVICES,
    policy,
    madeAt: madeAt === undefined ? undefined : at(madeAt),
  });
  // 01:00 to 04:00 in Shanghai.
  const [begin, end] = ["2026-05-01T17:00:00Z", "2026-05-01T20:00:00Z"];
  const night = { executeType: "custom", startTime: begin, endTime: end };
  const window: Declared = { ...TASK, policy: { window: NIGHT } };
  const lasting: Declared = { ...TASK, policy: { ...CUSTOM, startTime: "PT1H", endTime: "PT3H" } };
  const three = { ...night, endTime: "2026-05-01T20:00:00Z" };

  it.each<[string, Declared, Declared]>([
    ["whose package is told by its version only", recorded(undefined), TASK],
    ["that was made by day for the next night", recorded(night, "2026-05-01T08:00:00Z"), window],
    ["whose making is not told, in a night of the window", recorded(night), window],
    [
      "that was made while the window was open, from then on",
      recorded({ ...night, startTime: "2026-05-01T18:01:00Z" }, "2026-05-01T18:00:00Z"),
      window,
    ],
    [
      "whose times are what durations came to",
      recorded(three, "2026-05-01T16:00:00Z"),
      { ...TASK, policy: { executeType: "custom", startTime: "PT1H", endTime: "PT4H" } },
    ],
  ])("may be the declared one: %s", (_what, task, declared) => {
    expect(differences(task, declared)).toEqual([]);
    expect(differences(declared, task)).toEqual([]);
  });

  it.each<[string, Declared, Declared, string[]]>([
    [
      "of another version",
      { ...recorded(undefined), versionPackage: { version: "V1.3" } },
      TASK,
      ["fileId"],
    ],
    [
      "at another time of the night",
      recorded({ ...night, startTime: "2026-05-01T18:30:00Z" }, "2026-05-01T08:00:00Z"),
      window,
      ["policy"],
    ],
    [
      "that ends at another time",
      recorded({ ...night, endTime: "2026-05-01T21:00:00Z" }, "2026-05-01T08:00:00Z"),
      window,
      ["policy"],
    ],
    ["without a window", recorded(undefined, "2026-05-01T08:00:00Z"), window, ["policy"]],
    [
      "that retries",
      recorded({ ...night, retryType: true, retryTimes: 2 }, "2026-05-01T08:00:00Z"),
      window,
      ["policy"],
    ],
    ["that durations do not come to", recorded(night, "2026-05-01T08:00:00Z"), lasting, ["policy"]],
    [
      "with an instant that is another",
      recorded({ ...CUSTOM, startTime: "2026-05-02T08:00:01Z" }),
      { ...TASK, policy: CUSTOM },
      ["policy"],
    ],
  ])("is another one: %s", (_what, task, declared, fields) => {
    expect(differences(task, declared)).toEqual(fields);
    expect(differences(declared, task)).toEqual(fields);
  });
});

/** As the engine keeps it: without what is undefined. */
const stored = (value: object) => JSON.parse(JSON.stringify(value)) as Properties;

const MADE_AT = "2026-05-01T08:00:00Z";
const anyTask = fc.record(
  {
    fileId: fc.constantFrom("F1", "F2"),
    targets: fc.constantFrom<object>(
      { devices: ["a", "b"] },
      { devices: ["b", "a", "b"] },
      { devices: ["b", "a"], ...KIND },
      { devices: ["a", "b"], deviceGroups: [] },
      { devices: ["a"] },
      { deviceGroups: ["a", "b"], ...KIND },
      { deviceGroups: ["b", "a", "a"], ...KIND, devices: [] },
    ),
    policy: fc.constantFrom<object>(
      {},
      { executeType: "now" },
      { retryType: false },
      { executeType: "device_online" },
      { retryType: true, retryTimes: 2 },
      CUSTOM,
      { ...CUSTOM, startTime: "20260502T080000Z" },
      { ...CUSTOM, endTime: "2026-05-02T10:00:00Z" },
      { executeType: "custom", startTime: "PT1H", endTime: "PT2H" },
      { window: NIGHT },
      { window: NIGHT, executeType: "custom" },
    ),
    rerunAfter: fc.constantFrom("2026-05-01T07:00:00Z", MADE_AT, "2026-05-01T08:00:03Z"),
    onDelete: fc.constant("keep"),
  },
  { requiredKeys: ["fileId", "targets"] },
);

describe("Of a settled resource", () => {
  it("a task is replaced exactly when differences are, or rerunAfter moved past it; and check looks at the platform only then", async () => {
    const kinds = { same: 0, differs: 0, rerun: 0 };
    await fc.assert(
      fc.asyncProperty(anyTask, anyTask, async (one, other) => {
        const platform = new ScriptedPlatform();
        platform.packages = [FIRMWARE_14, { ...FIRMWARE_14, fileId: "F2", version: "V1.5" }];
        const application = platform.application({ callsPerMinute: 100_000 });
        const kind = upgradeTaskKind("firmware", { noun: "application", of: () => application });
        const run = <Result>(work: Promise<Result>) => platform.clock.run(work);
        const first = await run(kind.check(one, undefined, quietContext));
        expect(first.failures).toEqual([]);
        const { id, state } = await run(kind.create(upgradeInputs(first.inputs), quietContext));
        const settled = stored({ ...state, status: "success", createTime: MADE_AT });

        // Replies are shared for some seconds.
        await platform.clock.advance(60_000);
        const asked = platform.calls().length;
        const { inputs, failures } = await run(
          kind.check(other, stored(first.inputs), quietContext),
        );
        const fields = differences(formOf(other), formOf(one));
        expect(failures).toEqual([]);
        expect(platform.calls().length > asked).toBe(fields.length > 0);

        const { rerunAfter } = other;
        const isRerun =
          rerunAfter !== undefined && rerunAfter !== one.rerunAfter && at(rerunAfter) > at(MADE_AT);
        const replaces = [...fields, ...(isRerun ? ["rerunAfter"] : [])];
        const difference = await run(kind.diff(id, settled, stored(inputs), quietContext));
        kinds[isRerun ? "rerun" : fields.length > 0 ? "differs" : "same"] += 1;
        expect(difference).toEqual(
          replaces.length === 0
            ? { kind: "same" }
            : { kind: "changed", replaces, deleteBeforeReplace: false },
        );
      }),
      { numRuns: 150 },
    );
    for (const often of Object.values(kinds)) expect(often).toBeGreaterThan(0);
  });

  const anyPackage = fc.oneof(
    fc.record({ fileId: fc.constantFrom("F1", "F2") }),
    fc.record(
      {
        fileType: fc.constant("firmwarePackage"),
        version: fc.constantFrom("V1.4", "V1.5"),
        model: fc.constant("NBM1"),
        fileId: fc.constant("F1"),
      },
      { requiredKeys: ["fileType", "version"] },
    ),
  );

  it("a package is replaced exactly when differences are, and check looks at the platform only then", async () => {
    const kinds = { same: 0, differs: 0 };
    await fc.assert(
      fc.asyncProperty(anyPackage, anyPackage, async (one, other) => {
        const platform = new ScriptedPlatform();
        platform.packages = [FIRMWARE_14, { ...FIRMWARE_14, fileId: "F2", version: "V1.5" }];
        const application = platform.application({ callsPerMinute: 100_000 });
        const kind = versionPackageKind({ noun: "application", of: () => application });
        const run = <Result>(work: Promise<Result>) => platform.clock.run(work);
        const first = await run(kind.check(one, undefined, quietContext));
        const made = await run(kind.create(first.inputs as never, quietContext)).catch(
          () => undefined,
        );
        // Its id and its version are two packages'.
        fc.pre(made !== undefined);
        const state = stored(made.state);
        // Replies are shared for some seconds.
        await platform.clock.advance(60_000);
        const asked = platform.calls().length;
        const { inputs } = await run(kind.check(other, stored(first.inputs), quietContext));
        const fields = packageDifferences(other, state);
        expect(platform.calls().length > asked).toBe(fields.length > 0);
        const difference = await run(kind.diff(made.id, state, stored(inputs), quietContext));
        kinds[fields.length > 0 ? "differs" : "same"] += 1;
        if (fields.length === 0) expect(difference).toEqual({ kind: "same" });
        // What was filled in for another package is part of the difference.
        else
          expect(difference).toMatchObject({ replaces: expect.arrayContaining(fields) as unknown });
      }),
      { numRuns: 100 },
    );
    for (const often of Object.values(kinds)) expect(often).toBeGreaterThan(0);
  });
});

function upgradeInputs(inputs: Properties) {
  const { platformState: _, reach: __, ...declared } = inputs;
  return canonical(upgradeTaskInputs.parse(stored(declared)));
}

function formOf(declared: object): Declared {
  return canonical(upgradeTaskInputs.parse(declared));
}
