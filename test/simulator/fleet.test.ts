import type { Behaviour, SimulatorData } from "../../src/simulator";
import { bench, kind, type Bench, type Fields, type Reply } from "./client";

const data: SimulatorData = {
  applications: [
    {
      appId: "waterworks",
      secret: "s3cret",
      groups: [{ name: "pilot", id: "group-1", description: "First" }, "empty", "pilot2"],
      deviceDefaults: { ...kind, firmwareVersion: "V1.3", createTime: "20260101T000000Z" },
      packages: [{ fileId: "firmware-4", version: "V1.4", fileType: "firmwarePackage", ...kind }],
      devices: [
        { deviceId: "first", groups: ["pilot"], createTime: "20250101T000000Z" },
        { deviceId: "quiet", groups: ["group-1"], status: "ABNORMAL" },
        { deviceId: "never", status: "INACTIVE", firmwareVersion: "", softwareVersion: "" },
        { deviceId: "behind", gatewayId: "first", frozen: true, deviceType: "GasMeter" },
        { prefix: "meter-", count: 300, groups: ["many"], online: false },
      ],
    },
    { appId: "partner", secret: "p", authorizes: ["waterworks"], groups: ["theirs"] },
    {
      appId: "stranger",
      secret: "x",
      devices: [{ deviceId: "foreign", ...kind, groups: ["hidden"] }],
    },
  ],
};

const GROUPS = "/iocm/app/devgroup/v1.3.0/devGroups";
const MEMBERS = "/iocm/app/dm/v1.2.0/devices/ids";
const DEVICES = "/iocm/app/dm/v1.4.0/devices";

interface Fleet extends Bench {
  readonly get: (path: string) => Promise<Reply>;
}

async function fleet(behaviour: Partial<Behaviour> = {}): Promise<Fleet> {
  const platform = await bench(behaviour, { data });
  const token = String((await platform.login()).body["accessToken"]);
  const headers = { app_key: "waterworks", Authorization: `Bearer ${token}` };
  return {
    ...platform,
    call: platform.callerFor("waterworks", token),
    get: (path) => platform.send(path, { headers }),
  };
}

function codeOf({ status, body }: Reply): readonly [number, unknown] {
  return [status, body["error_code"]];
}

function idsOf({ body }: Reply): readonly unknown[] {
  return (body["devices"] as Fields[]).map(({ deviceId }) => deviceId);
}

describe("the list of groups", () => {
  test("has one group a page where the call does not say, and counts the members", async () => {
    const { get } = await fleet();
    const { body } = await get(GROUPS);
    expect(body).toEqual({
      totalCount: 4,
      pageNo: 0,
      pageSize: 1,
      list: [
        {
          id: "group-1",
          name: "pilot",
          description: "First",
          appId: "waterworks",
          maxDevNum: 0,
          curDevNum: 2,
          creator: "portal",
        },
      ],
    });
  });

  test("finds a group by its whole name, or by a part of it on request", async () => {
    const names = ({ body }: Reply): unknown[] =>
      (body["list"] as Fields[]).map(({ name }) => name);
    const exact = await fleet();
    expect(names(await exact.get(`${GROUPS}?name=pilot&pageNo=0&pageSize=500`))).toEqual(["pilot"]);
    expect(names(await exact.get(`${GROUPS}?name=nobody&pageNo=0&pageSize=500`))).toEqual([]);
    const vague = await fleet({ groupNameMatch: "contains", groupCounters: "text" });
    const reply = await vague.get(`${GROUPS}?name=pilot&pageNo=0&pageSize=500`);
    expect(names(reply)).toEqual(["pilot", "pilot2"]);
    expect(reply.body["list"]).toMatchObject([{ curDevNum: "2" }, { curDevNum: "0" }]);
  });

  test("refuses pages of more than 500", async () => {
    const { get } = await fleet();
    expect(codeOf(await get(`${GROUPS}?pageNo=0&pageSize=501`))).toEqual([400, "100405"]);
  });

  test("answers for an application that has authorized the caller, and with a 200 for others", async () => {
    const { get } = await fleet();
    const { body } = await get(`${GROUPS}?accessAppId=partner`);
    expect(body["list"]).toMatchObject([{ name: "theirs", appId: "partner" }]);
    expect(codeOf(await get(`${GROUPS}?accessAppId=stranger`))).toEqual([200, "100217"]);
    expect(codeOf(await get(`${GROUPS}?accessAppId=nobody`))).toEqual([200, "100203"]);
  });
});

test("a group that does not exist is a 200 with a code", async () => {
  const { get } = await fleet();
  expect((await get(`${GROUPS}/group-1`)).body).toMatchObject({ name: "pilot", curDevNum: 2 });
  expect(codeOf(await get(`${GROUPS}/pilot`))).toEqual([200, "100603"]);
});

test("a group without an id has the same one each time", async () => {
  const ids = await Promise.all(
    [await fleet(), await fleet()].map(async ({ get }) => {
      const { body } = await get(`${GROUPS}?name=many&pageNo=0&pageSize=500`);
      return (body["list"] as Fields[])[0]?.["id"];
    }),
  );
  expect(ids[0]).toEqual(expect.stringMatching(/^[0-9a-f]{32}$/));
  expect(ids[1]).toBe(ids[0]);
});

describe("the members of a group", () => {
  test("are ids, ten a page, with the total of all", async () => {
    const { get } = await fleet();
    const { body: groups } = await get(`${GROUPS}?name=many&pageNo=0&pageSize=500`);
    const id = String((groups["list"] as Fields[])[0]?.["id"]);
    const first = await get(`${MEMBERS}?devGroupId=${id}`);
    expect(first.body).toMatchObject({ totalCount: 300, pageNo: 0, pageSize: 10 });
    expect(first.body["deviceIds"]).toHaveLength(10);
    const all = await get(`${MEMBERS}?devGroupId=${id}&pageNo=0&pageSize=1000`);
    expect(all.body["deviceIds"]).toHaveLength(300);
    expect(codeOf(await get(`${MEMBERS}?devGroupId=${id}&pageSize=1001`))).toEqual([400, "100405"]);
  });

  test("of an unknown group are none, or refused on request", async () => {
    const { get, simulator } = await fleet();
    const path = `${MEMBERS}?devGroupId=nobody&pageNo=0&pageSize=10`;
    expect((await get(path)).body).toMatchObject({ totalCount: 0, deviceIds: [] });
    simulator.setBehaviour({ unknownGroupMembers: "100603" });
    expect(codeOf(await get(path))).toEqual([200, "100603"]);
    expect(codeOf(await get(MEMBERS))).toEqual([400, "100405"]);
  });

  test("of another application are named by accessAppId, or by appId on request", async () => {
    const { get, simulator } = await fleet();
    expect(codeOf(await get(`${MEMBERS}?devGroupId=x&accessAppId=stranger`))).toEqual([
      403,
      "100217",
    ]);
    simulator.setBehaviour({ groupMembersApplication: "appId" });
    expect(codeOf(await get(`${MEMBERS}?devGroupId=x&appId=nobody`))).toEqual([403, "100203"]);
  });
});

describe("the list of devices", () => {
  test("needs gatewayId or pageNo, and has 25 a page, or one on request", async () => {
    const { get, simulator } = await fleet();
    expect(codeOf(await get(DEVICES))).toEqual([400, "100218"]);
    expect((await get(`${DEVICES}?pageNo=0`)).body).toMatchObject({
      ...{ totalCount: 304, pageNo: 0, pageSize: 25 },
      devices: { length: 25 },
    });
    simulator.setBehaviour({ devicePageSize: 1 });
    expect(idsOf(await get(`${DEVICES}?pageNo=0`))).toEqual(["meter-300"]);
    for (const pageSize of [0, 251, "many"]) {
      const reply = await get(`${DEVICES}?pageNo=0&pageSize=${String(pageSize)}`);
      expect(codeOf(reply)).toEqual([400, "100405"]);
    }
  });

  test("is sorted by registration, the newest first", async () => {
    const { get } = await fleet();
    expect(idsOf(await get(`${DEVICES}?pageNo=0&pageSize=2`))).toEqual(["meter-300", "meter-299"]);
    expect(idsOf(await get(`${DEVICES}?pageNo=0&pageSize=2&sort=ASC`))).toEqual(["first", "quiet"]);
    const early = await get(`${DEVICES}?pageNo=0&endTime=20251231T000000Z`);
    expect(idsOf(early)).toEqual(["first"]);
    expect(codeOf(await get(`${DEVICES}?pageNo=0&endTime=2025`))).toEqual([400, "100405"]);
  });

  test("is filtered by status, type, gateway and kind of node", async () => {
    const { get, simulator } = await fleet();
    const total = async (filter: string): Promise<unknown> =>
      (await get(`${DEVICES}?pageNo=0&pageSize=1&${filter}`)).body["totalCount"];
    expect(await total("status=ONLINE")).toBe(2);
    expect(await total("status=OFFLINE")).toBe(300);
    expect(await total("status=INACTIVE")).toBe(1);
    expect(await total("deviceType=GasMeter")).toBe(1);
    expect(await total("gatewayId=first")).toBe(2);
    expect(await total("nodeType=ENDPOINT")).toBe(1);
    expect(await total("location=here")).toBe(0);
    simulator.setBehaviour({ inactiveStatus: "OFFLINE" });
    expect(await total("status=OFFLINE")).toBe(301);
    for (const filter of ["status=INACTIVE", "status=FROZEN", "nodeType=X", "sort=asc"]) {
      expect(codeOf(await get(`${DEVICES}?pageNo=0&${filter}`))).toEqual([400, "100405"]);
    }
  });
});

describe("one device", () => {
  test("is told with its kind, its versions and its status", async () => {
    const { get } = await fleet();
    expect((await get(`${DEVICES}/behind`)).body).toEqual({
      deviceId: "behind",
      gatewayId: "first",
      nodeType: "ENDPOINT",
      createTime: "20260101T000000Z",
      lastModifiedTime: "20260101T000000Z",
      deviceInfo: {
        nodeId: "behind",
        name: "behind",
        manufacturerId: "HZYB",
        manufacturerName: "HZYB",
        deviceType: "GasMeter",
        model: "NBM1",
        protocolType: "CoAP",
        status: "ONLINE",
        statusDetail: "NONE",
        mute: "TRUE",
        fwVersion: "V1.3",
        swVersion: "V1.0",
      },
      services: [],
    });
  });

  test.each([
    ["absent", undefined],
    ["empty", ""],
    ["null", null],
  ] as const)("that never reported a version has it %s", async (unreportedVersion, shown) => {
    const { get } = await fleet({ unreportedVersion });
    const info = (await get(`${DEVICES}/never`)).body["deviceInfo"] as Fields;
    expect([info["status"], info["fwVersion"], info["swVersion"]]).toEqual([
      "INACTIVE",
      shown,
      shown,
    ]);
  });

  test("that does not exist is a 404, as is one of another application", async () => {
    const { get } = await fleet();
    expect(codeOf(await get(`${DEVICES}/nobody`))).toEqual([404, "100403"]);
    expect(codeOf(await get(`${DEVICES}/foreign`))).toEqual([404, "100418"]);
    expect(codeOf(await get(`${DEVICES}/foreign?appId=stranger`))).toEqual([403, "100217"]);
  });

  test("runs another version once an upgrade has succeeded", async () => {
    const platform = await fleet();
    const body = { fileId: "firmware-4", targets: { devices: ["first"] } };
    await platform.call("POST", "/operations/firmwareUpgrade", body);
    platform.simulator.clock.advance(60);
    expect((await platform.get(`${DEVICES}/first`)).body).toMatchObject({
      lastModifiedTime: "20260501T080005Z",
      deviceInfo: { fwVersion: "V1.4" },
    });
  });
});

test("these calls need a token and count for the quota as all others", async () => {
  const { get, send } = await fleet({ callsPerMinute: 2 });
  expect(codeOf(await send(GROUPS))).toEqual([403, "1010005"]);
  await get(GROUPS);
  await get(`${DEVICES}/first`);
  expect(codeOf(await get(`${MEMBERS}?devGroupId=x`))).toEqual([403, "1010009"]);
});

describe("why a device is not upgraded", () => {
  const reason = async (
    behaviour: Partial<Behaviour>,
    deviceId: string,
    change: object = {},
  ): Promise<string | undefined> => {
    const platform = await fleet(behaviour);
    platform.simulator.putDevice(deviceId, change);
    const body = { fileId: "firmware-4", targets: { devices: [deviceId] } };
    await platform.call("POST", "/operations/firmwareUpgrade", body);
    if (behaviour.busyDevice !== undefined) {
      await platform.call("POST", "/operations/firmwareUpgrade", body);
    }
    platform.simulator.clock.advance(3600);
    return platform.simulator.books().tasks.at(-1)?.subTasks[0]?.detailInfo;
  };

  test("is said in the words of the manual", async () => {
    expect(await reason({}, "quiet")).toBe("Waiting for the device online timeout");
    const silent = { outcome: "timeout" } as const;
    expect(await reason({}, "first", { ...silent, silentAt: "version" })).toBe(
      "Waiting for report device firmware version timeout",
    );
    expect(await reason({}, "first", { ...silent, silentAt: "cell" })).toBe(
      "Waiting for report cellId timeout",
    );
    expect(await reason({}, "first", silent)).toBe(
      "Wait for the device to report upgrade result timeout",
    );
    expect(await reason({}, "first", { frozen: true })).toBe(
      "Waiting for report device firmware version timeout",
    );
    expect(await reason({}, "first", { outcome: "fail", failureReason: "noStorage" })).toBe(
      "Not enough storage for the new firmware package",
    );
    expect(await reason({ busyDevice: "fails" }, "first")).toBe("Task Conflict");
    expect(await reason({ busyDevice: "waits" }, "first")).toBe(
      "The versions are equal; the device was not upgraded.",
    );
  });
});

test("a fleet of 40,000 is there at once, and read at once", async () => {
  const many: SimulatorData = {
    applications: [
      {
        appId: "waterworks",
        secret: "s3cret",
        deviceDefaults: kind,
        devices: [
          { prefix: "meter-", count: 36_000, digits: 5, groups: ["meters"] },
          { prefix: "meter-", first: 36_001, count: 4000, groups: ["meters"], online: false },
        ],
      },
    ],
  };
  const platform = await bench({ callsPerMinute: null }, { data: many });
  const token = String((await platform.login()).body["accessToken"]);
  const headers = { app_key: "waterworks", Authorization: `Bearer ${token}` };
  const seen = new Set<unknown>();
  for (let pageNo = 0; pageNo < 160; pageNo += 1) {
    const path = `${DEVICES}?pageNo=${String(pageNo)}&pageSize=250&sort=ASC`;
    for (const id of idsOf(await platform.send(path, { headers }))) seen.add(id);
  }
  expect([seen.size, seen.has("meter-00001"), seen.has("meter-40000")]).toEqual([
    40_000,
    true,
    true,
  ]);
});
