import { OtaError } from "../../errors";
import type { Device } from "../../upgrade/fleet";
import type { UpgradeKind } from "../../upgrade/gate";
import { deviceFacts, devicesAsked, groupResult, reachAsked } from "../../wing/fleet-lookups";
import type { UpgradeTaskDevice } from "../../wing/fleet-results";
import { onlyKnown, plain } from "../../wing/lookup-arguments";
import type { Project } from "../api/platform";
import { pushedBy, reachingIn } from "../api/reaching";
import type {
  DeviceResult,
  GetDeviceArgs,
  GetDeviceGroupArgs,
  GetDeviceGroupsArgs,
  GetDevicesArgs,
  GetReachArgs,
  GetUpgradeTaskDevicesArgs,
} from "./fleet-types";
import { devicesOf } from "./task-devices";

/** The arguments of each lookup. */
const KNOWN = {
  getDevice: { deviceId: true },
  getDevices: { groupId: true, productId: true, status: true, limit: "number" },
  getDeviceGroup: { groupId: true, name: true, appId: true },
  getDeviceGroups: {},
  getReach: { versionPackage: "object", targets: "object" },
  getUpgradeTaskDevices: { taskId: true },
} as const;

const KIND_OF: Readonly<Record<string, UpgradeKind>> = {
  firmwarePackage: "firmware",
  softwarePackage: "software",
  modulePackage: "module",
};

/** What lookups ask about the devices of one project. */
export function fleetReader(project: Project) {
  const fleet = project.fleet({});
  const noGroup = async (id: string): Promise<string> =>
    `Project ${await project.key()} has no device group ${id} (404). Check its id.`;
  return {
    async device(args: GetDeviceArgs) {
      const { deviceId } = onlyKnown("getDevice", args, KNOWN, ["deviceId"]);
      const found = (await fleet.devices([deviceId])).get(deviceId);
      if (found !== undefined) return deviceResult(found);
      throw new OtaError(
        `Project ${await project.key()} has no device ${deviceId} (404). Check the device id.`,
      );
    },
    async devices(args: GetDevicesArgs) {
      const { groupId, productId, status, limit } = onlyKnown("getDevices", args, KNOWN);
      const asked = { group: groupId, kind: { productId }, status, limit };
      return (await devicesAsked(fleet, asked, noGroup)).map(deviceResult);
    },
    async deviceGroup(args: GetDeviceGroupArgs) {
      const { groupId, name, appId } = onlyKnown("getDeviceGroup", args, KNOWN);
      if ((name === undefined) === (groupId === undefined)) {
        throw new OtaError("getDeviceGroup needs groupId or name, and not both.");
      }
      const id = groupId ?? (await theOnlyGroup(name ?? "", appId)).id;
      const found = await fleet.group(id);
      const size = (await fleet.groups([id])).get(id)?.size;
      if (found === undefined) throw new OtaError(await noGroup(id));
      return groupResult({ ...found, size });
    },
    async deviceGroups(args: GetDeviceGroupsArgs) {
      onlyKnown("getDeviceGroups", args, KNOWN);
      return (await fleet.allGroups()).map(groupResult);
    },
    async reach(args: GetReachArgs) {
      const { versionPackage, targets } = onlyKnown("getReach", args, KNOWN, [
        "versionPackage",
        "targets",
      ]);
      const found = await project.packages({}).get(versionPackage.id);
      if (found === undefined) {
        throw new OtaError(
          `Project ${await project.key()} has no version package ${versionPackage.id} (404). Check versionPackage.id.`,
        );
      }
      const pushed = pushedBy(KIND_OF[found.packageType ?? ""] ?? "firmware", found);
      const { devices, groupIds: groups } = targets;
      return reachAsked(reachingIn(project, {}), { devices, groups }, pushed, noGroup);
    },
    async upgradeTaskDevices(args: GetUpgradeTaskDevicesArgs): Promise<UpgradeTaskDevice[]> {
      const { taskId } = onlyKnown("getUpgradeTaskDevices", args, KNOWN, ["taskId"]);
      const found = await devicesOf(project, taskId);
      if (found !== undefined) return found;
      throw new OtaError(
        `Project ${await project.key()} has no upgrade task ${taskId} (404). Check its id; old tasks are purged.`,
      );
    },
  };

  async function theOnlyGroup(name: string, appId: string | undefined) {
    const found = await fleet.named(name, appId);
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    const which = `"${name}"${appId === undefined ? "" : ` in resource space ${appId}`}`;
    throw new OtaError(
      found.length === 0
        ? `Project ${await project.key()} has no device group ${which}. Check its name.`
        : `Project ${await project.key()} has ${found.length} device groups ${which}: ${found.map(({ id }) => id).join(", ")}. Set appId, or name one by its groupId.`,
    );
  }
}

function deviceResult(device: Device): DeviceResult {
  return plain({ ...deviceFacts(device), productId: device.kind["productId"] });
}
