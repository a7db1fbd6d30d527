import fc from "fast-check";

import { OtaError } from "../../src/errors";
import {
  readCreatedOperation,
  readFailurePage,
  readOperation,
  readOperationPage,
  readPackage,
  readPackagePage,
  writeCreateTask,
} from "../../src/northbound/api/wire";
import { judge } from "../../src/upgrade/outcome";

const READERS = {
  readCreatedOperation,
  readFailurePage,
  readOperation,
  readOperationPage,
  readPackage,
  readPackagePage,
};

const FIELDS = [
  "fileId",
  "version",
  "uploadTime",
  "date",
  "operationId",
  "createTime",
  "stopTime",
  "operateType",
  "targets",
  "policy",
  "status",
  "staResult",
  "extendPara",
  "devices",
  "retryType",
  "retryTimes",
  "total",
  "success",
  "data",
  "totalCount",
  "totalSize",
  "deviceId",
  "detailInfo",
  "fileVersion",
];

describe("Any JSON at all", () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom("20151212T121212Z", "F1", 3, "3", -1, 1.5, null, [], {}, ""),
  );
  const inner = fc.oneof(
    { weight: 2, arbitrary: value },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 8 }) },
  );
  const object = fc.dictionary(fc.constantFrom(...FIELDS), inner, { maxKeys: 12 });
  const body = fc.oneof(
    value,
    object,
    fc.record({ data: fc.array(object), totalCount: value }),
    object.map((fields) => ({ ...fields, operationId: "op-1", fileId: "F1" })),
    fc.constant(undefined),
  );

  it.each(Object.entries(READERS))("is read by %s, or is one OtaError", (_name, read) => {
    let readable = 0;
    fc.assert(
      fc.property(body, (json) => {
        try {
          const result: unknown = read(json);
          expect(result).toBeDefined();
          readable += 1;
        } catch (error) {
          if (!(error instanceof OtaError)) throw error;
          expect(error.message).toMatch(/^\S.* is wrong \(.*\)$/s);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(readable).toBeGreaterThan(0);
  });
});

describe("A package", () => {
  it("needs nothing but its id; null, absent and a number are read alike", () => {
    expect(readPackage({ fileId: 12, name: null, version: 1.4, more: {} })).toEqual({
      fileId: "12",
      version: "1.4",
    });
  });

  it("has its times in ISO 8601, and its date without the page's own trailing space", () => {
    const read = readPackage({ fileId: "F1", date: "2015-2-2 ", uploadTime: "20151212T121212Z" });
    expect(read).toMatchObject({ date: "2015-2-2", uploadTime: "2015-12-12T12:12:12Z" });
    expect(readPackage({ fileId: "F1", uploadTime: "long ago" }).uploadTime).toBe("long ago");
  });

  it.each([{}, { fileId: "" }, { fileId: null }, [], "F1", null])(
    "without an id is none: %j",
    (body) => {
      expect(() => readPackage(body)).toThrow(OtaError);
    },
  );
});

describe("A page", () => {
  it.each<[object, number | undefined]>([
    [{ totalCount: 3 }, 3],
    [{ totalSize: 3 }, 3],
    [{ totalCount: "3" }, 3],
    [{ totalCount: null, totalSize: 3 }, 3],
    [{}, undefined],
    [{ totalCount: -1 }, undefined],
  ])("has the total that is given: %j", (total, expected) => {
    for (const read of [readPackagePage, readOperationPage, readFailurePage]) {
      expect(read({ data: [], ...total }).total).toBe(expected);
    }
  });

  it("without data is empty where it says that there is none, and else no page", () => {
    expect(readOperationPage({ totalCount: 0 }).items).toEqual([]);
    expect(readPackagePage({ data: null, totalSize: 0 }).items).toEqual([]);
    for (const body of [{}, { data: null }, { totalCount: 3 }, { pageNo: 0, pageSize: 100 }]) {
      expect(() => readOperationPage(body)).toThrow("data is wrong (it is missing");
    }
  });
});

describe("A task", () => {
  const base = { operationId: "op-1", createTime: "20260501T080000Z" };

  it("has its age also where blanks follow the time, as they do in the vendor's example of a date", () => {
    const { createdAt } = readOperation({ ...base, createTime: "20260501T080000Z " });
    expect(createdAt).toBe(Date.parse("2026-05-01T08:00:00Z"));
  });

  it.each([
    ["wait", "unfinished"],
    ["processing", "unfinished"],
    ["success", "succeeded"],
    ["failed", "failed"],
    ["fail", "failed"],
    ["stop", "stopped"],
    ["paused", "unfinished"],
    ["", "unfinished"],
    [undefined, "unfinished"],
    [null, "unfinished"],
  ])("with the status %j is %s", (status, phase) => {
    expect(readOperation({ ...base, status }).phase).toBe(phase);
  });

  it("with a status that nobody knows is waited for, not judged", () => {
    const staResult = { total: 2, success: 2 };
    expect(judge(readOperation({ ...base, status: "paused", staResult }), {})).toBe("open");
    expect(judge(readOperation({ ...base, status: "processing", staResult }), {})).toBe(
      "succeeded",
    );
  });

  it.each([
    [true, "fail", "open"],
    [true, "timeout", "open"],
    [true, "stop", "failed"],
    [false, "fail", "failed"],
  ])(
    "with the retryType %s and a device that is counted under %s is %s",
    (retryType, at, verdict) => {
      const policy = { retryType, retryTimes: 2 };
      const staResult = { total: 2, processing: 1, [at]: 1 };
      const task = { ...base, policy, staResult };
      expect(judge(readOperation({ ...task, status: "processing" }), {})).toBe(verdict);
      expect(judge(readOperation({ ...task, status: "failed" }), {})).toBe("failed");
    },
  );

  it("has the moment of its creation as a number and in ISO 8601", () => {
    expect(readOperation(base)).toMatchObject({
      createdAt: Date.parse("2026-05-01T08:00:00Z"),
      createTime: "2026-05-01T08:00:00Z",
    });
    expect(readOperation({ operationId: "op-1" }).createdAt).toBeUndefined();
  });

  const none = { wait: 0, processing: 0, success: 0, fail: 0, stop: 0, timeout: 0 };

  it.each<[string, unknown, object | undefined]>([
    ["no figures", undefined, undefined],
    ["null", null, undefined],
    ["figures that say nothing", {}, undefined],
    ["numbers", { total: 3, success: 2, fail: 1 }, { ...none, total: 3, success: 2, fail: 1 }],
    ["texts", { total: "3", success: "2", fail: "1" }, { ...none, total: 3, success: 2, fail: 1 }],
    ["no total", { success: 2, timeout: 1 }, { ...none, total: 3, success: 2, timeout: 1 }],
    ["nonsense beside a total", { total: 3, success: -2, fail: "x" }, { ...none, total: 3 }],
    ["a total of zero", { total: 0 }, { ...none, total: 0 }],
  ])("may come with %s", (_what, staResult, counts) => {
    expect(readOperation({ ...base, staResult }).counts).toEqual(counts);
  });

  it("has an echo in which nulls are absent", () => {
    const read = readOperation({
      ...base,
      targets: { devices: ["a", 7], deviceGroups: null, model: null },
      policy: { executeType: "now", startTime: null, retryType: "true", retryTimes: "3" },
    });
    expect(read.targets).toEqual({ devices: ["a", "7"] });
    expect(read.policy).toEqual({ executeType: "now", retryType: true, retryTimes: 3 });
  });

  it("has an echo in which what is empty is absent, and no time or type that is empty", () => {
    const read = readOperation({
      ...base,
      startTime: "",
      stopTime: " ",
      operateType: "",
      targets: { devices: ["a"], deviceType: "", model: "", manufacturerName: "" },
      policy: { executeType: "", startTime: "", endTime: "", retryType: false },
    });
    expect(read.targets).toEqual({ devices: ["a"] });
    expect(read.policy).toEqual({ retryType: false });
    const { startTime, stopTime, operateType } = read;
    expect([startTime, stopTime, operateType]).toEqual(Array(3).fill(undefined));
  });

  it("has the version of its package only where that is told", () => {
    const read = (extendPara: unknown) => readOperation({ ...base, extendPara }).fileVersion;
    expect(read({ fileVersion: "V1.4" })).toBe("V1.4");
    expect(read({ fileVersion: 1.4 })).toBe("1.4");
    expect([read(undefined), read(null), read({})]).toEqual(Array(3).fill(undefined));
    expect([read({ fileVersion: {} }), read({ fileVersion: "" })]).toEqual([undefined, undefined]);
  });
});

describe("A failed device", () => {
  it("has its own reason, or says that there is none", () => {
    const data = [
      { deviceId: "meter-3", status: "fail", detailInfo: " The battery is too low. " },
      { deviceId: "meter-4", status: "fail" },
      { status: null },
    ];
    expect(readFailurePage({ data }).items).toEqual([
      { deviceId: "meter-3", reason: "The battery is too low." },
      { deviceId: "meter-4", reason: "no reason given (fail)" },
      { deviceId: "a device without an id", reason: "no reason given (no status)" },
    ]);
  });
});

describe("The body of a create", () => {
  const sent = (...declared: Parameters<typeof writeCreateTask>): unknown =>
    JSON.parse(JSON.stringify(writeCreateTask(...declared)));

  it("has what is declared and nothing else", () => {
    expect(sent("F1", { devices: ["a"] }, undefined)).toEqual({
      fileId: "F1",
      targets: { devices: ["a"] },
    });
  });

  it("names executeType in every policy, and times in the platform's spelling", () => {
    const window = { startTime: "2026-05-01T11:00:00+02:00", endTime: "2026-05-01T10:00:00Z" };
    expect(sent("F1", { devices: ["a"] }, { executeType: "custom", ...window })).toMatchObject({
      policy: {
        executeType: "custom",
        startTime: "20260501T090000Z",
        endTime: "20260501T100000Z",
      },
    });
    expect(sent("F1", { devices: ["a"] }, { retryType: true, retryTimes: 3 })).toMatchObject({
      policy: { executeType: "now", retryType: true, retryTimes: 3 },
    });
  });
});
