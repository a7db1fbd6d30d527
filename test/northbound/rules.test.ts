import type { dynamic } from "@pulumi/pulumi";

import { upgradeCompletionKind } from "../../src/northbound/upgrade-completion/hooks";
import { upgradeTaskKind } from "../../src/northbound/upgrade-task/hooks";
import { versionPackageKind } from "../../src/northbound/version-package/hooks";
import { toResourceProvider } from "../../src/pulumi/hooks";
import { containsUnknown, UNKNOWN } from "../../src/pulumi/unknown";
import type { PackageKind } from "../../src/upgrade/gate";
import { aTask, type Fields, FIRMWARE_14, KIND, ScriptedPlatform } from "./scripted-platform";

/** What check says about a task: the sentences, and the inputs as the engine keeps them. */
async function check(
  news: Fields,
  given: { kind?: PackageKind; olds?: Fields; platform?: ScriptedPlatform } = {},
): Promise<{ reasons: string[]; inputs: Fields; platform: ScriptedPlatform }> {
  const { kind = "firmware", olds = {}, platform = new ScriptedPlatform() } = given;
  const provider = toResourceProvider(upgradeTaskKind(kind, platform.applications()), () => true);
  return run(provider, news, olds, platform);
}

async function run(
  provider: dynamic.ResourceProvider,
  news: Fields,
  olds: Fields,
  platform: ScriptedPlatform,
) {
  const checked = provider.check?.(olds, news) ?? Promise.reject(new Error("no check"));
  const result: dynamic.CheckResult = await platform.clock.run(checked);
  const { failures } = result;
  const inputs: unknown = result.inputs;
  const reasons = (failures ?? []).map(({ reason }) => reason);
  return { reasons, inputs: inputs as Fields, platform };
}

const ONE_DEVICE = { devices: 1, from: [], onVersion: 0, otherKind: 0, unknown: 0, frozen: 0 };
const devices = { devices: ["meter-1"] };
const group = { deviceGroups: ["pilot"], ...KIND };
const good: Fields = { fileId: "F1", targets: devices };
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `meter-${String(index)}`);
const window = (startTime: unknown, endTime: unknown): Fields => ({
  ...good,
  policy: { executeType: "custom", startTime, endTime },
});
const NIGHT: Fields = { from: "01:00", to: "04:00", timeZone: "Asia/Shanghai" };
const night = (change: Fields = {}, beside: Fields = {}): Fields => ({
  ...good,
  policy: { window: { ...NIGHT, ...change }, ...beside },
});

describe("An upgrade task that the platform would take", () => {
  it.each<[string, Fields]>([
    ["the page's own example", good],
    ["a group with its kind", { fileId: "F1", targets: group }],
    ["devices with their kind", { fileId: "F1", targets: { ...devices, ...KIND } }],
    ["256 devices", { fileId: "F1", targets: { devices: names(256) } }],
    [
      "257 entries of which two are the same",
      { fileId: "F1", targets: { devices: [...names(256), "meter-0"] } },
    ],
    ["a policy without anything in it", { ...good, policy: {} }],
    ["device_online", { ...good, policy: { executeType: "device_online" } }],
    ["a window of 301 s", window("2026-05-01T09:00:00Z", "2026-05-01T09:05:01Z")],
    ["a window in the platform's spelling", window("20260501T090000Z", "20260501T100000Z")],
    ["a window in another zone", window("2026-05-01T11:00:00+02:00", "2026-05-01T09:30:00Z")],
    ["durations", window("PT2H", "PT5H")],
    ["a duration and an instant", window("PT2H", "2026-05-01T11:00:00Z")],
    ["an instant and a duration", window("2026-05-01T09:00:00Z", "P1D")],
    ["a start in a minute, and 301 s", window("PT1M", "PT361S")],
    ["a night", night()],
    ["a night over midnight", night({ from: "23:58", to: "00:04" })],
    ["a night, and retries", night({}, { retryType: true, retryTimes: 2 })],
    ["5 retries", { ...good, policy: { retryType: true, retryTimes: 5 } }],
    ["1 retry", { ...good, policy: { retryType: true, retryTimes: 1 } }],
    ["no retry, in so many words", { ...good, policy: { retryType: false } }],
    [
      "an empty list beside the other one",
      { fileId: "F1", targets: { ...devices, deviceGroups: [] } },
    ],
    ["nulls where nothing is meant", { ...good, policy: null, rerunAfter: null }],
    ["a rerunAfter that has passed", { ...good, rerunAfter: "2026-05-01T07:00:00Z" }],
  ])("is taken: %s", async (_what, news) => {
    expect((await check(news)).reasons).toEqual([]);
  });
});

describe("Each of the vendor's codes is said in the preview, after the path of the input", () => {
  it.each<[string, string, Fields]>([
    ["120015", "fileId is empty", { ...good, fileId: "" }],
    ["120015", 'fileId is "a/b"', { ...good, fileId: "a/b" }],
    ["120015", "fileId has 257 characters", { ...good, fileId: "x".repeat(257) }],
    ["120015", "adopt is empty", { ...good, adopt: "" }],
    ["120015", "targets.devices has an empty entry", { ...good, targets: { devices: ["a", " "] } }],
    [
      "120015",
      "targets.model has 257 characters",
      { ...good, targets: { ...group, model: "x".repeat(257) } },
    ],
    [
      "123002",
      'fileId is "F2", a version package that application waterworks does not have',
      { ...good, fileId: "F2" },
    ],
    [
      "123016",
      'targets.model is "NBM2", but package F1 is for "NBM1"',
      { ...good, targets: { ...group, model: "NBM2" } },
    ],
    [
      "123016",
      'targets.deviceType is "Gas"',
      { ...good, targets: { ...group, deviceType: "Gas" } },
    ],
    [
      "123016",
      'targets.manufacturerName is "X"',
      { ...good, targets: { ...devices, manufacturerName: "X" } },
    ],
    [
      "123019",
      "targets.manufacturerName is missing",
      { ...good, targets: { ...group, manufacturerName: undefined } },
    ],
    ["123020", "targets.deviceType is missing", { ...good, targets: { ...group, deviceType: "" } }],
    ["123021", "targets.model is missing", { ...good, targets: { ...group, model: null } }],
    ["123022", "targets names neither", { ...good, targets: {} }],
    ["123022", "targets names neither", { ...good, targets: { devices: [], deviceGroups: [] } }],
    ["123023", "targets names both", { ...good, targets: { ...group, ...devices } }],
    ["123024", "targets.devices has 257 entries", { ...good, targets: { devices: names(257) } }],
    [
      "123024",
      "targets.deviceGroups has 257 entries",
      { ...good, targets: { ...KIND, deviceGroups: names(257) } },
    ],
    ["123025", 'policy.executeType is "later"', { ...good, policy: { executeType: "later" } }],
    ["123025", 'policy.executeType is ""', { ...good, policy: { executeType: "" } }],
    ["123026", "policy.startTime is missing", window(undefined, "2026-05-01T10:00:00Z")],
    ["123026", "policy.endTime is missing", window("2026-05-01T09:00:00Z", undefined)],
    ["123026", 'policy.startTime is "tomorrow"', window("tomorrow", "2026-05-01T10:00:00Z")],
    [
      "123026",
      'policy.endTime is "2026-02-30T10:00:00Z"',
      window("2026-02-01T09:00:00Z", "2026-02-30T10:00:00Z"),
    ],
    [
      "123026",
      'policy.startTime is "2026-05-01T09:00:00"',
      window("2026-05-01T09:00:00", "2026-05-01T10:00:00Z"),
    ],
    ["123026", 'policy.startTime is "P1M"', window("P1M", "P40D")],
    ["123026", 'policy.endTime is "PT"', window("PT2H", "PT")],
    ["123032", "policy.startTime is PT3H, later than endTime PT2H", window("PT3H", "PT2H")],
    ["123033", 'policy.startTime is "PT59S"', window("PT59S", "PT2H")],
    ["123034", "policy.endTime is 300 s after startTime", window("PT2H", "PT125M")],
    ["123034", "policy.window.to is 300 s after from", night({ to: "01:05" })],
    ["123034", "policy.window.to is 60 s after from", night({ from: "23:59", to: "00:00" })],
    ["123025", 'policy.executeType is "later"', night({}, { executeType: "later" })],
    ["123028", "policy.retryTimes is missing", { ...good, policy: { retryType: true } }],
    ["123028", "policy.retryTimes is 0", { ...good, policy: { retryType: true, retryTimes: 0 } }],
    ["123028", "policy.retryTimes is 6", { ...good, policy: { retryType: true, retryTimes: 6 } }],
    [
      "123028",
      "policy.retryTimes is 1.5",
      { ...good, policy: { retryType: true, retryTimes: 1.5 } },
    ],
    [
      "123032",
      "policy.startTime is 2026-05-01T10:00:00Z, later than endTime",
      window("2026-05-01T10:00:00Z", "2026-05-01T09:00:00Z"),
    ],
    [
      "123033",
      "policy.startTime is 2026-05-01T07:59:59Z, which has passed",
      window("2026-05-01T07:59:59Z", "2026-05-01T10:00:00Z"),
    ],
    [
      "123034",
      "policy.endTime is 300 s after startTime",
      window("2026-05-01T09:00:00Z", "2026-05-01T09:05:00Z"),
    ],
    [
      "123034",
      "policy.endTime is 0 s after startTime",
      window("2026-05-01T09:00:00Z", "2026-05-01T09:00:00Z"),
    ],
  ])("%s: %s", async (code, start, news) => {
    const { reasons } = await check(news);
    const matching = reasons.filter((reason) => reason.startsWith(start));
    expect(reasons).toHaveLength(1);
    expect(matching).toHaveLength(1);
    expect(matching[0]).toContain(`(${code})`);
  });

  it("123016: a software package in a firmware task, and the reverse", async () => {
    const platform = new ScriptedPlatform();
    platform.packages.push({ ...FIRMWARE_14, fileId: "S1", fileType: "softwarePackage" });
    expect((await check({ ...good, fileId: "S1" }, { platform })).reasons).toEqual([
      "fileId is a softwarePackage, but this task pushes a firmwarePackage (123016).",
    ]);
    expect((await check(good, { kind: "software", platform })).reasons).toEqual([
      "fileId is a firmwarePackage, but this task pushes a softwarePackage (123016).",
    ]);
  });

  it("several at once, each on its own path", async () => {
    const { reasons } = await check({
      fileId: "",
      targets: { deviceGroups: ["pilot"] },
      policy: { executeType: "custom", retryType: true },
    });
    expect(reasons.map((reason) => /\((\d+)\)/.exec(reason)?.[1])).toEqual([
      "120015",
      "123019",
      "123020",
      "123021",
      "123026",
      "123026",
      "123028",
    ]);
  });
});

describe("What the platform has no code for is refused too", () => {
  it.each<[string, Fields]>([
    [
      "policy.startTime has no effect unless executeType is",
      { ...good, policy: { startTime: "2026-05-01T09:00:00Z" } },
    ],
    [
      "policy.retryTimes has no effect unless retryType is true",
      { ...good, policy: { retryTimes: 3 } },
    ],
    ['policy.executeType is "now", but window needs "custom"', night({}, { executeType: "now" })],
    [
      'policy.executeType is "device_online", but window needs "custom"',
      night({}, { executeType: "device_online" }),
    ],
    ["policy.startTime is given by window already", night({}, { startTime: "PT2H" })],
    ["policy.endTime is given by window already", night({}, { endTime: "2026-05-01T09:00:00Z" })],
    [
      "policy.startTime is given by window already",
      { ...good, policy: { window: UNKNOWN, startTime: UNKNOWN } },
    ],
    ['policy.window.from is "1:00"', night({ from: "1:00" })],
    ['policy.window.to is "24:00"', night({ to: "24:00" })],
    ['policy.window.to is "01:00", as from is', night({ to: "01:00" })],
    ['policy.window.timeZone is "CST"', night({ timeZone: "CST" })],
    [
      "policy.window.timeZone is missing; it must be the name of a time zone",
      { ...good, policy: { window: { from: "01:00", to: "04:00" } } },
    ],
    ["policy.window.from must be a time of day", night({ from: 1 })],
    ['policy.window has no field "zone"', night({ zone: "Asia/Shanghai" })],
    ["policy.window must be an object", { ...good, policy: { window: "01:00-04:00" } }],
    [
      "policy.startTime has no effect unless executeType is",
      { ...good, policy: { startTime: "PT2H" } },
    ],
    ['rerunAfter is "PT2H"', { ...good, rerunAfter: "PT2H" }],
    ['rerunAfter is "yesterday"', { ...good, rerunAfter: "yesterday" }],
    [
      "rerunAfter is 2026-05-01T09:00:00Z, in the future",
      { ...good, rerunAfter: "2026-05-01T09:00:00Z" },
    ],
    ['has no field "polcy"', { ...good, polcy: {} }],
    [
      'targets has no field "device"; it has devices, deviceGroups, deviceType, model, manufacturerName. Did you mean "devices"?',
      { ...good, targets: { device: "a" } },
    ],
    ["fileId is missing; it must be text", { targets: devices }],
    ["targets.devices[1] must be text", { ...good, targets: { devices: ["a", 2] } }],
    ["policy.retryType must be true or false", { ...good, policy: { retryType: "yes" } }],
    ["policy.retryTimes must be a number", { ...good, policy: { retryTimes: "3" } }],
    ["targets must be an object", { ...good, targets: ["a"] }],
  ])("%s", async (start, news) => {
    const { reasons } = await check(news);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(new RegExp(`^${start.replaceAll(/[[\]]/g, String.raw`\$&`)}`));
  });
});

describe("A value that is not known yet", () => {
  it.each<[string, Fields]>([
    ["fileId", { ...good, fileId: UNKNOWN }],
    ["targets", { fileId: "F1", targets: UNKNOWN }],
    ["a list", { fileId: "F1", targets: { devices: UNKNOWN } }],
    ["an entry", { fileId: "F1", targets: { devices: ["b", UNKNOWN, "a"] } }],
    ["the kind", { fileId: "F1", targets: { ...group, model: UNKNOWN } }],
    ["policy", { ...good, policy: UNKNOWN }],
    [
      "executeType",
      { ...good, policy: { executeType: UNKNOWN, startTime: "2026-05-01T09:00:00Z" } },
    ],
    ["a time", window(UNKNOWN, "2026-05-01T09:00:00Z")],
    ["a time after a duration", window("PT2H", UNKNOWN)],
    ["a window", { ...good, policy: { window: UNKNOWN } }],
    ["a window's begin", night({ from: UNKNOWN })],
    ["a window's end", night({ to: UNKNOWN })],
    ["a window's zone", night({ timeZone: UNKNOWN })],
    ["executeType beside a window", night({}, { executeType: UNKNOWN })],
    ["a number", { ...good, policy: { retryType: true, retryTimes: UNKNOWN } }],
    ["a boolean", { ...good, policy: { retryType: UNKNOWN, retryTimes: 3 } }],
    ["rerunAfter", { ...good, rerunAfter: UNKNOWN }],
  ])("breaks no rule, and stays where it is: %s", async (_what, news) => {
    const { reasons, inputs } = await check(news);
    expect(reasons).toEqual([]);
    const { version, fileType } = FIRMWARE_14;
    expect(inputs).toEqual({
      ...news,
      // What only `up` will know of its package is unknown, too.
      versionPackage: news["fileId"] === UNKNOWN ? UNKNOWN : { version, fileType, ...KIND },
      reach: containsUnknown([news["fileId"], news["targets"]]) ? UNKNOWN : ONE_DEVICE,
      onDelete: "keep",
      platformState: "asDeclared",
    });
  });
});

describe("A time that is resolved when the task is made", () => {
  it.each<[string, Fields]>([
    ["durations", window("PT2H", "P1D")],
    ["a window", night()],
  ])("stays in the inputs as it is declared: %s", async (_what, news) => {
    expect((await check(news)).inputs["policy"]).toEqual(news["policy"]);
  });

  it("has one form, whether or not the type that a window implies is spelled out", async () => {
    const { inputs } = await check(night({}, { executeType: "custom" }));
    expect(inputs).toEqual((await check(night())).inputs);
  });
});

describe("A start time that has passed", () => {
  const late = window("2026-05-01T07:00:00Z", "2026-05-01T10:00:00Z");

  it("is no error for a task in the state", async () => {
    expect((await check(late, { olds: { ...late, platformState: "asDeclared" } })).reasons).toEqual(
      [],
    );
  });

  it("is no error for a task on the platform, whose id was lost", async () => {
    const platform = new ScriptedPlatform();
    const policy = { ...(late["policy"] as Fields), startTime: "20260501T070000Z" };
    platform.tasks.push(aTask("op-1", platform.clock.now() - 3_600_000, { policy }));
    expect((await check(late, { platform })).reasons).toEqual([]);
  });

  it("is no error for a task that is adopted", async () => {
    const platform = new ScriptedPlatform();
    const policy = { ...(late["policy"] as Fields), startTime: "20260501T070000Z" };
    platform.tasks.push(aTask("op-1", platform.clock.now() - 3_600_000, { policy }));
    expect((await check({ ...late, adopt: "op-1" }, { platform })).reasons).toEqual([]);
  });

  it("is not all that is wrong with a task whose adopt names nothing", async () => {
    expect((await check({ ...good, adopt: "op-9" })).reasons).toEqual([
      "adopt names operation op-9, which application waterworks does not have (123009). Check the id, or take adopt away to push.",
    ]);
  });

  it("is one for a task that changes, for that is a new one", async () => {
    const olds = { ...late, targets: { devices: ["other"] } };
    expect((await check(late, { olds })).reasons[0]).toContain("(123033)");
  });
});

describe("A task that has not changed", () => {
  it("is not compared with the platform again, whatever the order of its parts", async () => {
    const olds = { fileId: "F1", targets: { devices: ["a", "b"], ...KIND }, platformState: "x" };
    const news = { targets: { ...KIND, devices: ["b", "a", "a"] }, fileId: "F1" };
    const { platform, reasons } = await check(news, { olds });
    expect(reasons).toEqual([]);
    expect(platform.calls()).toEqual([]);
  });
});

describe("Without credentials", () => {
  it("all rules that need none are checked", async () => {
    const platform = new ScriptedPlatform();
    const provider = toResourceProvider(
      upgradeTaskKind("firmware", platform.applications({})),
      () => true,
    );
    const late = window("2020-05-01T07:00:00Z", "2020-05-01T10:00:00Z");
    expect((await run(provider, { ...good, targets: {} }, {}, platform)).reasons[0]).toContain(
      "123022",
    );
    expect((await run(provider, late, {}, platform)).reasons[0]).toContain("123033");
    expect((await run(provider, good, {}, platform)).reasons).toEqual([]);
  });
});

describe("A version package", () => {
  const checkPackage = (news: Fields, platform = new ScriptedPlatform(), olds: Fields = {}) =>
    run(
      toResourceProvider(versionPackageKind(platform.applications()), () => true),
      news,
      olds,
      platform,
    );

  it.each<[string, Fields]>([
    [
      "fileType is missing: name the package by fileId, or by fileType and version.",
      { version: "V1.4" },
    ],
    [
      "version is missing: name the package by fileId, or by fileType and version.",
      { fileType: "firmwarePackage" },
    ],
    [
      'fileType must be "firmwarePackage" or "softwarePackage".',
      { fileType: "firmware", version: "V1.4" },
    ],
    ['onDelete must be "keep" or "delete".', { fileId: "F1", onDelete: "forget" }],
    ["fileId is empty (120015).", { fileId: "" }],
    ['fileId is "a/b", which is no id of the platform (120015).', { fileId: "a/b" }],
    [
      "version has 257 characters; 256 are the most (120015).",
      { fileId: "F1", version: "1".repeat(257) },
    ],
  ])("%s", async (reason, news) => {
    expect((await checkPackage(news)).reasons).toEqual([reason]);
  });

  const { fileId, version, fileType } = FIRMWARE_14;
  const whole = { fileId, version, fileType, ...KIND };
  const unknown = Object.fromEntries(Object.keys(whole).map((field) => [field, UNKNOWN]));

  it.each<[string, Fields, Fields]>([
    ["its id", { fileId: "F1" }, whole],
    ["its type and version", { fileType: "firmwarePackage", version: "V1.4", ...KIND }, whole],
    ["what is not known yet", { fileId: UNKNOWN, onDelete: UNKNOWN }, unknown],
    [
      "a version that is not known yet",
      { fileType: "firmwarePackage", version: UNKNOWN },
      { ...unknown, fileType: "firmwarePackage" },
    ],
    ["one that may come until the apply", { fileId: "F9" }, { fileId: "F9" }],
  ])("may be named by %s, and is told as far as it is known", async (_what, news, told) => {
    const { reasons, inputs } = await checkPackage(news);
    expect(reasons).toEqual([]);
    expect(inputs).toEqual({ onDelete: "keep", ...news, ...told, platformState: "asDeclared" });
  });

  it("that is settled is not looked at again, and keeps what was filled in", async () => {
    const platform = new ScriptedPlatform();
    const named = { fileType: "firmwarePackage", version: "V1.4" };
    const { inputs } = await checkPackage(named, platform);
    const asked = platform.calls().length;
    platform.packages = [];
    const again = await checkPackage(named, platform, inputs);
    expect(again).toMatchObject({ reasons: [], inputs });
    expect(platform.calls()).toHaveLength(asked);
  });
});

describe("An upgrade completion", () => {
  const checkCompletion = (news: Fields) => {
    const platform = new ScriptedPlatform();
    const kind = upgradeCompletionKind(platform.applications());
    return run(
      toResourceProvider(kind, () => true),
      news,
      {},
      platform,
    );
  };

  it.each<[string, Fields]>([
    ["operationId is missing; it must be text.", {}],
    ["operationId is empty (120015).", { operationId: "" }],
    [
      "timeoutSeconds is 0; it must be a whole number from 1 to 2592000.",
      { operationId: "a", timeoutSeconds: 0 },
    ],
    [
      "timeoutSeconds is 1.5; it must be a whole number from 1 to 2592000.",
      { operationId: "a", timeoutSeconds: 1.5 },
    ],
    [
      "maxFailedDevices is -1; it must be a whole number from 0 to 1000000.",
      { operationId: "a", maxFailedDevices: -1 },
    ],
    [
      "minSuccessPercent is 101; it must be a number from 0 to 100.",
      { operationId: "a", minSuccessPercent: 101 },
    ],
    ["minSuccessPercent must be a number.", { operationId: "a", minSuccessPercent: "95" }],
    [
      'has no field "timeout"; it has operationId, waitFor, timeoutSeconds, maxFailedDevices, minSuccessPercent, version, packageId, packageKind. Did you mean "timeoutSeconds"?',
      { operationId: "a", timeout: 5 },
    ],
  ])("%s", async (reason, news) => {
    expect((await checkCompletion(news)).reasons).toEqual([reason]);
  });

  it.each<[string, Fields]>([
    ["a task alone", { operationId: "a" }],
    [
      "all thresholds",
      { operationId: "a", timeoutSeconds: 1, maxFailedDevices: 0, minSuccessPercent: 99.5 },
    ],
    [
      "what is not known yet",
      { operationId: UNKNOWN, timeoutSeconds: UNKNOWN, minSuccessPercent: UNKNOWN },
    ],
  ])("may have %s", async (_what, news) => {
    const { reasons, inputs } = await checkCompletion(news);
    expect(reasons).toEqual([]);
    expect(inputs).toEqual(news);
  });
});
