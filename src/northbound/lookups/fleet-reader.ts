import { OtaError } from "../../errors";
import type { Device } from "../../upgrade/fleet";
import type { PackageKind } from "../../upgrade/gate";
import { deviceFacts, devicesAsked, groupResult, reachAsked } from "../../wing/fleet-lookups";
import type { UpgradeTaskDevice } from "../../wing/fleet-results";
import { onlyKnown, plain } from "../../wing/lookup-arguments";
import type { Application } from "../api/platform";
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
  getDevices: {
    deviceGroup: true,
    deviceType: true,
    model: true,
    manufacturerName: true,
    status: true,
    limit: "number",
  },
  getDeviceGroup: { name: true, groupId: true },
  getDeviceGroups: {},
  getReach: { versionPackage: "object", targets: "object" },
  getUpgradeTaskDevices: { operationId: true },
} as const;

const KIND_OF: Readonly<Record<string, PackageKind>> = {
  firmwarePackage: "firmware",
  softwarePackage: "software",
};

/** What lookups ask about the devices of one application. */
export function fleetReader(application: Application) {
  const { appId } = application.account;
  const fleet = application.fleet({});
  const noGroup = (name: string): Promise<string> =>
    Promise.resolve(`Application ${appId} has no device group "${name}" (100603). Check its name.`);
  return {
    async device(args: GetDeviceArgs) {
      const { deviceId } = onlyKnown("getDevice", args, KNOWN, ["deviceId"]);
      const found = (await fleet.devices([deviceId])).get(deviceId);
      if (found !== undefined) return deviceResult(found);
      throw new OtaError(
        `Application ${appId} has no device ${deviceId} (100403). Check the device id.`,
      );
    },
    async devices(args: GetDevicesArgs) {
      const { deviceGroup, status, limit, ...kind } = onlyKnown("getDevices", args, KNOWN);
      const asked = { group: deviceGroup, kind, status, limit };
      return (await devicesAsked(fleet, asked, noGroup)).map(deviceResult);
    },
    async deviceGroup(args: GetDeviceGroupArgs) {
      const { name, groupId } = onlyKnown("getDeviceGroup", args, KNOWN);
      if ((name === undefined) === (groupId === undefined)) {
        throw new OtaError("getDeviceGroup needs name or groupId, and not both.");
      }
      if (groupId === undefined) {
        const found = (await fleet.groups([name ?? ""])).get(name ?? "");
        if (found === undefined) throw new OtaError(await noGroup(name ?? ""));
        return groupResult(found);
      }
      const found = await fleet.group(groupId);
      if (found !== undefined) return groupResult(found);
      throw new OtaError(
        `Application ${appId} has no device group with id ${groupId} (100603). Check the id.`,
      );
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
      const found = await application.packages({}).get(versionPackage.id);
      if (found === undefined) {
        throw new OtaError(
          `Application ${appId} has no version package ${versionPackage.id} (123002). Check versionPackage.id.`,
        );
      }
      const pushed = pushedBy(KIND_OF[found.fileType ?? ""] ?? "firmware", found);
      const { devices, deviceGroups: groups } = targets;
      return reachAsked(reachingIn(application, {}), { devices, groups }, pushed, noGroup);
    },
    async upgradeTaskDevices(args: GetUpgradeTaskDevicesArgs): Promise<UpgradeTaskDevice[]> {
      const { operationId } = onlyKnown("getUpgradeTaskDevices", args, KNOWN, ["operationId"]);
      const found = await devicesOf(application, operationId);
      if (found !== undefined) return found;
      throw new OtaError(
        `Application ${appId} has no upgrade task ${operationId} (123009). Check the operation id; old tasks are purged.`,
      );
    },
  };
}

function deviceResult(device: Device): DeviceResult {
  const { deviceType, model, manufacturerName } = device.kind;
  return plain({ ...deviceFacts(device), deviceType, model, manufacturerName });
}
