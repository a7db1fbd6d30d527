import type { HttpReply, HttpRequest } from "../../src/http/endpoint";
import { ConnectionError } from "../../src/http/send";
import { formatBasicInstant } from "../../src/instant";
import { openProject, type Project } from "../../src/iotda/api/platform";
import type { Account } from "../../src/iotda/settings";
import { aReply } from "../http/requests";
import { ManualClock } from "../manual-clock";

export type Fields = Readonly<Record<string, unknown>>;

export const PACKAGE: Fields = {
  package_id: "p-14",
  app_id: "app-1",
  package_type: "firmwarePackage",
  product_id: "NBM1",
  version: "1.4",
  create_time: "20260501T070000Z",
};

const account: Account = {
  endpoint: "https://iotda.example",
  region: "region-1",
  projectId: "project-1",
  instanceId: undefined,
  credentials: [
    { kind: "keys", accessKey: "AK", secretKey: "SK-secret", securityToken: undefined },
  ],
  iamEndpoint: "https://iam.example",
  signing: "plain",
  caCert: undefined,
  callsPerMinute: 600,
  connectTimeoutSeconds: 10,
  replyTimeoutSeconds: 30,
  explicit: false,
  readOnly: false,
  auditLog: undefined,
  redisUrl: undefined,
};

export type Script = (request: HttpRequest) => HttpReply | Error | undefined;

/** Answers calls from two lists, by a script of its own where a test needs other answers. */
export class ScriptedPlatform {
  readonly clock = new ManualClock();
  readonly sent: HttpRequest[] = [];
  readonly sentToIam: HttpRequest[] = [];
  packages: Fields[] = [PACKAGE];
  tasks: Fields[] = [];
  /** Devices by status, of every task. */
  details: Readonly<Record<string, readonly string[]>> = {};
  /** Whether pages of details tell where the next one begins. */
  tellsMarkers = true;
  script: Script = () => undefined;
  /** Whether the reply to a call is lost after it took effect. */
  loses: (request: HttpRequest) => boolean = () => false;
  iam: Script = () => undefined;

  project(change: Partial<Account> = {}): Project {
    const answering =
      (sent: HttpRequest[], answer: (request: HttpRequest) => HttpReply | Error) =>
      async (request: HttpRequest) => {
        sent.push(request);
        await this.clock.sleep(20);
        const answered = answer(request);
        if (answered instanceof Error) throw answered;
        if (this.loses(request)) throw new ConnectionError("the connection was lost", true, true);
        return answered;
      };
    return openProject(
      { ...account, ...change },
      {
        clock: this.clock,
        random: () => 0.5,
        send: answering(this.sent, (request) => this.script(request) ?? this.answer(request)),
        iam: answering(this.sentToIam, (request) => this.iam(request) ?? aReply(404, {})),
      },
    );
  }

  /** Method and path with its query, without what all have; not those about devices and groups. */
  calls(): string[] {
    return this.sent
      .filter(({ path }) => !DEVICES.test(path))
      .map(({ method, path }) => `${method} ${path.replace("/v5/iot/project-1", "")}`);
  }

  private answer(request: HttpRequest): HttpReply {
    const { pathname, searchParams } = new URL(request.path, account.endpoint);
    const [kind, ...rest] = pathname.replace("/v5/iot/project-1/", "").split("/");
    const query = Object.fromEntries(searchParams);
    if (DEVICES.test(pathname)) return anyDevice(request, kind, rest);
    return kind === "ota-upgrades"
      ? this.answerPackage(request, rest[1], query)
      : this.answerTask(request, rest[0], rest[1], query);
  }

  private answerPackage(request: HttpRequest, id: string | undefined, query: Fields): HttpReply {
    if (request.method === "POST") {
      const made = { ...bodyOf(request), package_id: `p-new-${String(this.packages.length)}` };
      this.packages.unshift(made);
      return aReply(201, made);
    }
    if (id === undefined) {
      const matching = this.packages.filter((one) => matches(one, query));
      return page("packages", "package_id", matching, query, (one) => ({
        ...one,
        file_location: undefined,
      }));
    }
    const found = this.packages.find(({ package_id }) => package_id === id);
    if (found === undefined) return aReply(404, { error_code: "IOTDA.000013", error_msg: "No." });
    if (request.method === "GET") return aReply(200, found);
    this.packages = this.packages.filter((one) => one !== found);
    return aReply(204, "");
  }

  private answerTask(
    request: HttpRequest,
    id: string | undefined,
    what: string | undefined,
    query: Fields,
  ): HttpReply {
    if (id === undefined && request.method === "POST") {
      const made = aTask(`t-${String(this.tasks.length + 1)}`);
      this.tasks.unshift({
        ...made,
        ...bodyOf(request),
        create_time: formatBasicInstant(this.clock.now()),
      });
      return aReply(201, this.tasks[0]);
    }
    if (id === undefined) {
      const matching = this.tasks.filter((one) => matches(one, query));
      return page("batchtasks", "task_id", matching, query);
    }
    const found = this.tasks.find(({ task_id }) => task_id === id);
    if (found === undefined) return aReply(404, { error_code: "IOTDA.000013", error_msg: "No." });
    if (request.method === "DELETE") {
      this.tasks = this.tasks.filter((one) => one !== found);
      return aReply(204, "");
    }
    if (what !== undefined) {
      const targets = (bodyOf(request)["targets"] ?? found["targets"]) as string[];
      return aReply(200, { targets: targets.map((target) => ({ target, status: "success" })) });
    }
    const devices = this.details[String(query["task_detail_status"])] ?? [];
    const first = devices.indexOf(String(query["marker"])) + 1 + Number(query["offset"] ?? 0);
    const shown = devices.slice(first, first + Number(query["limit"]));
    return aReply(200, {
      batchtask: found,
      task_details: shown.map((target) => ({ target, status: query["task_detail_status"] })),
      page: { count: devices.length, marker: this.tellsMarkers ? shown.at(-1) : null },
    });
  }
}

const DEVICES = /^\/v5\/iot\/[^/]+\/(devices|device-group|search)/;

/** Every device exists and every group does, which is empty. */
function anyDevice(request: HttpRequest, kind = "", [id = "", more]: readonly string[]): HttpReply {
  const told = (device_id: string): Fields => ({
    device_id,
    product_id: "NBM1",
    marker: device_id,
  });
  if (kind === "search") {
    const ids = [...String(bodyOf(request)["sql"]).matchAll(/'([^']*)'/g)].map(
      ([, one]) => one ?? "",
    );
    return aReply(200, { devices: ids.map(told), count: 0 });
  }
  if (more !== undefined) return aReply(200, { devices: [], page: { count: 0 } });
  if (kind === "device-group") return aReply(200, { group_id: decodeURIComponent(id) });
  return aReply(
    200,
    id === "" ? { devices: [], page: { count: 0 } } : told(decodeURIComponent(id)),
  );
}

export function bodyOf(request: HttpRequest | undefined): Fields {
  return JSON.parse(request?.body ?? "{}") as Fields;
}

function matches(one: Fields, query: Fields): boolean {
  const { limit: _l, marker: _m, offset: _o, ...filters } = query;
  return Object.entries(filters).every(([name, value]) => one[name] === value);
}

function page(
  name: string,
  id: string,
  all: readonly Fields[],
  query: Fields,
  shown: (one: Fields) => Fields = (one) => one,
): HttpReply {
  const first = all.findIndex((one) => one[id] === query["marker"]) + 1;
  const items = all.slice(first, first + Number(query["limit"])).map(shown);
  return aReply(200, {
    [name]: items,
    page: { count: all.length, marker: items.at(-1)?.[id] },
  });
}

/** A task as the platform tells it. */
export function aTask(taskId: string, change: Fields = {}): Fields {
  return {
    task_id: taskId,
    task_type: "firmwareUpgrade",
    targets: ["meter-1"],
    status: "Processing",
    task_progress: { total: 1, processing: 1 },
    create_time: "20260501T080000Z",
    ...change,
  };
}
