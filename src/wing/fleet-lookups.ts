import { OtaError } from "../errors";
import type { Device, DeviceFilter, Fleet } from "../upgrade/fleet";
import type { Pushed } from "../upgrade/reach";
import type { DeviceFacts, DeviceGroupResult, ReachResult } from "./fleet-results";
import { plain } from "./lookup-arguments";
import { lookAtReach, type ReachTargets, type Reaching } from "./reach";

export function deviceFacts(device: Device): DeviceFacts {
  const { id, firmwareVersion, softwareVersion, connection, isFrozen } = device;
  return plain({
    deviceId: id,
    firmwareVersion,
    softwareVersion,
    status: statusOf(device) ?? connection,
    isFrozen,
  });
}

function statusOf({ connection, isFrozen }: Device): string | undefined {
  return connection ?? (isFrozen ? "FROZEN" : undefined);
}

export interface DevicesAsked {
  /** As tasks call it. */
  readonly group?: string | undefined;
  readonly kind: DeviceFilter["kind"];
  readonly status?: string | undefined;
  readonly limit?: number | undefined;
}

/** The devices of an account or of one of its groups that fit, at most so many. */
export async function devicesAsked(
  fleet: Fleet,
  { group, kind = {}, status, limit = Number.POSITIVE_INFINITY }: DevicesAsked,
  noGroup: (group: string) => Promise<string>,
): Promise<readonly Device[]> {
  if (limit !== Number.POSITIVE_INFINITY && (!Number.isInteger(limit) || limit < 1)) {
    throw new OtaError(`getDevices: limit is ${limit}; it must be a whole number from 1.`);
  }
  const isWanted = (device: Device): boolean =>
    Object.entries(kind).every(
      ([field, value]) => value === undefined || device.kind[field] === value,
    ) &&
    (status === undefined || statusOf(device) === status);
  if (group === undefined) {
    const found =
      status === "FROZEN" || limit === Number.POSITIVE_INFINITY
        ? await fleet.all({ kind })
        : await fleet.some({ kind, connection: status as Device["connection"] }, limit);
    return found.filter(isWanted).slice(0, limit);
  }
  const found = await fleet.groups([group]);
  if (found.get(group) === undefined) throw new OtaError(await noGroup(group));
  const members = await fleet.devicesIn([group], { kind });
  return [...members.values()].filter(isWanted).slice(0, limit);
}

export function groupResult(group: {
  readonly id: string;
  readonly name: string | undefined;
  readonly description?: string | undefined;
  readonly size?: number | undefined;
}): DeviceGroupResult {
  const { id, name, description, size } = group;
  return plain({ groupId: id, name, description, devices: size });
}

/** What a push would reach, however many calls that takes. */
export async function reachAsked(
  reaching: Reaching,
  targets: ReachTargets,
  pushed: Pushed,
  noGroup: (group: string) => Promise<string>,
): Promise<ReachResult> {
  const seen = await lookAtReach(reaching, targets, pushed, Number.MAX_SAFE_INTEGER);
  const [missing] = seen.noGroups;
  if (missing !== undefined) throw new OtaError(await noGroup(missing));
  const { reach, online, offline, busy } = seen;
  return plain({ ...reach, online, offline, busy });
}
