import { counted } from "../upgrade/reach";
import { strong, type Text } from "./document";
import { nameless } from "./rollout";
import type { Change } from "./run";
import { type TaskTold, taskTold } from "./shapes";

/** What a comment says of one task that is made, made again, changed or red. */
export interface TaskReview {
  readonly version: string | undefined;
  /** How many devices at most it pushes to. */
  readonly adds: number;
  readonly text: Text;
}

const WORDS = { create: "pushes", replace: "is replaced, and pushes again" } as const;

export function reviewTask(change: Change): TaskReview | undefined {
  const { name, operation, infos, after } = change;
  if (operation !== "create" && operation !== "replace") return undefined;
  const { reach, versionPackage } = taskTold(after?.inputs);
  const { version } = versionPackage;
  const said = infos.map((line) => nameless(line, name)).join(" ");
  const adds = reach === undefined ? 0 : reach.devices;
  const on =
    reach === undefined
      ? "to devices that nobody has counted"
      : `to ${counted(reach.devices)}${reach.onVersion ? `, ${reach.onVersion} of them on it already` : ""}`;
  const what = said === "" ? `${version ?? "its package"} ${on}.` : said;
  const once = "onlyAfter" in (after?.inputs ?? {}) ? ", once its gate opens" : "";
  return { version, adds, text: [strong(name), ` ${WORDS[operation]}${once}: ${what}`] };
}

/** A completion that is red in the state. */
export function reviewCompletion({ name, operation, before }: Change): Text | undefined {
  if (operation !== "update" && operation !== "same") return undefined;
  const { outcome, deviceCounts, failures } = taskTold(before?.outputs);
  if (outcome !== "failed") return undefined;
  const shown = failures
    .slice(0, 3)
    .map(({ deviceId, reason }) => `${deviceId}: ${reason.replace(/\.$/, "")}`);
  const reasons = shown.length === 0 ? "" : ` (${shown.join("; ")})`;
  return [strong(name), ` is red: ${progressOf(deviceCounts)}${reasons}.`];
}

/** What a task, a completion or a package leaves behind that is taken away; of a completion nothing. */
export function reviewRemoved({ name, kind, before }: Change): Text | undefined {
  const told = taskTold(before?.outputs);
  switch (kind?.kind) {
    case "FirmwareUpgradeTask":
    case "SoftwareUpgradeTask":
    case "ModuleUpgradeTask": {
      const canStop = kind.wing === "iotda" && kind.kind !== "ModuleUpgradeTask";
      const stops = canStop && told.onDelete !== "keep";
      const fate = stops
        ? "is stopped, and its record deleted"
        : isOver(told)
          ? "is forgotten here; it is over"
          : "is forgotten here, and the platform goes on with it";
      const { version = "its package" } = told.versionPackage;
      return [
        strong(name),
        ` (${version}) ${fate}. As it was last seen: ${progressOf(told.deviceCounts)}.`,
      ];
    }
    case "VersionPackage": {
      const goes =
        told.onDelete === "delete" || (told.onDelete === "deleteIfMade" && told.takenOver !== true);
      return [
        strong(name),
        goes
          ? ": the package is deleted on the platform, unless an unfinished task may use it."
          : ": the package stays on the platform.",
      ];
    }
    case "UpgradeCompletion":
    case "FirmwareRollout":
    case "SoftwareRollout":
    case undefined:
      return undefined;
  }
}

function isOver({ deviceCounts, recordGone }: TaskTold): boolean {
  if (recordGone === true) return true;
  return deviceCounts !== undefined && deviceCounts.wait + deviceCounts.processing === 0;
}

function progressOf(counts: TaskTold["deviceCounts"]): string {
  if (counts === undefined) return "no device was counted yet";
  const { total, success, wait, processing, fail } = counts;
  const open = wait + processing;
  return [
    `${success} of ${counted(total)} upgraded`,
    ...(open > 0 ? [`${open} under way`] : []),
    ...(fail > 0 ? [`${fail} failed`] : []),
  ].join(", ");
}

/** What happened on the platform to what a refresh looked at. */
export function driftOf({ name, operation, after, before }: Change): Text | undefined {
  if (operation === "delete") return [strong(name), " is gone from the platform."];
  const { platformState } = taskTold(after?.inputs);
  if (platformState === undefined || platformState === AS_DECLARED) return undefined;
  if (taskTold(before?.inputs).platformState === platformState) return undefined;
  return [strong(name), ` is ${platformState}.`];
}

/** What `check` writes into the input that shows drift. */
const AS_DECLARED = "asDeclared";
