import {
  basic,
  bench,
  createTask,
  deepLists,
  kind,
  startTime,
  withJson,
  type Bench,
  type Reply,
} from "./client";

function control({ send }: Bench, method: string, path: string, body?: unknown): Promise<Reply> {
  return send(`/_control${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

test("the books tell the requests in order, with application, status and code", async () => {
  const platform = await bench();
  await createTask(platform, ["meter-1"]);
  await platform.call("GET", "/category/missing?x=1");
  const { body, status } = await control(platform, "GET", "/books");
  expect(status).toBe(200);
  expect(body).toEqual(JSON.parse(JSON.stringify(platform.simulator.books())));
  expect(body).toMatchObject({
    time: "2026-05-01T08:00:00.000Z",
    requests: [
      { sequence: 1, method: "POST", path: "/iocm/app/sec/v1.1.0/login", appId: "waterworks" },
      {
        sequence: 2,
        time: "2026-05-01T08:00:00.000Z",
        method: "POST",
        path: "/iodm/northbound/v1.5.0/operations/firmwareUpgrade",
        body: { fileId: "firmware-4", targets: { devices: ["meter-1"] } },
        status: 200,
        errorCode: null,
        outcome: "replied",
      },
      { sequence: 3, method: "GET", query: { x: "1" }, status: 404, errorCode: "123002" },
    ],
    counts: {
      requests: 3,
      byMethod: { POST: 2, GET: 1 },
      logins: 1,
      throttled: 0,
      taskPosts: 1,
      taskPostsInEffect: 1,
    },
    tasks: [
      {
        appId: "waterworks",
        fileId: "firmware-4",
        status: "wait",
        subTasks: [{ deviceId: "meter-1", status: "wait" }],
      },
    ],
  });
});

test("the books hold neither secrets nor tokens", async () => {
  const platform = await bench();
  const { body } = await platform.login();
  const refresh = { appId: "waterworks", secret: "s3cret", refreshToken: body["refreshToken"] };
  const headers = { "Content-Type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(refresh) };
  await platform.send("/iocm/app/sec/v1.1.0/refreshToken?secret=s3cret", init);
  const asText = { method: "POST", body: '{"secret":"s3cret"' };
  await platform.send("/iocm/app/sec/v1.1.0/login", asText);
  const form = new URLSearchParams({ '{"secret":"s3cret"}': "" });
  await platform.send("/iocm/app/sec/v1.1.0/login", { method: "POST", body: form });
  const books = JSON.stringify(platform.simulator.books());
  expect(books).not.toContain("s3cret");
  expect(books).not.toContain(String(body["refreshToken"]));
  expect(books).toContain("[redacted]");
});

test("control calls are in no books", async () => {
  const platform = await bench();
  await control(platform, "GET", "/books");
  expect(platform.simulator.books().requests).toHaveLength(1);
});

test("the clock moves, and every Date header tells its time", async () => {
  const platform = await bench();
  expect((await control(platform, "GET", "/clock")).body).toEqual({
    now: new Date(startTime).toISOString(),
    speed: 0,
  });
  const moved = await control(platform, "POST", "/clock", { advanceSeconds: 90.5 });
  expect(moved.body).toEqual({ now: "2026-05-01T08:01:30.500Z", speed: 0 });
  const reply = await platform.call("GET", "/category");
  expect(reply.headers.get("date")).toBe("Fri, 01 May 2026 08:01:30 GMT");
});

test("the clock runs with real time, or as much faster as it is told", async () => {
  const fast = await bench({}, { clock: { start: startTime, speed: 1_000_000 } });
  const before = fast.simulator.clock.now().getTime();
  await fast.call("GET", "/category");
  expect(fast.simulator.clock.now().getTime() - before).toBeGreaterThan(100_000);
  const real = await bench({}, { clock: {} });
  expect(Math.abs(real.simulator.clock.now().getTime() - Date.now())).toBeLessThan(60_000);
});

test("the clock never runs backwards", async () => {
  const platform = await bench();
  const { status, body } = await control(platform, "POST", "/clock", { advanceSeconds: -1 });
  expect(status).toBe(400);
  expect(body["error"]).toBe("advanceSeconds must be a number of at least 0.");
});

test("the clock does not leave the years that the platform can spell", async () => {
  const platform = await bench();
  const advance = (advanceSeconds: number) =>
    control(platform, "POST", "/clock", { advanceSeconds });
  for (const seconds of [1e13, 1e300]) {
    const { status, body } = await advance(seconds);
    expect([status, body["error"]]).toEqual([
      400,
      "advanceSeconds must not lead beyond the year 9999.",
    ]);
  }
  const left = (Date.parse("9999-12-31T23:59:59Z") - Date.parse(startTime)) / 1000;
  expect((await advance(left)).body["now"]).toBe("9999-12-31T23:59:59.000Z");
  const fastest = await bench({}, { clock: { start: startTime, speed: 1e300 } });
  expect((await fastest.call("GET", "/category")).headers.get("date")).toBe(
    "Fri, 31 Dec 9999 23:59:59 GMT",
  );
  const later = { start: "+010000-01-01T00:00:00Z" };
  await expect(bench({}, { clock: later })).rejects.toThrow("The clock's start must be");
});

test("faults are added, listed and deleted", async () => {
  const platform = await bench();
  const added = await control(platform, "POST", "/faults", { kind: "throttle" });
  expect(added.body).toEqual({ kind: "throttle", id: 1, remaining: 1 });
  expect((await control(platform, "GET", "/faults")).body).toEqual([added.body]);
  await control(platform, "DELETE", "/faults");
  expect((await platform.call("GET", "/category")).status).toBe(200);
  const wrong = await control(platform, "POST", "/faults", { kind: "flood" });
  expect([wrong.status, Object.keys(wrong.body)]).toEqual([400, ["error"]]);
});

test("held replies are released", async () => {
  const platform = await bench();
  await control(platform, "POST", "/faults", { kind: "hold" });
  const reply = platform.call("GET", "/category");
  let released = 0;
  while (released === 0) {
    released = Number((await control(platform, "POST", "/release")).body["released"]);
  }
  expect((await reply).status).toBe(200);
});

test("a task is stopped behind the client's back, once", async () => {
  const platform = await bench();
  const operationId = await createTask(platform, ["meter-1", "lost", "current"]);
  platform.simulator.clock.advance(2);
  expect((await control(platform, "POST", `/tasks/${operationId}/stop`)).status).toBe(200);
  const { body } = await platform.call("GET", `/operations/${operationId}`);
  expect(body).toMatchObject({
    status: "stop",
    stopTime: basic(2),
    staResult: { total: 3, stop: 2, success: 1 },
  });
  const again = await control(platform, "POST", `/tasks/${operationId}/stop`);
  expect(again.status).toBe(400);
  expect(again.body["error"]).toBe(`The task ${operationId} has ended already.`);
});

test("a task is finished at once, each device as it would have ended", async () => {
  const platform = await bench();
  const operationId = await createTask(platform, ["meter-1", "bad"], {
    executeType: "device_online",
    retryType: true,
    retryTimes: 3,
  });
  await control(platform, "POST", `/tasks/${operationId}/finish`);
  expect(platform.simulator.books().tasks).toMatchObject([
    { status: "failed", stopTime: basic(0), staResult: { success: 1, fail: 1 } },
  ]);
});

test("finishing ends what would have been retried after the others, too", async () => {
  const platform = await bench({ retryRound: "afterTheOthers" });
  const policy = { executeType: "now", retryType: true, retryTimes: 3 };
  const operationId = await createTask(platform, ["bad"], policy);
  await control(platform, "POST", `/tasks/${operationId}/finish`);
  expect(platform.simulator.books().tasks).toMatchObject([{ status: "failed" }]);
});

test("a task's record is purged", async () => {
  const platform = await bench();
  const operationId = await createTask(platform, ["meter-1"]);
  await control(platform, "DELETE", `/tasks/${operationId}`);
  expect((await platform.call("GET", `/operations/${operationId}`)).status).toBe(404);
  const again = await control(platform, "DELETE", `/tasks/${operationId}`);
  expect(again.body["error"]).toBe(`There is no task ${operationId}.`);
});

test("a package is uploaded, changed and deleted", async () => {
  const platform = await bench();
  const upload = { fileId: "firmware-5", version: "V1.5", fileType: "firmwarePackage", ...kind };
  const unowned = await control(platform, "PUT", "/packages", upload);
  expect(unowned.body["error"]).toBe(
    "Say which application is meant: waterworks or laboratory or frozen.",
  );
  platform.simulator.clock.advance(60);
  await control(platform, "PUT", "/packages", { ...upload, appId: "waterworks" });
  const held = await platform.call("GET", "/category/firmware-5");
  expect(held.body).toMatchObject({ version: "V1.5", uploadTime: basic(60) });
  await control(platform, "PUT", "/packages", { ...upload, version: "V1.6" });
  expect((await platform.call("GET", "/category/firmware-5")).body["version"]).toBe("V1.6");
  const taken = await control(platform, "PUT", "/packages", { ...upload, appId: "laboratory" });
  expect(taken.body["error"]).toBe("The package firmware-5 belongs to another application.");
  expect((await control(platform, "DELETE", "/packages/firmware-5")).status).toBe(200);
  expect((await platform.call("GET", "/category/firmware-5")).status).toBe(404);
  expect((await control(platform, "DELETE", "/packages/firmware-5")).status).toBe(400);
});

test("a device is made to fail, to take longer, or to come online while its task runs", async () => {
  const platform = await bench();
  await createTask(platform, ["meter-1", "meter-2", "lost"], { executeType: "device_online" });
  platform.simulator.clock.advance(2);
  await control(platform, "PUT", "/devices/meter-1", {
    outcome: "fail",
    failureReason: "The battery is low.",
  });
  await control(platform, "PUT", "/devices/meter-2", { upgradeSeconds: 50 });
  await control(platform, "PUT", "/devices/lost", { online: true });
  platform.simulator.clock.advance(4);
  const [task] = platform.simulator.books().tasks;
  expect(task?.subTasks).toMatchObject([
    { status: "fail", detailInfo: "The battery is low." },
    { status: "processing" },
    { status: "success", startTime: basic(2) },
  ]);
});

test("a device comes online some seconds after it was told to, and goes offline again", async () => {
  const platform = await bench();
  await control(platform, "PUT", "/devices/lost", { comesOnlineAfterSeconds: 5 });
  const online = () =>
    platform.simulator.books().devices.find(({ deviceId }) => deviceId === "lost")?.online;
  platform.simulator.clock.advance(4);
  expect(online()).toBe(false);
  platform.simulator.clock.advance(1);
  expect(online()).toBe(true);
  await control(platform, "PUT", "/devices/lost", { online: false });
  platform.simulator.clock.advance(1000);
  expect(online()).toBe(false);
});

test("a new device is registered, if it says all that it is", async () => {
  const platform = await bench();
  const incomplete = await control(platform, "PUT", "/devices/new", { appId: "waterworks" });
  expect(incomplete.body["error"]).toBe(
    "The new device new.deviceType must be a text that is not empty.",
  );
  await control(platform, "PUT", "/devices/new", {
    appId: "waterworks",
    ...kind,
    groups: ["late"],
  });
  const targets = { deviceGroups: ["late"], ...kind };
  const body = { fileId: "firmware-4", targets };
  expect((await platform.call("POST", "/operations/firmwareUpgrade", body)).status).toBe(200);
});

test("another client logs in, and the token that was held ends", async () => {
  const platform = await bench();
  await control(platform, "POST", "/login/waterworks");
  expect((await platform.call("GET", "/category")).body["error_code"]).toBe("1010005");
  const unknown = await control(platform, "POST", "/login/nobody");
  expect(unknown.body["error"]).toBe("There is no application nobody.");
});

test("switches are read and changed at run time", async () => {
  const platform = await bench({ totalName: "totalSize" });
  const changed = await control(platform, "POST", "/behaviour", { callsPerMinute: null });
  expect(changed.body).toMatchObject({ callsPerMinute: null, totalName: "totalSize" });
  expect((await control(platform, "GET", "/behaviour")).body).toEqual(changed.body);
  const wrong = await control(platform, "POST", "/behaviour", { echo: "loud" });
  expect(wrong.body["error"]).toBe(
    'The behaviour.echo must be one of "asSent", "withDefaults", "withNulls".',
  );
});

test("a number of a switch is at most the seconds of ten years", async () => {
  const platform = await bench();
  const change = (value: number) =>
    control(platform, "POST", "/behaviour", { iotdaTokenLifeSeconds: value });
  expect((await change(315_360_000)).status).toBe(200);
  const { status, body } = await change(1e300);
  expect([status, body["error"]]).toEqual([
    400,
    "The behaviour.iotdaTokenLifeSeconds must be a number of at most 315360000.",
  ]);
});

test("a reset brings back the data, the time and the switches as given", async () => {
  const platform = await bench({ waitSeconds: 7 });
  await createTask(platform, ["meter-1"]);
  await platform.call("DELETE", "/category/firmware-3");
  platform.simulator.clock.advance(100);
  platform.simulator.setBehaviour({ waitSeconds: 1 });
  platform.simulator.addFault({ kind: "throttle" });
  await control(platform, "POST", "/reset");
  const { requests, tasks, packages, time } = platform.simulator.books();
  expect([requests, tasks, packages.length]).toEqual([[], [], 5]);
  expect(time).toBe(new Date(startTime).toISOString());
  expect(platform.simulator.behaviour().waitSeconds).toBe(7);
  expect(platform.simulator.faults()).toEqual([]);
  expect((await platform.call("GET", "/category")).body["error_code"]).toBe("1010005");
  expect((await platform.login()).status).toBe(200);
});

test("an unknown control call names those that there are", async () => {
  const platform = await bench();
  const { status, body } = await control(platform, "GET", "/nothing");
  expect(status).toBe(404);
  expect(body["error"]).toContain("GET /_control/books");
});

test("a control body that is no JSON object is refused", async () => {
  const platform = await bench();
  const refused = [400, { error: "The body must be a JSON object." }];
  const list = await control(platform, "POST", "/faults", [1]);
  expect([list.status, list.body]).toEqual(refused);
  const body = withJson({ kind: "drop" }, deepLists);
  const deep = await platform.send("/_control/faults", { method: "POST", body });
  expect([deep.status, deep.body]).toEqual(refused);
});
