import { taskText } from "../behaviours/program";
import type { Wing } from "../behaviours/wing";

/** Numbers of the devices of a pilot and of a fleet. */
export const PILOT = 1;
export const FLEET = 2;

/**
 * A pilot, the wait for it, and a fleet that may begin only after a good outcome of it.
 *
 * @param of - program text: the package, by its id, or with its leaves where that is a variable
 */
export function chainText(wing: Wing, of: string): string {
  const which = of.startsWith('"') ? { of } : { versionPackage: of };
  const fleet = { ...which, devices: [FLEET], more: "onlyAfter: done.gate" };
  return `
    const pilot = ${taskText(wing, "pilot", { ...which, devices: [PILOT] })};
    const done = new ${wing.name}.UpgradeCompletion("done", { task: pilot, timeoutSeconds: 60 });
    ${taskText(wing, "fleet", fleet)};`;
}
