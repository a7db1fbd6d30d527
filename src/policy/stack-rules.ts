import { isRollout, isTask, kindOf } from "../resource-kinds";
import { count } from "../upgrade/rollout/describe";
import type { DevicesOptions } from "./options";
import {
  at,
  devicesOf,
  ifKnown,
  listAt,
  type Properties,
  reachedBy,
  textAt,
  textsAt,
  wavesOf,
} from "./reading";

/*
 * What is missing between resources. These rules report: an `up` asks them when everything was done.
 */

/** What such a rule needs of a resource of the stack. */
export interface StackResource {
  readonly type: string;
  readonly urn: string;
  readonly name: string;
  readonly props: Properties;
  readonly dependencies: readonly StackResource[];
  readonly propertyDependencies: Readonly<Record<string, readonly StackResource[]>>;
}

/** An objection, and the resource that it is to. */
export interface Objection {
  readonly urn: string;
  readonly message: string;
}

export function completionRequired(
  resources: readonly StackResource[],
  { devices: spared = 0 }: DevicesOptions,
): Objection[] {
  const awaited = new Set(
    resources.filter(isCompletion).flatMap((completion) => urnsBefore(completion)),
  );
  return resources.flatMap(({ type, urn, name, props }) => {
    if (!isTask(kindOf(type)) || awaited.has(urn)) return [];
    const devices = ifKnown(() => devicesOf(props));
    if (devices !== undefined && devices <= spared) return [];
    const message = `${name} is a task that no UpgradeCompletion waits for, so nobody learns how it ends.`;
    return [{ urn, message }];
  });
}

export function canaryRequired(
  resources: readonly StackResource[],
  { devices: spared = 100 }: DevicesOptions,
): Objection[] {
  return resources.flatMap((resource) => {
    const { type, urn, name, props } = resource;
    const kind = kindOf(type);
    const tooMany = (devices: number, remedy: string): Objection[] => [
      {
        urn,
        message: `${name} brings a package to ${count(devices, "device")} at once, and nothing smaller went first: ${remedy}`,
      },
    ];
    if (isRollout(kind)) {
      const waves = ifKnown(() => wavesOf(props));
      const filled = [...(waves?.values() ?? [])].filter((devices) => devices > 0);
      const [only] = filled;
      const isBare = only !== undefined && filled.length === 1 && only > spared;
      return isBare ? tooMany(only, "give it a wave of few devices in front.") : [];
    }
    if (!isTask(kind)) return [];
    const devices = ifKnown(() => devicesOf(props));
    if (devices === undefined || devices <= spared || hasCanary(resource, devices)) return [];
    return tooMany(
      devices,
      "let it begin onlyAfter a task of fewer devices, or make it a rollout.",
    );
  });
}

/** Whether what its gate waits for reached fewer devices. */
function hasCanary({ propertyDependencies }: StackResource, devices: number): boolean {
  const gates = propertyDependencies["onlyAfter"] ?? [];
  const before = gates.flatMap((gate) => [gate, ...beforeOf(gate)]);
  return before.some(({ type, props }) => {
    const fewer = ifKnown(() => reachedBy(kindOf(type), props));
    return fewer !== undefined && fewer > 0 && fewer < devices;
  });
}

/** A wave that was approved before those in front of it had shown anything. */
export function approvedInTime(resources: readonly StackResource[]): Objection[] {
  return resources.flatMap(({ type, urn, name, props }) => {
    if (!isRollout(kindOf(type))) return [];
    const early = ifKnown(() => approvedTooEarly(props)) ?? [];
    if (early.length === 0) return [];
    const message = `${name} has ${early.join(", ")} approved before the wave in front was over, so nobody saw how that went: approve each wave in a merge of its own.`;
    return [{ urn, message }];
  });
}

function approvedTooEarly(props: Properties): string[] {
  const version = textAt(props, "versionPackage", "version");
  if (textAt(props, "approved", "version") !== version) return [];
  const approved = textsAt(props, "approved", "waves");
  // Not there in the preview of a rollout that is new: then nothing is over.
  const progress = "progress" in props ? listAt(props, "progress") : [];
  const isOver = (name: string): boolean =>
    progress.some((one) => textAt(one, "wave") === name && textAt(one, "state") === "over");
  const waves = listAt(props, "waves");
  return waves.flatMap((wave, index) => {
    const name = textAt(wave, "name") ?? "";
    const before = textAt(waves[index - 1], "name");
    const needsApproval = at(wave, "needsApproval") === true && approved.includes(name);
    return needsApproval && before !== undefined && !isOver(before) ? [name] : [];
  });
}

function isCompletion({ type }: StackResource): boolean {
  return kindOf(type)?.kind === "UpgradeCompletion";
}

function beforeOf({ dependencies, propertyDependencies }: StackResource): StackResource[] {
  return [...dependencies, ...Object.values(propertyDependencies).flat()];
}

function urnsBefore(resource: StackResource): string[] {
  return beforeOf(resource).map(({ urn }) => urn);
}
