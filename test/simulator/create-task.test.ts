import type { Behaviour } from "../../src/simulator";
import {
  basic,
  bench,
  deepLists,
  deepObjects,
  kind,
  withJson,
  type Bench,
  type Reply,
} from "./client";

const path = "/operations/firmwareUpgrade";
const devices = { devices: ["meter-1"] };
const groups = { deviceGroups: ["pilot"], ...kind };
const valid = { fileId: "firmware-4", targets: devices };

function custom(startTime: unknown, endTime: unknown): object {
  return { ...valid, policy: { executeType: "custom", startTime, endTime } };
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_none, index) => `unknown-${String(index)}`);
}

const without = (key: string): object => ({
  fileId: "firmware-4",
  targets: Object.fromEntries(Object.entries(groups).filter(([name]) => name !== key)),
});

const withTargets = (targets: unknown): object => ({ fileId: "firmware-4", targets });
const withPolicy = (policy: unknown): object => ({ ...valid, policy });

const texts: Readonly<Record<string, string>> = {
  "120015": "Bad request error.",
  "123002": "Device or package file not found.",
  "123016": "The parameter is error, targetversion not match with device.",
  "123019": "manufacturerName is null.",
  "123020": "deviceType is null",
  "123021": "model is null.",
  "123022": "deviceGroups and devices cannot be null together",
  "123023": "deviceGroups and devices cannot be exist together",
  "123024": "The number of deviceGroups or devices reached upper limit",
  "123025": "executeType is error or can not to be null.",
  "123026": "startTime or endTime is null or error.",
  "123028": "retryTimes is null or beyond the limit.",
  "123032": "startTime can not be later than the endTime.",
  "123033": "startTime can not be earlier than the now.",
  "123034": "endtime must be greater than 5 minutes.",
};

function expectRefused(reply: Reply, code: string): void {
  expect(reply.body).toEqual({ error_code: code, error_desc: texts[code] });
  expect(reply.status).toBe(code === "123002" ? 404 : 400);
}

test.each<[string, unknown, string]>([
  ["a body that is not JSON", "{", "120015"],
  ["a body that is a list", [], "120015"],
  ["lists nested thousands of levels deep", withJson(valid, deepLists), "120015"],
  ["objects nested thousands of levels deep", withJson(valid, deepObjects), "120015"],
  ["no fileId", { targets: devices }, "120015"],
  ["an empty fileId", { fileId: "", targets: devices }, "120015"],
  ["a fileId that is a number", { fileId: 4, targets: devices }, "120015"],
  ["a malformed fileId", { fileId: "a/b", targets: devices }, "120015"],
  ["no targets", { fileId: "firmware-4" }, "120015"],
  ["targets as a list", withTargets([]), "120015"],
  ["devices as a text", withTargets({ devices: "meter-1" }), "120015"],
  ["a device that is no text", withTargets({ devices: [1] }), "120015"],
  [
    "a deviceType of 257 characters",
    withTargets({ ...groups, deviceType: "x".repeat(257) }),
    "120015",
  ],
  ["a policy that is a text", withPolicy("now"), "120015"],
  ["retryType as a text", withPolicy({ executeType: "now", retryType: "true" }), "120015"],
  ["retryTimes as a text", withPolicy({ executeType: "now", retryTimes: "3" }), "120015"],
  ["no manufacturerName for groups", without("manufacturerName"), "123019"],
  ["no deviceType for groups", without("deviceType"), "123020"],
  ["no model for groups", without("model"), "123021"],
  ["an empty model for groups", withTargets({ ...groups, model: "" }), "123021"],
  ["empty targets", withTargets({}), "123022"],
  ["an empty list of devices", withTargets({ devices: [] }), "123022"],
  ["devices null", withTargets({ devices: null }), "123022"],
  ["devices and groups", withTargets({ ...groups, ...devices }), "123023"],
  ["257 devices", withTargets({ devices: many(257) }), "123024"],
  ["257 groups", withTargets({ ...groups, deviceGroups: many(257) }), "123024"],
  ["a policy without executeType", withPolicy({}), "123025"],
  ["an unknown executeType", withPolicy({ executeType: "later" }), "123025"],
  ["custom without times", withPolicy({ executeType: "custom" }), "123026"],
  ["custom without endTime", custom(basic(60), undefined), "123026"],
  ["a time in another spelling", custom("2026-05-01T09:00:00Z", basic(7200)), "123026"],
  ["a time that is no date", custom("20260231T090000Z", basic(7200)), "123026"],
  ["a time that is a number", custom(20260501, basic(7200)), "123026"],
  ["a startTime after endTime", custom(basic(7200), basic(3600)), "123032"],
  ["a startTime that has passed", custom(basic(-1), basic(3600)), "123033"],
  ["a window of 299 s", custom(basic(60), basic(359)), "123034"],
  ["a window of exactly 300 s", custom(basic(60), basic(360)), "123034"],
  ["startTime equal to endTime", custom(basic(60), basic(60)), "123034"],
  ["retryType without retryTimes", withPolicy({ executeType: "now", retryType: true }), "123028"],
  ["no retries", withPolicy({ executeType: "now", retryType: true, retryTimes: 0 }), "123028"],
  ["6 retries", withPolicy({ executeType: "now", retryType: true, retryTimes: 6 }), "123028"],
  ["1.5 retries", withPolicy({ executeType: "now", retryType: true, retryTimes: 1.5 }), "123028"],
  ["6 retries without retryType", withPolicy({ executeType: "now", retryTimes: 6 }), "123028"],
  ["an unknown package", { ...valid, fileId: "missing" }, "123002"],
  ["a package of another application", { ...valid, fileId: "laboratory-5" }, "123002"],
  ["an unknown device", withTargets({ devices: ["meter-1", "missing"] }), "123002"],
  ["a device of another application", withTargets({ devices: ["bench-1"] }), "123002"],
  ["an unknown group", withTargets({ ...groups, deviceGroups: ["pilot", "missing"] }), "123002"],
  ["a group of another application", withTargets({ ...groups, deviceGroups: ["bench"] }), "123002"],
  ["a group without devices", withTargets({ ...groups, deviceGroups: ["nobody"] }), "123002"],
  ["a software package", { ...valid, fileId: "software-2" }, "123016"],
  ["a package for another model", { ...valid, fileId: "other-4" }, "123016"],
  ["groups said to be another model", withTargets({ ...groups, model: "NBM2" }), "123016"],
  [
    "a group with another model in it",
    withTargets({ ...groups, deviceGroups: ["mixed"] }),
    "123016",
  ],
])("%s is refused", async (_name, body, code) => {
  const { call, simulator } = await bench();
  expectRefused(await call("POST", path, body), code);
  expect(simulator.books().tasks).toEqual([]);
});

test.each<[string, unknown]>([
  ["a body without policy", valid],
  ["policy null", withPolicy(null)],
  ["groups with their kind", withTargets(groups)],
  ["devices with their kind", withTargets({ ...devices, ...kind })],
  ["empty groups beside devices", withTargets({ ...devices, deviceGroups: [] })],
  ["the same device 256 times", withTargets({ devices: Array<string>(256).fill("meter-1") })],
  ["device_online", withPolicy({ executeType: "device_online" })],
  ["a window of 301 s", custom(basic(60), basic(361))],
  ["a startTime in the second that runs", custom(basic(0), basic(3600))],
  ["5 retries", withPolicy({ executeType: "now", retryType: true, retryTimes: 5 })],
  [
    "retryTimes beside retryType false",
    withPolicy({ executeType: "now", retryType: false, retryTimes: 3 }),
  ],
  ["times with executeType now", withPolicy({ executeType: "now", startTime: "x", endTime: "y" })],
])("%s makes a task", async (_name, body) => {
  const { call, simulator } = await bench();
  const reply = await call("POST", path, body);
  expect(reply.status).toBe(200);
  expect(Object.keys(reply.body)).toEqual(["operationId"]);
  expect(simulator.books().tasks).toHaveLength(1);
});

test("a body that is not sent as JSON is refused", async () => {
  const { send, login } = await bench();
  const token = String((await login()).body["accessToken"]);
  const headers = { app_key: "waterworks", Authorization: `Bearer ${token}` };
  const init = { method: "POST", headers, body: JSON.stringify(valid) };
  expectRefused(await send(`/iodm/northbound/v1.5.0${path}`, init), "120015");
});

test("the first code that applies wins: form, then targets, policy, existence, match", async () => {
  const { call } = await bench();
  const allWrong = {
    fileId: "missing",
    targets: { ...devices, deviceGroups: ["missing"] },
    policy: { executeType: "later" },
  };
  expectRefused(await call("POST", path, { ...allWrong, fileId: 7 }), "120015");
  expectRefused(await call("POST", path, allWrong), "123023");
  expectRefused(await call("POST", path, { ...allWrong, targets: devices }), "123025");
  expectRefused(
    await call("POST", path, { fileId: "missing", targets: { devices: ["large"] } }),
    "123002",
  );
});

test("each POST makes a task of its own", async () => {
  const { call, simulator } = await bench();
  const first = await call("POST", path, valid);
  const second = await call("POST", path, valid);
  expect(first.body["operationId"]).not.toEqual(second.body["operationId"]);
  expect(simulator.books().counts).toMatchObject({ taskPosts: 2, taskPostsInEffect: 2 });
});

test("a software task takes a software package, and no other", async () => {
  const { call } = await bench();
  const software = "/operations/softwareUpgrade";
  expect((await call("POST", software, { ...valid, fileId: "software-2" })).status).toBe(200);
  expectRefused(await call("POST", software, valid), "123016");
});

describe("where the pages leave the answer open", () => {
  const softwareBody = { ...valid, fileId: "software-2" };
  test.each<[Partial<Behaviour>, unknown, string]>([
    [{ windowOf300Seconds: "accepted" }, custom(basic(60), basic(360)), "made"],
    [{ windowOf300Seconds: "accepted" }, custom(basic(60), basic(359)), "123034"],
    [{ executeTypeMissing: "now" }, withPolicy({}), "made"],
    [{ executeTypeMissing: "now" }, withPolicy({ executeType: "later" }), "123025"],
    [{ targetsMissing: "123022" }, { fileId: "firmware-4" }, "123022"],
    [{ emptyTargetList: "120015" }, withTargets({ devices: [] }), "120015"],
    [{ emptyTargetList: "120015" }, withTargets({ ...devices, deviceGroups: null }), "120015"],
    [{ wrongFileType: "120015" }, softwareBody, "120015"],
    [{ wrongFileType: "accepted" }, softwareBody, "made"],
    [{ mismatchCompares: "request" }, withTargets({ devices: ["large"] }), "made"],
    [{ mismatchCompares: "request" }, withTargets({ ...groups, model: "NBM2" }), "123016"],
    [{ mismatchCompares: "devices" }, withTargets({ ...groups, model: "NBM2" }), "made"],
    [{ mismatchCompares: "devices" }, withTargets({ devices: ["large"] }), "123016"],
    [{ unknownTargets: "failedSubTask" }, withTargets({ devices: ["missing"] }), "made"],
    [
      { unknownTargets: "failedSubTask" },
      withTargets({ ...groups, deviceGroups: ["pilot", "x"] }),
      "made",
    ],
    [
      { unknownTargets: "failedSubTask" },
      withTargets({ ...groups, deviceGroups: ["x"] }),
      "123002",
    ],
    [{ emptyGroups: "accepted" }, withTargets({ ...groups, deviceGroups: ["nobody"] }), "made"],
    [
      { retryTimesWithoutRetry: "accepted" },
      withPolicy({ executeType: "now", retryTimes: 6 }),
      "made",
    ],
    [
      { timesWithoutCustom: "123026" },
      withPolicy({ executeType: "now", startTime: basic(9) }),
      "123026",
    ],
    [{ idFormat: "any" }, { ...valid, fileId: "a/b" }, "123002"],
  ])("%j", async (behaviour, body, outcome) => {
    const { call } = await bench(behaviour);
    const reply = await call("POST", path, body);
    if (outcome === "made") expect(reply.status).toBe(200);
    else expectRefused(reply, outcome);
  });

  async function subTasks({ simulator }: Bench): Promise<unknown> {
    simulator.clock.advance(60);
    return Promise.resolve(
      simulator.books().tasks[0]?.subTasks.map(({ status, detailInfo }) => [status, detailInfo]),
    );
  }

  test("a device that is unknown or of another kind fails by itself", async () => {
    const platform = await bench({ unknownTargets: "failedSubTask", mismatchCompares: "request" });
    await platform.call("POST", path, withTargets({ devices: ["meter-1", "large", "missing"] }));
    expect(await subTasks(platform)).toEqual([
      ["success", undefined],
      ["fail", "The package is not made for this device."],
      ["fail", "The device does not exist."],
    ]);
  });

  test("a task for groups without devices is a success at once", async () => {
    const platform = await bench({ emptyGroups: "accepted" });
    await platform.call("POST", path, withTargets({ ...groups, deviceGroups: ["nobody"] }));
    expect(platform.simulator.books().tasks).toMatchObject([
      { status: "success", staResult: { total: 0 } },
    ]);
  });
});
