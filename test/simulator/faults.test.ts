import { request } from "node:http";
import type { FaultKind, FaultOptions } from "../../src/simulator";
import { bench, createTask, type Bench } from "./client";

const create = "/operations/firmwareUpgrade";
const body = { fileId: "firmware-4", targets: { devices: ["meter-1"] } };

async function meeting(fault: FaultOptions): Promise<Bench> {
  const platform = await bench();
  platform.simulator.addFault({ method: "POST", path: "/iodm/**", ...fault });
  return platform;
}

function made({ simulator }: Bench): number {
  return simulator.books().counts.taskPostsInEffect;
}

function lastRecord({ simulator }: Bench) {
  return simulator.books().requests.at(-1);
}

/** Waits, without sleeping, until the last request has reached some outcome. */
async function untilOutcome(platform: Bench, outcome: string): Promise<void> {
  while (lastRecord(platform)?.outcome !== outcome) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

test("throttle answers 403 1010009 although there is quota", async () => {
  const platform = await meeting({ kind: "throttle" });
  const reply = await platform.call("POST", create, body);
  expect([reply.status, reply.body["error_code"], made(platform)]).toEqual([403, "1010009", 0]);
  expect((await platform.call("POST", create, body)).status).toBe(200);
});

test.each([
  [{}, 500, 0],
  [{ status: 503 }, 503, 0],
  [{ status: 502, takesEffect: true }, 502, 1],
])("serverError %j answers %i", async (options, status, tasks) => {
  const platform = await meeting({ kind: "serverError", ...options });
  const reply = await platform.call("POST", create, body);
  expect([reply.status, reply.body["error_code"], made(platform)]).toEqual([
    status,
    "50252",
    tasks,
  ]);
});

test.each([
  [false, 0],
  [true, 1],
])("drop with takesEffect %s ends the connection without a reply", async (takesEffect, tasks) => {
  const platform = await meeting({ kind: "drop", takesEffect });
  await expect(platform.call("POST", create, body)).rejects.toThrow();
  expect(made(platform)).toBe(tasks);
  expect(lastRecord(platform)).toMatchObject({ status: null, outcome: "dropped", fault: "drop" });
});

test("cutReply breaks off in the middle of the body, after the call took effect", async () => {
  const platform = await meeting({ kind: "cutReply" });
  await expect(platform.call("POST", create, body)).rejects.toThrow();
  expect(made(platform)).toBe(1);
  expect(lastRecord(platform)).toMatchObject({ status: 200, outcome: "cut" });
});

test("cutReply sends the status and a part of the body", async () => {
  const { simulator } = await meeting({ kind: "cutReply", method: "GET" });
  const received = await new Promise<{ status: number | undefined; text: string }>((resolve) => {
    request(`${simulator.url}/iodm/northbound/v1.5.0/category`, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("error", () => undefined);
      response.on("close", () => {
        resolve({ status: response.statusCode, text });
      });
    }).end();
  });
  expect(received.status).toBe(403);
  expect(received.text).toMatch(/^\{"error_code"/);
  expect(() => JSON.parse(received.text) as unknown).toThrow();
});

test("cutReply also breaks a reply that has no body", async () => {
  const platform = await meeting({ kind: "cutReply", method: "DELETE" });
  await expect(platform.call("DELETE", "/category/firmware-3")).rejects.toThrow();
  expect(platform.simulator.books().packages).toHaveLength(4);
});

test.each([
  [{ kind: "notJson" }, 200, 1],
  [{ kind: "notJson", takesEffect: false }, 200, 0],
  [{ kind: "proxyNotFound" }, 404, 0],
] as const)("%j answers a page of HTML", async (fault, status, tasks) => {
  const platform = await meeting(fault);
  const reply = await platform.call("POST", create, body);
  expect([reply.status, made(platform)]).toEqual([status, tasks]);
  expect(reply.headers.get("content-type")).toBe("text/html");
  expect(reply.text).toContain("<html>");
});

test.each([
  ["shortPage", { data: ["firmware-3", "firmware-4"], totalCount: 4 }],
  ["noList", { totalCount: 4 }],
  ["emptyObject", {}],
] as const)("%s spoils a page of a list, and nothing else", async (kind, expected) => {
  const platform = await meeting({ kind, method: "GET", times: 2 });
  const { body: page } = await platform.call("GET", "/category");
  const { data, totalCount } = page as { data?: { fileId: string }[]; totalCount?: number };
  const shown = { data: data?.map(({ fileId }) => fileId), totalCount };
  expect(JSON.parse(JSON.stringify(shown))).toEqual(expected);
  expect((await platform.call("GET", "/category/firmware-4")).body["fileId"]).toBe("firmware-4");
});

async function refreshWith({ send, simulator }: Bench, refreshToken: unknown) {
  const fields = { appId: "waterworks", secret: "s3cret", refreshToken };
  const headers = { "Content-Type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(fields) };
  const path = "/iocm/app/sec/v1.1.0/refreshToken";
  expect(simulator.faults()).toEqual([]);
  return (await send(path, init)).status;
}

test.each<[FaultKind, number]>([
  ["tokenExpired", 200],
  ["tokenTaken", 401],
])("after %s the call is 1010005 and a refresh is %i", async (kind, refreshed) => {
  const platform = await bench();
  const login = (await platform.login()).body;
  const call = platform.callerFor("waterworks", String(login["accessToken"]));
  platform.simulator.addFault({ kind });
  const reply = await call("POST", create, body);
  expect([reply.status, reply.body["error_code"], made(platform)]).toEqual([403, "1010005", 0]);
  expect(await refreshWith(platform, login["refreshToken"])).toBe(refreshed);
});

test("slowReply answers late, when the call has long taken effect", async () => {
  const platform = await meeting({ kind: "slowReply", seconds: 0.02 });
  const reply = platform.call("POST", create, body);
  await untilOutcome(platform, "delayed");
  expect(made(platform)).toBe(1);
  expect((await reply).status).toBe(200);
});

test("a client that does not wait for a slow reply is seen to go away", async () => {
  const platform = await meeting({ kind: "slowReply", seconds: 3600 });
  const controller = new AbortController();
  const reply = fetch(`${platform.simulator.url}/iodm/any`, {
    method: "POST",
    signal: controller.signal,
  });
  await untilOutcome(platform, "delayed");
  controller.abort();
  await expect(reply).rejects.toThrow();
  await untilOutcome(platform, "abandoned");
});

test("hold keeps the reply back until it is released, while the call takes effect", async () => {
  const platform = await meeting({ kind: "hold" });
  const reply = platform.call("POST", create, body);
  await untilOutcome(platform, "held");
  expect([made(platform), lastRecord(platform)?.status]).toEqual([1, null]);
  expect(platform.simulator.releaseHeld()).toBe(1);
  expect((await reply).status).toBe(200);
  expect(platform.simulator.releaseHeld()).toBe(0);
});

test("closing the simulator ends replies that are held", async () => {
  const platform = await meeting({ kind: "hold" });
  const reply = expect(platform.call("POST", create, body)).rejects.toThrow();
  await untilOutcome(platform, "held");
  await platform.simulator.close();
  await reply;
});

test("a held call that must not take effect ends as a failure of the platform", async () => {
  const platform = await meeting({ kind: "hold", takesEffect: false });
  const reply = platform.call("POST", create, body);
  await untilOutcome(platform, "held");
  platform.simulator.releaseHeld();
  expect([(await reply).status, made(platform)]).toEqual([503, 0]);
});

test("a fault is for so many calls, after so many that pass", async () => {
  const platform = await bench();
  platform.simulator.addFault({ kind: "throttle", times: 2, after: 1 });
  const statuses: number[] = [];
  for (let index = 0; index < 5; index += 1) {
    statuses.push((await platform.call("GET", "/category")).status);
  }
  expect(statuses).toEqual([200, 403, 403, 200, 200]);
});

test("a fault is only for the method and the path that it names", async () => {
  const platform = await bench();
  const operationId = await createTask(platform, ["meter-1"]);
  const base = "/iodm/northbound/v1.5.0";
  platform.simulator.addFault({ kind: "throttle", method: "get", path: `${base}/operations/*` });
  expect((await platform.call("GET", "/operations")).status).toBe(200);
  expect((await platform.call("GET", `/operations/${operationId}/subOperations`)).status).toBe(200);
  expect((await platform.call("POST", create, body)).status).toBe(200);
  expect((await platform.call("GET", `/operations/${operationId}`)).status).toBe(403);
});

test("of several faults that match, the oldest comes first", async () => {
  const platform = await bench();
  platform.simulator.addFault({ kind: "serverError" });
  platform.simulator.addFault({ kind: "throttle" });
  expect((await platform.call("GET", "/category")).status).toBe(500);
  expect((await platform.call("GET", "/category")).status).toBe(403);
});

test("faults can be listed and forgotten", async () => {
  const { simulator, call } = await bench();
  const fault = simulator.addFault({ kind: "throttle", times: 3 });
  await call("GET", "/category");
  expect(simulator.faults()).toEqual([{ ...fault, remaining: 2 }]);
  simulator.clearFaults();
  expect((await call("GET", "/category")).status).toBe(200);
});

test("a fault meets logins too", async () => {
  const platform = await bench();
  platform.simulator.addFault({ kind: "serverError", path: "**/login" });
  expect((await platform.login()).status).toBe(500);
});

test.each([
  [{ kind: "explode" }, "The fault.kind must be one of"],
  [{ kind: "drop", times: 0 }, "The fault.times must be a number of at least 1."],
  [{ kind: "serverError", status: 404 }, "The fault.status must be a status from 500 to 599."],
  [{ kind: "drop", when: "now" }, 'The fault has the unknown key "when"'],
])("the fault %j is refused with a sentence", async (fault, message) => {
  const { simulator } = await bench();
  expect(() => simulator.addFault(fault as FaultOptions)).toThrow(message);
});

test.each<[FaultOptions, string]>([
  [{ kind: "drop", status: 503 }, "The fault.status has no use for drop; it is for serverError."],
  [{ kind: "hold", seconds: 2 }, "The fault.seconds has no use for hold; it is for slowReply."],
  [{ kind: "throttle", takesEffect: true }, "The fault.takesEffect has no use for throttle"],
  [{ kind: "shortPage", takesEffect: false }, "The fault.takesEffect has no use for shortPage"],
])("%j is refused, for its kind has no use for the option", async (fault, message) => {
  const { simulator } = await bench();
  expect(() => simulator.addFault(fault)).toThrow(message);
});
