import { LostReplyError, PlatformError } from "../../src/errors";
import { ConnectionError } from "../../src/http/send";
import type { TaskDeclaration } from "../../src/iotda/api/tasks";
import type { Project } from "../../src/iotda/api/platform";
import { aReply, errorOf } from "../http/requests";
import { aTask, bodyOf, type Fields, PACKAGE, ScriptedPlatform } from "./scripted-platform";

const URN =
  "urn:pulumi:dev::meters::pulumi-nodejs:dynamic/huawei-ota/iotda:FirmwareUpgradeTask::pilot";
const IS_FIRMWARE = { packageType: "firmwarePackage", appId: "app-1" } as const;

const declared = (change: Partial<TaskDeclaration> = {}): TaskDeclaration => ({
  taskType: "firmwareUpgrade",
  packageId: "p-14",
  targets: { devices: ["meter-1"] },
  taskName: undefined,
  urn: URN,
  ...change,
});

const aPackage = {
  appId: "app-1",
  packageType: "firmwarePackage",
  productId: "NBM1",
  version: "1.5",
  fileLocation: { obsLocation: { regionName: "r", bucketName: "b", objectKey: "k" } },
};

function withTasks(count: number, change: (index: number) => Fields = () => ({})) {
  const platform = new ScriptedPlatform();
  platform.tasks = Array.from({ length: count }, (_, index) =>
    aTask(`t-${String(index + 1)}`, change(index)),
  );
  const project = platform.project();
  return { platform, project, tasks: project.tasks({}), packages: project.packages({}) };
}

function withPackages(count: number) {
  const made = withTasks(0);
  made.platform.packages = Array.from({ length: count }, (_, index) => ({
    ...PACKAGE,
    package_id: `p-${String(index + 1)}`,
  }));
  return made;
}

/** Starts a declared task, as a create does. */
function startIn(project: Project, declaration: TaskDeclaration) {
  const tasks = project.tasks({});
  return project.starter.start(tasks, {
    declaration,
    rerunAfter: undefined,
    beforeCreate: () => undefined,
    warn: () => undefined,
    signal: undefined,
  });
}

const LIST = "GET /batchtasks?task_type=firmwareUpgrade&limit=50";

describe("A list", () => {
  it.each([0, 1, 49, 50, 51, 100, 520, 1_000])(
    "of %i is read whole, by markers and without an offset",
    async (count) => {
      const { platform, tasks } = withTasks(count);
      const ids = (await platform.clock.run(tasks.list({ taskType: "firmwareUpgrade" }))).map(
        ({ id }) => id,
      );
      expect(ids).toEqual(platform.tasks.map(({ task_id }) => task_id));
      expect(platform.calls()).toHaveLength(Math.max(1, Math.ceil(count / 50)));
      expect(platform.calls().join()).not.toContain("offset");
      expect(platform.calls()[1] ?? `${LIST}&marker=t-50`).toBe(`${LIST}&marker=t-50`);
    },
  );

  it("is paged by the markers that the platform tells, where these are not the items' ids", async () => {
    const { platform, packages } = withPackages(120);
    const { packages: all } = platform;
    platform.script = ({ path }) => {
      const first = Number(new URL(path, "https://x").searchParams.get("marker")?.slice(3) ?? 0);
      const page = { count: 120, marker: `at-${String(first + 50)}` };
      return aReply(200, { packages: all.slice(first, first + 50), page });
    };
    expect(await platform.clock.run(packages.list(IS_FIRMWARE))).toHaveLength(120);
  });

  it("is paged by ids where the platform tells the marker that it was asked with", async () => {
    const { platform, packages } = withPackages(120);
    const { packages: all } = platform;
    platform.script = ({ path }) => {
      const marker = new URL(path, "https://x").searchParams.get("marker") ?? undefined;
      const first = all.findIndex(({ package_id }) => package_id === marker) + 1;
      return aReply(200, { packages: all.slice(first, first + 50), page: { count: 120, marker } });
    };
    expect(await platform.clock.run(packages.list(IS_FIRMWARE))).toHaveLength(120);
  });

  it("without a total ends with a page that is empty", async () => {
    const { platform, packages } = withPackages(120);
    const { packages: all } = platform;
    platform.script = ({ path }) => {
      const marker = new URL(path, "https://x").searchParams.get("marker");
      const first = all.findIndex(({ package_id }) => package_id === marker) + 1;
      return aReply(200, { packages: all.slice(first, first + 50) });
    };
    expect(await platform.clock.run(packages.list(IS_FIRMWARE))).toHaveLength(120);
    expect(platform.calls()).toHaveLength(4);
  });

  it.each([
    ["empty", ""],
    ["that of the first page", "f".repeat(24)],
  ])("whose end has a marker, %s, is not begun again", async (_what, ofTheEnd) => {
    const { platform, packages } = withPackages(120);
    const { packages: all } = platform;
    platform.script = ({ path }) => {
      const marker = new URL(path, "https://x").searchParams.get("marker");
      const first = all.findIndex(({ package_id }) => package_id === marker) + 1;
      const some = marker === "p-120" ? [] : all.slice(first, first + 50);
      const last = some.at(-1)?.["package_id"] ?? ofTheEnd;
      return aReply(200, { packages: some, page: { marker: last } });
    };
    expect(await platform.clock.run(packages.list(IS_FIRMWARE))).toHaveLength(120);
    expect(platform.calls()).toHaveLength(4);
  });

  it("whose markers are empty is paged as if there were none", async () => {
    const { platform, packages, tasks } = withPackages(120);
    const { packages: all } = platform;
    platform.script = ({ path }) => {
      const { pathname, searchParams } = new URL(path, "https://x");
      const isDetails = pathname.includes("batchtasks");
      if (isDetails && searchParams.get("task_detail_status") !== "Fail") return undefined;
      const marker = searchParams.get("marker");
      const offset = Number(searchParams.get("offset") ?? 0);
      const first = all.findIndex(({ package_id }) => package_id === marker) + 1 + offset;
      const some = all.slice(first, first + 50);
      const page = { count: 120, marker: "" };
      const details = some.map(({ package_id: target }) => ({ target, status: "Fail" }));
      return aReply(200, isDetails ? { task_details: details, page } : { packages: some, page });
    };
    expect(await platform.clock.run(packages.list(IS_FIRMWARE))).toHaveLength(120);
    platform.tasks = [aTask("t-1")];
    const failed = await platform.clock.run(tasks.failedDevices("t-1"));
    expect(failed).toMatchObject({ isWhole: true, devices: { length: 120 } });
  });

  it.each<[string, Fields | string]>([
    ["an empty object", {}],
    ["a total without its list", { page: { count: 3 } }],
    ["a maintenance text", "The platform is being maintained."],
  ])("that is answered with %s is read again, and then an error", async (_what, body) => {
    const { platform, tasks, packages } = withTasks(0);
    const searches: (() => Promise<unknown>)[] = [
      () => tasks.findSame(declared(), { fresh: true }),
      () => packages.list(IS_FIRMWARE),
      () => tasks.failedDevices("t-1"),
    ];
    for (const search of searches) {
      let times = 1;
      platform.tasks = [aTask("t-1")];
      platform.script = ({ path }) => {
        if (!path.includes("?") || times === 0) return undefined;
        times -= 1;
        return aReply(200, body);
      };
      await platform.clock.run(search());
      await platform.clock.advance(60_000);
      times = Infinity;
      const error = await errorOf(platform.clock.run(search()));
      expect(error.message).toContain("not its documented reply");
    }
  });

  it("of pages shorter than asked is read whole, failed devices too", async () => {
    const { platform, packages, tasks } = withPackages(120);
    const { packages: all } = platform;
    platform.script = ({ path }) => {
      const { pathname, searchParams } = new URL(path, "https://x");
      const isDetails = pathname.includes("batchtasks");
      if (isDetails && searchParams.get("task_detail_status") !== "Fail") return undefined;
      const marker = searchParams.get("marker");
      const first = all.findIndex(({ package_id }) => package_id === marker) + 1;
      const some = all.slice(first, first + 30);
      const page = { count: 120, marker: some.at(-1)?.["package_id"] };
      const details = some.map(({ package_id: target }) => ({ target, status: "Fail" }));
      return aReply(200, isDetails ? { task_details: details, page } : { packages: some, page });
    };
    expect(await platform.clock.run(packages.list(IS_FIRMWARE))).toHaveLength(120);
    platform.tasks = [aTask("t-1")];
    const failed = await platform.clock.run(tasks.failedDevices("t-1"));
    expect(failed.devices).toHaveLength(120);
    expect(failed.isWhole).toBe(true);
  });

  it("is an error, not a part of it, when the platform takes no notice of the marker", async () => {
    const { platform, packages } = withPackages(120);
    const page = platform.packages.slice(0, 50);
    platform.script = () => aReply(200, { packages: page, page: { count: 120 } });
    const error = await platform.clock.run(errorOf(packages.list(IS_FIRMWARE)));
    expect(error.message).toMatch(
      /^The platform's list does not end: it answers with the same page/,
    );
    expect(platform.calls()).toHaveLength(2);
  });

  it("shows none that the platform's filter let through by mistake", async () => {
    const { platform, packages } = withPackages(3);
    platform.script = () => aReply(200, { packages: platform.packages, page: { count: 3 } });
    const found = packages.list({ ...IS_FIRMWARE, version: "9.9" });
    expect(await platform.clock.run(found)).toEqual([]);
  });
});

describe("A search for a declared task", () => {
  const nameGivenTo = async (declaration: TaskDeclaration): Promise<string> => {
    const { platform, tasks } = withTasks(0);
    await platform.clock.run(tasks.create(declaration));
    return String(bodyOf(platform.sent[0])["task_name"]);
  };
  const found = async (taskName: string, declaration: TaskDeclaration, change: Fields = {}) => {
    const { platform, tasks } = withTasks(3, (index) =>
      index === 1 ? { task_name: taskName, ...change } : { task_name: "by hand" },
    );
    const same = await platform.clock.run(tasks.findSame(declaration, { fresh: true }));
    return { ids: same.tasks.map(({ id }) => id), doubt: same.doubt };
  };

  it.each<[string, Partial<TaskDeclaration>]>([
    ["is its own", {}],
    ["has another resource's name", { urn: URN.replace("pilot", "first-wave") }],
    ["has another begin of its name", { taskName: "renamed" }],
    ["names the devices in another order", { targets: { devices: ["meter-1", "meter-1"] } }],
  ])("finds one that %s", async (_what, change) => {
    expect(await found(await nameGivenTo(declared(change)), declared())).toEqual({
      ids: ["t-2"],
      doubt: undefined,
    });
  });

  const ELSEWHERE: [string, Partial<TaskDeclaration>][] = [
    ["another stack", { urn: URN.replace("dev", "prod") }],
    ["another project", { urn: URN.replace("meters", "pumps") }],
  ];

  it.each(ELSEWHERE)(
    "doubts one of %s with the same content while it is not over, for it would be pushed beside it",
    async (_what, change) => {
      const name = await nameGivenTo(declared(change));
      expect(await found(name, declared())).toEqual({
        ids: ["t-2"],
        doubt: "its name says that another stack made it, or this one when it had another name",
      });
    },
  );

  it.each(ELSEWHERE)("passes over one of %s that is over", async (_what, change) => {
    const name = await nameGivenTo(declared(change));
    for (const status of ["Success", "Fail", "PartialSuccess", "Stopped"]) {
      expect((await found(name, declared(), { status })).ids).toEqual([]);
    }
  });

  it("does not doubt its own for one of another stack", async () => {
    const { platform, tasks } = withTasks(0);
    const names = [await nameGivenTo(declared({ urn: URN.replace("dev", "prod") }))];
    names.push(await nameGivenTo(declared()));
    platform.tasks = names.map((task_name, index) => aTask(`t-${String(index)}`, { task_name }));
    const same = await platform.clock.run(tasks.findSame(declared(), { fresh: true }));
    expect(same).toEqual({
      tasks: [expect.objectContaining({ id: "t-1" })],
      marked: new Set(["t-1"]),
    });
  });

  it.each<[string, Partial<TaskDeclaration>]>([
    ["another package", { packageId: "p-15" }],
    ["other devices", { targets: { devices: ["meter-2"] } }],
    ["a group of the device's name", { targets: { groupIds: ["meter-1"] } }],
    ["retries", { taskPolicy: { retryCount: 1, retryInterval: 5 } }],
    ["another kind", { taskType: "softwareUpgrade" }],
  ])("passes over one of %s", async (_what, change) => {
    expect((await found(await nameGivenTo(declared(change)), declared())).ids).toEqual([]);
  });

  it("among 10,000 old tasks reads the newest 1,000 and those that are not over", async () => {
    const name = await nameGivenTo(declared());
    const { platform, tasks } = withTasks(10_000, (index) => ({
      status: index === 9_000 ? "Waitting" : "Success",
      task_name: index === 9_000 ? name : `old_${String(index)}`,
    }));
    const same = await platform.clock.run(tasks.findSame(declared(), { fresh: true }));
    expect(same.tasks.map(({ id }) => id)).toEqual(["t-9001"]);
    expect(platform.calls().length).toBeLessThanOrEqual(21 + 4);
  });
});

describe("A shared list that cannot be read", () => {
  it.each([
    ["has a malformed record", aReply(200, { batchtasks: [{ task_id: 7 }], page: { count: 1 } })],
    ["fails", aReply(500, { error_code: "IOTDA.000003", error_msg: "Internal error." })],
  ])("because it %s keeps nobody from reading by id", async (_why, reply) => {
    const { platform, tasks } = withTasks(3);
    platform.script = ({ path }) =>
      path.split("?")[0]?.endsWith("/batchtasks") === true ? reply : undefined;
    const ids = ["t-1", "t-2", "t-3"];
    const looks = () => ids.map((id) => tasks.look(id, undefined, "firmwareUpgrade"));
    const looked = await platform.clock.run(Promise.all(looks()));
    expect(looked.map((task) => task?.id)).toEqual(ids);
    const polls = () => looked.map((task) => tasks.poll(task?.id ?? "", task));
    const polled = await platform.clock.run(Promise.all(polls()));
    expect(polled.map((task) => task?.id)).toEqual(ids);
  });
});

describe("Many operations of one process", () => {
  const start = (project: Project, device: string) =>
    startIn(project, declared({ targets: { devices: [device] } }));
  const devices = Array.from({ length: 100 }, (_, index) => `meter-${String(index)}`);

  it("search once for a hundred creates", async () => {
    const { platform, project } = withTasks(30);
    await platform.clock.run(Promise.all(devices.map((device) => start(project, device))));
    const calls = platform.calls();
    expect(calls.filter((call) => call.startsWith("POST"))).toHaveLength(100);
    expect(calls.filter((call) => call.startsWith("GET"))).toEqual([LIST]);
  });

  it("search no more for a hundred creates than for one, where there are 10,000 old tasks", async () => {
    const { platform, project } = withTasks(10_000, () => ({ status: "Success" }));
    await platform.clock.run(Promise.all(devices.map((device) => start(project, device))));
    const calls = platform.calls();
    expect(calls.filter((call) => call.startsWith("POST"))).toHaveLength(100);
    const searches = calls.filter((call) => call.startsWith("GET"));
    expect(searches.length).toBeLessThanOrEqual(21 + 4);
    expect(new Set(searches).size).toBe(searches.length);
  });

  it("remember what they made, although lists do not show it yet", async () => {
    const { platform, project } = withTasks(0);
    platform.script = ({ method }) =>
      method === "GET" ? aReply(200, { batchtasks: [], page: { count: 0 } }) : undefined;
    const both = Promise.all([start(project, "a"), start(project, "a")]);
    expect(await platform.clock.run(both)).toEqual([
      { id: "t-1", isMade: true },
      { id: "t-1", isMade: false },
    ]);
    await platform.clock.advance(60_000);
    expect(await platform.clock.run(start(project, "a"))).toEqual({ id: "t-1", isMade: false });
    expect(platform.tasks).toHaveLength(1);
  });

  it("read a hundred packages in two list calls, and one by its id", async () => {
    for (const [count, calls] of [
      [100, 2],
      [1, 1],
    ] as const) {
      const { platform, packages } = withPackages(count);
      const ids = platform.packages.map(({ package_id }) => String(package_id));
      const looks = ids.map((id) => packages.look(id, IS_FIRMWARE));
      expect((await platform.clock.run(Promise.all(looks))).map((one) => one?.packageId)).toEqual(
        ids,
      );
      expect(platform.calls()).toHaveLength(calls);
    }
  });

  it("poll tasks of one type together, once their type is known", async () => {
    const { platform, tasks } = withTasks(50);
    const ids = platform.tasks.map(({ task_id }) => String(task_id));
    const first = await platform.clock.run(Promise.all(ids.map((id) => tasks.poll(id))));
    expect(platform.calls()).toHaveLength(50);
    const again = ids.map((id, index) => tasks.poll(id, first[index]));
    expect(await platform.clock.run(Promise.all(again))).toEqual(first);
    expect(platform.calls().slice(50)).toEqual([LIST]);
  });

  it("read three of 10,000 packages by their ids, after one page", async () => {
    const { platform, packages } = withPackages(10_000);
    const looks = ["p-400", "p-5000", "p-9999"].map((id) => packages.look(id, IS_FIRMWARE));
    await platform.clock.run(Promise.all(looks));
    expect(platform.calls()).toHaveLength(4);
  });

  it("ask for a package by its id before they say that it is gone", async () => {
    const { platform, packages } = withPackages(2);
    const looks = ["p-1", "p-9"].map((id) => packages.look(id, IS_FIRMWARE));
    const found = await platform.clock.run(Promise.all(looks));
    expect(found.map((one) => one?.packageId)).toEqual(["p-1", undefined]);
    expect(platform.calls()).toContain("GET /ota-upgrades/packages/p-9");
  });
});

describe("What is gone", () => {
  it("is said by the platform's own code only", async () => {
    const { platform, packages, tasks } = withTasks(0);
    expect(await platform.clock.run(packages.get("p-99"))).toBeUndefined();
    expect(await platform.clock.run(tasks.read("t-99"))).toBeUndefined();
    platform.script = () => aReply(404, "<html>Not found</html>");
    const asks: (() => Promise<unknown>)[] = [() => packages.get("p-8"), () => tasks.read("t-8")];
    for (const ask of asks) {
      const error = await errorOf(platform.clock.run(ask()));
      expect(error).toBeInstanceOf(PlatformError);
      expect(error.message).toContain("check the endpoint");
    }
  });

  it("need not be deleted again", async () => {
    const { platform, packages, tasks } = withTasks(1);
    for (let time = 0; time < 2; time += 1) {
      await platform.clock.run(packages.delete("p-14"));
      await platform.clock.run(tasks.delete("t-1"));
    }
    expect([platform.packages, platform.tasks]).toEqual([[], []]);
  });
});

describe("What this process changed", () => {
  it("is in no reply any more that was shared before: a deletion of a package", async () => {
    const { platform, packages } = withTasks(0);
    expect(await platform.clock.run(packages.get("p-14"))).toBeDefined();
    await platform.clock.run(packages.delete("p-14"));
    expect(await platform.clock.run(packages.get("p-14"))).toBeUndefined();
  });

  it.each(["stop", "retry", "delete"] as const)(
    "is in no reply any more that was shared before: a %s of a task",
    async (what) => {
      const { platform, tasks } = withTasks(1);
      const search = () => platform.clock.run(tasks.findSame(declared(), { fresh: false }));
      await search();
      await search();
      expect(platform.calls()).toEqual([LIST]);
      const changes = {
        stop: () => tasks.stop("t-1"),
        retry: () => tasks.retry("t-1", ["meter-1"]),
        delete: () => tasks.delete("t-1"),
      };
      await platform.clock.run<unknown>(changes[what]());
      await search();
      expect(platform.calls().filter((call) => call === LIST)).toHaveLength(2);
    },
  );
});

describe("A create", () => {
  it("of a package is made of its reply, without a read", async () => {
    const { platform, packages } = withTasks(0);
    const made = await platform.clock.run(packages.create(aPackage));
    expect(made).toMatchObject({ packageId: "p-new-1", ...aPackage });
    expect(platform.calls()).toEqual(["POST /ota-upgrades/packages"]);
  });

  it("whose reply is lost is searched for in a list that is asked for anew", async () => {
    const { platform, packages } = withPackages(1);
    await platform.clock.run(packages.list(IS_FIRMWARE));
    platform.packages.unshift({ ...PACKAGE, package_id: "p-late" });
    const shared = await platform.clock.run(packages.list(IS_FIRMWARE));
    expect(shared).toHaveLength(1);
    const fresh = await platform.clock.run(packages.list(IS_FIRMWARE, { maxAgeSeconds: 0 }));
    expect(fresh[0]?.packageId).toBe("p-late");
  });

  it("whose reply is lost is searched for, found, and never sent again", async () => {
    const { platform, project } = withTasks(0);
    platform.script = (request) => {
      if (request.method !== "POST") return undefined;
      platform.script = () => undefined;
      platform.tasks = [aTask("t-1", bodyOf(request))];
      return new ConnectionError("the connection was reset", true, true);
    };
    const started = platform.clock.run(startIn(project, declared()));
    expect(await started).toEqual({ id: "t-1", isMade: true });
    expect(platform.calls().filter((call) => call.startsWith("POST"))).toHaveLength(1);
  });

  it.each([
    ["nothing", ""],
    ["no id", {}],
    ["an id of another kind", { task_id: ["t-1"] }],
    ["HTML", "<html></html>"],
  ])("that is answered with %s may have taken effect", async (_what, body) => {
    const { platform, tasks } = withTasks(0);
    platform.script = () => aReply(201, body);
    const error = await errorOf(platform.clock.run(tasks.create(declared())));
    expect(error).toBeInstanceOf(LostReplyError);
  });
});

describe("Throttling", () => {
  it.each([
    [429, undefined],
    [403, "IOTDA.021101"],
    [403, "IOTDA.021102"],
    [429, "APIGW.0308"],
  ])("(%i %s) is waited for, also by a create, and nothing is made twice", async (status, code) => {
    const { platform, tasks } = withTasks(0);
    let refusals = 3;
    platform.script = () => {
      refusals -= 1;
      return refusals >= 0 ? aReply(status, { error_code: code, error_msg: "Slow." }) : undefined;
    };
    expect(await platform.clock.run(tasks.create(declared()))).toBe("t-1");
    expect(platform.tasks).toHaveLength(1);
  });

  it("waits as long as the platform asks for", async () => {
    const { platform, tasks } = withTasks(1);
    const times: number[] = [];
    platform.script = () => {
      times.push(platform.clock.now());
      return times.length === 1
        ? aReply(429, { error_code: "APIGW.0308" }, { "retry-after": "17" })
        : undefined;
    };
    await platform.clock.run(tasks.read("t-1"));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(17_000);
  });

  it("never comes of our own calls: no minute has more than its quota", async () => {
    const platform = new ScriptedPlatform();
    const project = platform.project({ callsPerMinute: 20 });
    const times: number[] = [];
    platform.script = () => {
      times.push(platform.clock.now());
      return aReply(404, { error_code: "IOTDA.000013" });
    };
    const reads = Array.from({ length: 100 }, (_, index) =>
      project.tasks({}).read(`t-${String(index)}`),
    );
    await platform.clock.run(Promise.all(reads));
    expect(times).toHaveLength(100);
    times.forEach((time, index) => {
      const before = times[index - 20];
      if (before !== undefined) expect(time - before).toBeGreaterThanOrEqual(60_000);
    });
  });
});
