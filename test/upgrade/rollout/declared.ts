import type { RolloutDeclaration } from "../../../src/upgrade/rollout/declaration";
import type { DeviceFacts, Look } from "../../../src/upgrade/rollout/platform";

/** A rollout of V2 to one group, in one wave, with the defaults of the contract. */
export function declared(own: Partial<RolloutDeclaration> = {}): RolloutDeclaration {
  const version = own.version ?? "V2";
  return {
    ...{ name: "meters", packageKind: "firmware", version, packageId: `package-${version}` },
    ...{ reportedVersion: version, seed: "meters", waves: [{ name: "all" }] },
    fleet: { devices: [], groups: ["meters"] },
    exclude: { devices: [], groups: [] },
    ...{ deadlineSeconds: 259_200, maxAttempts: 1, targetSelection: "snapshot", paused: false },
    onFailure: "stop",
    ...own,
  };
}

export function device(id: string, own: Partial<DeviceFacts> = {}): DeviceFacts {
  return { id, isOfKind: true, version: "V1", connection: "ONLINE", isFrozen: false, ...own };
}

/** A group `meters` of so many devices, `d0` and on, and whatever else. */
export function look(
  groups: Record<string, readonly string[] | undefined>,
  own: readonly DeviceFacts[] = [],
): Look {
  const devices = new Map(
    Object.values(groups).flatMap((ids) => (ids ?? []).map((id) => [id, device(id)] as const)),
  );
  for (const facts of own) devices.set(facts.id, facts);
  return { groups: new Map(Object.entries(groups)), devices };
}

export function ids(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `d${index + from}`);
}
