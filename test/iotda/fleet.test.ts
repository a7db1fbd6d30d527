import { aDevice, idsOf, meters, ScriptedFleet } from "./scripted-fleet";

const KIND = { productId: "NBM1" };

function fleetOf(change: Partial<ScriptedFleet>) {
  const platform = Object.assign(new ScriptedFleet(), change);
  const project = platform.project();
  const fleet = project.fleet({});
  const run = <Result>(work: Promise<Result>) => platform.clock.run(work);
  return { platform, project, fleet, run };
}

const byIds = (ids: readonly string[]): string =>
  `select * from device where device_id in (${ids.map((id) => `'${id}'`).join(",")}) limit 50`;

describe("Devices by their ids", () => {
  it("are told with product, versions, connection and whether they are frozen, and no secret", async () => {
    const { fleet, run } = fleetOf({
      devices: [aDevice("meter-1", { status: "FROZEN", sw_version: "7" })],
    });
    const found = await run(fleet.devices(["meter-1"]));
    expect([...found.values()]).toEqual([
      {
        id: "meter-1",
        kind: KIND,
        firmwareVersion: "1.3",
        softwareVersion: "7",
        connection: undefined,
        isFrozen: true,
      },
    ]);
    expect(JSON.stringify([...found])).not.toContain("s3cret");
  });

  it("are searched for, as many as a statement of 400 characters names", async () => {
    const { platform, fleet, run } = fleetOf({ devices: meters(2_000) });
    const ids = idsOf(40);
    expect((await run(fleet.devices(ids, { kind: KIND }))).size).toBe(40);
    const searches = platform.asked().filter((call) => call.startsWith("select"));
    expect(searches).toEqual([byIds(ids.slice(0, 25)), byIds(ids.slice(25))]);
    expect(searches.every(({ length }) => length <= 400)).toBe(true);
  });

  it("are searched for once a second, whoever asks", async () => {
    const { platform, project, run } = fleetOf({ devices: meters(9_000) });
    await run(
      Promise.all([
        project.fleet({}).devices(idsOf(60), { kind: KIND }),
        project.fleet({}).devices(idsOf(9_000).slice(-60), { kind: KIND }),
      ]),
    );
    const pauses = platform.searchedAt.map(
      (at, index) => at - (platform.searchedAt[index - 1] ?? 0),
    );
    expect(platform.searchedAt).toHaveLength(6);
    expect(Math.min(...pauses.slice(1))).toBeGreaterThanOrEqual(1_000);
  });

  it("are not searched for where they are asked for one at a time, and listed once that is less", async () => {
    const { platform, fleet, run } = fleetOf({ devices: meters(160) });
    for (const id of idsOf(20)) {
      expect((await run(fleet.devices([id], { kind: KIND }))).size).toBe(1);
    }
    const asked = platform.asked();
    expect(asked.filter((call) => call.startsWith("select"))).toEqual([]);
    expect(asked.filter((call) => call.startsWith("/devices/"))).toHaveLength(3);
    expect(asked.filter((call) => call.startsWith("/devices?"))).toHaveLength(1 + 4);
  });

  it("are found in the list of their product where that has fewer pages", async () => {
    const { platform, fleet, run } = fleetOf({
      devices: [
        ...meters(60),
        ...idsOf(900).map((id) => aDevice(`other-${id}`, { product_id: "X" })),
      ],
    });
    expect((await run(fleet.devices(idsOf(60), { kind: KIND }))).size).toBe(60);
    expect(platform.asked()).toEqual([
      "/devices?product_id=NBM1&limit=50",
      "/devices?product_id=NBM1&limit=50&marker=m49",
    ]);
  });

  it("of another product, which the list lacks, are searched for", async () => {
    const { fleet, run } = fleetOf({
      devices: [
        ...meters(60),
        ...meters(60).map((one) => ({
          ...one,
          product_id: "X",
          device_id: `x-${String(one["device_id"])}`,
        })),
      ],
    });
    const wanted = [...idsOf(60), ...idsOf(60).map((id) => `x-${id}`), "nobody"];
    const found = await run(fleet.devices(wanted, { kind: KIND }));
    expect(found.size).toBe(120);
    expect(found.get("x-meter-00001")?.kind).toEqual({ productId: "X" });
  });

  it("are listed, and no search is tried again, where the edition refuses it", async () => {
    const { platform, fleet, run } = fleetOf({ devices: meters(120), canSearch: false });
    expect((await run(fleet.devices(idsOf(20), { kind: KIND }))).size).toBe(20);
    expect((await run(fleet.devices(idsOf(120), { kind: KIND, maxAgeSeconds: 0 }))).size).toBe(120);
    expect(platform.searchedAt).toHaveLength(1);
  });

  it("whose ids could end a statement early are never put into one", async () => {
    const ids = ["it's", "a", "b"];
    const { platform, fleet, run } = fleetOf({ devices: ids.map((id) => aDevice(id)) });
    expect((await run(fleet.devices(ids, { kind: KIND }))).size).toBe(3);
    expect(platform.searchedAt).toHaveLength(0);
  });
});

describe("The list of devices", () => {
  it.each([true, false])(
    "of 551 is read whole, whether it tells markers or not (%s)",
    async (tellsListMarkers) => {
      const { fleet, run } = fleetOf({ devices: meters(550), tellsListMarkers });
      expect(await run(fleet.all({ kind: KIND }))).toHaveLength(550);
    },
  );

  it("beyond offset 500 is read by markers", async () => {
    const { fleet, run } = fleetOf({ devices: meters(1_200) });
    expect(await run(fleet.all({}))).toHaveLength(1_200);
  });

  it("beyond offset 500 and without markers is an error, not a part", async () => {
    const { fleet, run } = fleetOf({ devices: meters(700), tellsListMarkers: false });
    await expect(run(fleet.all({}))).rejects.toThrow("has 700 entries, and showed 550");
  });
});

describe("Groups", () => {
  const groups = { a1: idsOf(120), b2: [...idsOf(10), "other"], c3: [] };

  it.each(["404", "empty"] as const)(
    "are counted; one that is missing (%s) is told from an empty one",
    async (unknownGroup) => {
      const { fleet, run } = fleetOf({ groups, unknownGroup });
      const found = await run(fleet.groups(["a1", "c3", "dead"]));
      expect([...found].map(([id, group]) => [id, group?.size])).toEqual([
        ["a1", 120],
        ["c3", 0],
        ["dead", undefined],
      ]);
      const members = await run(fleet.members(["a1", "c3", "dead"]));
      expect([...members].map(([id, ids]) => [id, ids?.length])).toEqual([
        ["a1", 120],
        ["c3", 0],
        ["dead", undefined],
      ]);
    },
  );

  it("give their devices by searches, each once", async () => {
    const { platform, fleet, run } = fleetOf({
      devices: [...meters(300), aDevice("other")],
      groups,
    });
    expect((await run(fleet.devicesIn(["a1", "b2"]))).size).toBe(121);
    expect(platform.asked()).toHaveLength(3);
    expect(platform.asked()[1]).toMatch(
      /^select \* from device where group_id in \('a1','b2'\) and marker < '\d{24}' order by marker desc limit 50$/,
    );
  });

  it("give all devices, member by member, where rows of a search do not tell how they go on", async () => {
    const devices = [...meters(300), aDevice("other")];
    const { fleet, run } = fleetOf({ devices, groups, tellsRowMarkers: false });
    expect((await run(fleet.devicesIn(["a1", "b2"], { kind: KIND }))).size).toBe(121);
  });

  it("give the same devices where the edition has no search", async () => {
    const { fleet, run } = fleetOf({
      devices: [...meters(300), aDevice("other")],
      groups,
      canSearch: false,
    });
    expect((await run(fleet.devicesIn(["a1", "b2"], { kind: KIND }))).size).toBe(121);
  });

  it("are tallied in five searches, however large they are", async () => {
    const { platform, fleet, run } = fleetOf({
      devices: [
        ...meters(118),
        aDevice("meter-00119", { status: "FROZEN", fw_version: "1.4" }),
        aDevice("meter-00120", { status: "OFFLINE" }),
        aDevice("other", { product_id: "X" }),
      ],
      groups,
    });
    const tally = await run(
      fleet.tally(["a1", "b2"], { kind: KIND, packageKind: "firmware", version: "1.4" }),
    );
    expect(tally).toEqual({ devices: 121, online: 119, frozen: 1, otherKind: 1, onVersion: 1 });
    expect(platform.asked()).toHaveLength(5);
  });

  it("are tallied without a count of a version that would not fit into a statement", async () => {
    const ids = Array.from({ length: 7 }, (_, index) => String(index).padStart(36, "0"));
    const many = Object.fromEntries(ids.map((id) => [id, ["meter-00001"]]));
    const { platform, fleet, run } = fleetOf({ devices: meters(1), groups: many });
    const of = { kind: KIND, packageKind: "firmware", version: "1".repeat(64) } as const;
    expect(await run(fleet.tally(ids, of))).toMatchObject({ devices: 1, onVersion: undefined });
    expect(platform.asked().every(({ length }) => length <= 400)).toBe(true);
    expect((await run(fleet.devicesIn(ids))).size).toBe(1);
    expect(platform.asked().at(-1)).toMatch(/^select \* from device where group_id in /);
  });

  it("have no tally where the edition has no search", async () => {
    const { fleet, run } = fleetOf({ devices: meters(5), groups, canSearch: false });
    const of = { kind: KIND, packageKind: "firmware", version: "1.4" } as const;
    expect(await run(fleet.tally(["a1"], of))).toBeUndefined();
  });

  it("are found by their name", async () => {
    const { fleet, run } = fleetOf({ groups });
    expect(await run(fleet.named("name a1", undefined))).toEqual([
      { id: "a1", name: "name a1", description: undefined },
    ]);
    expect(await run(fleet.allGroups())).toHaveLength(3);
  });
});
