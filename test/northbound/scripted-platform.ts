import { type HttpReply, type HttpRequest } from "../../src/http/endpoint";
import { ConnectionError } from "../../src/http/send";
import {
  type Application,
  createApplications,
  openApplication,
} from "../../src/northbound/api/platform";
import type { Account } from "../../src/northbound/settings";
import { aReply } from "../http/requests";
import { ManualClock } from "../manual-clock";

export type Fields = Readonly<Record<string, unknown>>;

export const KIND = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };

export const FIRMWARE_14: Fields = {
  fileId: "F1",
  name: "meter firmware",
  version: "V1.4",
  fileType: "firmwarePackage",
  ...KIND,
};

export const account: Account = {
  endpoint: "https://platform.example:8743",
  appId: "waterworks",
  secrets: ["s3cret"],
  caCert: undefined,
  clientCert: undefined,
  clientKey: undefined,
  clientPfx: undefined,
  clientKeyPassphrase: undefined,
  serverName: undefined,
  callsPerMinute: 100,
  connectTimeoutSeconds: 10,
  replyTimeoutSeconds: 30,
  explicit: false,
  readOnly: false,
  auditLog: undefined,
  redisUrl: undefined,
};

const environment = {
  HUAWEI_OTA_NORTHBOUND_ENDPOINT: account.endpoint,
  HUAWEI_OTA_NORTHBOUND_APP_ID: account.appId,
  HUAWEI_OTA_NORTHBOUND_SECRET: "s3cret",
};

/** Answers calls from two lists, by a script of its own where a test needs other answers. */
export class ScriptedPlatform {
  readonly clock = new ManualClock();
  readonly sent: HttpRequest[] = [];
  packages: Fields[] = [FIRMWARE_14];
  tasks: Fields[] = [];
  totalName: "totalCount" | "totalSize" | undefined = "totalCount";
  pastEnd: "empty" | "refused" = "empty";
  /** How long a task is missing from the list after it was made. */
  listLagMilliseconds = 0;
  script: (request: HttpRequest) => HttpReply | Error | undefined = () => undefined;
  /** Whether the reply to a call is lost after it took effect. */
  loses: (request: HttpRequest) => boolean = () => false;
  private readonly listedFrom = new Map<unknown, number>();

  application(change: Partial<Account> = {}): Application {
    return this.open({ ...account, ...change });
  }

  /** As the provider process has them, with settings from an environment. */
  applications(settings: Readonly<Record<string, string>> = environment) {
    return createApplications(settings, (resolved) => this.open(resolved));
  }

  /** The calls that are no logins: method and path with its query, without what all have. */
  calls(): string[] {
    return this.sent
      .filter(({ path }) => !path.startsWith("/iocm"))
      .map(({ method, path }) => `${method} ${path.replace("/iodm/northbound/v1.5.0", "")}`);
  }

  private open(resolved: Account): Application {
    return openApplication(resolved, {
      clock: this.clock,
      random: () => 0.5,
      send: async (request) => {
        this.sent.push(request);
        await this.clock.sleep(20);
        const answer = this.script(request) ?? this.answer(request);
        if (answer instanceof Error) throw answer;
        if (this.loses(request)) throw new ConnectionError("the connection was lost", true, true);
        return answer;
      },
    });
  }

  private answer(request: HttpRequest): HttpReply {
    const { pathname, searchParams } = new URL(request.path, account.endpoint);
    if (pathname.startsWith("/iocm/app/d")) return anyDevice(pathname, searchParams);
    if (pathname.startsWith("/iocm")) {
      return aReply(200, { accessToken: "t", refreshToken: "r", expiresIn: 3600 });
    }
    const [kind, id, more] = pathname.split("/").slice(4).map(decodeURIComponent);
    const query = Object.fromEntries(searchParams);
    if (request.method === "POST") return this.make(request, id);
    if (more === "subOperations") return this.page([], query);
    if (kind === "category") {
      if (id === undefined) return this.page(this.packages, query);
      const found = this.packages.find(({ fileId }) => fileId === id);
      if (found === undefined) return aReply(404, { error_code: "123002", error_desc: "No." });
      if (request.method === "GET") return aReply(200, found);
      this.packages = this.packages.filter((one) => one !== found);
      return aReply(200, "");
    }
    if (id === undefined) {
      const now = this.clock.now();
      const listed = this.tasks.filter(
        ({ operationId }) => (this.listedFrom.get(operationId) ?? 0) <= now,
      );
      return this.page(listed, query);
    }
    const found = this.tasks.find(({ operationId }) => operationId === id);
    return found === undefined
      ? aReply(404, { error_code: "123009", error_desc: "No." })
      : aReply(200, found);
  }

  private make(request: HttpRequest, name: string | undefined): HttpReply {
    const body = JSON.parse(request.body ?? "") as Fields;
    const operationId = `op-${String(this.tasks.length + 1)}`;
    const version = this.packages.find(({ fileId }) => fileId === body["fileId"])?.["version"];
    this.tasks.push({
      ...aTask(operationId, this.clock.now()),
      operateType: name === "softwareUpgrade" ? "software_upgrade" : "firmware_upgrade",
      targets: body["targets"],
      policy: body["policy"],
      extendPara: { fileVersion: version },
    });
    this.listedFrom.set(operationId, this.clock.now() + this.listLagMilliseconds);
    return aReply(200, { operationId });
  }

  private page(all: readonly Fields[], query: Readonly<Record<string, string>>): HttpReply {
    const { pageNo = "0", pageSize = "10", ...filters } = query;
    const matching = all.filter((one) => matches(one, filters));
    const first = Number(pageNo) * Number(pageSize);
    if (first >= matching.length && first > 0 && this.pastEnd === "refused") {
      return aReply(400, { error_code: "123029", error_desc: "pageNo is beyond the limit." });
    }
    return aReply(200, {
      data: matching.slice(first, first + Number(pageSize)),
      pageNo: Number(pageNo),
      pageSize: Number(pageSize),
      ...(this.totalName === undefined ? {} : { [this.totalName]: matching.length }),
    });
  }
}

/** Every device exists, in an application that has too many to list; every group does, and is empty. */
function anyDevice(pathname: string, query: URLSearchParams): HttpReply {
  const name = query.get("name");
  if (pathname.endsWith("/devGroups")) {
    const group = { id: `id of ${name ?? ""}`, name, curDevNum: 0 };
    return aReply(200, { list: name === null ? [] : [group], totalCount: 100_000 });
  }
  if (pathname.endsWith("/devices")) return aReply(200, { devices: [], totalCount: 10_000_000 });
  const deviceId = decodeURIComponent(pathname.split("/").at(-1) ?? "");
  return aReply(200, { deviceId, deviceInfo: KIND });
}

function matches(one: Fields, filters: Fields): boolean {
  const targets = (one["targets"] ?? {}) as Fields;
  const asked = Object.entries(filters);
  return asked.every(([name, value]) => {
    if (name === "operationType") return one["operateType"] === value;
    if (name === "operationStatus") return one["status"] === value;
    if (name === "deviceId")
      return (targets["devices"] as string[] | undefined)?.includes(String(value));
    return (one[name] ?? targets[name]) === value;
  });
}

/** A finished task as the platform tells it. */
export function aTask(operationId: string, createdAt: number, change: Fields = {}): Fields {
  return {
    operationId,
    createTime: basic(createdAt),
    operateType: "firmware_upgrade",
    targets: { devices: ["meter-1"] },
    status: "wait",
    staResult: { total: 1, wait: 1, processing: 0, success: 0, fail: 0, stop: 0, timeout: 0 },
    extendPara: { fileVersion: "V1.4" },
    ...change,
  };
}

/** The platform's spelling of an instant. */
export function basic(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}
