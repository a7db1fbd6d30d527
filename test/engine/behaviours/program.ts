import type { Wing } from "./wing";

/*
 * Program text for resources of a wing: each is an expression.
 */

export interface TaskText {
  /** Program text: id of its package. Default: firmware that is on the platform already. */
  readonly of?: string;
  /** Program text: the package itself, in place of its id. */
  readonly versionPackage?: string;
  /** Numbers of its devices, or the group of five. Default: device 1. */
  readonly devices?: readonly number[] | "pilot";
  /** More arguments, as program text. */
  readonly more?: string;
  /** Resource options, as program text. */
  readonly options?: string;
  readonly kind?: "Firmware" | "Software";
}

/** The package that the wing's programs declare. */
export function packageText(wing: Wing, name: string, options = "{}"): string {
  return `new ${wing.name}.VersionPackage("${name}", ${wing.declaredPackage}, ${options})`;
}

export function taskText(wing: Wing, name: string, task: TaskText = {}): string {
  const { of = JSON.stringify(wing.packages.firmware), devices = [1], more = "" } = task;
  const { versionPackage, options = "{}", kind = "Firmware" } = task;
  const pushed =
    versionPackage === undefined
      ? `${wing.packageField}: ${of}`
      : `versionPackage: ${versionPackage}`;
  const targets =
    devices === "pilot"
      ? wing.pilotGroup
      : JSON.stringify({ devices: devices.map((number) => wing.device(number)) });
  return `new ${wing.name}.${kind}UpgradeTask("${name}", { ${pushed}, ${wing.taskArgs}targets: ${targets}, ${more} }, ${options})`;
}

/** The wait for the task whose id is `of`, program text. */
export function waitText(wing: Wing, name: string, of: string, more = "", options = "{}"): string {
  return `new ${wing.name}.UpgradeCompletion("${name}", { ${wing.taskField}: ${of}, timeoutSeconds: 60, ${more} }, ${options})`;
}

/** A package, a task for device 1 and, if wanted, the wait for it, each called by that name. */
export function rolloutText(wing: Wing, name: string, task: TaskText = {}): string {
  return `
    const firmware = ${packageText(wing, name, task.options)};
    const task = ${taskText(wing, name, { versionPackage: "firmware", ...task })};`;
}
