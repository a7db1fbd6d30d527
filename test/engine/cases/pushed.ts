import type { Simulator } from "../../../src/simulator";

interface PushBody {
  readonly targets?: { readonly devices?: readonly string[] } | readonly string[];
}

/** How often each device was pushed to, by the POSTs that took effect, of tasks that name devices. */
export function pushesPerDevice(simulator: Simulator): Record<string, number> {
  const times: Record<string, number> = {};
  for (const { body, createdTask } of simulator.books().requests) {
    if (createdTask === null) continue;
    const { targets = [] } = body as PushBody;
    const devices = Array.isArray(targets)
      ? (targets as readonly string[])
      : ((targets as { devices?: readonly string[] }).devices ?? []);
    for (const device of devices) times[device] = (times[device] ?? 0) + 1;
  }
  return times;
}
