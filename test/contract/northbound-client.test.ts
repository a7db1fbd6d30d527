import type { HttpRequest } from "../../src/http/endpoint";
import { openApplication } from "../../src/northbound/api/platform";
import type { TaskDeclaration, Tasks } from "../../src/northbound/api/tasks";
import { type Policy, readPackage } from "../../src/northbound/api/wire";
import { ManualClock } from "../manual-clock";
import { account } from "../northbound/scripted-platform";
import {
  bindsClient,
  type Fields,
  iso,
  NOW,
  outcomeOf,
  present,
  replyOf,
  told,
} from "./client-side";
import { contract, type Exchange, type Names, world } from "./exchanges";

const NAMES: Names = {
  ...world.names,
  accessToken: "access-1",
  refreshToken: "refresh-1",
  operationId: "op-1",
  secondOperationId: "op-2",
  thirdOperationId: "op-3",
  "new operationId": "op-9",
  "some text": "Some text.",
  "some time": "20260501T075500Z",
};

const LOGIN = "/iocm/app/sec/v1.1.0/login";
const REFRESH = "/iocm/app/sec/v1.1.0/refreshToken";

/** A client whose one call, and no login, gets the typed reply. */
function clientOf(exchange: Exchange, calls: HttpRequest[] = []) {
  const clock = new ManualClock(NOW);
  const reply = replyOf(exchange, NAMES);
  const application = openApplication(
    { ...account, appId: NAMES["appId"] ?? "", secrets: [NAMES["secret"] ?? ""] },
    {
      clock,
      random: () => 0,
      send: (request) => {
        if (request.path === LOGIN) {
          const token = { accessToken: NAMES["accessToken"], expiresIn: 36_000_000 };
          return Promise.resolve({ status: 200, headers: {}, text: JSON.stringify(token) });
        }
        calls.push(request);
        return Promise.resolve(reply);
      },
    },
  );
  return { clock, tasks: application.tasks({}), packages: application.packages({}) };
}

function packageFrom(body: Fields): Fields {
  // Fields that no page knows are left out.
  const { date, uploadTime, fileSize: _, ...rest } = body;
  const trimmed = typeof date === "string" ? date.trim() : undefined;
  return present({ ...rest, date: trimmed, uploadTime: iso(uploadTime) });
}

const PHASES: Record<string, string> = {
  wait: "unfinished",
  processing: "unfinished",
  success: "succeeded",
  failed: "failed",
  stop: "stopped",
};

function taskFrom(body: Fields): Fields {
  const counts = body["staResult"] as Fields | null | undefined;
  const none = { wait: 0, processing: 0, success: 0, fail: 0, stop: 0, timeout: 0 };
  const extra = body["extendPara"] as Fields | null | undefined;
  const policy = body["policy"] as Fields | null | undefined;
  return present({
    id: body["operationId"],
    status: body["status"],
    phase: PHASES[String(body["status"])],
    operateType: body["operateType"],
    createdAt: Date.parse(iso(body["createTime"]) ?? ""),
    createTime: iso(body["createTime"]),
    startTime: iso(body["startTime"]),
    stopTime: iso(body["stopTime"]),
    targets: body["targets"] && present(body["targets"] as Fields),
    policy: policy && present({ ...policy, retryType: policy["retryType"] === true }),
    counts: counts && { ...none, ...present(counts) },
    fileVersion: extra?.["fileVersion"],
  });
}

function failureFrom(body: Fields): Fields {
  const said = (body["detailInfo"] ?? "") as string;
  const reason = said === "" ? `no reason given (${String(body["status"])})` : said;
  return { deviceId: body["deviceId"], reason };
}

/** What is called, and what must have been read, file by file. */
interface Reading {
  readonly call: (client: ReturnType<typeof clientOf>, exchange: Exchange) => Promise<unknown>;
  readonly expected: (body: Fields) => unknown;
}

function entries(body: Fields): readonly Fields[] {
  return body["data"] as readonly Fields[];
}

function declarationOf({ request }: Exchange): TaskDeclaration {
  const body: Fields = (told(request.body, NAMES) as Fields | undefined) ?? {};
  return {
    type: request.path.endsWith("softwareUpgrade") ? "software_upgrade" : "firmware_upgrade",
    package: readPackage({ fileId: body["fileId"] ?? "none", version: "V1.4" }),
    targets: body["targets"] ?? {},
    policy: body["policy"] as Policy | undefined,
  };
}

const createReading: Reading = {
  call: ({ tasks }, exchange) => tasks.create(declarationOf(exchange)),
  expected: (body) => body["operationId"],
};

const READINGS: Record<string, Reading> = {
  "category-delete.json": {
    call: ({ packages }) => packages.delete("F1"),
    expected: () => undefined,
  },
  "category-get.json": {
    call: ({ packages }) => packages.get("F1"),
    expected: packageFrom,
  },
  "category-list.json": {
    call: ({ packages }) => packages.list({}),
    expected: (body) => entries(body).map(packageFrom),
  },
  "firmware-upgrade-create.json": createReading,
  "software-upgrade-create.json": createReading,
  "operation-get.json": {
    call: ({ tasks }: { tasks: Tasks }) => tasks.read("op-1"),
    expected: taskFrom,
  },
  "operation-sub-operations.json": {
    call: ({ tasks }) => tasks.failures("op-1", 20),
    expected: (body) => entries(body).map(failureFrom),
  },
  "operations-list.json": {
    call: ({ tasks }) => tasks.list({}),
    expected: (body) => entries(body).map(taskFrom),
  },
};

/** Codes by which a client knows that something is gone, which is no error to it. */
const GONE: Record<string, string> = {
  "category-get.json": "123002",
  "category-delete.json": "123002",
  "operation-get.json": "123009",
};

const upgrade = contract.filter(({ file }) => file in READINGS);

it("Every file that binds the client is held against it", () => {
  const held = [...Object.keys(READINGS), "login.json", "refresh-token.json"].sort();
  const files = contract.filter(({ exchanges }) => exchanges.some(bindsClient));
  expect(files.map(({ file }) => file).sort()).toEqual(held);
});

describe.each(upgrade)("$endpoint.method $endpoint.path", ({ file, endpoint, exchanges }) => {
  const { call, expected } = READINGS[file] ?? createReading;
  const binding = exchanges.filter(bindsClient);
  const isWhole = ({ reply }: Exchange): boolean => {
    const { data, totalCount, totalSize } = (reply.body ?? {}) as Fields;
    return !Array.isArray(data) || data.length >= Number(totalCount ?? totalSize ?? 0);
  };

  it.each(binding.filter(isWhole))("is read: $name", async (exchange) => {
    const client = clientOf(exchange);
    const outcome = await outcomeOf(client.clock, call(client, exchange));
    const body = (told(exchange.reply.body, NAMES) ?? {}) as Fields;
    const code = body["error_code"] as string | undefined;
    if (code === undefined) {
      expect(outcome).toEqual(expected(body));
    } else if (code === GONE[file]) {
      expect(outcome).toBeUndefined();
    } else {
      expect(outcome).toMatchObject({ code, status: exchange.reply.status });
      expect(String(outcome)).toContain(code);
      expect(String(outcome)).toContain(String(body["error_desc"]));
    }
  });

  it("is asked for by method, path and headers as they are typed", async () => {
    const [exchange] = binding.filter(isWhole);
    if (exchange === undefined) throw new Error("There is no exchange.");
    const calls: HttpRequest[] = [];
    const client = clientOf(exchange, calls);
    await outcomeOf(client.clock, call(client, exchange));
    const [sent] = calls;
    expect(sent?.method).toBe(endpoint.method);
    const path = sent?.path.split("?")[0];
    expect(path).toBe(endpoint.path.replace("{fileId}", "F1").replace("{operationId}", "op-1"));
    expect(sent?.headers).toMatchObject({
      app_key: NAMES["appId"],
      authorization: `Bearer ${NAMES["accessToken"] ?? ""}`,
      "content-type": "application/json",
    });
  });
});

const creates = contract.filter(({ file }) => file.endsWith("-create.json"));

describe.each(creates)("The body of $endpoint.path", ({ exchanges }) => {
  const made = exchanges.filter(
    ({ reply, ...rest }) =>
      bindsClient({ reply, ...rest }) &&
      reply.status === 200 &&
      !("error_code" in ((reply.body ?? {}) as Fields)),
  );

  it.each(made)("is what is typed: $name", async (exchange) => {
    const calls: HttpRequest[] = [];
    const { clock, tasks } = clientOf(exchange, calls);
    await clock.run(tasks.create(declarationOf(exchange)));
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual(told(exchange.request.body, NAMES));
  });

  it.each(made)("is the same from times in ISO 8601: $name", async (exchange) => {
    const declaration = declarationOf(exchange);
    const { startTime, endTime, ...policy } = declaration.policy ?? {};
    const times = present({ startTime: iso(startTime), endTime: iso(endTime) });
    const calls: HttpRequest[] = [];
    const { clock, tasks } = clientOf(exchange, calls);
    const inIso = declaration.policy === undefined ? undefined : { ...policy, ...times };
    await clock.run(tasks.create({ ...declaration, policy: inIso }));
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual(told(exchange.request.body, NAMES));
  });
});

/** Makes the client log in, or refresh, with the typed reply, and look at what it then sends. */
async function session(exchange: Exchange, path: string) {
  const clock = new ManualClock(NOW);
  const sent: HttpRequest[] = [];
  const first = { accessToken: "old", refreshToken: NAMES["refreshToken"], expiresIn: 100 };
  let logins = 0;
  const application = openApplication(
    { ...account, appId: NAMES["appId"] ?? "", secrets: [NAMES["secret"] ?? ""] },
    {
      clock,
      random: () => 0,
      send: (request) => {
        sent.push(request);
        const typed = {
          status: exchange.reply.status,
          headers: {},
          text: replyOf(exchange, NAMES).text,
        };
        if (request.path === path && (path !== LOGIN || logins > 0)) return Promise.resolve(typed);
        if (request.path === LOGIN) logins += 1;
        const text = request.path === LOGIN ? JSON.stringify(first) : '{"operationId":"op-1"}';
        return Promise.resolve({ status: 200, headers: {}, text });
      },
    },
  );
  if (path === LOGIN) {
    logins = 1;
  } else {
    await clock.run(application.tasks({}).read("op-1"));
    await clock.advance(95_000);
  }
  const outcome = await outcomeOf(clock, application.tasks({}).read("op-1"));
  return { outcome, sent };
}

describe("POST " + LOGIN, () => {
  const { exchanges } = contract.find(({ file }) => file === "login.json") ?? { exchanges: [] };

  it.each(exchanges.filter(bindsClient))("is read: $name", async (exchange) => {
    const { outcome, sent } = await session(exchange, LOGIN);
    const body = told(exchange.reply.body, NAMES) as Fields;
    if (body["error_code"] === undefined) {
      expect(sent.at(-1)?.headers["authorization"]).toBe(`Bearer ${String(body["accessToken"])}`);
    } else {
      expect(outcome).toMatchObject({ code: body["error_code"], status: exchange.reply.status });
    }
  });

  it("is asked for as it is typed", async () => {
    const [exchange] = exchanges;
    if (exchange === undefined) throw new Error("There is no exchange.");
    const { sent } = await session(exchange, LOGIN);
    const form = new URLSearchParams(sent[0]?.body);
    expect(Object.fromEntries(form)).toEqual(told(exchange.request.form, NAMES));
    expect(sent[0]?.headers).toMatchObject({
      "content-type": exchange.request.headers["Content-Type"],
    });
    expect(Object.keys(sent[0]?.headers ?? {})).not.toContain("app_key");
  });
});

describe("POST " + REFRESH, () => {
  const { exchanges } = contract.find(({ file }) => file === "refresh-token.json") ?? {
    exchanges: [],
  };

  it.each(exchanges.filter(bindsClient))("is read: $name", async (exchange) => {
    const { sent } = await session(exchange, REFRESH);
    const body = told(exchange.reply.body, NAMES) as Fields;
    const logins = sent.filter(({ path }) => path === LOGIN).length;
    if (body["error_code"] === undefined) {
      expect(sent.at(-1)?.headers["authorization"]).toBe(`Bearer ${String(body["accessToken"])}`);
      expect(logins).toBe(1);
    } else {
      expect(logins).toBe(2);
    }
  });

  it("is asked for as it is typed", async () => {
    const [exchange] = exchanges;
    if (exchange === undefined) throw new Error("There is no exchange.");
    const { sent } = await session(exchange, REFRESH);
    const refresh = sent.find(({ path }) => path === REFRESH);
    expect(JSON.parse(refresh?.body ?? "")).toEqual(told(exchange.request.body, NAMES));
    expect(refresh?.headers["content-type"]).toBe(exchange.request.headers["Content-Type"]);
  });
});
