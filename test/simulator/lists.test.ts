import { bench, createTask, kind, type Reply } from "./client";

function operationIds({ body }: Reply): unknown {
  return (body["data"] as { operationId: string }[]).map((each) => each.operationId);
}

function fileIds({ body }: Reply): unknown {
  return (body["data"] as { fileId: string }[]).map((each) => each.fileId);
}

test("pages count from 0 and tell the total", async () => {
  const { call } = await bench();
  const page = await call("GET", "/category?pageNo=1&pageSize=3");
  expect(fileIds(page)).toEqual(["other-4"]);
  expect(page.body).toMatchObject({ pageNo: 1, pageSize: 3, totalCount: 4 });
});

test.each([
  ["pageNo=-1", "123029"],
  ["pageSize=0", "123029"],
  ["pageSize=101", "123029"],
  ["pageSize=99999999999", "123029"],
  ["pageNo=first", "120015"],
  ["pageSize=2.5", "120015"],
])("%s is refused in all three lists", async (query, code) => {
  const platform = await bench();
  const operationId = await createTask(platform, ["meter-1"]);
  for (const path of ["/category", "/operations", `/operations/${operationId}/subOperations`]) {
    const { status, body } = await platform.call("GET", `${path}?${query}`);
    expect([status, body["error_code"]]).toEqual([400, code]);
  }
});

test("a page past the end is empty, or refused on request", async () => {
  const { call, simulator } = await bench();
  const page = await call("GET", "/category?pageNo=9");
  expect(page.body).toEqual({ data: [], pageNo: 9, pageSize: 10, totalCount: 4 });
  simulator.setBehaviour({ pagePastEnd: "123029" });
  expect((await call("GET", "/category?pageNo=9")).body["error_code"]).toBe("123029");
  expect((await call("GET", "/operations?pageNo=0")).status).toBe(200);
});

test("without pageNo the first page is sent, or everything on request", async () => {
  const { call, simulator } = await bench();
  expect(fileIds(await call("GET", "/category?pageSize=2"))).toHaveLength(2);
  simulator.setBehaviour({ pageNoAbsent: "noPaging" });
  expect(fileIds(await call("GET", "/category?pageSize=2"))).toHaveLength(4);
  expect(fileIds(await call("GET", "/category?pageSize=2&pageNo=0"))).toHaveLength(2);
});

test("only the list of tasks may call its total totalSize", async () => {
  const platform = await bench({ totalName: "totalSize" });
  const operationId = await createTask(platform, ["meter-1"]);
  const tasks = await platform.call("GET", "/operations");
  expect(Object.keys(tasks.body)).toEqual(["data", "pageNo", "pageSize", "totalSize"]);
  for (const path of ["/category", `/operations/${operationId}/subOperations`]) {
    expect((await platform.call("GET", path)).body).toHaveProperty("totalCount");
  }
});

test("lists come in the order of creation, its reverse, or that of the ids", async () => {
  const platform = await bench();
  const made = [
    await createTask(platform, ["meter-1"]),
    await createTask(platform, ["meter-2"]),
    await createTask(platform, ["meter-3"]),
  ];
  const listed = async () => operationIds(await platform.call("GET", "/operations"));
  expect(await listed()).toEqual(made);
  platform.simulator.setBehaviour({ listOrder: "newestFirst" });
  expect(await listed()).toEqual([...made].reverse());
  platform.simulator.setBehaviour({ listOrder: "byId" });
  expect(await listed()).toEqual([...made].sort());
});

test("the list of tasks filters by every parameter of its page", async () => {
  const platform = await bench();
  const failed = await createTask(platform, ["bad"]);
  const { body } = await platform.call("POST", "/operations/softwareUpgrade", {
    fileId: "software-2",
    targets: { devices: ["lost"] },
    policy: { executeType: "device_online" },
  });
  const waiting = body["operationId"];
  platform.simulator.clock.advance(60);
  const listed = async (query: string) =>
    operationIds(await platform.call("GET", `/operations?${query}`));
  expect(await listed("operationType=firmware_upgrade")).toEqual([failed]);
  expect(await listed("operationType=software_upgrade")).toEqual([waiting]);
  expect(await listed("operationStatus=failed")).toEqual([failed]);
  expect(await listed("operationStatus=wait")).toEqual([waiting]);
  expect(await listed("deviceId=lost")).toEqual([waiting]);
  expect(await listed("deviceId=missing")).toEqual([]);
  expect(await listed(new URLSearchParams(kind).toString())).toEqual([failed, waiting]);
  expect(await listed("model=NBM2")).toEqual([]);
});

test.each([
  ...["deviceType", "model", "manufacturerName", "version"].map((name) => ["/category", name]),
  ...["deviceType", "model", "manufacturerName", "deviceId"].map((name) => ["/operations", name]),
])("in %s a %s of 257 characters is 400 120015, and one of 256 is none", async (list, name) => {
  const { call } = await bench();
  const ask = (length: number) => call("GET", `${list}?${name}=${"x".repeat(length)}`);
  expect((await ask(256)).body).toMatchObject({ data: [], totalCount: 0 });
  expect((await ask(257)).body["error_code"]).toBe("120015");
});

test("the list of packages knows both spellings of the manufacturer on its page", async () => {
  const { call } = await bench();
  for (const name of ["manufacturerName", "manufactureName"]) {
    expect((await call("GET", `/category?${name}=HZYB`)).body).toMatchObject({ totalCount: 4 });
    expect((await call("GET", `/category?${name}=other`)).body).toMatchObject({ totalCount: 0 });
  }
});

test("tasks spell it failed and sub-tasks fail; the other spelling is 400 120015", async () => {
  const platform = await bench();
  const operationId = await createTask(platform, ["bad", "meter-1"]);
  platform.simulator.clock.advance(60);
  const sub = `/operations/${operationId}/subOperations?subOperationStatus=`;
  const failing = await platform.call("GET", `${sub}fail`);
  expect(failing.body).toMatchObject({ data: [{ deviceId: "bad" }], totalCount: 1 });
  for (const path of [
    `${sub}failed`,
    "/operations?operationStatus=fail",
    "/operations?operationType=x",
  ]) {
    expect((await platform.call("GET", path)).body["error_code"]).toBe("120015");
  }
});

test("a task of another application, or none, is 404 123009", async () => {
  const platform = await bench();
  const operationId = await createTask(platform, ["meter-1"]);
  const { body } = await platform.login("laboratory", "other-s3cret");
  const laboratory = platform.callerFor("laboratory", String(body["accessToken"]));
  expect(operationIds(await laboratory("GET", "/operations"))).toEqual([]);
  for (const path of [operationId, `${operationId}/subOperations`, "missing"]) {
    const reply = await laboratory("GET", `/operations/${path}`);
    expect([reply.status, reply.body["error_code"]]).toEqual([404, "123009"]);
  }
  expect((await laboratory("GET", "/operations/a%20b")).body["error_code"]).toBe("120015");
});

test("a new task may be listed late, while its own address works at once", async () => {
  const platform = await bench({ listLagSeconds: 30 });
  const operationId = await createTask(platform, ["meter-1"]);
  platform.simulator.clock.advance(29);
  expect(operationIds(await platform.call("GET", "/operations"))).toEqual([]);
  expect((await platform.call("GET", `/operations/${operationId}`)).status).toBe(200);
  platform.simulator.clock.advance(1);
  expect(operationIds(await platform.call("GET", "/operations"))).toEqual([operationId]);
});

test("records of ended tasks are purged after the retention, those of others are not", async () => {
  const platform = await bench({ taskRetentionSeconds: 3000 });
  const ended = await createTask(platform, ["meter-1"]);
  const waiting = await createTask(platform, ["lost"], { executeType: "device_online" });
  platform.simulator.clock.advance(3004);
  expect((await platform.call("GET", `/operations/${ended}`)).status).toBe(200);
  platform.simulator.clock.advance(1);
  const gone = await platform.call("GET", `/operations/${ended}`);
  expect([gone.status, gone.body["error_code"]]).toEqual([404, "123009"]);
  expect(operationIds(await platform.call("GET", "/operations"))).toEqual([waiting]);
});

test.each(["pageNo=2147483648", "pageNo=99999999999999999999"])(
  "%s is beyond the integers of the platform, which is 400 123029",
  async (query) => {
    const { call } = await bench();
    const reply = await call("GET", `/operations?${query}`);
    expect([reply.status, reply.body["error_code"]]).toEqual([400, "123029"]);
  },
);
