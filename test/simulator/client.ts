import {
  startSimulator,
  type Behaviour,
  type Simulator,
  type SimulatorData,
  type SimulatorOptions,
} from "../../src/simulator";

/** The simulated time at which every test starts. */
export const startTime = "2026-05-01T08:00:00Z";

export const kind = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };

const otherKind = { ...kind, model: "NBM2" };

export const world: SimulatorData = {
  applications: [
    {
      appId: "waterworks",
      secret: "s3cret",
      groups: ["nobody"],
      packages: [
        { fileId: "firmware-3", version: "V1.3", fileType: "firmwarePackage", ...kind },
        { fileId: "firmware-4", version: "V1.4", fileType: "firmwarePackage", ...kind },
        { fileId: "software-2", version: "V2.0", fileType: "softwarePackage", ...kind },
        { fileId: "other-4", version: "V1.4", fileType: "firmwarePackage", ...otherKind },
      ],
      deviceDefaults: { ...kind, firmwareVersion: "V1.3" },
      devices: [
        { deviceId: "meter-1", groups: ["pilot"] },
        { deviceId: "meter-2", groups: ["pilot"] },
        { deviceId: "meter-3", groups: ["fleet", "pilot"] },
        { deviceId: "bad", outcome: "fail", failureReason: "The flash is worn out." },
        { deviceId: "current", firmwareVersion: "V1.4" },
        { deviceId: "sleeper", online: false, comesOnlineAfterSeconds: 100 },
        { deviceId: "lost", online: false },
        { deviceId: "large", model: "NBM2", groups: ["mixed"] },
        { deviceId: "small", groups: ["mixed"] },
      ],
    },
    {
      appId: "laboratory",
      secret: "other-s3cret",
      packages: [{ fileId: "laboratory-5", version: "V1.5", fileType: "firmwarePackage", ...kind }],
      devices: [{ deviceId: "bench-1", ...kind, groups: ["bench", "pilot"] }],
    },
    { appId: "frozen", secret: "ice", blocked: true },
  ],
};

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; `undefined` when it is empty or not JSON. */
  readonly body: Fields;
}

export type Fields = Readonly<Record<string, unknown>>;

export type Call = (method: string, path: string, body?: unknown) => Promise<Reply>;

export interface Bench {
  readonly simulator: Simulator;
  /** Sends a request as it is; the path starts with a slash. */
  readonly send: (path: string, init?: RequestInit) => Promise<Reply>;
  /** Logs in and returns the reply. */
  readonly login: (appId?: string, secret?: string) => Promise<Reply>;
  /** Calls an upgrade endpoint as `waterworks`, logged in once at the start. */
  readonly call: Call;
  /** The same for another token. */
  readonly callerFor: (appKey: string, token: string) => Call;
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

export async function bench(
  behaviour: Partial<Behaviour> = {},
  options: Partial<SimulatorOptions> = {},
): Promise<Bench> {
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
  const login = (appId = "waterworks", secret = "s3cret"): Promise<Reply> =>
    send("/iocm/app/sec/v1.1.0/login", {
      method: "POST",
      body: new URLSearchParams({ appId, secret }),
    });
  const callerFor =
    (appKey: string, token: string): Call =>
    (method, path, body) =>
      send(`/iodm/northbound/v1.5.0${path}`, {
        method,
        headers: {
          app_key: appKey,
          Authorization: `Bearer ${token}`,
          "Content-Type": "application/json",
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
  const token = String((await login()).body["accessToken"]);
  return { simulator, send, login, callerFor, call: callerFor("waterworks", token) };
}

/** Makes a firmware task for devices and returns its operationId. */
export async function createTask(
  { call }: Bench,
  devices: readonly string[],
  policy?: object,
): Promise<string> {
  const body = { fileId: "firmware-4", targets: { devices }, ...(policy ? { policy } : {}) };
  const reply = await call("POST", "/operations/firmwareUpgrade", body);
  expect(reply.status).toBe(200);
  return String(reply.body["operationId"]);
}

/** The platform's spelling of a moment some seconds after the start. */
export function basic(secondsAfterStart: number): string {
  const moment = new Date(Date.parse(startTime) + secondsAfterStart * 1000);
  return `${moment.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** JSON that is nested thousands of levels deep. */
export const deepLists = "[".repeat(5000) + "]".repeat(5000);
export const deepObjects = `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`;

/** The JSON of the body, with more JSON in it. */
export function withJson(body: object, json: string): string {
  return JSON.stringify(body).replace("{", `{"more":${json},`);
}
