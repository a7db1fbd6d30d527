import type { Device, DeviceKind, Fleet } from "../upgrade/fleet";
import { isOtherKind, versionOn } from "../upgrade/fleet";
import type { PackageKind } from "../upgrade/gate";
import type { DeviceFacts, Look, Selection } from "../upgrade/rollout/platform";

export interface Looking {
  readonly kind: DeviceKind;
  readonly packageKind: PackageKind;
  readonly fresh: boolean;
}

/** The devices and groups that a rollout names, as the platform tells them now. */
export async function lookAt(
  fleet: Fleet,
  { devices, groups }: Selection,
  { kind, packageKind, fresh }: Looking,
): Promise<Look> {
  const age = fresh ? { maxAgeSeconds: 0 } : {};
  const members = await fleet.members(groups, age);
  const ids = new Set([...devices, ...[...members.values()].flatMap((found) => found ?? [])]);
  const found = await fleet.devices([...ids], { kind, ...age });
  const facts = [...found.values()].map((device) => factsOf(device, kind, packageKind));
  return { groups: members, devices: new Map(facts.map((one) => [one.id, one])) };
}

function factsOf(device: Device, kind: DeviceKind, packageKind: PackageKind): DeviceFacts {
  return {
    id: device.id,
    isOfKind: !isOtherKind(device.kind, kind),
    version: versionOn(device, { packageKind }),
    connection: device.connection,
    isFrozen: device.isFrozen,
  };
}
