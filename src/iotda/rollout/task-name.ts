import { fingerprintIn, fingerprintOf } from "../api/task-name";

/*
 * The name of a rollout's task says which version it pushes and for which wave, before the fingerprint:
 * `SEED__VERSION__WAVE`. A name may have letters, digits, `_` and Chinese characters only, so all else
 * is spelled `_u002e`, and what is too long is cut, which a `_z` at its end tells.
 */

const MOST = { seed: 20, version: 32, wave: 32 };
const SEPARATOR = "__";
const CUT = "_z";

/** What a task of a rollout is called before its fingerprint. */
export function rolloutTaskName(seed: string, version: string, wave: string): string {
  return [cut(seed, MOST.seed), cut(version, MOST.version), cut(wave, MOST.wave)].join(SEPARATOR);
}

/** What a name says; absent where it was cut, or is not one of ours. */
export function saidBy(taskName: string | undefined): { version?: string; wave?: string } {
  const end = taskName?.search(/_[0-9a-f]{10}_[0-9a-f]{20}_[0-9a-f]{6}$/) ?? -1;
  if (taskName === undefined || end === -1) return {};
  const [, version, wave, ...rest] = taskName.slice(0, end).split(SEPARATOR);
  if (version === undefined || wave === undefined || rest.length > 0) return {};
  const [saidVersion, saidWave] = [whole(version), whole(wave)];
  return {
    ...(saidVersion === undefined ? {} : { version: saidVersion }),
    ...(saidWave === undefined ? {} : { wave: saidWave }),
  };
}

/** The address that tasks of a rollout are made for: its own with its seed for its name. */
export function seededUrn(urn: string | undefined, seed: string): string {
  const [stack = "", project = "", type = ""] = (urn ?? "").split("::");
  return [stack, project, type, seed].join("::");
}

/** Whether the rollout of that seed in that stack made the task. */
export function isOfRollout(taskName: string | undefined, urn: string): boolean {
  const said = fingerprintIn(taskName);
  // Which content it has does not matter here.
  const own = fingerprintOf(urn, "firmwareUpgrade", { packageId: undefined, targets: undefined });
  return said?.stack === own.stack && said.resource === own.resource;
}

function escaped(text: string): string {
  return text.replaceAll(
    /[^A-Za-z0-9\u4e00-\u9fa5]/g,
    (one) => `_u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function cut(text: string, most: number): string {
  const spelled = escaped(text);
  if (spelled.length <= most) return spelled;
  // Not in the middle of what is spelled.
  const kept = spelled.slice(0, most - CUT.length).replace(/_(u[0-9a-f]{0,3})?$/, "");
  return `${kept}${CUT}`;
}

function whole(spelled: string): string | undefined {
  if (spelled.endsWith(CUT)) return undefined;
  return spelled.replaceAll(/_u([0-9a-f]{4})/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
