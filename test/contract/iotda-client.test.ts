import type { HttpReply, HttpRequest } from "../../src/http/endpoint";
import type { Project } from "../../src/iotda/api/platform";
import type { TaskDeclaration } from "../../src/iotda/api/tasks";
import { type PackageDeclaration } from "../../src/iotda/api/wire/package";
import { readDetails, readTargetResults, type TaskType } from "../../src/iotda/api/wire/task";
import type { Account } from "../../src/iotda/settings";
import { aReply } from "../http/requests";
import { aTask, bodyOf, ScriptedPlatform } from "../iotda/scripted-platform";
import { bindsClient, type Fields, iso, outcomeOf, present, replyOf, told } from "./client-side";
import { type Exchange, iotdaContract, iotdaWorld, type Names } from "./exchanges";

const NAMES: Names = {
  ...iotdaWorld.names,
  projectId: "project-1",
  accessToken: "token-1",
  taskId: "t-1",
  secondPackageId: "698170f2aaaaaaaaaa000002",
  "some id": "698170f2aaaaaaaaaa000009",
  "some time": "20260501T075500Z",
  // Also where a code of the platform's own stands.
  "some text": "IOTDA.000013",
};
const nameOf = (name: string): string => NAMES[name] ?? "";

const TOKEN: Partial<Account> = { credentials: [{ kind: "token", token: nameOf("accessToken") }] };
const USER: Partial<Account> = {
  credentials: [
    {
      kind: "password",
      userName: nameOf("userName"),
      password: nameOf("password"),
      domainName: nameOf("domainName"),
    },
  ],
};

function exchangesOf(file: string): readonly Exchange[] {
  const found = iotdaContract.find((one) => one.file === file);
  if (found === undefined) throw new Error(`There is no ${file}.`);
  return found.exchanges.filter(bindsClient);
}

function pathOf({ request }: Exchange): string {
  return String(told(request.path, NAMES));
}

/** A platform that gives the typed reply to the typed method and path, and to nothing else. */
function platformOf(exchange: Exchange): ScriptedPlatform {
  const platform = new ScriptedPlatform();
  platform.tasks = [aTask(nameOf("taskId"))];
  platform.details = { Fail: [nameOf("failingDeviceId")] };
  platform.script = (request) =>
    isTyped(request, exchange) ? asWhole(replyOf(exchange, NAMES)) : undefined;
  return platform;
}

/** A page of two that was asked for with a limit or a marker, as the only one: the client reads all. */
function asWhole(reply: HttpReply): HttpReply {
  const { packages, page, ...rest } = JSON.parse(reply.text || "{}") as {
    packages?: readonly Fields[];
    page?: Fields;
  };
  if (packages === undefined) return reply;
  const count = packages.length;
  return { ...reply, text: JSON.stringify({ ...rest, packages, page: { ...page, count } }) };
}

function isTyped(request: HttpRequest, exchange: Exchange): boolean {
  const [path] = request.path.split("?");
  return request.method === exchange.request.method && path === pathOf(exchange);
}

function queryOf(request: HttpRequest | undefined): Fields {
  return Object.fromEntries(new URLSearchParams(request?.path.split("?")[1]));
}

function bodyTyped({ request }: Exchange): Fields {
  return (told(request.body, NAMES) as Fields | undefined) ?? {};
}

function packageDeclared(exchange: Exchange): PackageDeclaration {
  const body = bodyTyped(exchange);
  const location = (body["file_location"] as { obs_location: Fields } | undefined)?.obs_location;
  return {
    ...{ appId: body["app_id"], packageType: body["package_type"], productId: body["product_id"] },
    ...{ version: body["version"], supportSourceVersions: body["support_source_versions"] },
    ...{ description: body["description"], customInfo: body["custom_info"] },
    fileLocation: {
      obsLocation: {
        ...{ regionName: location?.["region_name"], bucketName: location?.["bucket_name"] },
        ...{ objectKey: location?.["object_key"], signMethod: location?.["sign_method"] },
        sign: location?.["sign"],
      },
    },
  } as PackageDeclaration;
}

function policyFrom(policy: unknown): Fields | undefined {
  if (policy === undefined) return undefined;
  const { schedule_time, retry_count, retry_interval } = policy as Fields;
  return present({
    scheduleTime: iso(schedule_time),
    retryCount: retry_count,
    retryInterval: retry_interval,
  });
}

function contentFrom(body: Fields): Fields {
  const groups = body["targets_filter"] as Fields | undefined;
  const document = body["document"] as { package_ids: readonly string[] } | undefined;
  return present({
    packageId: document?.package_ids[0],
    packageIds: document?.package_ids ?? [],
    targets:
      groups === undefined ? { devices: body["targets"] } : { groupIds: groups["group_ids"] },
    taskPolicy: policyFrom(body["task_policy"]),
    taskMode: body["task_mode"],
    taskExtInfo: body["task_ext_info"],
    needConfirm: body["need_confirm"],
  });
}

function taskDeclared(exchange: Exchange): TaskDeclaration {
  const body = bodyTyped(exchange);
  return {
    ...contentFrom(body),
    appId: body["app_id"],
    taskType: body["task_type"],
    taskName: body["task_name"],
    urn: "urn:pulumi:production::meters::kind::pilot",
  } as TaskDeclaration;
}

function packageFrom(body: Fields): Fields {
  const location = (body["file_location"] as { obs_location: Fields } | undefined)?.obs_location;
  return present({
    packageId: body["package_id"],
    appId: body["app_id"],
    packageType: body["package_type"],
    productId: body["product_id"],
    productName: body["product_name"],
    version: body["version"],
    supportSourceVersions: body["support_source_versions"],
    description: body["description"],
    customInfo: body["custom_info"],
    createTime: iso(body["create_time"]),
    fileLocation: location && {
      obsLocation: present({
        regionName: location["region_name"],
        bucketName: location["bucket_name"],
        objectKey: location["object_key"],
        signMethod: location["sign_method"],
        sign: location["sign"],
      }),
    },
  });
}

const PHASES: Record<string, string> = {
  Initializing: "unfinished",
  Waitting: "unfinished",
  Processing: "unfinished",
  Success: "succeeded",
  Fail: "failed",
  PartialSuccess: "failed",
  Stopped: "stopped",
};

function taskFrom(body: Fields): Fields {
  const phase = PHASES[String(body["status"])];
  const told = body["task_progress"] as Readonly<Record<string, number>>;
  const { total, processing = 0, success, fail = 0, waitting, fail_wait_retry = 0 } = told;
  const { stopped = 0, removed = 0 } = told;
  const counts = { total, success, fail: fail + removed, wait: waitting, timeout: 0 };
  return present({
    ...contentFrom(body),
    id: body["task_id"],
    taskName: body["task_name"],
    taskType: body["task_type"],
    status: body["status"],
    statusDesc: body["status_desc"],
    phase,
    createdAt: Date.parse(iso(body["create_time"]) ?? ""),
    createTime: iso(body["create_time"]),
    // Nothing is counted before the devices are known, nor decided.
    isUnclear: body["status"] === "Initializing" ? true : undefined,
    counts:
      total === 0 && phase === "unfinished"
        ? undefined
        : { ...counts, processing: processing + fail_wait_retry, stop: stopped },
  });
}

/** What is called, and what must have been read, file by file. */
interface Reading {
  readonly call: (project: Project, exchange: Exchange) => Promise<unknown>;
  readonly expected: (body: Fields) => unknown;
}

const idIn = (exchange: Exchange): string => pathOf(exchange).split("/").at(-1) ?? "";
const nothing = (): undefined => undefined;

const READINGS: Record<string, Reading> = {
  "package-create.json": {
    call: (project, exchange) => project.packages({}).create(packageDeclared(exchange)),
    expected: packageFrom,
  },
  "package-delete.json": {
    call: (project, exchange) => project.packages({}).delete(idIn(exchange)),
    expected: nothing,
  },
  "package-get.json": {
    call: (project, exchange) => project.packages({}).get(idIn(exchange)),
    expected: packageFrom,
  },
  "package-list.json": {
    call: (project, exchange) => {
      const query = (told(exchange.request.query, NAMES) ?? {}) as Readonly<Record<string, string>>;
      return project.packages({}).list({
        packageType: query["package_type"] ?? "",
        appId: query["app_id"],
        productId: query["product_id"],
        version: query["version"],
      });
    },
    expected: (body) => (body["packages"] as readonly Fields[]).map(packageFrom),
  },
  "task-confirm.json": {
    call: (project) => project.tasks({}).confirm(nameOf("taskId")),
    expected: readTargetResults,
  },
  "task-create.json": {
    call: async (project, exchange) => {
      const tasks = project.tasks({});
      return tasks.justStarted(await tasks.create(taskDeclared(exchange)));
    },
    expected: taskFrom,
  },
  "task-delete.json": {
    call: (project, exchange) => project.tasks({}).delete(idIn(exchange)),
    expected: nothing,
  },
  "task-get.json": {
    call: (project, exchange) => project.tasks({}).read(idIn(exchange)),
    expected: (body) => taskFrom(body["batchtask"] as Fields),
  },
  "task-list.json": {
    call: (project, { request }) =>
      project.tasks({}).list({
        taskType: (request.query?.["task_type"] ?? "") as TaskType,
        status: request.query?.["status"],
      }),
    expected: (body) => (body["batchtasks"] as readonly Fields[]).map(taskFrom),
  },
  "task-retry.json": {
    call: (project, { request }) =>
      project
        .tasks({})
        .retry(
          nameOf("taskId"),
          ((request.body as Fields)["targets"] ?? ["meter_2"]) as readonly string[],
        ),
    expected: () => [],
  },
  "task-stop.json": {
    call: (project) => project.tasks({}).stop(nameOf("taskId")),
    expected: (body) => readTargetResults(body).failures,
  },
};

const SAYS_ITSELF_HOW_TO_PAGE = ["limit", "offset", "marker"];

const isGood = ({ reply }: Exchange): boolean => reply.status < 300;
const platformPart = iotdaContract.flatMap(({ file, ...rest }) => {
  const reading = READINGS[file];
  return reading === undefined ? [] : [{ file, ...rest, ...reading }];
});

it("Every file that binds the client is held against it", () => {
  const held = [...Object.keys(READINGS), "projects.json", "tokens.json"].sort();
  const files = iotdaContract.filter(({ exchanges }) => exchanges.some(bindsClient));
  expect(files.map(({ file }) => file).sort()).toEqual(held);
});

describe.each(platformPart)("$endpoint.method $endpoint.path", ({ file, call, expected }) => {
  const binding = exchangesOf(file);

  it.each(binding)("is read: $name", async (exchange) => {
    const platform = platformOf(exchange);
    const outcome = await outcomeOf(platform.clock, call(platform.project(TOKEN), exchange));
    const body = (told(exchange.reply.body, NAMES) ?? {}) as Fields;
    if (isGood(exchange)) {
      expect(outcome).toEqual(expected(body));
    } else if (exchange.reply.status === 404) {
      expect(outcome).toBeUndefined();
    } else {
      expect(outcome).toMatchObject({ code: body["error_code"], status: exchange.reply.status });
      expect(String(outcome)).toContain(body["error_code"]);
      expect(String(outcome)).toContain(body["error_msg"]);
    }
  });

  it.each(binding.filter(isGood))(
    "is asked for by method, path and headers as they are typed: $name",
    async (exchange) => {
      const platform = platformOf(exchange);
      await platform.clock.run(call(platform.project(TOKEN), exchange));
      const sent = platform.sent.filter((request) => isTyped(request, exchange));
      expect(sent).toHaveLength(1);
      expect(sent[0]?.headers).toMatchObject({
        "x-auth-token": nameOf("accessToken"),
        "content-type": "application/json",
      });
    },
  );
});

describe.each(["package-list.json", "task-list.json"])("The query of %s", (file) => {
  const reading = READINGS[file];
  const asked = exchangesOf(file).filter(
    (exchange) =>
      isGood(exchange) &&
      !SAYS_ITSELF_HOW_TO_PAGE.some((name) => name in (exchange.request.query ?? {})),
  );

  it.each(asked)("is what is typed: $name", async (exchange) => {
    const platform = platformOf(exchange);
    if (reading === undefined) throw new Error(`${file} is not read.`);
    await platform.clock.run(reading.call(platform.project(TOKEN), exchange));
    const { limit, ...query } = queryOf(platform.sent[0]);
    expect(query).toEqual(told(exchange.request.query, NAMES));
    expect(limit).toBe("50");
  });
});

it("The page after a full one is asked for by the marker, as it is typed", async () => {
  const typed = exchangesOf("package-list.json").find(({ request }) => request.query?.["marker"]);
  if (typed === undefined) throw new Error("There is no exchange with a marker.");
  const platform = new ScriptedPlatform();
  const full = Array.from({ length: 50 }, (_, index) => ({
    package_id: index === 49 ? nameOf("secondPackageId") : `p-${String(index)}`,
    package_type: "firmwarePackage",
  }));
  platform.script = (request) =>
    "marker" in queryOf(request)
      ? replyOf(typed, NAMES)
      : aReply(200, { packages: full, page: { count: 51 } });
  const packages = platform.project(TOKEN).packages({});
  const found = await platform.clock.run(packages.list({ packageType: "firmwarePackage" }));
  expect(queryOf(platform.sent[1])).toEqual(told(typed.request.query, NAMES));
  expect(found.map(({ packageId }) => packageId).slice(-2)).toEqual([
    nameOf("secondPackageId"),
    nameOf("packageId"),
  ]);
});

it.each(exchangesOf("package-create.json").filter(isGood))(
  "The body of a package's create is what is typed: $name",
  async (exchange) => {
    const platform = platformOf(exchange);
    await platform.clock.run(
      platform.project(TOKEN).packages({}).create(packageDeclared(exchange)),
    );
    expect(bodyOf(platform.sent[0])).toEqual(bodyTyped(exchange));
  },
);

it.each(exchangesOf("task-create.json").filter(isGood))(
  "The body of a task's create is what is typed, and its name says whose it is: $name",
  async (exchange) => {
    const platform = platformOf(exchange);
    await platform.clock.run(platform.project(TOKEN).tasks({}).create(taskDeclared(exchange)));
    const { task_name, ...rest } = bodyOf(platform.sent[0]);
    const { task_name: wanted, ...typed } = bodyTyped(exchange);
    expect(rest).toEqual(typed);
    expect(task_name).toMatch(new RegExp(`^${String(wanted)}_\\w+$`));
    expect(String(task_name).length).toBeLessThanOrEqual(128);
  },
);

describe.each(["stop", "retry", "confirm"])("To %s a task", (what) => {
  const exchanges = exchangesOf(`task-${what}.json`);
  const good = exchanges.filter(isGood);
  const { call } = READINGS[`task-${what}.json`] ?? {};

  it("a body is sent that is typed", async () => {
    const [exchange] = good;
    if (exchange === undefined || call === undefined) throw new Error("There is no exchange.");
    const platform = platformOf(exchange);
    await platform.clock.run(call(platform.project(TOKEN), exchange));
    const sent = platform.sent.find((request) => isTyped(request, exchange));
    expect(exchanges.map(bodyTyped)).toContainEqual(bodyOf(sent));
  });

  it.each(good)("each device answers by itself: $name", (exchange) => {
    const body = told(exchange.reply.body, NAMES) as { targets: readonly Fields[] };
    const failed = body.targets.filter(({ status }) => status === "failure");
    expect(readTargetResults(body)).toEqual({
      succeeded: body.targets.length - failed.length,
      failures: failed.map(({ target, error_code, error_msg }) => ({
        deviceId: target,
        reason: `${String(error_msg)} (${String(error_code)})`,
      })),
    });
  });
});

describe("The devices of a task", () => {
  const good = exchangesOf("task-get.json").filter(isGood);

  it.each(good)("are read: $name", (exchange) => {
    const body = told(exchange.reply.body, NAMES) as Fields;
    const details = body["task_details"] as readonly Fields[];
    expect(readDetails(body)).toEqual({
      total: (body["page"] as Fields)["count"],
      marker: (body["page"] as Fields)["marker"],
      items: details.map(({ target, status, output, error }) => {
        const { error_code, error_msg } = (error ?? {}) as Fields;
        const said = error === undefined ? output : `${String(error_msg)} (${String(error_code)})`;
        const reason = said ?? `no reason given (${String(status)})`;
        return { target, deviceId: target, status, said, reason };
      }),
    });
  });

  it("that wait for another try are asked for as it is typed, before a retry", async () => {
    const typed = good.find(({ request }) => request.query?.["task_detail_status"]);
    if (typed === undefined) throw new Error("There is no exchange with a status.");
    const platform = platformOf(typed);
    await platform.clock.run(platform.project(TOKEN).tasks({}).failedDevices(nameOf("taskId")));
    const asked = platform.sent.map(queryOf).map(({ limit: _, ...query }) => query);
    expect(asked).toContainEqual(typed.request.query);
  });
});

describe("GET /v3/projects", () => {
  it.each(exchangesOf("projects.json"))("is asked for and read: $name", async (exchange) => {
    const platform = new ScriptedPlatform();
    platform.iam = () => replyOf(exchange, NAMES);
    const region = exchange.request.query?.["name"];
    const project = platform.project({ ...TOKEN, projectId: undefined, region });
    const [told] = (JSON.parse(replyOf(exchange, NAMES).text) as { projects: Fields[] }).projects;
    expect(await platform.clock.run(project.key())).toBe(told?.["id"]);
    const [sent] = platform.sentToIam;
    expect(sent?.method).toBe(exchange.request.method);
    expect(sent?.path.split("?")[0]).toBe(exchange.request.path);
    expect(queryOf(sent)).toEqual(exchange.request.query);
    expect(sent?.headers["x-auth-token"]).toBe(nameOf("accessToken"));
  });
});

describe("POST /v3/auth/tokens", () => {
  const PATH = "/v3/auth/tokens";

  /** Logs in for the typed scope, and reads a task with what came of it. */
  async function session(exchange: Exchange) {
    const platform = new ScriptedPlatform();
    const [lookup] = exchangesOf("projects.json");
    if (lookup === undefined) throw new Error("There is no exchange.");
    platform.iam = ({ path }) => replyOf(path.startsWith(PATH) ? exchange : lookup, NAMES);
    platform.tasks = [aTask(nameOf("taskId"))];
    const { auth } = bodyTyped(exchange) as { auth: { scope: { project: Names } } };
    const region = auth.scope.project["name"];
    const scope = region === undefined ? {} : { region, projectId: undefined };
    const project = platform.project({ ...USER, ...scope });
    const outcome = await outcomeOf(platform.clock, project.tasks({}).read(nameOf("taskId")));
    return { outcome, platform };
  }

  it.each(exchangesOf("tokens.json"))("is read: $name", async (exchange) => {
    const { outcome, platform } = await session(exchange);
    if (isGood(exchange)) {
      const token = told(exchange.reply.headers["X-Subject-Token"], NAMES);
      expect(platform.sent[0]?.headers["x-auth-token"]).toBe(token);
    } else {
      const { error } = told(exchange.reply.body, NAMES) as { error: Fields };
      expect(outcome).toMatchObject({ status: exchange.reply.status, code: String(error["code"]) });
      expect(String(outcome)).toContain(error["message"]);
    }
  });

  it.each(exchangesOf("tokens.json").filter(isGood))(
    "is asked for as it is typed: $name",
    async (exchange) => {
      const { platform } = await session(exchange);
      const sent = platform.sentToIam.filter(({ path }) => path.startsWith(PATH));
      for (const login of sent) {
        expect(login.method).toBe(exchange.request.method);
        expect(queryOf(login)).toEqual(exchange.request.query);
        expect(login.headers["content-type"]).toBe(exchange.request.headers["Content-Type"]);
      }
      expect(bodyOf(sent[0])).toEqual(bodyTyped(exchange));
    },
  );
});
