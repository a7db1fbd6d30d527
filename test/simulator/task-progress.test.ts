import type { SubTaskReply, TaskReply } from "../../src/simulator";
import { basic, bench, createTask, kind, world, type Bench } from "./client";

function task({ simulator }: Bench, index = 0): TaskReply & { subTasks: readonly SubTaskReply[] } {
  const found = simulator.books().tasks[index];
  if (found === undefined) throw new Error("There is no such task.");
  return found;
}

function statuses(platform: Bench, index = 0): readonly string[] {
  return task(platform, index).subTasks.map(({ status }) => status);
}

/** The statuses of task and sub-tasks after each of some seconds. */
function course(platform: Bench, ...steps: readonly number[]): readonly string[] {
  return steps.map((seconds) => {
    platform.simulator.clock.advance(seconds);
    return `${task(platform).status}: ${statuses(platform).join(" ")}`;
  });
}

test("a task waits, is processed and succeeds, and tells its times as they come", async () => {
  const platform = await bench();
  const operationId = await createTask(platform, ["meter-1"]);
  const path = `/operations/${operationId}`;
  const counts = { wait: 0, processing: 0, success: 0, fail: 0, stop: 0, timeout: 0, total: 1 };
  const fixed = {
    operationId,
    createTime: basic(0),
    operateType: "firmware_upgrade",
    targets: { devices: ["meter-1"] },
    extendPara: { fileVersion: "V1.4" },
  };
  expect((await platform.call("GET", path)).body).toEqual({
    ...fixed,
    status: "wait",
    staResult: { ...counts, wait: 1 },
  });
  platform.simulator.clock.advance(1);
  expect((await platform.call("GET", path)).body).toEqual({
    ...fixed,
    startTime: basic(1),
    status: "processing",
    staResult: { ...counts, processing: 1 },
  });
  platform.simulator.clock.advance(1000);
  expect((await platform.call("GET", path)).body).toEqual({
    ...fixed,
    startTime: basic(1),
    stopTime: basic(5),
    status: "success",
    staResult: { ...counts, success: 1 },
  });
});

test("what a task says does not depend on how often it was asked", async () => {
  const asked = await bench();
  const left = await bench();
  const names = ["meter-1", "bad", "sleeper"];
  const policy = { executeType: "device_online", retryType: true, retryTimes: 2 };
  for (const platform of [asked, left]) await createTask(platform, names, policy);
  for (let second = 0; second < 120; second += 1) {
    asked.simulator.clock.advance(1);
    statuses(asked);
  }
  left.simulator.clock.advance(120);
  const times = (platform: Bench) =>
    task(platform).subTasks.map(({ status, startTime, stopTime }) => [status, startTime, stopTime]);
  expect(times(asked)).toEqual(times(left));
});

test("a sub-task has the vendor's fields, and a failed one the device's reason", async () => {
  const platform = await bench();
  const operationId = await createTask(platform, ["bad"]);
  platform.simulator.clock.advance(60);
  const { body } = await platform.call("GET", `/operations/${operationId}/subOperations`);
  expect(body).toEqual({
    data: [
      {
        subOperationId: expect.any(String) as string,
        createTime: basic(0),
        startTime: basic(1),
        stopTime: basic(5),
        operateType: "firmware_upgrade",
        deviceId: "bad",
        status: "fail",
        detailInfo: "The flash is worn out.",
        extendInfo: {},
      },
    ],
    pageNo: 0,
    pageSize: 10,
    totalCount: 1,
  });
  expect(task(platform).status).toBe("failed");
});

test("a mixed result is failed, or success on request", async () => {
  const platform = await bench();
  await createTask(platform, ["meter-1", "bad"]);
  platform.simulator.clock.advance(60);
  expect(task(platform)).toMatchObject({
    status: "failed",
    staResult: { total: 2, success: 1, fail: 1 },
  });
  platform.simulator.setBehaviour({ mixedResult: "success" });
  expect(task(platform).status).toBe("success");
});

test("a device that runs the version already is a success at once and says so", async () => {
  const platform = await bench();
  await createTask(platform, ["current"]);
  expect(task(platform).subTasks).toMatchObject([
    {
      status: "success",
      stopTime: basic(0),
      detailInfo: "The versions are equal; the device was not upgraded.",
    },
  ]);
});

test("an upgraded device runs the new version, so a second task does nothing to it", async () => {
  const platform = await bench();
  await createTask(platform, ["meter-1"]);
  platform.simulator.clock.advance(60);
  const device = platform.simulator.books().devices.find(({ deviceId }) => deviceId === "meter-1");
  expect(device).toMatchObject({ firmwareVersion: "V1.4", softwareVersion: "V1.0" });
  await createTask(platform, ["meter-1"]);
  expect(statuses(platform, 1)).toEqual(["success"]);
});

test("a task for groups has one sub-task for each device, however many groups it is in", async () => {
  const platform = await bench();
  const targets = { deviceGroups: ["pilot", "fleet"], ...kind };
  await platform.call("POST", "/operations/firmwareUpgrade", { fileId: "firmware-4", targets });
  expect(task(platform).subTasks.map(({ deviceId }) => deviceId)).toEqual([
    "meter-1",
    "meter-2",
    "meter-3",
  ]);
});

test("device_online waits until the device is online", async () => {
  const platform = await bench();
  await createTask(platform, ["sleeper", "meter-1"], { executeType: "device_online" });
  expect(course(platform, 99, 1, 4)).toEqual([
    "processing: wait success",
    "processing: processing success",
    "success: success success",
  ]);
});

test("now gives an offline device up after a time, counted under timeout", async () => {
  const platform = await bench();
  await createTask(platform, ["lost"]);
  expect(course(platform, 600, 1)).toEqual(["processing: processing", "failed: fail"]);
  expect(task(platform)).toMatchObject({
    staResult: { total: 1, fail: 0, timeout: 1 },
    subTasks: [{ detailInfo: "Waiting for the device online timeout" }],
  });
  platform.simulator.setBehaviour({ timeoutCountedAs: "fail" });
  expect(task(platform).staResult).toMatchObject({ total: 1, fail: 1, timeout: 0 });
});

test("an offline device that comes online in time is upgraded then", async () => {
  const platform = await bench();
  await createTask(platform, ["sleeper"]);
  expect(course(platform, 103, 1)).toEqual(["processing: processing", "success: success"]);
});

test("custom waits for its startTime and stops at endTime what has not ended", async () => {
  const platform = await bench({ upgradeSeconds: 50 });
  const devices = ["meter-1", "lost"];
  const policy = { executeType: "custom", startTime: basic(100), endTime: basic(500) };
  await createTask(platform, devices, policy);
  expect(course(platform, 99, 2, 50, 348, 1)).toEqual([
    "wait: wait wait",
    "processing: processing processing",
    "processing: success processing",
    "processing: success processing",
    "stop: success stop",
  ]);
  expect(task(platform)).toMatchObject({ startTime: basic(101), stopTime: basic(500) });
});

test("a task stopped before it began has a stopTime and no startTime", async () => {
  const platform = await bench({ waitSeconds: 1000 });
  const policy = { executeType: "custom", startTime: basic(100), endTime: basic(500) };
  const operationId = await createTask(platform, ["meter-1"], policy);
  platform.simulator.clock.advance(500);
  const { body } = await platform.call("GET", `/operations/${operationId}`);
  expect(body).toMatchObject({ status: "stop", stopTime: basic(500) });
  expect(body).not.toHaveProperty("startTime");
});

describe("retries", () => {
  const data = {
    applications: world.applications.map((application) => ({
      ...application,
      devices: [
        ...(application.devices ?? []),
        ...(application.appId === "waterworks"
          ? [{ deviceId: "flaky", ...kind, outcome: "fail" as const, failTimes: 2 }]
          : []),
      ],
    })),
  };
  const retrying = (retryTimes: number) => ({ executeType: "now", retryType: true, retryTimes });

  test("a failed device is tried again until it succeeds", async () => {
    const platform = await bench({}, { data });
    await createTask(platform, ["flaky"], retrying(2));
    expect(course(platform, 12, 1)).toEqual(["processing: processing", "success: success"]);
  });

  test("after the last retry a failure is final", async () => {
    const platform = await bench({}, { data });
    await createTask(platform, ["flaky", "meter-1"], retrying(1));
    expect(course(platform, 60)).toEqual(["failed: fail success"]);
    await createTask(platform, ["flaky"]);
    platform.simulator.clock.advance(60);
    expect(statuses(platform, 1)).toEqual(["success"]);
  });

  test("retryDelaySeconds puts time between the attempts", async () => {
    const platform = await bench({ retryDelaySeconds: 100 }, { data });
    await createTask(platform, ["flaky"], retrying(2));
    expect(course(platform, 5, 100, 4, 100, 4)).toEqual([
      "processing: wait",
      "processing: processing",
      "processing: wait",
      "processing: processing",
      "success: success",
    ]);
  });

  test("afterTheOthers shows a failure until all others have ended", async () => {
    const platform = await bench({ retryRound: "afterTheOthers" }, { data });
    await createTask(platform, ["flaky", "sleeper"], retrying(2));
    expect(course(platform, 5, 98, 1, 4, 4)).toEqual([
      "processing: fail processing",
      "processing: fail processing",
      "processing: processing success",
      "processing: processing success",
      "success: success success",
    ]);
  });
});

describe("a radio cell", () => {
  const data = {
    applications: [
      {
        appId: "waterworks",
        secret: "s3cret",
        packages: world.applications[0]?.packages ?? [],
        devices: ["a", "b", "c"].map((deviceId) => ({ deviceId, ...kind, cell: "north" })),
      },
    ],
  };

  test("takes only so many devices at once", async () => {
    const platform = await bench({ devicesAtOncePerCell: 2 }, { data });
    await createTask(platform, ["a", "b", "c"]);
    expect(course(platform, 1, 4, 4)).toEqual([
      "processing: processing processing wait",
      "processing: success success processing",
      "success: success success success",
    ]);
  });

  test("takes all when the limit is off", async () => {
    const platform = await bench({ devicesAtOncePerCell: null }, { data });
    await createTask(platform, ["a", "b", "c"]);
    expect(course(platform, 1)).toEqual(["processing: processing processing processing"]);
  });
});

test("a device takes one upgrade at a time", async () => {
  const platform = await bench();
  await createTask(platform, ["meter-1"]);
  const body = { fileId: "software-2", targets: { devices: ["meter-1"] } };
  await platform.call("POST", "/operations/softwareUpgrade", body);
  platform.simulator.clock.advance(2);
  expect([statuses(platform, 0), statuses(platform, 1)]).toEqual([["processing"], ["wait"]]);
  platform.simulator.clock.advance(7);
  expect(task(platform, 1)).toMatchObject({ operateType: "software_upgrade", status: "success" });
});

test("with all durations zero a task has ended when its POST is answered", async () => {
  const platform = await bench({ waitSeconds: 0, upgradeSeconds: 0 });
  await createTask(platform, ["meter-1", "bad"], {
    executeType: "now",
    retryType: true,
    retryTimes: 5,
  });
  expect(statuses(platform)).toEqual(["success", "fail"]);
});

test("the counters add up to the total at every moment", async () => {
  const platform = await bench({ devicesAtOncePerCell: 1 });
  const devices = ["meter-1", "meter-2", "bad", "current", "sleeper", "lost"];
  await createTask(platform, devices, {
    executeType: "custom",
    startTime: basic(9),
    endTime: basic(400),
  });
  for (let step = 0; step < 60; step += 1) {
    platform.simulator.clock.advance(7);
    const { staResult, subTasks } = task(platform);
    const { total, ...rest } = staResult;
    expect(Object.values(rest).reduce((sum, count) => sum + count)).toBe(total);
    expect(total).toBe(devices.length);
    expect(subTasks.filter(({ status }) => status === "success")).toHaveLength(rest.success);
  }
  expect(task(platform).status).toBe("stop");
});
