import { parseBasicTime } from "../basic-time";
import type { Behaviour } from "../behaviour";
import type { PackageData } from "../data";
import type { ErrorCode } from "./error-codes";
import { isObject, type JsonObject } from "../reading";
import type { Device, OperateType, Task } from "./schedule";
import type { TaskOrder, World } from "./world";

/** Leaves the check with the code that the platform answers. */
class Refusal extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}

function refuse(code: ErrorCode): never {
  throw new Refusal(code);
}

interface Targets {
  readonly devices: readonly string[] | undefined;
  readonly deviceGroups: readonly string[] | undefined;
  readonly deviceType: string | undefined;
  readonly model: string | undefined;
  readonly manufacturerName: string | undefined;
}

const maximumTargets = 256;
const longestText = 256;
const shortestWindow = 300_000;

export function isWellFormedId(id: string, behaviour: Behaviour): boolean {
  if (behaviour.idFormat === "any") return id.length >= 1 && id.length <= longestText;
  return /^[A-Za-z0-9_.-]{1,256}$/.test(id);
}

/** A text of at most 256 characters; absent, null and empty are the same. */
function text(source: JsonObject, key: string): string | undefined {
  const value = source[key];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string" || value.length > longestText) return refuse("120015");
  return value;
}

function names(
  source: JsonObject,
  key: string,
  behaviour: Behaviour,
): readonly string[] | undefined {
  const value = source[key];
  if (value === undefined) return undefined;
  const empty = value === null || (Array.isArray(value) && value.length === 0);
  if (empty) return behaviour.emptyTargetList === "120015" ? refuse("120015") : undefined;
  if (!Array.isArray(value)) return refuse("120015");
  return value.map((each: unknown) =>
    typeof each === "string" && each !== "" && each.length <= longestText ? each : refuse("120015"),
  );
}

function readTargets(value: unknown, behaviour: Behaviour): Targets {
  if (value === undefined || value === null) return refuse(behaviour.targetsMissing);
  if (!isObject(value)) return refuse("120015");
  return {
    devices: names(value, "devices", behaviour),
    deviceGroups: names(value, "deviceGroups", behaviour),
    deviceType: text(value, "deviceType"),
    model: text(value, "model"),
    manufacturerName: text(value, "manufacturerName"),
  };
}

function checkTargets(targets: Targets): void {
  const { devices, deviceGroups } = targets;
  if (devices === undefined && deviceGroups === undefined) refuse("123022");
  if (devices !== undefined && deviceGroups !== undefined) refuse("123023");
  if ((devices ?? deviceGroups ?? []).length > maximumTargets) refuse("123024");
  if (deviceGroups === undefined) return;
  if (targets.manufacturerName === undefined) refuse("123019");
  if (targets.deviceType === undefined) refuse("123020");
  if (targets.model === undefined) refuse("123021");
}

type Plan = Pick<TaskOrder, "executeType" | "beginAt" | "endAt" | "retryTimes">;

function readExecuteType(policy: JsonObject, behaviour: Behaviour): Task["executeType"] {
  const value = policy["executeType"];
  const absent = value === undefined || value === null || value === "";
  if (absent && behaviour.executeTypeMissing === "now") return "now";
  if (value === "now" || value === "device_online" || value === "custom") return value;
  return refuse("123025");
}

function readWindow(
  policy: JsonObject,
  now: number,
  behaviour: Behaviour,
): { readonly beginAt: number; readonly endAt: number } {
  const [begin, end] = [policy["startTime"], policy["endTime"]];
  const beginAt = typeof begin === "string" ? parseBasicTime(begin) : undefined;
  const endAt = typeof end === "string" ? parseBasicTime(end) : undefined;
  if (beginAt === undefined || endAt === undefined) return refuse("123026");
  if (beginAt > endAt) refuse("123032");
  // The format has whole seconds, so the second that runs is not in the past.
  if (beginAt < Math.floor(now / 1000) * 1000) refuse("123033");
  const length = endAt - beginAt;
  const accepted = behaviour.windowOf300Seconds === "accepted" && length === shortestWindow;
  if (length <= shortestWindow && !accepted) refuse("123034");
  return { beginAt, endAt };
}

function readRetryTimes(policy: JsonObject, behaviour: Behaviour): number {
  const [retryType, value] = [policy["retryType"] ?? false, policy["retryTimes"] ?? undefined];
  if (typeof retryType !== "boolean") return refuse("120015");
  if (value !== undefined && typeof value !== "number") return refuse("120015");
  const inRange = value !== undefined && Number.isInteger(value) && value >= 1 && value <= 5;
  if (retryType) return inRange ? value : refuse("123028");
  if (value !== undefined && !inRange && behaviour.retryTimesWithoutRetry === "123028") {
    refuse("123028");
  }
  return 0;
}

function readPolicy(value: unknown, now: number, behaviour: Behaviour): Plan {
  if (value === undefined || value === null) {
    return { executeType: "now", beginAt: null, endAt: null, retryTimes: 0 };
  }
  if (!isObject(value)) return refuse("120015");
  const executeType = readExecuteType(value, behaviour);
  const hasTimes = (value["startTime"] ?? value["endTime"] ?? null) !== null;
  if (executeType !== "custom" && hasTimes && behaviour.timesWithoutCustom === "123026") {
    refuse("123026");
  }
  const window = executeType === "custom" ? readWindow(value, now, behaviour) : undefined;
  return {
    executeType,
    beginAt: window?.beginAt ?? null,
    endAt: window?.endAt ?? null,
    retryTimes: readRetryTimes(value, behaviour),
  };
}

function findPackage(world: World, appId: string, fileId: string): PackageData {
  const found = world.packages.get(fileId);
  return found?.appId === appId ? found.data : refuse("123002");
}

interface Found {
  readonly devices: readonly Device[];
  readonly unknown: readonly string[];
}

type Kind = Pick<PackageData, "deviceType" | "model" | "manufacturerName">;

const kindKeys = ["deviceType", "model", "manufacturerName"] as const;

/** Whether what is given of a kind is that of the package. */
function fits(
  kind: { readonly [Key in keyof Kind]?: Kind[Key] | undefined },
  held: Kind,
  { behaviour }: World,
): boolean {
  const spelled = (text: string): string =>
    behaviour.kindMatch === "exact" ? text : text.toLowerCase();
  return kindKeys.every((key) => spelled(kind[key] ?? held[key]) === spelled(held[key]));
}

function findTargets(world: World, appId: string, targets: Targets, held: Kind): Found {
  const unknown: string[] = [];
  const found = new Set<Device>();
  for (const name of targets.deviceGroups ?? []) {
    const members = world.groups.byName(appId, name)?.members;
    if (members === undefined && world.behaviour.unknownTargets === "123002") refuse("123002");
    for (const device of members ?? []) {
      const isOther =
        world.behaviour.otherKindInGroups === "passedOver" && !fits(device.data, held, world);
      if (!isOther) found.add(device);
    }
  }
  for (const deviceId of new Set(targets.devices ?? [])) {
    if (world.behaviour.anyDevice && !world.devices.has(deviceId)) {
      const { deviceType, model, manufacturerName } = held;
      world.putDevice(appId, deviceId, { deviceType, model, manufacturerName });
    }
    const device = world.devices.get(deviceId);
    if (device?.appId === appId) found.add(device);
    else unknown.push(deviceId);
  }
  if (unknown.length > 0 && world.behaviour.unknownTargets === "123002") refuse("123002");
  const nothing = found.size + unknown.length === 0;
  if (nothing && world.behaviour.emptyGroups === "123002") refuse("123002");
  return { devices: [...found], unknown };
}

const wantedFileType = {
  firmware_upgrade: "firmwarePackage",
  software_upgrade: "softwarePackage",
} as const;

function readOrder(
  world: World,
  appId: string,
  operateType: OperateType,
  body: unknown,
  now: number,
): TaskOrder {
  const { behaviour } = world;
  if (!isObject(body)) return refuse("120015");
  const fileId = body["fileId"];
  if (typeof fileId !== "string" || !isWellFormedId(fileId, behaviour)) return refuse("120015");
  const targets = readTargets(body["targets"], behaviour);
  checkTargets(targets);
  const plan = readPolicy(body["policy"], now, behaviour);

  const held = findPackage(world, appId, fileId);
  const { devices, unknown } = findTargets(world, appId, targets, held);
  if (held.fileType !== wantedFileType[operateType] && behaviour.wrongFileType !== "accepted") {
    refuse(behaviour.wrongFileType);
  }
  if (behaviour.mismatchCompares !== "devices" && !fits(targets, held, world)) refuse("123016");
  const strangers = new Set(devices.filter((device) => !fits(device.data, held, world)));
  if (behaviour.mismatchCompares !== "request" && strangers.size > 0) refuse("123016");
  return {
    appId,
    operateType,
    package: held,
    targets: body["targets"],
    policy: body["policy"],
    ...plan,
    devices: [
      ...devices.map((device) => ({
        deviceId: device.data.deviceId,
        doomed: strangers.has(device) ? "The package is not made for this device." : null,
      })),
      ...unknown.map((deviceId) => ({ deviceId, doomed: "The device does not exist." })),
    ],
  };
}

/** Runs the validation table of the create page over a body; the first code that applies wins. */
export function checkOrder(
  world: World,
  appId: string,
  operateType: OperateType,
  body: unknown,
  now: number,
): { readonly order: TaskOrder } | { readonly refused: ErrorCode } {
  try {
    return { order: readOrder(world, appId, operateType, body, now) };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.code };
    throw error;
  }
}
