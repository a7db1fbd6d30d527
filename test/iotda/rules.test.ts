import { brokenRules, wrongSchedule } from "../../src/iotda/upgrade-task/rules";
import {
  canonical as canonicalTask,
  type UpgradeTaskInputs,
} from "../../src/iotda/upgrade-task/schema";
import { withFile } from "../../src/iotda/version-package/file-input";
import {
  canonical as canonicalPackage,
  versionPackageFailures,
  type VersionPackageInputs,
} from "../../src/iotda/version-package/schema";
import { UNKNOWN } from "../../src/pulumi/unknown";

const SIGN = "a".repeat(64);
const OBS = { regionName: "region-1", bucketName: "bucket", objectKey: "a.bin" };
const PACKAGE: VersionPackageInputs = {
  appId: "app-1",
  packageType: "firmwarePackage",
  productId: "NBM1",
  version: "1.4",
  fileLocation: { obsLocation: OBS },
};
const TASK: UpgradeTaskInputs = { packageId: "p-14", targets: { devices: ["meter_1"] } };

type Value = string | readonly string[];
const obs = (change: Partial<typeof OBS & { sign: string }>) => ({
  fileLocation: { obsLocation: { ...OBS, ...change } },
});
const of = (count: number, letter = "a") => letter.repeat(count);
const list = (count: number) => Array.from({ length: count }, (_, index) => `v${String(index)}`);

const packageFailures = (change: object) =>
  versionPackageFailures({ ...PACKAGE, ...change }).map(({ path, reason }) => `${path} ${reason}`);
const taskFailures = (change: object) =>
  brokenRules({ ...TASK, ...change }).map(({ path, reason }) => `${path} ${reason}`);

/** Field, its last good values, and its first bad ones. */
const PACKAGE_TEXTS: [string, (value: Value) => object, Value[], Value[]][] = [
  ["appId", (appId) => ({ appId }), [of(1), of(36), "A_b-9"], ["", of(37), "a b", "a.b"]],
  ["productId", (productId) => ({ productId }), [of(36)], ["", of(37), "a/b"]],
  ["version", (version) => ({ version }), [of(256), "1.4_a-b"], ["", of(257), "1,4"]],
  ["description", (description) => ({ description }), ["", of(1024), "漏水 ✓"], [of(1025)]],
  ["customInfo", (customInfo) => ({ customInfo }), ["", of(4096)], [of(4097)]],
  ["adopt", (adopt) => ({ adopt }), [of(36)], ["", of(37), "a/../b"]],
  [
    "moduleName",
    (moduleName) => ({ packageType: "modulePackage", moduleName }),
    [of(64), "radio.v_1-a"],
    ["", of(65), "a b"],
  ],
  [
    "supportSourceVersions",
    (supportSourceVersions) => ({ supportSourceVersions }),
    [[], list(20), [of(256)]],
    [list(21), [of(257)], ["1,3"]],
  ],
  [
    "fileLocation.obsLocation.regionName",
    (value) => obs({ regionName: String(value) }),
    [of(256)],
    ["", of(257), "a_b"],
  ],
  [
    "fileLocation.obsLocation.bucketName",
    (value) => obs({ bucketName: String(value) }),
    [of(3), of(63), "a.b-9"],
    [of(2), of(64), "ABC"],
  ],
  [
    "fileLocation.obsLocation.objectKey",
    (value) => obs({ objectKey: String(value) }),
    [`${of(1020)}.bin`, "a/ü b.bin", "a.tar.xz", "A.BIN"],
    ["", `${of(1021)}.bin`, "a", "a.hex", "bin"],
  ],
  [
    "fileLocation.obsLocation.sign",
    (value) => obs({ sign: String(value) }),
    [SIGN, SIGN.toUpperCase()],
    [of(63), of(65), of(64, "g")],
  ],
];

describe.each(PACKAGE_TEXTS)("A package's %s", (path, change, good, bad) => {
  it("may be all that is documented", () => {
    for (const value of good) expect(packageFailures(change(value))).toEqual([]);
  });

  it("may be nothing else, and the platform's code says so", () => {
    for (const value of bad) {
      const [failure, ...others] = packageFailures(change(value));
      expect(failure).toMatch(
        new RegExp(`^${path.replaceAll(".", String.raw`\.`)}.*IOTDA\\.000006`),
      );
      expect(others).toEqual([]);
    }
  });
});

describe("A package", () => {
  it("needs a module's name just where it is a module's", () => {
    expect(packageFailures({ packageType: "modulePackage" })).toEqual([
      'moduleName is missing; packageType "modulePackage" needs it (IOTDA.000006).',
    ]);
    for (const packageType of ["firmwarePackage", "softwarePackage"]) {
      expect(packageFailures({ packageType, moduleName: "radio" })).toEqual([
        'moduleName goes with packageType "modulePackage" only; take it away (IOTDA.000006).',
      ]);
    }
  });

  it("breaks no rule where it is not known yet", () => {
    const unknown = Object.fromEntries(Object.keys(PACKAGE).map((name) => [name, UNKNOWN]));
    expect(packageFailures(unknown)).toEqual([]);
  });

  it("has one form: a set of versions in order, a checksum in small letters", () => {
    const form = canonicalPackage({
      ...PACKAGE,
      supportSourceVersions: ["1.3", "1.2", "1.3"],
      ...obs({ sign: SIGN.toUpperCase() }),
    });
    expect(form).toMatchObject({
      supportSourceVersions: ["1.2", "1.3"],
      ...obs({ sign: SIGN }),
    });
  });
});

describe("A local file", () => {
  const declared = (file: object, change = {}) => ({ ...PACKAGE, ...obs(change), __file: file });

  it("leaves its checksum in the inputs and nothing else", () => {
    expect(withFile(declared({ sign: SIGN }), undefined)).toEqual({
      inputs: { ...PACKAGE, ...obs({ sign: SIGN }) },
      failures: [],
    });
  });

  it("beside another checksum is an error that names both", () => {
    const other = of(64, "b");
    const { failures } = withFile(declared({ sign: SIGN }, { sign: other }), undefined);
    expect(failures).toEqual([
      {
        path: "fileLocation.obsLocation.sign",
        reason: `is ${other}, but the SHA-256 of file is ${SIGN}; take one of them away.`,
      },
    ]);
    expect(withFile(declared({ sign: SIGN }, { sign: SIGN }), undefined).failures).toEqual([]);
  });

  it("that is missing matters only where a package is to be made", () => {
    const missing = declared({ missing: "a.bin cannot be read" });
    const old = { ...PACKAGE, ...obs({ sign: SIGN }), platformState: "asDeclared" };
    expect(withFile(missing, undefined).failures).toHaveLength(1);
    expect(withFile({ ...missing, version: "1.5" }, old).failures).toHaveLength(1);
    expect(withFile(missing, old)).toMatchObject({ failures: [], inputs: obs({ sign: SIGN }) });
  });

  it("that is missing is not missed where only the order of a set changed, or sign is declared", () => {
    const missing = declared({ missing: "a.bin cannot be read" });
    const versions = (...supportSourceVersions: string[]) => ({ supportSourceVersions });
    const old = { ...PACKAGE, ...obs({ sign: SIGN }), ...versions("1.2", "1.3") };
    expect(withFile({ ...missing, ...versions("1.3", "1.2") }, old).failures).toEqual([]);
    const other = of(64, "b");
    const withSign = declared({ missing: "a.bin cannot be read" }, { sign: other });
    expect(withFile(withSign, old)).toMatchObject({ failures: [], inputs: obs({ sign: other }) });
  });
});

const NIGHT = { from: "01:00", to: "04:00", timeZone: "Asia/Shanghai" };
const night = (change: Partial<typeof NIGHT> = {}, beside: object = {}) => ({
  taskPolicy: { window: { ...NIGHT, ...change }, ...beside },
});

const TASK_VALUES: [string, (value: unknown) => object, unknown[], unknown[]][] = [
  ["packageId", (packageId) => ({ packageId }), [of(36), "a-b"], ["", of(37), "a/b"]],
  ["appId", (appId) => ({ appId }), [of(36)], ["", of(37), "a b"]],
  ["taskName", (taskName) => ({ taskName }), [of(80), "night_夜"], ["", of(81), "a-b", "a b"]],
  ["adopt", (adopt) => ({ adopt }), [of(36)], ["", of(37)]],
  [
    "targets.devices",
    (devices) => ({ targets: { devices } }),
    [list(30_000), [of(128)], ["a_b-9"]],
    [[], list(30_001), [of(129)], ["a.b"]],
  ],
  [
    "targets.groupIds",
    (groupIds) => ({ targets: { groupIds } }),
    [[of(36)]],
    [[], [of(37)], ["a b"]],
  ],
  [
    "taskPolicy.retryCount",
    (retryCount) => ({ taskPolicy: { retryCount, retryInterval: 5 } }),
    [1, 5],
    [0, 6, 1.5, -1],
  ],
  [
    "taskPolicy.retryInterval",
    (retryInterval) => ({ taskPolicy: { retryCount: 1, retryInterval } }),
    [0, 1440],
    [-1, 1441, 0.5],
  ],
  [
    "taskPolicy.scheduleTime",
    (scheduleTime) => ({ taskPolicy: { scheduleTime } }),
    ["2026-05-01T09:00:00Z", "PT0S", "PT2H", "P1W", "P6DT24H"],
    ["tomorrow", "P1M", "P7DT1S", "PT0.5H"],
  ],
  [
    "taskPolicy.window.from",
    (from) => night({ from: String(from) }),
    ["00:00", "23:59"],
    ["1:00", "24:00", "04:60"],
  ],
  [
    "taskPolicy.window.to",
    (to) => night({ to: String(to) }),
    ["00:00", "23:59", "01:01"],
    ["4:00", "24:00", "01:00"],
  ],
  [
    "taskPolicy.window.timeZone",
    (timeZone) => night({ timeZone: String(timeZone) }),
    ["Asia/Shanghai", "America/New_York", "UTC"],
    ["CST", "Asia/Beijing", "+08:00", ""],
  ],
  [
    "taskExtInfo",
    (text) => ({ taskExtInfo: { a: text } }),
    [of(512 - '{"a":""}'.length)],
    [of(513 - '{"a":""}'.length)],
  ],
];

describe.each(TASK_VALUES)("A task's %s", (path, change, good, bad) => {
  it("may be all that is documented", () => {
    for (const value of good) expect(taskFailures(change(value))).toEqual([]);
  });

  it("may be nothing else", () => {
    for (const value of bad) {
      const [failure, ...others] = taskFailures(change(value));
      expect(failure?.startsWith(path)).toBe(true);
      expect(others).toEqual([]);
    }
  });
});

describe("A task", () => {
  it.each<[string, object, RegExp]>([
    ["no targets", { targets: {} }, /^targets names neither/],
    ["two kinds of them", { targets: { devices: ["a"], groupIds: ["b"] } }, /^targets names both/],
    [
      "a count without an interval",
      { taskPolicy: { retryCount: 1 } },
      /^taskPolicy\.retryInterval is missing/,
    ],
    [
      "an interval without a count",
      { taskPolicy: { retryInterval: 1 } },
      /^taskPolicy\.retryCount is missing/,
    ],
    ["a confirmation that nobody waits for", { confirmed: true }, /^confirmed has no effect/],
    [
      "a window and a time",
      night({}, { scheduleTime: "PT2H" }),
      /^taskPolicy\.scheduleTime is given by window already; take one of them away\.$/,
    ],
    [
      "a duration beyond what the platform takes",
      { taskPolicy: { scheduleTime: "P8D" } },
      /^taskPolicy\.scheduleTime is "P8D", more than 7 days away.*\(IOTDA\.000006\)/,
    ],
    [
      "a time that is none",
      { rerunAfter: "tomorrow" },
      /^rerunAfter is "tomorrow"; it must be an instant/,
    ],
  ])("with %s is refused", (_what, change, expected) => {
    expect(taskFailures(change)).toEqual([expect.stringMatching(expected)]);
  });

  it("breaks no rule where it is not known yet", () => {
    const names = ["packageId", "appId", "targets", "taskPolicy", "taskExtInfo", "rerunAfter"];
    expect(taskFailures(Object.fromEntries(names.map((name) => [name, UNKNOWN])))).toEqual([]);
    expect(taskFailures({ targets: { devices: [UNKNOWN] } })).toEqual([]);
    expect(taskFailures({ taskPolicy: { window: UNKNOWN } })).toEqual([]);
    for (const field of ["from", "to", "timeZone"]) {
      expect(taskFailures(night({ [field]: UNKNOWN }))).toEqual([]);
    }
  });

  it("has one form: sets in order, instants in one spelling, no default written out", () => {
    const form = canonicalTask({
      ...TASK,
      targets: { devices: ["b", "a", "b"] },
      needConfirm: false,
      taskPolicy: { scheduleTime: "2026-05-01T11:00:00+02:00" },
      rerunAfter: "20260501T090000Z",
    });
    expect(form).toEqual({
      packageId: "p-14",
      targets: { devices: ["a", "b"] },
      taskPolicy: { scheduleTime: "2026-05-01T09:00:00Z" },
      rerunAfter: "2026-05-01T09:00:00Z",
    });
  });

  it("keeps a duration and a window as they are declared", () => {
    for (const taskPolicy of [{ scheduleTime: "PT2H" }, night().taskPolicy]) {
      expect(canonicalTask({ ...TASK, taskPolicy })).toMatchObject({ taskPolicy });
    }
  });

  it.each([
    [-1, /which has passed/],
    [0, undefined],
    [7 * 24 * 3_600, undefined],
    [7 * 24 * 3_600 + 1, /more than 7 days away/],
  ])("may begin from now on and within 7 days: in %i s", (seconds, expected) => {
    const now = Date.parse("2026-05-01T08:00:00Z");
    const scheduleTime = new Date(now + seconds * 1000).toISOString();
    const failure = wrongSchedule({ ...TASK, taskPolicy: { scheduleTime } }, now);
    if (expected === undefined) expect(failure).toBeUndefined();
    else expect(failure?.reason).toMatch(expected);
  });
});
