import { parseBasicTime } from "../basic-time";
import type { JsonObject } from "../reading";
import { defaultSpace, namedSpace, type Call } from "./call";
import type { CheckedIotdaSpace } from "./data";
import { invalid, invented, Refusal } from "./error-codes";
import {
  deviceIdText,
  optionalBoolean,
  optionalChoice,
  optionalInteger,
  optionalObject,
  optionalText,
  optionalTexts,
  requiredChoice,
  requiredObject,
  requiredText,
  type TextRule,
} from "./fields";
import type { IotdaTaskOrder, StoredIotdaPackage } from "./model";

const upgrades = ["softwareUpgrade", "firmwareUpgrade", "moduleUpgrade"] as const;
type Upgrade = (typeof upgrades)[number];

/** All types that lists can ask for; only upgrades can be made here. */
export const taskTypes = [
  ...upgrades,
  ...["createDevices", "deleteDevices", "freezeDevices", "unfreezeDevices", "createCommands"],
  ...["createAsyncCommands", "createMessages", "updateDeviceShadows", "updateDevices"],
  "changeGateway",
];

const packageTypes = {
  softwareUpgrade: "softwarePackage",
  firmwareUpgrade: "firmwarePackage",
  moduleUpgrade: "modulePackage",
} as const;

const sevenDays = 7 * 24 * 3_600_000;
const packageIdText: TextRule = { most: 36, of: /^[A-Za-z0-9-]*$/ };
const taskName: TextRule = { most: 128, of: /^[\u4e00-\u9fa5A-Za-z0-9_]*$/ };

function readType(body: JsonObject): Upgrade {
  const type = requiredChoice(body, "task_type", taskTypes);
  const upgrade = upgrades.find((each) => each === type);
  if (upgrade === undefined) throw invalid(`The simulator makes no tasks of the type ${type}.`);
  return upgrade;
}

function readExtInfo(body: JsonObject): JsonObject | undefined {
  const info = optionalObject(body, "task_ext_info");
  if (info !== undefined && JSON.stringify(info).length > 512) {
    throw invalid("task_ext_info may have at most 512 characters.");
  }
  return info;
}

function readStart(policy: JsonObject, now: number): number | undefined {
  const text = optionalText(policy, "schedule_time", { least: 1, most: 256 });
  if (text === undefined) return undefined;
  const time = parseBasicTime(text);
  if (time === undefined) {
    throw new Refusal("IOTDA.000009", "schedule_time must be like 20260501T080000Z.");
  }
  // A time in the second that runs has not passed.
  if (time < Math.floor(now / 1000) * 1000 || time > now + sevenDays) {
    throw invalid("schedule_time must lie within the next 7 days.");
  }
  return time;
}

function readPolicy(body: JsonObject, now: number) {
  const policy = optionalObject(body, "task_policy");
  const retryCount = optionalInteger(policy ?? {}, "retry_count", 0, 5);
  const retryMinutes = optionalInteger(policy ?? {}, "retry_interval", 0, 1440);
  if ((retryCount === undefined) !== (retryMinutes === undefined)) {
    throw invalid("retry_count and retry_interval go together.");
  }
  return {
    policy,
    scheduledAt: readStart(policy ?? {}, now),
    retryCount: retryCount ?? 0,
    retryMinutes: retryMinutes ?? 0,
  };
}

/** `targets` win over `targets_filter`, which wins over `document_source`; none is an error. */
function readTargets(body: JsonObject): Pick<IotdaTaskOrder, "targets" | "groupIds"> {
  const targets = optionalTexts(body, "targets", 30_000, deviceIdText);
  if (targets !== undefined && targets.length > 0) return { targets, groupIds: undefined };
  const filter = optionalObject(body, "targets_filter");
  const groupIds = optionalTexts(filter ?? {}, "group_ids", 30_000, { most: 128 });
  if (groupIds === undefined || groupIds.length === 0) {
    throw invalid("targets or targets_filter.group_ids is required.");
  }
  return { targets: undefined, groupIds };
}

function readPackages(
  { world, project }: Call,
  space: CheckedIotdaSpace,
  body: JsonObject,
  type: Upgrade,
): readonly StoredIotdaPackage[] {
  const document = requiredObject(body, "document");
  const ids = optionalTexts(document, "package_ids", 30_000, packageIdText) ?? [];
  if (ids.length === 0) throw invalid("document.package_ids is required.");
  return ids.map((id) => {
    const stored = world.packages.get(id);
    if (stored?.projectId !== project.projectId || stored.appId !== space.appId) {
      throw new Refusal(invented.packageNotFound, `The package ${id} does not exist.`);
    }
    const fits = stored.data.packageType === packageTypes[type];
    if (!fits && world.behaviour.iotdaWrongPackageType === "refused") {
      throw invalid(`The package ${id} is a ${stored.data.packageType}.`);
    }
    return stored;
  });
}

function checkDevices({ world, project }: Call, order: IotdaTaskOrder): void {
  if (world.behaviour.anyDevice) world.registerTargets(order);
  if (world.behaviour.iotdaUnknownDevice !== "refused") return;
  const devices = world.devices.get(project.projectId);
  const missing = order.targets?.find((id) => devices?.get(id)?.appId !== order.appId);
  if (missing !== undefined) {
    throw new Refusal(invented.deviceNotFound, `The device ${missing} does not exist.`);
  }
}

function checkRoom({ world }: Call, appId: string): void {
  const { iotdaTasksAtOnce, iotdaTasksAboveLimit } = world.behaviour;
  if (iotdaTasksAtOnce === null || iotdaTasksAboveLimit !== "refused") return;
  if (world.tasks.workedOn(appId) >= iotdaTasksAtOnce) {
    const most = String(iotdaTasksAtOnce);
    throw new Refusal(invented.tooManyTasks, `${most} tasks of the space are worked on already.`);
  }
}

/** Reads the body of a create call by the rules of its page. */
export function readTaskOrder(call: Call, body: JsonObject): IotdaTaskOrder {
  const type = readType(body);
  const name = requiredText(body, "task_name", taskName);
  const mode = optionalChoice(body, "task_mode", ["GATEWAY"]);
  const extInfo = readExtInfo(body);
  if (type === "moduleUpgrade" && (mode !== undefined || extInfo !== undefined)) {
    throw invalid("task_mode and task_ext_info are for firmwareUpgrade and softwareUpgrade.");
  }
  const needConfirm = optionalBoolean(body, "need_confirm");
  const policy = readPolicy(body, call.request.now);
  const targets = readTargets(body);
  requiredObject(body, "document");
  const space = namedSpace(call, body) ?? defaultSpace(call);
  const order: IotdaTaskOrder = {
    projectId: call.project.projectId,
    appId: space.appId,
    name,
    type,
    mode,
    needConfirm,
    extInfo,
    ...targets,
    packages: readPackages(call, space, body, type),
    ...policy,
  };
  checkDevices(call, order);
  checkRoom(call, space.appId);
  return order;
}
