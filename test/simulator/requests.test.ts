import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { bench, type Bench } from "./client";
import { iotdaBench } from "./iotda-client";

let complaint: jest.SpyInstance;

beforeEach(() => {
  complaint = jest.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(() => {
  jest.restoreAllMocks();
});

const list = "/iodm/northbound/v1.5.0/category";
const invalid = Uint8Array.from([0x22, 0xff, 0x22]);
const loginForm = {
  method: "POST",
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
};

function lastRecord({ simulator }: Pick<Bench, "simulator">) {
  return simulator.books().requests.at(-1);
}

test("a request in absolute form, as proxies get it, is answered like any other", async () => {
  const platform = await bench();
  const target = new URL(platform.simulator.url);
  const asked = request({ port: target.port, path: `${platform.simulator.url}${list}?version=V1` });
  asked.end();
  const [reply] = (await once(asked, "response")) as [IncomingMessage];
  expect(reply.resume().statusCode).toBe(403);
  expect(lastRecord(platform)).toMatchObject({ path: list, query: { version: "V1" } });
});

test("a log on a full disk is one sentence on stderr and a 500, and the process goes on", async () => {
  const { call, simulator } = await bench({}, { log: "/dev/full" });
  complaint.mockClear();
  const reply = await call("GET", "/category");
  expect([reply.status, reply.body["error_code"]]).toEqual([500, "50252"]);
  expect(complaint.mock.calls).toEqual([
    ["huawei-ota-simulator: The log file /dev/full cannot be written (ENOSPC).\n"],
  ]);
  expect(lastRecord({ simulator })).toMatchObject({ status: 500, outcome: "replied" });
  expect((await call("GET", "/category")).status).toBe(500);
});

test("a body beyond 16 MiB is one sentence on stderr and a 500", async () => {
  const platform = await bench();
  const body = Buffer.alloc(16 * 1024 * 1024 + 1, " ");
  const reply = await platform.send(list, { method: "POST", body });
  expect([reply.status, reply.body["error_code"]]).toEqual([500, "50252"]);
  expect(lastRecord(platform)?.body).toBe("[too large]");
  expect(complaint.mock.calls).toEqual([[expect.stringMatching(/larger than 16 MiB[^\n]*\n$/)]]);
  const control = await platform.send("/_control/behaviour", { method: "POST", body });
  expect(control.status).toBe(500);
  expect(control.body["error"]).toContain("larger than 16 MiB");
});

test.each<[string, string, RequestInit]>([
  ["a body", list, { method: "POST", body: invalid }],
  ["a query", `${list}?version=%FF`, {}],
  ["a path", `${list}/%C3`, {}],
  ["a form", "/iocm/app/sec/v1.1.0/login", { ...loginForm, body: "appId=%FF&secret=s" }],
])("%s that is not UTF-8 is 400 120015", async (_name, path, init) => {
  const { send } = await bench();
  const reply = await send(path, init);
  expect([reply.status, reply.body["error_code"]]).toEqual([400, "120015"]);
});

test("in the IoTDA part and the control interface what is not UTF-8 is refused, too", async () => {
  const { simulator } = await iotdaBench();
  const init = { method: "POST", body: invalid };
  const reply = await fetch(`${simulator.url}/v5/iot/p/batchtasks`, init);
  expect([reply.status, ((await reply.json()) as { error_code: string }).error_code]).toEqual([
    ...[400, "IOTDA.000008"],
  ]);
  const control = await fetch(`${simulator.url}/_control/behaviour`, init);
  expect(await control.json()).toEqual({ error: "The request must be UTF-8." });
});

test("a byte order mark before JSON is read over", async () => {
  const { send } = await bench();
  const body = '\uFEFF{"listLagSeconds": 7}';
  const reply = await send("/_control/behaviour", { method: "POST", body });
  expect(reply.body["listLagSeconds"]).toBe(7);
});
