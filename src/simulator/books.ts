import type { ApiRequest } from "./api";
import type { FaultKind } from "./faults";
import type { IotdaBooks } from "./iotda/books";
import { isObject } from "./reading";
import { contentTypeIs, parseJson } from "./requests";
import type { SubTaskReply, TaskReply } from "./northbound/wire";
import type { DeviceData, PackageData } from "./data";

/** A call that the platform was asked, secrets and tokens left out. */
export interface RequestRecord {
  /** Numbered from 1 in the order of arrival. */
  readonly sequence: number;
  /** The simulated time of arrival, ISO 8601. */
  readonly time: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path, without the query. */
  readonly path: string;
  /** The query parameters. */
  readonly query: Readonly<Record<string, string>>;
  /** The application, access key or IAM user that the call says it comes from, or null. */
  readonly appId: string | null;
  /** The body that was sent: JSON as it is, a form as an object, null for none. */
  readonly body: unknown;
  /** The status that was sent, or null when no reply was sent (yet). */
  readonly status: number | null;
  /** The platform's error_code, or null. */
  readonly errorCode: string | null;
  /** The task that the call made, whether or not a reply was sent. */
  readonly createdTask: string | null;
  /** The package that the call made, whether or not a reply was sent. */
  readonly createdPackage: string | null;
  /** The fault that met the call, or null. */
  readonly fault: FaultKind | null;
  /** `open` until it has ended; `held` and `delayed` wait; `abandoned`: the client went away. */
  readonly outcome: "open" | "held" | "delayed" | "replied" | "dropped" | "cut" | "abandoned";
}

/** A record while its call goes on. */
export type OpenRecord = { -readonly [Key in keyof RequestRecord]: RequestRecord[Key] };

/** How much the platform was asked. */
export interface RequestCounts {
  /** All calls, logins included. */
  readonly requests: number;
  /** Calls by HTTP method. */
  readonly byMethod: Readonly<Record<string, number>>;
  /** Calls to log in or to refresh a token. */
  readonly logins: number;
  /** Calls answered with 1010009, IOTDA.021101, IOTDA.021102 or APIGW.0308. */
  readonly throttled: number;
  /** POSTs of upgrade tasks, whatever became of them. */
  readonly taskPosts: number;
  /** POSTs that made a task, whether or not the client got the reply. */
  readonly taskPostsInEffect: number;
  /** POSTs of packages, whatever became of them. */
  readonly packagePosts: number;
  /** POSTs that made a package, whether or not the client got the reply. */
  readonly packagePostsInEffect: number;
  /** POSTs to stop a task. */
  readonly stopPosts: number;
  /** POSTs to run failed parts of a task again. */
  readonly retryPosts: number;
  /** POSTs to let waiting parts of a task begin. */
  readonly confirmPosts: number;
}

/** A task as the platform tells it, with what its reply leaves out. */
export interface BookedTask extends TaskReply {
  /** The application it belongs to. */
  readonly appId: string;
  /** The package it installs. */
  readonly fileId: string;
  /** One for each device. */
  readonly subTasks: readonly SubTaskReply[];
}

/** A package and whose it is. */
export interface BookedPackage extends Required<PackageData> {
  /** The application it belongs to. */
  readonly appId: string;
}

/** A device as it is now. */
export interface BookedDevice extends DeviceData {
  /** The application it belongs to. */
  readonly appId: string;
  /** The firmware it runs now. */
  readonly firmwareVersion: string;
  /** The software it runs now. */
  readonly softwareVersion: string;
  /** Names of the groups that it is in now. */
  readonly groups: readonly string[];
  /** Whether the platform can reach it now. */
  readonly online: boolean;
  /** How the platform shows it now. */
  readonly status: NonNullable<DeviceData["status"]>;
}

/** What the platform holds and what it was asked. Control calls do not count. */
export interface Books {
  /** The simulated time, ISO 8601. */
  readonly time: string;
  /** The last calls in the order of their arrival; at most 20,000 are kept. */
  readonly requests: readonly RequestRecord[];
  /** All calls, counted, also those that are not kept any more. */
  readonly counts: RequestCounts;
  /** All tasks in the order of their creation. */
  readonly tasks: readonly BookedTask[];
  /** All packages. */
  readonly packages: readonly BookedPackage[];
  /** All devices. */
  readonly devices: readonly BookedDevice[];
  /** What the IoTDA v5 part holds; absent without one. */
  readonly iotda?: IotdaBooks;
}

const secretKeys = new Set(["secret", "accessToken", "refreshToken", "access_token", "password"]);
const redacted = "[redacted]";

/** The value with every secret and token in it replaced. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key,
      secretKeys.has(key) ? redacted : redact(held),
    ]),
  );
}

function readableBody(request: ApiRequest): unknown {
  if (request.flaw !== undefined) return `[${request.flaw}]`;
  if (request.body === "") return null;
  const value = parseJson(request.body);
  if (value !== undefined) return redact(value);
  // Only what a login form may hold is kept, for anything else could be a secret in disguise.
  if (contentTypeIs(request, "application/x-www-form-urlencoded")) {
    const form = new URLSearchParams(request.body);
    return Object.fromEntries(
      ["appId", "secret"].flatMap((key) => {
        const held = form.get(key);
        return held === null ? [] : [[key, key === "secret" ? redacted : held]];
      }),
    );
  }
  return `[${String(request.body.length)} characters that cannot be read as JSON]`;
}

const throttlingCodes = new Set<string | null>([
  ...["1010009", "IOTDA.021101", "IOTDA.021102", "APIGW.0308"],
]);

function isPost({ method, path }: RequestRecord, pattern: RegExp): boolean {
  return method === "POST" && pattern.test(path);
}

/** How many calls are kept. */
const mostRecords = 20_000;

type Tally = { -readonly [Key in keyof RequestCounts]: RequestCounts[Key] } & {
  byMethod: Record<string, number>;
};

const tallied: Readonly<
  Record<Exclude<keyof RequestCounts, "byMethod">, (record: RequestRecord) => boolean>
> = {
  requests: () => true,
  logins: ({ path }) => /\/(login|refreshToken|auth\/tokens)$/.test(path),
  throttled: ({ errorCode }) => throttlingCodes.has(errorCode),
  taskPosts: (each) => isPost(each, /(Upgrade|\/batchtasks)$/),
  taskPostsInEffect: ({ createdTask }) => createdTask !== null,
  packagePosts: (each) => isPost(each, /\/ota-upgrades\/packages$/),
  packagePostsInEffect: ({ createdPackage }) => createdPackage !== null,
  stopPosts: (each) => isPost(each, /\/batchtasks\/[^/]+\/stop$/),
  retryPosts: (each) => isPost(each, /\/batchtasks\/[^/]+\/retry$/),
  confirmPosts: (each) => isPost(each, /\/batchtasks\/[^/]+\/confirm$/),
};

const talliedNames = Object.keys(tallied) as readonly (keyof typeof tallied)[];

function tally(counts: Tally, record: RequestRecord): void {
  counts.byMethod[record.method] = (counts.byMethod[record.method] ?? 0) + 1;
  for (const name of talliedNames) if (tallied[name](record)) counts[name] += 1;
}

function nothing(): Tally {
  const counts = Object.fromEntries(talliedNames.map((name) => [name, 0]));
  return { ...counts, byMethod: {} } as Tally;
}

/** The last calls in the order of their arrival, and the numbers of all. */
export class RequestBook {
  private records: OpenRecord[] = [];
  private entered = 0;
  /** Those that are not kept any more. */
  private readonly forgotten = nothing();

  enter(request: ApiRequest, appId: string | null): OpenRecord {
    this.entered += 1;
    const record: OpenRecord = {
      sequence: this.entered,
      time: new Date(request.now).toISOString(),
      method: request.method,
      path: request.path,
      query: redact(Object.fromEntries(request.query)) as Record<string, string>,
      appId,
      body: readableBody(request),
      status: null,
      errorCode: null,
      createdTask: null,
      createdPackage: null,
      fault: null,
      outcome: "open",
    };
    this.records.push(record);
    // In lots, since each takes a copy of the whole.
    if (this.records.length >= 2 * mostRecords) {
      const old = this.records.slice(0, -mostRecords);
      for (const each of old) tally(this.forgotten, each);
      this.records = this.records.slice(-mostRecords);
    }
    return record;
  }

  /** How many calls there were, also those that are not kept any more. */
  get size(): number {
    return this.entered;
  }

  /** The calls after that one which are kept. */
  after(sequence: number): readonly RequestRecord[] {
    const kept = this.records.slice(-mostRecords).filter((each) => each.sequence > sequence);
    return kept.map((record) => ({ ...record }));
  }

  counts(): RequestCounts {
    const counts: Tally = { ...this.forgotten, byMethod: { ...this.forgotten.byMethod } };
    for (const record of this.records) tally(counts, record);
    return counts;
  }
}
