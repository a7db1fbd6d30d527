import { once } from "node:events";
import { connect } from "node:net";
import { RequestBook } from "../../src/simulator/books";
import { startSimulator, type SimulatorData } from "../../src/simulator";
import { bench, createTask, kind, startTime, world } from "./client";
import { createIotdaTask, iotdaBench, packageBody, world as iotdaWorld } from "./iotda-client";

describe("without data", () => {
  test("there is a small world with a fleet in each part", async () => {
    await using simulator = await startSimulator();
    const { devices, packages, iotda } = simulator.books();
    expect([devices.length, packages.length, iotda?.devices.length]).toEqual([50, 3, 50]);
    expect(devices.filter(({ groups }) => groups.includes("pilot"))).toHaveLength(5);
    const login = await fetch(`${simulator.url}/iocm/app/sec/v1.1.0/login`, {
      method: "POST",
      body: new URLSearchParams({ appId: "waterworks", secret: "waterworks-secret" }),
    });
    expect(login.status).toBe(200);
  });
});

test("the simulator says that it is ready, and closes at the end of its scope", async () => {
  let url: string;
  {
    await using simulator = await startSimulator({ data: world });
    url = simulator.url;
    expect(await (await fetch(`${url}/_control/ready`)).json()).toEqual({ ready: true });
  }
  await expect(fetch(`${url}/_control/ready`)).rejects.toThrow();
});

describe("the books", () => {
  test("are read from a point on", async () => {
    const { simulator, call, send } = await bench();
    await call("GET", "/category");
    const [last] = simulator.books().requests.slice(-1);
    await call("GET", "/operations");
    const after = last?.sequence ?? 0;
    expect(simulator.books({ after }).requests).toMatchObject([
      { sequence: 3, path: "/iodm/northbound/v1.5.0/operations" },
    ]);
    const { body } = await send(`/_control/books?after=${String(after)}`);
    expect(body["requests"]).toMatchObject([{ sequence: 3 }]);
    expect(body["counts"]).toMatchObject({ requests: 3 });
    expect((await send("/_control/books?after=x")).body["error"]).toBe(
      "after must be the sequence number of a request.",
    );
  });

  test("keep the last 20,000 requests, and count them all", () => {
    const book = new RequestBook();
    const headers = {};
    const request = { method: "GET", path: "/x", query: new URLSearchParams(), headers, body: "" };
    for (let number = 1; number <= 41_000; number += 1) {
      const method = number === 1 ? "POST" : "GET";
      book.enter({ ...request, method, bytes: Buffer.alloc(0), now: 0 }, null);
    }
    const kept = book.after(0);
    expect([kept.length, kept.at(-1)?.sequence]).toEqual([20_000, 41_000]);
    expect(book.counts()).toMatchObject({
      ...{ requests: 41_000, byMethod: { POST: 1, GET: 40_999 } },
    });
  });
});

describe("waiting for a task", () => {
  test("ends when it has the status", async () => {
    const platform = await bench({}, { clock: { start: startTime, speed: 200 } });
    const id = await createTask(platform, ["meter-1", "bad"]);
    await platform.simulator.untilTask(id, ["success", "failed"]);
    expect(platform.simulator.books().tasks[0]?.status).toBe("failed");
    const young = await iotdaBench({}, { clock: { start: startTime, speed: 200 } });
    await young.simulator.untilTask(await createIotdaTask(young, ["meter-1"]), "Success");
  });

  test("fails when the time is up, the simulator closes, or there is no such task", async () => {
    const platform = await bench();
    const { simulator } = platform;
    const id = await createTask(platform, ["meter-1"]);
    await expect(simulator.untilTask(id, "success", { timeoutSeconds: 0.02 })).rejects.toThrow(
      `The task ${id} is wait, not success, and the time is up.`,
    );
    await expect(simulator.untilTask("x", "success")).rejects.toThrow("There is no task x.");
    const waiting = expect(simulator.untilTask(id, "success")).rejects.toThrow(
      "and the simulator has closed.",
    );
    await simulator.close();
    await waiting;
  });
});

describe("data that the platform would not hold is refused", () => {
  const northbound = (part: object): SimulatorData => ({
    applications: [{ appId: "a", secret: "s", ...part }],
  });
  const device = { deviceId: "m", ...kind };
  const [project] = iotdaWorld.iotda?.projects ?? [];
  const [space] = project?.spaces ?? [];
  const iotda = (part: object): SimulatorData =>
    ({
      applications: [],
      iotda: { ...iotdaWorld.iotda, projects: [{ ...project, spaces: [{ ...space, ...part }] }] },
    }) as unknown as SimulatorData;

  test.each<[string, SimulatorData, string]>([
    ["a blank", northbound({ devices: [{ ...device, deviceId: "m " }] }), "devices[0].deviceId"],
    [
      "a tab",
      northbound({ devices: [{ ...device, model: "N\tB" }] }),
      "devices[0].model must have",
    ],
    ["a group of blanks", northbound({ groups: [" pilot"] }), "groups[0] must have no blanks"],
    [
      "a long id",
      northbound({ devices: [{ ...device, deviceId: "m".repeat(257) }] }),
      "at most 256",
    ],
    [
      "a fleet of none",
      northbound({ devices: [{ ...kind, prefix: "m", count: 0 }] }),
      "devices[0].count must be a number of at least 1.",
    ],
    ["a strange device", iotda({ devices: [{ deviceId: "m 1", productId: "water" }] }), "deviceId"],
    [
      "an unlisted product of a device",
      iotda({ devices: [{ deviceId: "m", productId: "heat" }], packages: [] }),
      "The space waterworks does not list the product heat, which its device m is of.",
    ],
    [
      "an unlisted product of a package",
      iotda({ products: [{ productId: "gas" }], devices: [] }),
      "The space waterworks does not list the product water, which its package 1.4 is of.",
    ],
  ])("%s", async (_name, data, sentence) => {
    await expect(startSimulator({ data })).rejects.toThrow(sentence);
  });

  test("by the control interface, too", async () => {
    const { simulator } = await iotdaBench();
    expect(() => {
      simulator.iotda.putDevice("new", { productId: "heat" }, "waterworks");
    }).toThrow("does not list the product heat");
    expect(() => {
      simulator.iotda.putDevice("a b", { productId: "water" }, "waterworks");
    }).toThrow("The new device a b.deviceId has characters that are not allowed.");
    simulator.setBehaviour({ iotdaAnyProduct: true });
    simulator.iotda.putDevice("new", { productId: "heat" }, "waterworks");
  });
});

describe("switches", () => {
  test("a task is found by its id only after a while", async () => {
    const platform = await bench({ getLagSeconds: 5 });
    const id = await createTask(platform, ["meter-1"]);
    const status = async () => (await platform.call("GET", `/operations/${id}`)).status;
    expect(await status()).toBe(404);
    platform.simulator.clock.advance(5);
    expect(await status()).toBe(200);
    const young = await iotdaBench({ getLagSeconds: 5 });
    const made = await young.call("POST", "/ota-upgrades/packages", packageBody());
    const path = `/ota-upgrades/packages/${String(made.body["package_id"])}`;
    const task = `/batchtasks/${await createIotdaTask(young, ["meter-1"])}`;
    const both = async () => [
      (await young.call("GET", path)).status,
      (await young.call("GET", task)).status,
    ];
    expect(await both()).toEqual([404, 404]);
    young.simulator.clock.advance(5);
    expect(await both()).toEqual([200, 200]);
  });

  test("any device that a task names is there", async () => {
    const platform = await bench({ anyDevice: true });
    await createTask(platform, ["nobody"]);
    const young = await iotdaBench({ anyDevice: true });
    await createIotdaTask(young, ["nobody"]);
    for (const { simulator } of [platform, young]) simulator.clock.advance(60);
    expect(platform.simulator.books().tasks[0]?.status).toBe("success");
    expect(young.simulator.books().iotda?.tasks[0]?.status).toBe("Success");
  });

  test("any product can have a package", async () => {
    const { call } = await iotdaBench({ iotdaAnyProduct: true });
    const body = packageBody({ product_id: "heat" });
    expect((await call("POST", "/ota-upgrades/packages", body)).status).toBe(201);
  });

  test("the seconds of Retry-After are told", async () => {
    const { call } = await iotdaBench({
      ...{ iotdaThrottleAnswer: "APIGW.0308+Retry-After", iotdaRetryAfterSeconds: 7 },
      iotdaCallsPerMinute: 1,
    });
    await call("GET", "/devices");
    expect((await call("GET", "/devices")).headers.get("retry-after")).toBe("7");
  });

  test("devices of another kind in a group are passed over", async () => {
    const platform = await bench({ otherKindInGroups: "passedOver" });
    const targets = { deviceGroups: ["mixed"], ...kind };
    const body = { fileId: "firmware-4", targets };
    expect((await platform.call("POST", "/operations/firmwareUpgrade", body)).status).toBe(200);
    expect(platform.simulator.books().tasks[0]?.subTasks.map(({ deviceId }) => deviceId)).toEqual([
      "small",
    ]);
  });

  test("kinds can be compared without their case", async () => {
    const body = {
      fileId: "firmware-4",
      targets: { deviceGroups: ["pilot"], ...kind, model: "nbm1" },
    };
    const strict = await bench();
    expect((await strict.call("POST", "/operations/firmwareUpgrade", body)).status).toBe(400);
    const lenient = await bench({ kindMatch: "ignoringCase" });
    expect((await lenient.call("POST", "/operations/firmwareUpgrade", body)).status).toBe(200);
  });

  test.each([
    ["atCreation", ["meter-1", "meter-2"]],
    ["atStart", ["meter-1", "meter-2", "current"]],
  ] as const)("groups are devices %s", async (iotdaGroupsResolved, expected) => {
    const platform = await iotdaBench({ iotdaGroupsResolved });
    await createIotdaTask(platform, [], {
      targets_filter: { group_ids: ["pilot"] },
      task_policy: { schedule_time: "20260501T090000Z" },
    });
    platform.simulator.clock.advance(60);
    platform.simulator.iotda.joinGroup("current", "pilot");
    platform.simulator.clock.advance(3700);
    const [task] = platform.simulator.books().iotda?.tasks ?? [];
    expect(task?.status).toBe("Success");
    expect(task?.task_details.map(({ target }) => target)).toEqual(expected);
  });

  test("a task whose groups are not devices yet can be stopped", async () => {
    const platform = await iotdaBench({ iotdaGroupsResolved: "atStart" });
    const id = await createIotdaTask(platform, [], {
      targets_filter: { group_ids: ["pilot"] },
      task_policy: { schedule_time: "20260501T090000Z" },
    });
    platform.simulator.clock.advance(60);
    platform.simulator.stopTask(id);
    platform.simulator.clock.advance(3700);
    expect(platform.simulator.books().iotda?.tasks[0]).toMatchObject({
      ...{ status: "Stopped", task_details: [] },
    });
  });

  test("a drop can reset the connection", async () => {
    const { simulator } = await bench();
    simulator.addFault({ kind: "drop", reset: true });
    const { port, hostname } = new URL(simulator.url);
    const socket = connect(Number(port), hostname);
    socket.on("data", () => undefined);
    socket.write("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNRESET");
    expect(() => simulator.addFault({ kind: "throttle", reset: true })).toThrow(
      "The fault.reset has no use for throttle; it is for drop.",
    );
  });
});
