import { fleetReader } from "../../src/iotda/lookups/fleet-reader";
import { aDevice, idsOf, meters, ScriptedFleet } from "./scripted-fleet";
import { aTask, PACKAGE } from "./scripted-platform";

function readerOf(change: Partial<ScriptedFleet> = {}) {
  const platform = Object.assign(new ScriptedFleet(), change);
  const reader = fleetReader(platform.project());
  const run = <Result>(work: Promise<Result>) => platform.clock.run(work);
  return { platform, reader, run };
}

const devices = [
  ...meters(3),
  aDevice("meter-00004", { fw_version: "1.4", status: "FROZEN" }),
  aDevice("other", { product_id: "X", status: "INACTIVE" }),
];
const groups = { a1: [...idsOf(4), "other"], e0: [] };

test("getDevice tells what a device is, and leaves out what is not known", async () => {
  const { reader, run } = readerOf({ devices });
  expect(await run(reader.device({ deviceId: "meter-00004" }))).toEqual({
    deviceId: "meter-00004",
    productId: "NBM1",
    firmwareVersion: "1.4",
    status: "FROZEN",
    isFrozen: true,
  });
  await expect(run(reader.device({ deviceId: "gone" }))).rejects.toThrow(
    "Project project-1 has no device gone (404). Check the device id.",
  );
});

test.each([
  ["all", {}, [...idsOf(4), "other"]],
  ["of a product", { productId: "X" }, ["other"]],
  ["of a status", { status: "FROZEN" }, ["meter-00004"]],
  ["so many of a status", { status: "ONLINE", limit: 2 }, idsOf(2)],
  ["in a group", { groupId: "a1", productId: "NBM1" }, idsOf(4)],
  ["in an empty group", { groupId: "e0" }, []],
] as const)("getDevices gives %s", async (_what, args, wanted) => {
  const { reader, run } = readerOf({ devices, groups });
  const found = await run(reader.devices(args));
  expect(found.map(({ deviceId }) => deviceId).sort()).toEqual(wanted);
});

test("getDevices refuses a group that does not exist", async () => {
  const { reader, run } = readerOf({ devices, groups });
  await expect(run(reader.devices({ groupId: "dead" }))).rejects.toThrow(
    "Project project-1 has no device group dead (404). Check its id.",
  );
});

test("getDeviceGroup tells name and number of devices, by id and by name", async () => {
  const { reader, run } = readerOf({ groups });
  const group = { groupId: "a1", name: "name a1", devices: 5 };
  expect(await run(reader.deviceGroup({ groupId: "a1" }))).toEqual(group);
  expect(await run(reader.deviceGroup({ name: "name a1" }))).toEqual(group);
  await expect(run(reader.deviceGroup({ name: "nobody" }))).rejects.toThrow(
    'no device group "nobody"',
  );
  expect(await run(reader.deviceGroups({}))).toEqual([
    { groupId: "a1", name: "name a1" },
    { groupId: "e0", name: "name e0" },
  ]);
});

test("getReach counts what a push would reach, source versions and busy devices too", async () => {
  const { platform, reader, run } = readerOf({
    devices,
    groups,
    packages: [{ ...PACKAGE, support_source_versions: ["1.2"] }],
    tasks: [aTask("t-1", { targets: ["meter-00002", "meter-00003"] })],
  });
  platform.parts = {
    "t-1": [
      { target: "meter-00002", status: "Processing" },
      { target: "meter-00003", status: "Success" },
    ],
  };
  expect(
    await run(reader.reach({ versionPackage: { id: "p-14" }, targets: { groupIds: ["a1"] } })),
  ).toEqual({
    devices: 5,
    from: ["1.3"],
    onVersion: 1,
    otherKind: 1,
    unknown: 0,
    frozen: 1,
    otherSourceVersion: 3,
    online: 3,
    offline: 1,
    busy: 1,
  });
});

test("getUpgradeTaskDevices tells all devices, and refuses a task without a record", async () => {
  const { platform, reader, run } = readerOf({ tasks: [aTask("t-1"), aTask("t-2")] });
  platform.parts = {
    "t-1": [
      { target: "a", status: "Success" },
      { target: "b", status: "Fail", error: { error_code: "IOTDA.1", error_msg: "No." } },
    ],
  };
  expect(await run(reader.upgradeTaskDevices({ taskId: "t-1" }))).toEqual([
    { deviceId: "a", status: "Success" },
    { deviceId: "b", status: "Fail", reason: "No. (IOTDA.1)" },
  ]);
  platform.details = { undefined: idsOf(60) };
  const found = await run(reader.upgradeTaskDevices({ taskId: "t-2" }));
  expect(found.map(({ deviceId }) => deviceId)).toEqual(idsOf(60));
  await expect(run(reader.upgradeTaskDevices({ taskId: "t-7" }))).rejects.toThrow(
    "no upgrade task t-7 (404)",
  );
});
