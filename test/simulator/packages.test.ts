import { bench, createTask, kind, type Reply } from "./client";

function fileIds({ body }: Reply): unknown {
  return (body["data"] as { fileId: string }[]).map((each) => each.fileId);
}

test("a package has the eleven fields of the vendor's page, all texts", async () => {
  const { call } = await bench();
  const { status, body } = await call("GET", "/category/firmware-4");
  expect(status).toBe(200);
  expect(body).toEqual({
    fileId: "firmware-4",
    name: "firmware-4",
    version: "V1.4",
    fileType: "firmwarePackage",
    ...kind,
    protocolType: "CoAP",
    description: "",
    date: "",
    uploadTime: "20260501T080000Z",
  });
});

test("the list holds the application's own packages only", async () => {
  const platform = await bench();
  expect(fileIds(await platform.call("GET", "/category"))).toEqual([
    "firmware-3",
    "firmware-4",
    "software-2",
    "other-4",
  ]);
  const { body } = await platform.login("laboratory", "other-s3cret");
  const laboratory = platform.callerFor("laboratory", String(body["accessToken"]));
  expect(fileIds(await laboratory("GET", "/category"))).toEqual(["laboratory-5"]);
  expect((await laboratory("GET", "/category/firmware-4")).body["error_code"]).toBe("123002");
  expect((await laboratory("DELETE", "/category/firmware-4")).status).toBe(404);
});

test.each([
  ["fileType=softwarePackage", ["software-2"]],
  ["version=V1.4", ["firmware-4", "other-4"]],
  ["version=V1.4&model=NBM1&deviceType=WaterMeter&manufacturerName=HZYB", ["firmware-4"]],
  ["manufacturerName=", ["firmware-3", "firmware-4", "software-2", "other-4"]],
  ["version=V1", []],
])("the list filters exactly by %s", async (query, expected) => {
  const { call } = await bench();
  expect(fileIds(await call("GET", `/category?${query}`))).toEqual(expected);
});

test("a fileType that does not exist is 400 120015", async () => {
  const { call } = await bench();
  expect((await call("GET", "/category?fileType=firmware")).body["error_code"]).toBe("120015");
});

test("a deletion answers 200 with a Content-Type and without a body, a second one 404 123002", async () => {
  const { call } = await bench();
  const first = await call("DELETE", "/category/firmware-3");
  expect([first.status, first.text, first.headers.get("content-type")]).toEqual([
    200,
    "",
    "application/json",
  ]);
  const second = await call("DELETE", "/category/firmware-3");
  expect(second.status).toBe(404);
  expect(second.body).toEqual({
    error_code: "123002",
    error_desc: "Device or package file not found.",
  });
});

test("deleteStatus 204 answers a deletion so", async () => {
  const { call } = await bench({ deleteStatus: 204 });
  expect((await call("DELETE", "/category/firmware-3")).status).toBe(204);
});

test("a package in use can be deleted, and the task goes on; a switch refuses it", async () => {
  const platform = await bench();
  const operationId = await createTask(platform, ["meter-1"]);
  platform.simulator.setBehaviour({ deletePackageInUse: "120015" });
  const refused = await platform.call("DELETE", "/category/firmware-4");
  expect([refused.status, refused.body["error_code"]]).toEqual([400, "120015"]);
  platform.simulator.setBehaviour({ deletePackageInUse: "allowed" });
  expect((await platform.call("DELETE", "/category/firmware-4")).status).toBe(200);
  platform.simulator.clock.advance(60);
  const task = await platform.call("GET", `/operations/${operationId}`);
  expect(task.body["status"]).toBe("success");
});

test("a malformed fileId is 400 120015, unless any text is allowed", async () => {
  const { call, simulator } = await bench();
  expect((await call("GET", "/category/a%20b")).body["error_code"]).toBe("120015");
  expect((await call("DELETE", `/category/${"a".repeat(257)}`)).body["error_code"]).toBe("120015");
  simulator.setBehaviour({ idFormat: "any" });
  expect((await call("GET", "/category/a%20b")).body["error_code"]).toBe("123002");
});

test.each(["POST", "PUT", "PATCH"])("%s cannot upload a package", async (method) => {
  const { call, simulator } = await bench();
  for (const path of ["/category", "/category/firmware-9"]) {
    const reply = await call(method, path, { fileId: "firmware-9" });
    expect(reply.status).toBe(405);
    expect(reply.headers.get("content-type")).toBe("application/json");
    expect(reply.body["error_code"]).toBe("405");
  }
  expect(simulator.books().packages).toHaveLength(5);
});

test.each(["/nothing", "/operations/a/stop", "/category/"])(
  "the unknown path %s is a 404 in JSON, with a code that is not the vendor's",
  async (path) => {
    const { call } = await bench();
    const reply = await call("GET", path);
    expect([reply.status, reply.body["error_code"]]).toEqual([404, "404"]);
  },
);

test("a task can be neither cancelled nor deleted", async () => {
  const platform = await bench();
  const operationId = await createTask(platform, ["lost"]);
  expect((await platform.call("DELETE", `/operations/${operationId}`)).status).toBe(405);
  expect((await platform.call("POST", `/operations/${operationId}/cancel`)).status).toBe(404);
});

test("errors take the wording of the Java page, or the status 200, on request", async () => {
  const { call } = await bench({ errorTexts: "java", errorsAsOk: true });
  const reply = await call("GET", "/category/missing");
  expect(reply.status).toBe(200);
  expect(reply.body).toEqual({
    error_code: "123002",
    error_desc: "The device or package cannot be found.",
  });
});
