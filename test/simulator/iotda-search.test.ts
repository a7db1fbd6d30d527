import type { Behaviour, SimulatorData } from "../../src/simulator";
import type { Fields, Reply } from "./client";
import { iotdaBench, world, type IotdaBench } from "./iotda-client";

const [project] = world.iotda?.projects ?? [];
const [space] = project?.spaces ?? [];

const data = {
  applications: [],
  iotda: {
    ...world.iotda,
    projects: [
      {
        ...project,
        spaces: [
          {
            ...space,
            groups: [
              { name: "pilot", id: "aaaa" },
              { name: "fleet", id: "bbbb" },
            ],
            deviceDefaults: { productId: "water", firmwareVersion: "1.3" },
            devices: [
              { deviceId: "a", groups: ["pilot", "fleet"], name: "meter-one" },
              { deviceId: "b", groups: ["fleet"], firmwareVersion: "1.4" },
              { deviceId: "c", online: false, tags: { town: "Bonn" } },
              { deviceId: "d", status: "FROZEN", productId: "gas" },
              { deviceId: "e", firmwareVersion: "", createTime: "20260101T000000Z" },
            ],
          },
        ],
      },
    ],
  },
} as unknown as SimulatorData;

interface Search extends IotdaBench {
  readonly search: (sql: string) => Promise<Reply>;
  /** The ids found, sorted. */
  readonly found: (where: string) => Promise<string[]>;
}

async function searching(behaviour: Partial<Behaviour> = {}): Promise<Search> {
  const platform = await iotdaBench({ iotdaSearchesPerSecond: null, ...behaviour }, { data });
  const search = (sql: string): Promise<Reply> =>
    platform.call("POST", "/search/query-devices", { sql });
  const found = async (where: string): Promise<string[]> =>
    ids(await search(`select * from device where ${where} limit 50`)).sort();
  return { ...platform, search, found };
}

function ids({ body }: Reply): string[] {
  return (body["devices"] as Fields[]).map((each) => String(each["device_id"]));
}

describe("a condition", () => {
  test.each([
    ["device_id in ('a', 'c')", ["a", "c"]],
    ["device_id not in ('a', 'c')", ["b", "d", "e"]],
    ["product_id = 'gas'", ["d"]],
    ["product_id != 'water'", ["d"]],
    ["status = 'OFFLINE' or status = 'FROZEN'", ["c", "d"]],
    ["group_id in ('aaaa', 'bbbb')", ["a", "b"]],
    ["group_id = 'bbbb' and fw_version = '1.4'", ["b"]],
    ["fw_version != '1.3'", ["b"]],
    ["device_id = 'a' or fw_version = '1.3' and status = 'OFFLINE'", ["a", "c"]],
    ["device_name like 'mete%'", ["a"]],
    ["tag_key = 'town'", ["c"]],
    ["tag_value like 'Bonn%'", ["c"]],
    ["create_time < '2026-04-01T00:00:00.000Z'", ["e"]],
    ["create_time > '2026-04-01T00:00:00.000Z'", ["a", "b", "c", "d"]],
    ["node_type = 'GATEWAY'", ["a", "b", "c", "d", "e"]],
    ["app_id = 'waterworks' AND gateway_id = 'a'", ["a"]],
    ["product_id = 'WATER'", []],
  ])("%s", async (where, expected) => {
    const { found } = await searching();
    expect(await found(where)).toEqual(expected);
  });

  test("!= finds devices without a value on request only", async () => {
    const { found, simulator } = await searching();
    expect(await found("fw_version != '1.3'")).toEqual(["b"]);
    simulator.setBehaviour({ iotdaSearchUnequal: "all" });
    expect(await found("fw_version != '1.3'")).toEqual(["b", "e"]);
  });
});

test("a count tells the number alone, and counts a device once", async () => {
  const { search } = await searching();
  const where = "where group_id in ('aaaa','bbbb')";
  expect((await search(`SELECT COUNT(*) FROM device ${where}`)).body).toEqual({ count: 2 });
  expect((await search(`select count(1) from device ${where}`)).body).toEqual({ count: 2 });
  expect((await search("select * from device")).body).not.toHaveProperty("count");
});

test("a row has groups, tags, modules and its marker, and no description or secret", async () => {
  const { search } = await searching();
  const { body } = await search("select * from device where device_id = 'a'");
  expect(body["devices"]).toEqual([
    {
      app_id: "waterworks",
      app_name: "waterworks",
      device_id: "a",
      node_id: "a",
      gateway_id: "a",
      device_name: "meter-one",
      node_type: "GATEWAY",
      fw_version: "1.3",
      sw_version: "V1.0",
      device_sdk_version: "",
      product_id: "water",
      product_name: "Water meter",
      status: "ONLINE",
      tags: [],
      groups: [
        { group_id: "aaaa", name: "pilot" },
        { group_id: "bbbb", name: "fleet" },
      ],
      modules: [],
      marker: expect.stringMatching(/^[0-9a-f]{24}$/) as unknown,
    },
  ]);
  const one = await search("select device_id from device where device_id = 'a'");
  expect(one.body["devices"]).toEqual([{ device_id: "a" }]);
});

test("pages go on by the marker, and offsets skip", async () => {
  const { search } = await searching();
  const first = await search("select * from device order by marker desc limit 2");
  expect(ids(first)).toEqual(["e", "d"]);
  const marker = String((first.body["devices"] as Fields[])[1]?.["marker"]);
  const rest = await search(
    `select * from device where marker < '${marker}' order by marker desc limit 50`,
  );
  expect(ids(rest)).toEqual(["c", "b", "a"]);
  expect(ids(await search("select * from device order by marker asc limit 1,2"))).toEqual([
    "b",
    "c",
  ]);
});

test("rows come in any order where none is asked for", async () => {
  const { search } = await searching();
  const orders = new Set<string>();
  for (let time = 0; time < 40; time += 1) {
    const found = ids(await search("select * from device"));
    expect(found).toHaveLength(5);
    orders.add(found.join());
  }
  expect(orders.size).toBeGreaterThan(1);
});

describe("the statement is refused", () => {
  test.each([
    ["that is too long", `select * from device where device_id = 'a' ${" ".repeat(360)}`],
    ["without a table", "select *"],
    ["on another table", "select * from devices"],
    ["of several fields", "select device_id, status from device"],
    ["of a field that there is not", "select colour from device"],
    ["of six conditions", `select * from device where ${"status = 'ONLINE' or ".repeat(5)}a`],
    [
      "of six whole conditions",
      `select * from device where ${Array(6).fill("device_id = 'a'").join(" or ")}`,
    ],
    ["with brackets", "select * from device where (device_id = 'a')"],
    ["without quotes", "select * from device where device_id = a"],
    ["with an unknown field", "select * from device where colour = 'red'"],
    ["with an operator that the field lacks", "select * from device where tag_key in ('a')"],
    ["with a comparison of texts", "select * from device where fw_version > '1'"],
    ["with like in the middle", "select * from device where device_name like '%eter%'"],
    ["with a short like", "select * from device where device_name like 'met%'"],
    ["with a version too long", `select * from device where fw_version = '${"1".repeat(65)}'`],
    ["with a strange version", "select * from device where fw_version = '1 3'"],
    ["with an unknown status", "select * from device where status = 'ASLEEP'"],
    ["with UNKNOWN nodes", "select * from device where node_type = 'UNKNOWN'"],
    ["with another time", "select * from device where create_time > '20260101T000000Z'"],
    ["ordered by another field", "select * from device order by device_id"],
    ["with a large page", "select * from device limit 51"],
    ["with a large offset", "select * from device limit 501,10"],
    ["with a join", "select * from device union select * from device"],
    ["with something behind it", "select * from device;"],
  ])("%s", async (_name, sql) => {
    const { search } = await searching();
    const reply = await search(sql);
    expect([reply.status, reply.body["error_code"]]).toEqual([400, "IOTDA.999015"]);
  });

  test("that is none", async () => {
    const { call } = await searching();
    const reply = await call("POST", "/search/query-devices", {});
    expect([reply.status, reply.body["error_code"]]).toEqual([400, "IOTDA.000006"]);
  });
});

test("an account searches once a second", async () => {
  const { search, simulator } = await searching({ iotdaSearchesPerSecond: 1 });
  expect((await search("select * from device")).status).toBe(200);
  const second = await search("select * from device");
  expect([second.status, second.body["error_code"]]).toEqual([403, "IOTDA.021101"]);
  simulator.clock.advance(1);
  expect((await search("select * from device")).status).toBe(200);
});

test("the basic edition has no search", async () => {
  const { search } = await searching({ iotdaEdition: "basic" });
  const reply = await search("select * from device");
  expect([reply.status, reply.body["error_code"]]).toEqual([403, "IOTDA.999014"]);
});

test("the search can lag behind a registration", async () => {
  const { found, simulator } = await searching({ iotdaSearchLagSeconds: 5 });
  simulator.clock.advance(5);
  simulator.iotda.putDevice("late", { productId: "gas" });
  expect(await found("product_id = 'gas'")).toEqual(["d"]);
  simulator.clock.advance(5);
  expect(await found("product_id = 'gas'")).toEqual(["d", "late"]);
});

test("a fleet of 100,000 is counted and paged at once", async () => {
  const many = {
    ...data,
    iotda: {
      ...world.iotda,
      projects: [
        {
          ...project,
          spaces: [
            {
              ...space,
              devices: [
                { prefix: "meter-", count: 90_000, productId: "water", groups: ["all"] },
                { prefix: "late-", count: 10_000, productId: "water", online: false },
              ],
            },
          ],
        },
      ],
    },
  } as unknown as SimulatorData;
  const platform = await iotdaBench({ iotdaSearchesPerSecond: null }, { data: many });
  const count = async (sql: string): Promise<unknown> =>
    (await platform.call("POST", "/search/query-devices", { sql })).body["count"];
  expect(await count("select count(*) from device")).toBe(100_000);
  expect(await count("select count(*) from device where status = 'OFFLINE'")).toBe(10_000);
  expect(await count("select count(*) from device where group_id = 'all'")).toBe(90_000);
  const page = await platform.call("GET", "/devices?limit=50&product_id=water");
  expect(page.body).toMatchObject({ devices: { length: 50 }, page: { count: 100_000 } });
});
