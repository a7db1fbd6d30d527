import {
  startSimulator,
  type Behaviour,
  type IotdaDeviceData,
  type Simulator,
  type SimulatorData,
  type SimulatorOptions,
} from "../../src/simulator";
import { startTime, type Fields, type Reply } from "./client";

export const projectId = "0123456789abcdef0123456789abcdef";
export const fileHash = "ab".repeat(32);
export const packageId = "60000000aaaaaaaaaa000001";
export const nextPackageId = "60000000aaaaaaaaaa000002";

const file = { region: "ap-southeast-1", bucket: "firmware" };

function devices(): (Partial<IotdaDeviceData> & Pick<IotdaDeviceData, "deviceId">)[] {
  return [
    { deviceId: "meter-1", groups: ["pilot"] },
    { deviceId: "meter-2", groups: ["pilot"] },
    { deviceId: "bad", outcome: "fail", failureReason: "noStorage" },
    { deviceId: "worn", outcome: "fail", failureReason: "The flash is worn out." },
    { deviceId: "once", outcome: "fail", failTimes: 1 },
    { deviceId: "mute", outcome: "timeout", silentAt: "version" },
    { deviceId: "current", firmwareVersion: "1.4" },
    { deviceId: "sleeper", online: false, comesOnlineAfterSeconds: 100 },
    { deviceId: "lost", online: false },
    { deviceId: "other", productId: "gas" },
  ];
}

export const world: SimulatorData = {
  applications: [],
  iotda: {
    accessKeys: [
      { accessKey: "KEY", secretKey: "secret-key" },
      { accessKey: "TEMPORARY", secretKey: "temporary-key", securityToken: "security-token" },
    ],
    users: [{ name: "pipeline", password: "s3cret", domain: "waterworks" }],
    objects: [
      { ...file, key: "1.4.bin", sha256: fileHash },
      { ...file, key: "huge.bin", size: 2_000_000_000 },
    ],
    projects: [
      {
        projectId,
        region: "ap-southeast-1",
        instances: ["instance-1"],
        spaces: [
          {
            appId: "waterworks",
            isDefault: true,
            products: [{ productId: "water", name: "Water meter" }, { productId: "gas" }],
            groups: ["nobody"],
            deviceDefaults: { productId: "water", firmwareVersion: "1.3" },
            devices: devices(),
            packages: [
              {
                ...{ packageId, packageType: "firmwarePackage", productId: "water" },
                ...{ version: "1.4", ...file, key: "1.4.bin" },
              },
              {
                ...{ packageId: nextPackageId, packageType: "softwarePackage" },
                ...{ productId: "water", version: "2.0", ...file, key: "1.4.bin" },
              },
            ] as const,
          },
          {
            appId: "laboratory",
            products: [{ productId: "water" }],
            devices: [{ deviceId: "bench-1", productId: "water" }],
          },
        ],
      },
      { projectId: "f".repeat(32), region: "cn-north-4", spaces: [{ appId: "elsewhere" }] },
    ],
  },
};

export interface IotdaBench {
  readonly simulator: Simulator;
  /** Sends a request as it is; the path starts with a slash. */
  readonly send: (path: string, init?: RequestInit) => Promise<Reply>;
  readonly login: (scope?: object, password?: string) => Promise<Reply>;
  /** Calls the project with the token of the login at the start. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<Reply>;
}

const open: Simulator[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

function parsed(text: string): Fields {
  try {
    return JSON.parse(text) as Fields;
  } catch {
    return undefined as unknown as Fields;
  }
}

export async function iotdaBench(
  behaviour: Partial<Behaviour> = {},
  options: Partial<SimulatorOptions> = {},
): Promise<IotdaBench> {
  const simulator = await startSimulator({
    data: world,
    clock: { start: startTime, speed: 0 },
    behaviour,
    ...options,
  });
  open.push(simulator);
  const send = async (path: string, init?: RequestInit): Promise<Reply> => {
    const response = await fetch(simulator.url + path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };
  const login = (scope: object = { id: projectId }, password = "s3cret"): Promise<Reply> => {
    const user = { name: "pipeline", password, domain: { name: "waterworks" } };
    const identity = { methods: ["password"], password: { user } };
    return send("/v3/auth/tokens", {
      method: "POST",
      headers: { "Content-Type": "application/json;charset=utf8" },
      body: JSON.stringify({ auth: { identity, scope: { project: scope } } }),
    });
  };
  const token = (await login()).headers.get("x-subject-token") ?? "";
  const call = (method: string, path: string, body?: unknown): Promise<Reply> =>
    send(`/v5/iot/${projectId}${path}`, {
      method,
      headers: { "X-Auth-Token": token, "Content-Type": "application/json" },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  return { simulator, send, login, call };
}

/** A body that makes a package, with some fields changed. */
export function packageBody(change: object = {}, place: object = {}): Fields {
  const location = { region_name: file.region, bucket_name: file.bucket, object_key: "1.4.bin" };
  return {
    app_id: "waterworks",
    package_type: "firmwarePackage",
    product_id: "water",
    version: "1.5",
    file_location: { obs_location: { ...location, sign: fileHash, ...place } },
    ...change,
  };
}

/** A body that makes a firmware task, with some fields changed. */
export function taskBody(change: object = {}): Fields {
  return {
    app_id: "waterworks",
    task_name: "pilot_1",
    task_type: "firmwareUpgrade",
    targets: ["meter-1"],
    document: { package_ids: [packageId] },
    ...change,
  };
}

/** Makes a firmware task for devices and returns its id. */
export async function createIotdaTask(
  { call }: IotdaBench,
  targets: readonly string[],
  change: object = {},
): Promise<string> {
  const { status, text, body } = await call(
    "POST",
    "/batchtasks",
    taskBody({ targets, ...change }),
  );
  expect([status, text]).toEqual([201, text]);
  return String(body["task_id"]);
}

export interface ShownTask {
  readonly status: string;
  readonly status_desc?: string;
  readonly task_progress: Readonly<Record<string, number>>;
  readonly details: Readonly<
    Record<string, { status: string; error?: { error_code: string; error_msg: string } }>
  >;
}

/** The task and its details by device. */
export async function shown({ call }: IotdaBench, taskId: string): Promise<ShownTask> {
  const { body } = await call("GET", `/batchtasks/${taskId}?limit=50`);
  const task = body["batchtask"] as Omit<ShownTask, "details">;
  const details = body["task_details"] as { target: string; status: string }[];
  return { ...task, details: Object.fromEntries(details.map((each) => [each.target, each])) };
}
