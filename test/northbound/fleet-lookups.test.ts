import { fleetReader } from "../../src/northbound/lookups/fleet-reader";
import { aDevice, idsOf, meters, ScriptedFleet } from "./scripted-fleet";
import { aTask, KIND } from "./scripted-platform";

function readerOf(change: Partial<Pick<ScriptedFleet, "devices" | "groups" | "tasks">> = {}) {
  const platform = Object.assign(new ScriptedFleet(), change);
  const reader = fleetReader(platform.application());
  const run = <Result>(work: Promise<Result>) => platform.clock.run(work);
  return { platform, reader, run };
}

const devices = [
  ...meters(3),
  aDevice("meter-4", { fwVersion: "V1.4", status: "OFFLINE" }),
  aDevice("other", { model: "NBM2" }),
];
const groups = { pilot: [...idsOf(4), "other"], empty: [] };

describe("getDevice", () => {
  it("tells what a device is, and leaves out what is not known", async () => {
    const { reader, run } = readerOf({ devices });
    expect(await run(reader.device({ deviceId: "meter-4" }))).toEqual({
      deviceId: "meter-4",
      ...KIND,
      firmwareVersion: "V1.4",
      status: "OFFLINE",
      isFrozen: false,
    });
  });

  it("says what is wrong where there is none", async () => {
    const { reader, run } = readerOf({ devices });
    await expect(run(reader.device({ deviceId: "gone" }))).rejects.toThrow(
      "Application waterworks has no device gone (100403). Check the device id.",
    );
    await expect(run(reader.device({} as { deviceId: string }))).rejects.toThrow(
      "getDevice needs deviceId.",
    );
  });
});

describe("getDevices", () => {
  it.each([
    ["all", {}, ["meter-1", "meter-2", "meter-3", "meter-4", "other"]],
    ["of a model", { model: "NBM2" }, ["other"]],
    ["of a status", { status: "OFFLINE" }, ["meter-4"]],
    ["so many", { limit: 2 }, ["meter-1", "meter-2"]],
    ["in a group", { deviceGroup: "pilot", model: "NBM1", limit: 2 }, ["meter-1", "meter-2"]],
    ["in an empty group", { deviceGroup: "empty" }, []],
  ] as const)("gives %s", async (_what, args, wanted) => {
    const { reader, run } = readerOf({ devices, groups });
    const found = await run(reader.devices(args));
    expect(found.map(({ deviceId }) => deviceId)).toEqual(wanted);
  });

  it("refuses a group that does not exist, and what is no number", async () => {
    const { reader, run } = readerOf({ devices, groups });
    await expect(run(reader.devices({ deviceGroup: "pilto" }))).rejects.toThrow(
      'Application waterworks has no device group "pilto" (100603). Check its name.',
    );
    await expect(run(reader.devices({ limit: "2" as unknown as number }))).rejects.toThrow(
      'getDevices: limit is "2"; it must be a number.',
    );
    await expect(run(reader.devices({ limit: 0 }))).rejects.toThrow("a whole number from 1");
  });
});

describe("getDeviceGroup and getDeviceGroups", () => {
  it("tell the number of devices, by name and by id", async () => {
    const { reader, run } = readerOf({ groups });
    const pilot = { groupId: "id-pilot", name: "pilot", devices: 5 };
    expect(await run(reader.deviceGroup({ name: "pilot" }))).toEqual(pilot);
    expect(await run(reader.deviceGroup({ groupId: "id-pilot" }))).toEqual(pilot);
    expect(await run(reader.deviceGroups({}))).toEqual([
      pilot,
      { groupId: "id-empty", name: "empty", devices: 0 },
    ]);
  });

  it("refuse what names no group, or two", async () => {
    const { reader, run } = readerOf({ groups });
    await expect(run(reader.deviceGroup({}))).rejects.toThrow("needs name or groupId");
    await expect(run(reader.deviceGroup({ groupId: "gone" }))).rejects.toThrow(
      "no device group with id gone (100603)",
    );
  });
});

describe("getReach", () => {
  const versionPackage = { id: "F1" };

  it("counts what a push would reach", async () => {
    const { platform, reader, run } = readerOf({
      devices,
      groups,
      tasks: [
        aTask("op-9", 0, { targets: { devices: ["meter-1", "meter-2"] }, status: "processing" }),
        aTask("op-8", 0, { targets: { devices: ["far-away"] }, status: "processing" }),
      ],
    });
    platform.parts = {
      "op-9": [
        { deviceId: "meter-1", status: "success" },
        { deviceId: "meter-2", status: "processing" },
      ],
    };
    const targets = { deviceGroups: ["pilot"] };
    expect(await run(reader.reach({ versionPackage, targets }))).toEqual({
      devices: 5,
      from: ["V1.3"],
      onVersion: 1,
      otherKind: 1,
      unknown: 0,
      frozen: 0,
      online: 4,
      offline: 1,
      busy: 1,
    });
  });

  it("refuses a package or a group that is not there", async () => {
    const { reader, run } = readerOf({ devices, groups });
    const targets = { deviceGroups: ["gone"] };
    await expect(run(reader.reach({ versionPackage, targets }))).rejects.toThrow("gone");
    await expect(run(reader.reach({ versionPackage: { id: "F9" }, targets }))).rejects.toThrow(
      "has no version package F9 (123002)",
    );
  });
});

describe("getUpgradeTaskDevices", () => {
  it("tells all devices with their states and reasons", async () => {
    const { platform, reader, run } = readerOf({ tasks: [aTask("op-1", 0)] });
    platform.parts = {
      "op-1": [
        {
          ...{ deviceId: "meter-1", status: "success", detailInfo: "" },
          ...{ startTime: "20260301T080000Z", stopTime: "20260301T080130Z" },
        },
        { deviceId: "meter-2", status: "fail", detailInfo: "Low battery." },
      ],
    };
    expect(await run(reader.upgradeTaskDevices({ operationId: "op-1" }))).toEqual([
      {
        ...{ deviceId: "meter-1", status: "success" },
        ...{ startTime: "2026-03-01T08:00:00Z", stopTime: "2026-03-01T08:01:30Z" },
      },
      { deviceId: "meter-2", status: "fail", reason: "Low battery." },
    ]);
  });

  it("tells of a device that is in two parts of the task, and of no part without a device", async () => {
    const { platform, reader, run } = readerOf({ tasks: [aTask("op-1", 0)] });
    platform.parts = {
      "op-1": [
        { subOperationId: "part-1", deviceId: "meter-1", status: "success" },
        { subOperationId: "part-2", deviceId: "meter-1", status: "fail" },
        { subOperationId: "part-3", status: "wait" },
        { subOperationId: "part-4", status: "wait" },
      ],
    };
    expect(await run(reader.upgradeTaskDevices({ operationId: "op-1" }))).toEqual([
      { deviceId: "meter-1", status: "success" },
      { deviceId: "meter-1", status: "fail" },
    ]);
  });

  it("refuses a task of which there is no record", async () => {
    const { reader, run } = readerOf();
    await expect(run(reader.upgradeTaskDevices({ operationId: "op-7" }))).rejects.toThrow(
      "no upgrade task op-7 (123009)",
    );
  });
});
