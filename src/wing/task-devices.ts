import type { UpgradeTaskDevice } from "./fleet-results";

/** What the tasks of a platform tell of their devices. */
interface Tasks<Device> {
  devices(task: string): Promise<readonly Device[]>;
  read(task: string): Promise<unknown>;
}

/** The devices of a task; `undefined` where the platform has no record of it: old ones are purged. */
export async function devicesOfTask<Device>(
  tasks: Tasks<Device>,
  task: string,
  told: (device: Device) => UpgradeTaskDevice,
): Promise<UpgradeTaskDevice[] | undefined> {
  const found = await tasks.devices(task);
  if (found.length === 0 && (await tasks.read(task)) === undefined) return undefined;
  return found.map(told);
}
