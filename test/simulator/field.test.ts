import type { PlatformPart, Simulator } from "../../src/simulator";
import { bench, createTask } from "./client";
import { createIotdaTask, iotdaBench, shown } from "./iotda-client";

interface Field {
  readonly simulator: Simulator;
  readonly part: PlatformPart<object, object>;
  readonly place: string;
  readonly send: (path: string, init?: RequestInit) => Promise<{ readonly status: number }>;
}

async function northbound(): Promise<Field> {
  const { simulator, send } = await bench();
  return { simulator, part: simulator.northbound, place: "/_control", send };
}

async function iotda(): Promise<Field> {
  const { simulator, send } = await iotdaBench();
  return { simulator, part: simulator.iotda, place: "/_control/iotda", send };
}

/** The device in the books of its part. */
function booked({ simulator, place }: Field, id: string) {
  const books = simulator.books();
  const devices = place === "/_control" ? books.devices : (books.iotda?.devices ?? []);
  return devices.find(({ deviceId }) => deviceId === id);
}

describe.each([
  ["northbound", northbound],
  ["iotda", iotda],
])("in the field of %s", (_name, start) => {
  test("a device goes, comes back and reports another version", async () => {
    const field = await start();
    field.part.putDevice("meter-1", { status: "ABNORMAL", firmwareVersion: "V9" });
    expect(booked(field, "meter-1")).toMatchObject({
      ...{ status: "ABNORMAL", online: false, firmwareVersion: "V9", softwareVersion: "V1.0" },
    });
    field.part.putDevice("meter-1", { online: true });
    expect(booked(field, "meter-1")).toMatchObject({ status: "ONLINE", online: true });
    field.part.putDevice("meter-1", { online: false, comesOnlineAfterSeconds: 10 });
    expect(booked(field, "meter-1")?.status).toBe("OFFLINE");
    field.simulator.clock.advance(10);
    expect(booked(field, "meter-1")?.status).toBe("ONLINE");
  });

  test("a status that contradicts is refused", async () => {
    const { part } = await start();
    expect(() => {
      part.putDevice("meter-1", { online: true, status: "OFFLINE" });
    }).toThrow("The device cannot be OFFLINE and have online true.");
  });

  test("a device joins and leaves groups", async () => {
    const field = await start();
    const { part } = field;
    part.joinGroup("meter-1", "nobody");
    expect(booked(field, "meter-1")?.groups).toEqual(["pilot", "nobody"]);
    part.leaveGroup("meter-1", "pilot");
    expect(booked(field, "meter-1")?.groups).toEqual(["nobody"]);
    expect(() => {
      part.leaveGroup("meter-1", "pilot");
    }).toThrow("The device is not in the group pilot.");
    expect(() => {
      part.joinGroup("meter-1", "missing");
    }).toThrow("waterworks has no group missing.");
    part.putDevice("meter-1", { groups: ["pilot"] });
    expect(booked(field, "meter-1")?.groups).toEqual(["pilot"]);
  });

  test("a group is made and deleted, and its devices stay", async () => {
    const field = await start();
    const { part } = field;
    const id = part.putGroup({ name: "field", id: "f00d" }, "waterworks");
    part.joinGroup("meter-1", "field");
    part.joinGroup("meter-2", id);
    part.deleteGroup("field", "waterworks");
    expect([booked(field, "meter-1")?.groups, booked(field, "meter-2")?.groups]).toEqual([
      ["pilot"],
      ["pilot"],
    ]);
    expect(() => {
      part.deleteGroup("field", "waterworks");
    }).toThrow("waterworks has no group field.");
  });

  test("the control interface does the same", async () => {
    const field = await start();
    const { place, send } = field;
    const done = async (method: string, path: string, body?: object): Promise<number> => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      return (await send(place + path, init)).status;
    };
    expect(await done("PUT", "/groups", { name: "field", id: "field", appId: "waterworks" })).toBe(
      200,
    );
    expect(await done("PUT", "/devices/meter-1/groups/field")).toBe(200);
    expect(booked(field, "meter-1")?.groups).toEqual(["pilot", "field"]);
    expect(await done("DELETE", "/devices/meter-1/groups/pilot")).toBe(200);
    expect(booked(field, "meter-1")?.groups).toEqual(["field"]);
    expect(await done("DELETE", "/groups/field", { appId: "waterworks" })).toBe(200);
    expect(booked(field, "meter-1")?.groups).toEqual([]);
    expect(await done("PUT", "/devices/meter-1", { status: "OFFLINE" })).toBe(200);
    expect(booked(field, "meter-1")?.status).toBe("OFFLINE");
    expect(await done("DELETE", "/devices/meter-1")).toBe(200);
    expect(booked(field, "meter-1")).toBeUndefined();
    expect(await done("DELETE", "/devices/meter-1")).toBe(400);
  });
});

test("an upgrade of a device that is deleted fails", async () => {
  const old = await bench();
  await createTask(old, ["meter-1", "meter-2"]);
  old.simulator.clock.advance(2);
  old.simulator.northbound.deleteDevice("meter-1");
  old.simulator.clock.advance(60);
  expect(old.simulator.books().tasks[0]?.subTasks).toMatchObject([
    { status: "fail", detailInfo: "The device has been deleted." },
    { status: "success" },
  ]);
  const young = await iotdaBench();
  const id = await createIotdaTask(young, ["meter-1", "meter-2"]);
  young.simulator.clock.advance(3);
  young.simulator.iotda.deleteDevice("meter-1");
  young.simulator.clock.advance(60);
  expect(await shown(young, id)).toMatchObject({
    status: "PartialSuccess",
    details: { "meter-1": { status: "Fail", error: { error_code: "IOTDA.999114" } } },
  });
});

test("data without a section for it has no IoTDA part to change", async () => {
  const { simulator } = await bench();
  expect(() => {
    simulator.iotda.deleteDevice("meter-1");
  }).toThrow("The data has no iotda section.");
});
