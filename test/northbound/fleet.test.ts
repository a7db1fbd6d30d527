import { KIND } from "./scripted-platform";
import { aDevice, idsOf, meters, ScriptedFleet } from "./scripted-fleet";
import { aReply, errorOf } from "../http/requests";

function fleetOf(change: Partial<Pick<ScriptedFleet, "devices" | "groups">>) {
  const platform = Object.assign(new ScriptedFleet(), change);
  const application = platform.application();
  const fleet = application.fleet({});
  const run = <Result>(work: Promise<Result>) => platform.clock.run(work);
  return { platform, application, fleet, run };
}

describe("Devices by their ids", () => {
  it("are told with kind, versions, connection and whether they are frozen", async () => {
    const { fleet, run } = fleetOf({
      devices: [
        aDevice("meter-1", { mute: "TRUE", status: "ABNORMAL" }),
        { deviceId: "meter-2" },
        aDevice("meter-3", { fwVersion: null, status: "SOMETHING", model: " " }),
      ],
    });
    const found = await run(fleet.devices(["meter-1", "meter-2", "meter-3"]));
    expect([...found.values()]).toEqual([
      {
        id: "meter-1",
        kind: KIND,
        firmwareVersion: "V1.3",
        softwareVersion: undefined,
        connection: "ABNORMAL",
        isFrozen: true,
      },
      { id: "meter-2", kind: {}, isFrozen: false },
      { id: "meter-3", kind: { ...KIND, model: undefined }, isFrozen: false },
    ]);
  });

  it("cost one call where it is one", async () => {
    const { platform, fleet, run } = fleetOf({ devices: meters(300) });
    await run(fleet.devices(["meter-7", "meter-7"]));
    expect(platform.asked()).toEqual(["GET /dm/v1.4.0/devices/meter-7"]);
  });

  it("are found in the list where that has fewer pages, the oldest first", async () => {
    const { platform, fleet, run } = fleetOf({ devices: meters(300) });
    expect((await run(fleet.devices(idsOf(5)))).size).toBe(5);
    expect(platform.asked()).toEqual([
      "GET /dm/v1.4.0/devices?sort=ASC&pageNo=0&pageSize=250",
      "GET /dm/v1.4.0/devices?sort=ASC&pageNo=1&pageSize=250",
    ]);
  });

  it("are asked for one by one where the list is longer", async () => {
    const { platform, fleet, run } = fleetOf({ devices: meters(1_001) });
    await run(fleet.devices(idsOf(4)));
    expect(platform.asked()).toHaveLength(1 + 4);
  });

  it("that the list lacks are asked for by themselves before they are unknown", async () => {
    const { platform, fleet, run } = fleetOf({ devices: meters(10) });
    platform.hidden.add("meter-9");
    const found = await run(fleet.devices(["meter-8", "meter-9", "meter-99"]));
    expect([...found.keys()].sort()).toEqual(["meter-8", "meter-9"]);
    expect(platform.asked().slice(1)).toEqual([
      "GET /dm/v1.4.0/devices/meter-9",
      "GET /dm/v1.4.0/devices/meter-99",
    ]);
  });

  it("are not asked for again by others of the run, however many ask for one", async () => {
    const { platform, application, run } = fleetOf({ devices: meters(500) });
    for (const id of idsOf(200)) await run(application.fleet({}).devices([id]));
    // Two singly, then the two pages of the list.
    expect(platform.asked().length).toBeLessThanOrEqual(4);
  });

  it("are asked for anew where nothing old will do", async () => {
    const { platform, fleet, run } = fleetOf({ devices: meters(5) });
    await run(fleet.devices(idsOf(5)));
    platform.devices = meters(5, { fwVersion: "V1.4" });
    const kept = await run(fleet.devices(idsOf(5)));
    expect(kept.get("meter-1")?.firmwareVersion).toBe("V1.3");
    const fresh = await run(fleet.devices(idsOf(5), { maxAgeSeconds: 0 }));
    expect(fresh.get("meter-1")?.firmwareVersion).toBe("V1.4");
    // What was asked anew is what others get from then on.
    expect((await run(fleet.devices(["meter-2"]))).get("meter-2")?.firmwareVersion).toBe("V1.4");
  });

  it("that could not be asked for are an error, and asked for again", async () => {
    const { platform, fleet, run } = fleetOf({ devices: meters(1) });
    const answer = platform.script;
    platform.script = ({ path }) =>
      path.includes("/dm/")
        ? aReply(403, { error_code: "100217", error_desc: "Not authorized." })
        : undefined;
    expect(await errorOf(run(fleet.devices(["meter-1"])))).toMatchObject({ code: "100217" });
    platform.script = answer;
    expect((await run(fleet.devices(["meter-1"]))).size).toBe(1);
  });
});

describe("Groups", () => {
  const groups = { pilot: idsOf(3), fleet: idsOf(1_001), empty: [] };

  it("are found by their names, with their sizes; one that is missing is told from an empty one", async () => {
    const { fleet, run } = fleetOf({ groups });
    const found = await run(fleet.groups(["pilot", "empty", "gone"]));
    expect([...found].map(([name, group]) => [name, group?.size])).toEqual([
      ["pilot", 3],
      ["empty", 0],
      ["gone", undefined],
    ]);
  });

  it("cost one call where it is one, also where the platform's filter is fuzzy", async () => {
    const { platform, fleet, run } = fleetOf({ groups: { "pilot 2": ["a"], pilot: ["b"] } });
    expect((await run(fleet.groups(["pilot"]))).get("pilot")).toMatchObject({ id: "id-pilot" });
    expect(platform.asked()).toEqual([
      "GET /devgroup/v1.3.0/devGroups?name=pilot&pageNo=0&pageSize=500",
    ]);
  });

  it("that are missing by their id are an error with HTTP 200", async () => {
    const { fleet, run } = fleetOf({ groups });
    expect(await run(fleet.group("id-gone"))).toBeUndefined();
    expect(await run(fleet.group("id-pilot"))).toMatchObject({ name: "pilot", size: 3 });
  });

  it("tell all their members, page by page", async () => {
    const { platform, fleet, run } = fleetOf({ groups });
    const members = await run(fleet.members(["fleet", "empty", "gone"]));
    expect([...members].map(([name, ids]) => [name, ids?.length])).toEqual([
      ["fleet", 1_001],
      ["empty", 0],
      ["gone", undefined],
    ]);
    expect(platform.asked().filter((call) => call.includes("ids?"))).toEqual([
      "GET /dm/v1.2.0/devices/ids?devGroupId=id-fleet&pageNo=0&pageSize=1000",
      "GET /dm/v1.2.0/devices/ids?devGroupId=id-fleet&pageNo=1&pageSize=1000",
      "GET /dm/v1.2.0/devices/ids?devGroupId=id-empty&pageNo=0&pageSize=1000",
    ]);
  });

  it("give their devices, each once", async () => {
    const { fleet, run } = fleetOf({
      devices: meters(4),
      groups: { one: ["meter-1", "meter-2"], two: ["meter-2", "meter-3"] },
    });
    const found = await run(fleet.devicesIn(["one", "two"]));
    expect([...found.keys()].sort()).toEqual(["meter-1", "meter-2", "meter-3"]);
  });
});

describe("The list of devices", () => {
  const devices = [
    ...meters(3),
    aDevice("other-1", { model: "NBM2" }),
    aDevice("asleep", { status: "OFFLINE" }),
  ];

  it("gives those that fit, by what it can be narrowed to and by the rest", async () => {
    const { fleet, run } = fleetOf({ devices });
    const found = await run(fleet.all({ kind: KIND, connection: "ONLINE" }));
    expect(found.map(({ id }) => id)).toEqual(idsOf(3));
    expect(await run(fleet.count())).toBe(5);
  });

  it("is read no further than it takes to find so many", async () => {
    const { platform, fleet, run } = fleetOf({ devices: meters(600) });
    expect(await run(fleet.some({ kind: KIND }, 20))).toHaveLength(20);
    expect(platform.asked()).toHaveLength(1);
  });
});
