import type { Behaviour, SimulatorData } from "../../src/simulator";
import type { Fields, Reply } from "./client";
import { createIotdaTask, iotdaBench, shown, world, type IotdaBench } from "./iotda-client";

const pilot = "5e25fd6d-0a1b-4c2d-8e3f-405162738495";
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
            groups: [{ name: "pilot", id: pilot, description: "First" }, "empty"],
            deviceDefaults: { productId: "water", createTime: "20260101T000000Z" },
            devices: [
              {
                ...{ deviceId: "first", groups: ["pilot"], nodeId: "node-1", name: "Meter 1" },
                ...{ secret: "hush", tags: { town: "Bonn" } },
              },
              { deviceId: "quiet", groups: [pilot, "many"], status: "ABNORMAL" },
              { deviceId: "never", status: "INACTIVE", firmwareVersion: "" },
              { deviceId: "cold", status: "FROZEN", createTime: "20260201T000000Z" },
              { deviceId: "child", gatewayId: "first" },
              { deviceId: "grandchild", gatewayId: "child", productId: "gas" },
              { prefix: "meter-", count: 600, groups: ["many"] },
            ],
          },
          {
            appId: "laboratory",
            groups: ["pilot"],
            products: [{ productId: "water" }],
            devices: [{ deviceId: "bench-1", productId: "water" }],
          },
        ],
      },
    ],
  },
} as unknown as SimulatorData;

function fleet(behaviour: Partial<Behaviour> = {}): Promise<IotdaBench> {
  return iotdaBench(behaviour, { data });
}

function listed({ body }: Reply, key: string, field: string): unknown[] {
  return (body[key] as Fields[]).map((each) => each[field]);
}

describe("the list of groups", () => {
  test("tells the newest first, neither their spaces nor their sizes", async () => {
    const { call } = await fleet();
    const reply = await call("GET", "/device-group?app_id=waterworks");
    expect(listed(reply, "device_groups", "group_id")).toEqual(["many", "empty", pilot]);
    expect(reply.body["page"]).toMatchObject({ count: 3 });
    expect((reply.body["device_groups"] as Fields[])[2]).toEqual({
      group_id: pilot,
      name: "pilot",
      description: "First",
      super_group_id: "",
      group_type: "STATIC",
    });
  });

  test("finds a whole name, in one space or in all", async () => {
    const { call } = await fleet();
    const ids = async (query: string): Promise<unknown[]> =>
      listed(await call("GET", `/device-group?${query}`), "device_groups", "group_id");
    expect(await ids("name=pilot&app_id=waterworks")).toEqual([pilot]);
    expect(await ids("name=pilot")).toEqual(["pilot", pilot]);
    expect(await ids("name=pil")).toEqual([]);
    expect(await ids("group_type=DYNAMIC")).toEqual([]);
    expect(await ids("last_modified_time=20990101T000000Z")).toEqual([]);
  });

  test.each(["name=<x>", "group_type=OTHER"])("refuses %s", async (query) => {
    const { call } = await fleet();
    const reply = await call("GET", `/device-group?${query}`);
    expect([reply.status, reply.body["error_code"]]).toEqual([400, "IOTDA.000006"]);
  });
});

test("a group is told by its id, and a missing one is 404", async () => {
  const { call } = await fleet();
  expect((await call("GET", `/device-group/${pilot}`)).body).toMatchObject({
    ...{ name: "pilot", dynamic_group_rule: "" },
  });
  expect((await call("GET", "/device-group/abcdef-0123")).status).toBe(404);
  const malformed = await call("GET", "/device-group/nobody");
  expect([malformed.status, malformed.body["error_code"]]).toEqual([400, "IOTDA.000006"]);
});

describe("the members of a group", () => {
  test("have a product, but neither status nor versions, and are counted in full", async () => {
    const { call } = await fleet();
    const { body } = await call("GET", `/device-group/${pilot}/devices`);
    expect(body).toMatchObject({
      devices: [
        { device_id: "quiet", node_id: "quiet", device_name: "quiet", product_id: "water" },
        { device_id: "first", node_id: "node-1", device_name: "Meter 1", product_id: "water" },
      ],
      page: { count: 2 },
    });
    expect(Object.keys((body["devices"] as Fields[])[0] ?? {})).toHaveLength(4);
    const one = await call("GET", "/device-group/many/devices?limit=1");
    expect(one.body["page"]).toMatchObject({ count: 601 });
    expect((await call("GET", "/device-group/ffff/devices")).status).toBe(404);
  });

  test("are all reached by the marker, beyond the largest offset", async () => {
    const { call } = await fleet();
    const seen = new Set<unknown>();
    let marker = "";
    for (;;) {
      const reply = await call("GET", `/device-group/many/devices?limit=50${marker}`);
      const ids = listed(reply, "devices", "device_id");
      if (ids.length === 0) break;
      for (const id of ids) seen.add(id);
      marker = `&marker=${String((reply.body["page"] as Fields)["marker"])}`;
    }
    expect(seen.size).toBe(601);
    const beyond = await call("GET", "/device-group/many/devices?limit=50&offset=550");
    expect([beyond.status, beyond.body["error_code"]]).toEqual([400, "IOTDA.000018"]);
  });
});

describe("the list of devices", () => {
  const total = async ({ call }: IotdaBench, query: string): Promise<unknown> =>
    ((await call("GET", `/devices?limit=1&${query}`)).body["page"] as Fields)["count"];

  test("is filtered by space, product, gateway, name and time, and by nothing else", async () => {
    const platform = await fleet();
    expect(await total(platform, "")).toBe(607);
    expect(await total(platform, "app_id=laboratory")).toBe(1);
    expect(await total(platform, "product_id=gas")).toBe(1);
    expect(await total(platform, "gateway_id=first")).toBe(1);
    expect(await total(platform, "gateway_id=first&is_cascade_query=true")).toBe(2);
    expect(await total(platform, "node_id=node-1")).toBe(1);
    expect(await total(platform, "device_name=Meter+1")).toBe(1);
    expect(await total(platform, "end_time=20260201T000000Z")).toBe(605);
    expect(await total(platform, "start_time=20260201T000000Z")).toBe(2);
    expect(await total(platform, "status=ONLINE&device_id=first")).toBe(607);
  });

  test("has fifty a page at most", async () => {
    const { call } = await fleet();
    expect((await call("GET", "/devices?limit=51")).body["error_code"]).toBe("IOTDA.000017");
    expect((await call("GET", "/devices")).body["devices"]).toHaveLength(10);
  });
});

describe("one device", () => {
  test("is told with its secrets and with times of two formats", async () => {
    const { call } = await fleet();
    const { body } = await call("GET", "/devices/first");
    expect(body).toEqual({
      app_id: "waterworks",
      app_name: "waterworks",
      device_id: "first",
      node_id: "node-1",
      gateway_id: "first",
      device_name: "Meter 1",
      node_type: "GATEWAY",
      description: "",
      fw_version: "V1.0",
      sw_version: "V1.0",
      device_sdk_version: "",
      product_id: "water",
      product_name: "Water meter",
      status: "ONLINE",
      tags: [{ tag_key: "town", tag_value: "Bonn" }],
      auth_info: {
        auth_type: "SECRET",
        secret: "hush",
        secondary_secret: "secondary-hush",
        secure_access: true,
        timeout: 0,
      },
      create_time: "20260101T000000Z",
      connection_status_update_time: "2026-01-01T00:00:00.000Z",
      active_time: "2026-01-01T00:00:00.000Z",
      modules: [],
      extension_info: {},
    });
    const list = await call("GET", "/devices?node_id=node-1");
    expect(list.text).not.toContain("hush");
    expect((list.body["devices"] as Fields[])[0]).not.toHaveProperty("create_time");
  });

  test.each([
    ["quiet", "ABNORMAL", "V1.0"],
    ["never", "INACTIVE", undefined],
    ["cold", "FROZEN", "V1.0"],
  ])("%s is %s", async (id, status, version) => {
    const { call } = await fleet();
    const { body } = await call("GET", `/devices/${id}`);
    expect([body["status"], body["fw_version"]]).toEqual([status, version]);
  });

  test("that does not exist is 404", async () => {
    const { call } = await fleet();
    const reply = await call("GET", "/devices/nobody");
    expect([reply.status, reply.body["error_code"]]).toEqual([404, "IOTDA.014000"]);
    expect((await call("GET", "/devices/a%20b")).status).toBe(400);
  });

  test("has its groups told, but not by the basic edition", async () => {
    const { call, simulator } = await fleet();
    const groups = await call("POST", "/devices/quiet/list-device-group");
    expect(listed(groups, "device_groups", "group_id")).toEqual([pilot, "many"]);
    simulator.setBehaviour({ iotdaEdition: "basic" });
    expect((await call("POST", "/devices/quiet/list-device-group")).status).toBe(403);
  });
});

test("a task for a group takes its members by the group's id", async () => {
  const platform = await fleet();
  const filter = { targets: undefined, targets_filter: { group_ids: [pilot] } };
  const id = await createIotdaTask(platform, [], filter);
  platform.simulator.clock.advance(10);
  const { details } = await shown(platform, id);
  expect(Object.keys(details).sort()).toEqual(["first", "quiet"]);
  expect((await platform.call("GET", "/devices/first")).body["fw_version"]).toBe("1.4");
});
