import { bench } from "./client";
import { iotdaBench, packageBody, taskBody, world } from "./iotda-client";

const list = "/batchtasks?task_type=firmwareUpgrade";

test("above the quota calls are 403 IOTDA.021101, or 429 with or without Retry-After", async () => {
  const { call, simulator } = await iotdaBench({ iotdaCallsPerMinute: 1 });
  expect((await call("GET", list)).status).toBe(200);
  expect(await call("GET", list)).toMatchObject({
    status: 403,
    body: { error_code: "IOTDA.021101" },
  });
  simulator.setBehaviour({ iotdaThrottleAnswer: "APIGW.0308" });
  const gateway = await call("GET", list);
  expect([gateway.status, gateway.body["error_code"]]).toEqual([429, "APIGW.0308"]);
  expect(gateway.headers.get("retry-after")).toBeNull();
  simulator.setBehaviour({ iotdaThrottleAnswer: "APIGW.0308+Retry-After" });
  expect((await call("GET", list)).headers.get("retry-after")).toBe("60");
  expect(simulator.books().counts.throttled).toBe(3);
  simulator.clock.advance(60);
  expect((await call("GET", list)).status).toBe(200);
});

test("a throttle and a failure on demand speak this part's language", async () => {
  const { call, simulator } = await iotdaBench();
  simulator.addFault({ kind: "throttle" });
  expect(await call("GET", list)).toMatchObject({
    status: 403,
    body: { error_code: "IOTDA.021101" },
  });
  simulator.addFault({ kind: "serverError", status: 503 });
  const failed = await call("GET", list);
  expect([failed.status, failed.body["error_code"]]).toEqual([503, "IOTDA.000001"]);
  expect(failed.headers.get("x-request-id")).not.toBeNull();
});

test("a lost reply leaves what was made, and the books count it", async () => {
  const { call, simulator } = await iotdaBench();
  simulator.addFault({ kind: "drop", takesEffect: true, method: "POST", times: 2 });
  await expect(call("POST", "/batchtasks", taskBody())).rejects.toThrow();
  await expect(call("POST", "/ota-upgrades/packages", packageBody())).rejects.toThrow();
  simulator.addFault({ kind: "drop", method: "POST" });
  await expect(call("POST", "/batchtasks", taskBody())).rejects.toThrow();
  const { counts, iotda } = simulator.books();
  expect(counts).toMatchObject({
    ...{ taskPosts: 2, taskPostsInEffect: 1, packagePosts: 1, packagePostsInEffect: 1 },
  });
  expect(iotda).toMatchObject({ tasks: [{ app_id: "waterworks" }] });
  expect(iotda?.packages).toHaveLength(3);
});

test("every reply has an X-Request-Id of its own, and unknown paths are 404 in JSON", async () => {
  const { call, send } = await iotdaBench();
  const ids = [(await call("GET", list)).headers, (await send("/v5/unknown")).headers];
  expect(new Set(ids.map((headers) => headers.get("x-request-id"))).size).toBe(2);
  expect(await call("GET", "/unknown")).toMatchObject({
    status: 404,
    body: { error_code: "IOTDA.000029" },
  });
});

test("without an iotda section its paths are unknown to the northbound part", async () => {
  const { send } = await bench();
  const reply = await send("/v5/iot/p/batchtasks");
  expect([reply.status, reply.body["error_code"]]).toEqual([404, "404"]);
  expect(reply.headers.get("x-request-id")).toBeNull();
});

test("both parts live at one address, and a reset takes both back", async () => {
  const applications = [{ appId: "waterworks", secret: "s3cret" }];
  const platform = await iotdaBench({}, { data: { ...world, applications } });
  const form = new URLSearchParams({ appId: "waterworks", secret: "s3cret" });
  const login = await platform.send("/iocm/app/sec/v1.1.0/login", { method: "POST", body: form });
  expect(login.status).toBe(200);
  await platform.call("POST", "/batchtasks", taskBody());
  platform.simulator.reset();
  expect(platform.simulator.books()).toMatchObject({ requests: [], iotda: { tasks: [] } });
});

test("packages, devices and files can be put there from outside", async () => {
  const { call, send, simulator } = await iotdaBench();
  const control = (path: string, body: object) =>
    send(`/_control/iotda${path}`, { method: "PUT", body: JSON.stringify(body) });
  const file = { region: "ap-southeast-1", bucket: "firmware", key: "2.0.bin" };
  expect((await control("/objects", file)).status).toBe(200);
  const made = await control("/packages", {
    ...{ appId: "waterworks", packageType: "firmwarePackage", productId: "water", version: "2.0" },
    ...file,
  });
  const path = `/ota-upgrades/packages/${String(made.body["packageId"])}`;
  expect((await call("GET", path)).body).toMatchObject({ version: "2.0" });
  expect((await control("/devices/meter-1", { firmwareVersion: "2.0" })).status).toBe(200);
  simulator.deletePackage(String(made.body["packageId"]));
  expect((await call("GET", path)).status).toBe(404);
  expect((await control("/devices/new", { appId: "nowhere" })).body).toEqual({
    error: "There is no resource space nowhere.",
  });
});
