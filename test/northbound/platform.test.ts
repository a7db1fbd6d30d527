import { LostReplyError, PlatformError } from "../../src/errors";
import { ConnectionError } from "../../src/http/send";
import type { Application } from "../../src/northbound/api/platform";
import type { TaskDeclaration } from "../../src/northbound/api/tasks";
import { readPackage } from "../../src/northbound/api/wire";
import { aReply, errorOf } from "../http/requests";
import {
  aTask,
  basic,
  type Fields,
  FIRMWARE_14,
  KIND,
  ScriptedPlatform,
} from "./scripted-platform";

const declared = (change: Partial<TaskDeclaration> = {}): TaskDeclaration => ({
  type: "firmware_upgrade",
  package: readPackage(FIRMWARE_14),
  targets: { devices: ["meter-1"] },
  policy: undefined,
  ...change,
});

function withTasks(count: number, change: (index: number) => Fields = () => ({})) {
  const platform = new ScriptedPlatform();
  const now = platform.clock.now();
  platform.tasks = Array.from({ length: count }, (_, index) =>
    aTask(`op-${String(index + 1)}`, now, {
      targets: { devices: [`other-${String(index)}`] },
      ...change(index),
    }),
  );
  const application = platform.application();
  return {
    platform,
    application,
    tasks: application.tasks({}),
    packages: application.packages({}),
  };
}

/** Starts a declared task, as a create does. */
function startIn(application: Application, declaration: TaskDeclaration) {
  const tasks = application.tasks({});
  return application.starter.start(tasks, {
    declaration,
    rerunAfter: undefined,
    beforeCreate: () => undefined,
    warn: () => undefined,
    signal: undefined,
  });
}

const LIST = "GET /operations?operationType=firmware_upgrade&pageNo=0&pageSize=100";

describe("A list", () => {
  it.each([0, 1, 99, 100, 101, 200, 250])("of %i is read whole", async (count) => {
    for (const totalName of ["totalCount", "totalSize", undefined] as const) {
      const { platform, tasks } = withTasks(count);
      platform.totalName = totalName;
      const ids = (await platform.clock.run(tasks.list({}))).map(({ id }) => id);
      expect(ids).toEqual(platform.tasks.map(({ operationId }) => operationId));
    }
  });

  it("ends where its total says, without asking for more", async () => {
    const { platform, tasks } = withTasks(200);
    await platform.clock.run(tasks.list({}));
    expect(platform.calls()).toHaveLength(2);
  });

  it("without a total may end with a page past the end that is empty or refused", async () => {
    for (const pastEnd of ["empty", "refused"] as const) {
      const { platform, tasks } = withTasks(200);
      platform.totalName = undefined;
      platform.pastEnd = pastEnd;
      expect(await platform.clock.run(tasks.list({}))).toHaveLength(200);
    }
  });

  it("whose first page is refused is an error", async () => {
    const { platform, tasks } = withTasks(1);
    platform.script = ({ path }) =>
      path.includes("/operations") ? aReply(400, { error_code: "123029" }) : undefined;
    expect(await errorOf(platform.clock.run(tasks.list({})))).toMatchObject({ code: "123029" });
  });

  it("has each task once, although tasks move between the pages while they are read", async () => {
    const { platform, tasks } = withTasks(150);
    let moves = 2;
    platform.script = ({ path }) => {
      if (path.includes("pageNo=1") && moves > 0) {
        moves -= 1;
        platform.tasks = [aTask(`new-${String(moves)}`, platform.clock.now()), ...platform.tasks];
      }
      return undefined;
    };
    const ids = (await platform.clock.run(tasks.list({}))).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(152);
  });

  it("misses none that moved to the front between two pages", async () => {
    const { platform, tasks } = withTasks(150);
    platform.script = ({ path }) => {
      if (path.includes("pageNo=1")) {
        platform.script = () => undefined;
        const moved = platform.tasks[120];
        platform.tasks = [moved ?? {}, ...platform.tasks.filter((task) => task !== moved)];
      }
      return undefined;
    };
    expect(await platform.clock.run(tasks.list({}))).toHaveLength(150);
  });

  it("whose platform counts more than it shows, twice, is an error", async () => {
    const { platform, tasks } = withTasks(3);
    platform.script = ({ path }) =>
      path.includes("/operations?pageNo=0")
        ? aReply(200, { data: platform.tasks, totalCount: 5, pageNo: 0, pageSize: 100 })
        : undefined;
    const error = await errorOf(platform.clock.run(tasks.list({})));
    expect(error.message).toMatch(/^The platform says that its list has 5 entries, and showed 3/);
  });

  it.each<[string, unknown]>([
    ["an empty object", {}],
    ["a total without its list", { totalCount: 3 }],
    ["a total and null", { data: null, totalCount: 3 }],
    ["a list that is none", { data: "maintenance" }],
    ["a maintenance text", "The platform is being maintained."],
    ["nothing", ""],
  ])(
    "that is answered with %s is read again, and then an error, for a create",
    async (_what, body) => {
      const { platform, tasks } = withTasks(0);
      let times = 1;
      platform.script = ({ method, path }) => {
        if (method !== "GET" || !path.includes("/operations") || times === 0) return undefined;
        times -= 1;
        return aReply(200, body);
      };
      const search = () => platform.clock.run(tasks.findSame(declared(), { fresh: true }));
      expect(await search()).toEqual({ tasks: [] });
      times = Infinity;
      expect((await errorOf(search())).message).toContain("not its documented reply");
    },
  );

  it("of pages shorter than asked is read whole", async () => {
    const { platform, tasks } = withTasks(250);
    platform.script = ({ path }) => {
      const { pathname, searchParams } = new URL(path, "https://platform.example");
      if (!pathname.endsWith("/operations")) return undefined;
      const first = Number(searchParams.get("pageNo")) * 40;
      return aReply(200, { data: platform.tasks.slice(first, first + 40), totalCount: 250 });
    };
    expect(await platform.clock.run(tasks.list({}))).toHaveLength(250);
  });

  it("that changes faster than it can be read is an error, not a part of it", async () => {
    const { platform, tasks } = withTasks(150);
    let made = 0;
    platform.script = ({ path }) => {
      if (path.includes("pageNo=1")) {
        made += 1;
        platform.tasks = [aTask(`new-${String(made)}`, platform.clock.now()), ...platform.tasks];
      }
      return undefined;
    };
    const error = await errorOf(platform.clock.run(tasks.list({})));
    expect(error.message).toMatch(/^The platform's list changes faster than it can be read\. /);
  });

  it("that shrinks while it is read ends", async () => {
    const { platform, tasks } = withTasks(150);
    platform.pastEnd = "refused";
    platform.script = ({ path }) => {
      if (path.includes("pageNo=1")) platform.tasks = platform.tasks.slice(0, 90);
      return undefined;
    };
    expect(await platform.clock.run(tasks.list({}))).toHaveLength(90);
  });

  it("that has no end is an error, not a part of it", async () => {
    const { platform, tasks } = withTasks(100);
    platform.totalName = undefined;
    const page = { data: platform.tasks };
    platform.script = ({ path }) => (path.includes("/operations?") ? aReply(200, page) : undefined);
    const error = await platform.clock.run(errorOf(tasks.list({})));
    expect(error.message).toMatch(/^The platform's list does not end: /);
    expect(platform.calls()).toHaveLength(2);
  });

  it("always sends both paging parameters, and of the filters only those that are given", async () => {
    const { platform, tasks, packages } = withTasks(0);
    await platform.clock.run(tasks.list({ model: "NB M1", deviceId: undefined }));
    await platform.clock.run(packages.list({ fileType: "firmwarePackage", version: "V1.4" }));
    expect(platform.calls()).toEqual([
      "GET /operations?model=NB%20M1&pageNo=0&pageSize=100",
      "GET /category?fileType=firmwarePackage&version=V1.4&pageNo=0&pageSize=100",
    ]);
  });
});

describe("A search for a declared task", () => {
  const same = async (task: Fields, declaration = declared(), packages?: Fields[]) => {
    const { platform, tasks } = withTasks(0);
    platform.tasks = [aTask("op-1", platform.clock.now(), task)];
    if (packages !== undefined) platform.packages = packages;
    return platform.clock.run(tasks.findSame(declaration, { fresh: true }));
  };
  const group = { deviceGroups: ["pilot"], ...KIND };
  const window = {
    executeType: "custom",
    startTime: "20260502T080000Z",
    endTime: "20260502T090000Z",
  };

  it.each<[string, Fields, Partial<TaskDeclaration>]>([
    ["its own echo", {}, {}],
    [
      "nulls",
      { targets: { devices: ["meter-1"], deviceGroups: null, model: null }, policy: null },
      {},
    ],
    ["defaults", { policy: { executeType: "now", retryType: false } }, {}],
    ["empty texts", { policy: { executeType: "", startTime: "" } }, {}],
    ["the kind beside devices", { targets: { devices: ["meter-1"], ...KIND } }, {}],
    ["another order", { targets: { devices: ["b", "a"] } }, { targets: { devices: ["a", "b"] } }],
    ["a repetition", { targets: { devices: ["a", "a"] } }, { targets: { devices: ["a"] } }],
    ["a group", { targets: { ...group, devices: [] } }, { targets: group }],
    [
      "a window in the platform's spelling",
      { policy: window },
      {
        policy: {
          executeType: "custom",
          startTime: "2026-05-02T08:00:00Z",
          endTime: "2026-05-02T09:00:00Z",
        },
      },
    ],
  ])("finds one that is told with %s", async (_what, told, change) => {
    const found = await same(told, declared(change));
    expect(found.tasks.map(({ id }) => id)).toEqual(["op-1"]);
    expect(found.doubt).toBeUndefined();
  });

  it.each<[string, Fields, Partial<TaskDeclaration>]>([
    ["other devices", { targets: { devices: ["meter-2"] } }, {}],
    ["more devices", { targets: { devices: ["meter-1", "meter-2"] } }, {}],
    ["a group of the device's name", { targets: { ...group, deviceGroups: ["meter-1"] } }, {}],
    ["another model's group", { targets: { ...group, model: "NBM2" } }, { targets: group }],
    ["another policy", { policy: { executeType: "device_online" } }, {}],
    ["retries", { policy: { executeType: "now", retryType: true, retryTimes: 3 } }, {}],
    ["another version", { extendPara: { fileVersion: "V1.3" } }, {}],
    ["no targets", { targets: null }, {}],
    [
      "another window",
      { policy: window },
      { policy: { ...window, endTime: "2026-05-02T09:00:01Z" } },
    ],
  ])("passes over one with %s", async (_what, told, change) => {
    expect((await same(told, declared(change))).tasks).toEqual([]);
  });

  it("asks for tasks of its own kind, and does not trust the answer", async () => {
    const { platform, tasks } = withTasks(0);
    platform.script = ({ path }) =>
      path.includes("/operations?")
        ? aReply(200, {
            data: [aTask("op-1", platform.clock.now(), { operateType: "software_upgrade" })],
            totalCount: 1,
          })
        : undefined;
    const found = await platform.clock.run(tasks.findSame(declared(), { fresh: true }));
    expect(found.tasks).toEqual([]);
    expect(platform.calls()).toEqual([LIST]);
  });

  it("doubts when two packages have the version, and names them", async () => {
    const twin = { ...FIRMWARE_14, fileId: "F2" };
    const found = await same({}, declared(), [FIRMWARE_14, twin]);
    expect(found.doubt).toContain("there are 2 packages of version V1.4");
    expect(found.doubt).toContain("F2 (firmwarePackage V1.4, WaterMeter NBM1 of HZYB)");
  });

  it("does not doubt for another model's package of the version", async () => {
    const other = { ...FIRMWARE_14, fileId: "F2", model: "NBM2" };
    expect((await same({}, declared(), [FIRMWARE_14, other])).doubt).toBeUndefined();
  });

  it("doubts when the task is older than the package that it is to have pushed", async () => {
    const uploaded = { ...FIRMWARE_14, uploadTime: "20260501T090000Z" };
    const target = readPackage(uploaded);
    const found = await same({}, declared({ package: target }), [uploaded]);
    expect(found.doubt).toBe("it was made before package F1 was uploaded, at 2026-05-01T09:00:00Z");
  });

  it("doubts when the package does not tell its version", async () => {
    const { version: _, ...untold } = FIRMWARE_14;
    const found = await same({}, declared({ package: readPackage(untold) }), [untold]);
    expect(found.tasks).toHaveLength(1);
    expect(found.doubt).toContain("does not tell the version");
  });

  it("passes over one that this process made with another package of the version", async () => {
    const { platform, application, tasks } = withTasks(0);
    const twin = readPackage({ ...FIRMWARE_14, fileId: "F2" });
    platform.packages = [FIRMWARE_14, { ...FIRMWARE_14, fileId: "F2" }];
    const { id } = await platform.clock.run(startIn(application, declared()));
    const again = await platform.clock.run(tasks.findSame(declared(), { fresh: true }));
    expect(again).toEqual({ tasks: [expect.objectContaining({ id }) as unknown] });
    const other = declared({ package: twin });
    expect(await platform.clock.run(tasks.findSame(other, { fresh: true }))).toEqual({ tasks: [] });
  });

  it.each([null, {}, { fileVersion: "" }])(
    "doubts when the platform does not tell the version: %j",
    async (extendPara) => {
      expect((await same({ extendPara })).doubt).toContain("does not tell the version");
    },
  );

  it("reads no packages when it finds nothing", async () => {
    const { platform, tasks } = withTasks(5);
    await platform.clock.run(tasks.findSame(declared(), { fresh: true }));
    expect(platform.calls()).toEqual([LIST]);
  });
});

describe("With more than 1000 tasks", () => {
  it("a search asks for those of one of the devices", async () => {
    const { platform, tasks } = withTasks(1_001, (index) =>
      index === 700 ? { targets: { devices: ["a", "b"] } } : {},
    );
    const declaration = declared({ targets: { devices: ["b", "a"] } });
    const found = await platform.clock.run(tasks.findSame(declaration, { fresh: true }));
    expect(found.tasks.map(({ id }) => id)).toEqual(["op-701"]);
    expect(platform.calls().slice(0, 2)).toEqual([
      LIST,
      "GET /operations?operationType=firmware_upgrade&deviceId=b&pageNo=0&pageSize=100",
    ]);
  });

  it("a search for groups asks for those of their kind", async () => {
    const targets = { deviceGroups: ["pilot"], ...KIND };
    const { platform, tasks } = withTasks(1_001, (index) => (index === 700 ? { targets } : {}));
    const found = await platform.clock.run(tasks.findSame(declared({ targets }), { fresh: true }));
    expect(found.tasks.map(({ id }) => id)).toEqual(["op-701"]);
    expect(platform.calls()[1]).toBe(
      "GET /operations?operationType=firmware_upgrade&deviceType=WaterMeter&model=NBM1&manufacturerName=HZYB&pageNo=0&pageSize=100",
    );
  });

  it("1000 are still listed", async () => {
    const { platform, tasks } = withTasks(1_000);
    await platform.clock.run(tasks.findSame(declared(), { fresh: true }));
    expect(platform.calls()).toHaveLength(10);
  });
});

describe("A shared list that cannot be read", () => {
  it.each([
    ["has a malformed record", aReply(200, { data: [{ operationId: 7 }], totalCount: 1 })],
    ["fails", aReply(500, { error_code: "500", error_desc: "Internal error." })],
  ])("because it %s keeps nobody from reading by id", async (_why, reply) => {
    const { platform, tasks } = withTasks(3);
    platform.script = ({ path }) =>
      path.split("?")[0]?.endsWith("/operations") === true ? reply : undefined;
    const ids = platform.tasks.map(({ operationId }) => String(operationId));
    for (const how of ["look", "poll"] as const) {
      const found = await platform.clock.run(Promise.all(ids.map((id) => tasks[how](id))));
      expect(found.map((task) => task?.id)).toEqual(ids);
    }
  });
});

describe("Many operations of one process", () => {
  const start = (application: Application, device: string) =>
    startIn(application, declared({ targets: { devices: [device] } }));
  const devices = Array.from({ length: 100 }, (_, index) => `meter-${String(index)}`);

  it("search once for a hundred creates", async () => {
    const { platform } = withTasks(30);
    const application = platform.application({ callsPerMinute: 1_000 });
    await platform.clock.run(Promise.all(devices.map((device) => start(application, device))));
    const calls = platform.calls();
    expect(calls.filter((call) => call.startsWith("POST"))).toHaveLength(100);
    expect(calls.filter((call) => call.startsWith("GET"))).toEqual([LIST]);
  });

  it("search once for each device at most, where the application has 10,000 old tasks", async () => {
    const { platform } = withTasks(10_000);
    const application = platform.application({ callsPerMinute: 1_000 });
    await platform.clock.run(Promise.all(devices.map((device) => start(application, device))));
    const calls = platform.calls();
    expect(calls.filter((call) => call.startsWith("POST"))).toHaveLength(100);
    const searches = calls.filter((call) => call.startsWith("GET"));
    expect(searches[0]).toBe(LIST);
    expect(searches.slice(1)).toHaveLength(100);
    for (const search of searches.slice(1)) expect(search).toContain("&deviceId=meter-");
  });

  it("search once for all groups of one kind, where the application has 10,000 old tasks", async () => {
    const { platform } = withTasks(10_000);
    const application = platform.application({ callsPerMinute: 1_000 });
    const starts = devices.map((group) =>
      startIn(application, declared({ targets: { deviceGroups: [group], ...KIND } })),
    );
    await platform.clock.run(Promise.all(starts));
    const calls = platform.calls();
    expect(calls.filter((call) => call.startsWith("POST"))).toHaveLength(100);
    expect(calls.filter((call) => call.startsWith("GET"))).toEqual([
      LIST,
      "GET /operations?operationType=firmware_upgrade&deviceType=WaterMeter&model=NBM1&manufacturerName=HZYB&pageNo=0&pageSize=100",
    ]);
  });

  it("remember what they made, although the list lags or was read before", async () => {
    const { platform, application } = withTasks(0);
    platform.listLagMilliseconds = 120_000;
    const [first, second] = [start(application, "a"), start(application, "a")];
    expect(await platform.clock.run(Promise.all([first, second]))).toEqual([
      { id: "op-1", isMade: true },
      { id: "op-1", isMade: false },
    ]);
    await platform.clock.advance(60_000);
    expect(await platform.clock.run(start(application, "a"))).toEqual({
      id: "op-1",
      isMade: false,
    });
    expect(platform.calls().filter((call) => call.startsWith("POST"))).toHaveLength(1);
  });

  it("stay under the quota of any minute, with the logins", async () => {
    const { platform } = withTasks(0);
    const application = platform.application({ callsPerMinute: 20 });
    const times: number[] = [];
    platform.script = () => {
      times.push(platform.clock.now());
      return undefined;
    };
    await platform.clock.run(Promise.all(devices.map((device) => start(application, device))));
    times.forEach((time, index) => {
      const before = times[index - 20];
      if (before !== undefined) expect(time - before).toBeGreaterThanOrEqual(60_000);
    });
  });

  it("read a hundred tasks in one list call, and as many as there are pages of them", async () => {
    for (const [count, calls] of [
      [100, 1],
      [250, 3],
      [2_000, 20],
    ] as const) {
      const { platform } = withTasks(count);
      const application = platform.application({ callsPerMinute: 1_000 });
      const ids = platform.tasks.map(({ operationId }) => String(operationId));
      const looks = ids.map((id) => application.tasks({}).look(id));
      const found = await platform.clock.run(Promise.all(looks));
      expect(found.map((task) => task?.id)).toEqual(ids);
      expect(platform.calls()).toHaveLength(calls);
    }
  });

  it("read a few of many tasks one by one, after one page", async () => {
    const { platform, application } = withTasks(1_000);
    const ids = ["op-101", "op-501", "op-999"];
    const looks = ids.map((id) => application.tasks({}).look(id));
    const found = await platform.clock.run(Promise.all(looks));
    expect(found.map((task) => task?.id)).toEqual(ids);
    expect(platform.calls()).toHaveLength(4);
  });

  it("poll a hundred tasks in one list call each time, never with a stored reply", async () => {
    const { platform, tasks } = withTasks(100);
    const ids = platform.tasks.map(({ operationId }) => String(operationId));
    for (const rounds of [1, 2, 3]) {
      await platform.clock.run(Promise.all(ids.map((id) => tasks.poll(id))));
      expect(platform.calls()).toHaveLength(rounds);
    }
  });

  it("read a single task by its id", async () => {
    const { platform, tasks } = withTasks(1_000);
    await platform.clock.run(tasks.look("op-501"));
    expect(platform.calls()).toEqual(["GET /operations/op-501"]);
  });

  it("read a hundred packages in one list call", async () => {
    const { platform, application } = withTasks(0);
    platform.packages = devices.map((fileId) => ({ ...FIRMWARE_14, fileId }));
    const looks = devices.map((fileId) => application.packages({}).look(fileId));
    const found = await platform.clock.run(Promise.all(looks));
    expect(found.map((one) => one?.fileId)).toEqual(devices);
    expect(platform.calls()).toEqual(["GET /category?pageNo=0&pageSize=100"]);
  });

  it("ask for a package by its id before they say that it is gone", async () => {
    const { platform, application } = withTasks(0);
    const looks = ["F1", "F2"].map((fileId) => application.packages({}).look(fileId));
    expect((await platform.clock.run(Promise.all(looks))).map((one) => one?.fileId)).toEqual([
      "F1",
      undefined,
    ]);
    expect(platform.calls()).toContain("GET /category/F2");
  });
});

describe("What is gone", () => {
  it("is said by the platform's own code only", async () => {
    const { platform, packages, tasks } = withTasks(0);
    expect(await platform.clock.run(packages.get("F9"))).toBeUndefined();
    expect(await platform.clock.run(tasks.read("op-9"))).toBeUndefined();
    platform.script = ({ path }) =>
      path.startsWith("/iodm") ? aReply(404, "<html>Not found</html>") : undefined;
    const asks: (() => Promise<unknown>)[] = [() => packages.get("F8"), () => tasks.read("op-8")];
    for (const ask of asks) {
      const error = await errorOf(platform.clock.run(ask()));
      expect(error).toBeInstanceOf(PlatformError);
      expect(error.message).toContain("check the endpoint");
    }
  });

  it("need not be deleted again", async () => {
    const { platform, packages } = withTasks(0);
    await platform.clock.run(packages.delete("F1"));
    await platform.clock.run(packages.delete("F1"));
    expect(platform.packages).toEqual([]);
  });
});

describe("What this process deleted", () => {
  it("is in no reply any more that was shared before", async () => {
    const { platform, packages } = withTasks(0);
    const { clock } = platform;
    const version = { version: "V1.4" };
    expect(await clock.run(packages.get("F1"))).toBeDefined();
    expect(await clock.run(packages.list(version))).toHaveLength(1);
    await clock.run(packages.delete("F1"));
    expect(await clock.run(packages.list(version))).toEqual([]);
    expect(await clock.run(packages.get("F1"))).toBeUndefined();
  });
});

describe("A create", () => {
  it("sends what is declared to the path of its kind", async () => {
    const { platform, tasks } = withTasks(0);
    await platform.clock.run(tasks.create(declared()));
    await platform.clock.run(tasks.create(declared({ type: "software_upgrade" })));
    expect(platform.calls()).toEqual([
      "POST /operations/firmwareUpgrade",
      "POST /operations/softwareUpgrade",
    ]);
    expect(JSON.parse(platform.sent.at(-1)?.body ?? "")).toEqual({
      fileId: "F1",
      targets: { devices: ["meter-1"] },
    });
  });

  it("whose reply is lost is searched for, found, and never sent again", async () => {
    const { platform, application } = withTasks(0);
    platform.script = (request) => {
      if (request.method !== "POST" || !request.path.includes("firmwareUpgrade")) return undefined;
      platform.script = () => undefined;
      platform.tasks.push(aTask("op-1", platform.clock.now()));
      return new ConnectionError("the connection was reset", true, true);
    };
    const started = platform.clock.run(startIn(application, declared()));
    expect(await started).toEqual({ id: "op-1", isMade: true });
    expect(platform.calls().filter((call) => call.startsWith("POST"))).toHaveLength(1);
  });

  it("that is answered with neither an id nor an error may have taken effect", async () => {
    const { platform, tasks } = withTasks(0);
    platform.script = ({ method, path }) =>
      method === "POST" && path.startsWith("/iodm") ? aReply(200, {}) : undefined;
    expect(await errorOf(platform.clock.run(tasks.create(declared())))).toBeInstanceOf(
      LostReplyError,
    );
  });
});

describe("A token that ended", () => {
  it("is replaced in the middle of the work, and nothing is sent twice in effect", async () => {
    const { platform, tasks } = withTasks(0);
    let refusals = 1;
    platform.script = ({ path }) => {
      if (!path.includes("firmwareUpgrade") || refusals === 0) return undefined;
      refusals -= 1;
      return aReply(403, { error_code: "1010005" });
    };
    expect(await platform.clock.run(tasks.create(declared()))).toBe("op-1");
    expect(platform.tasks).toHaveLength(1);
    expect(platform.sent.filter(({ path }) => path.endsWith("/login"))).toHaveLength(2);
  });

  it.each([
    ["1010005", "another client uses this application"],
    ["100025", '"No." (100025)'],
  ])("by %s, for good, is told as such", async (code, words) => {
    const { platform, tasks } = withTasks(0);
    platform.script = ({ path }) =>
      path.startsWith("/iodm") ? aReply(403, { error_code: code, error_desc: "No." }) : undefined;
    const error = await errorOf(platform.clock.run(tasks.read("op-1")));
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(words);
    expect(platform.sent.filter(({ path }) => path.endsWith("/login"))).toHaveLength(6);
  });
});

it("The platform's clock comes from its replies", async () => {
  const { platform, application, tasks } = withTasks(1);
  platform.script = ({ path }) =>
    path.endsWith("op-1")
      ? aReply(200, platform.tasks[0], { date: "Fri, 01 May 2026 10:00:00 GMT" })
      : undefined;
  await platform.clock.run(tasks.read("op-1"));
  expect(basic(application.now())).toBe("20260501T100000Z");
});
