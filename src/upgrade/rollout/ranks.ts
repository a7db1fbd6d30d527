import { hash } from "node:crypto";

/** Where a device stands in the order of a rollout: the same for ever, whoever joins or leaves. */
function rankOf(seed: string, deviceId: string): string {
  return hash("sha256", `${seed}\n${deviceId}`, "hex");
}

/** What the book knows a device by. */
export function keyOf(deviceId: string): string {
  return hash("sha256", deviceId, "hex").slice(0, 12);
}

/** By their ranks. */
export function ranked(seed: string, deviceIds: Iterable<string>): string[] {
  return Array.from(deviceIds, (id) => ({ id, rank: rankOf(seed, id) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
    .map(({ id }) => id);
}

/** Equal for the same devices: eight digits. */
export function digestOf(deviceIds: Iterable<string>): string {
  return hash("sha256", [...deviceIds].sort().join("\n"), "hex").slice(0, 8);
}
