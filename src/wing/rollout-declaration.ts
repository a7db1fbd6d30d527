import { parseInstant } from "../instant";
import { isKnown } from "../pulumi/inputs";
import { containsUnknown } from "../pulumi/unknown";
import type { RolloutDeclaration, WaveDeclaration } from "../upgrade/rollout/declaration";
import type { Selection } from "../upgrade/rollout/platform";
import type { TargetsInputs } from "./rollout-canonical";
import type { WaveInputs } from "./rollout-fields";
import type { RolloutAccount, RolloutInputs, RolloutWing } from "./rollout-wing";

const DEADLINE_SECONDS = 259_200;
export const WAIT_SECONDS = 1_800;

type Declaring<Inputs extends RolloutInputs> = Pick<
  RolloutWing<Inputs, never, RolloutAccount>,
  "defaultMaxLostPercent" | "groupField" | "packageField" | "packageKind"
>;

/** The last part of a resource's address: its name in the program. */
export function nameIn(urn: string | undefined): string {
  return urn?.split("::").at(-1) ?? "rollout";
}

/**
 * What is declared, in the words of the pure rules; `undefined` while anything of it but the package's
 * id is not known.
 *
 * @param maxDevices - that of the stack, where the rollout gives none
 */
export function declarationOf<Inputs extends RolloutInputs>(
  wing: Declaring<Inputs>,
  inputs: Inputs,
  name: string,
  maxDevices?: number,
): RolloutDeclaration | undefined {
  const { versionPackage, fleet, waves, approved, rerunAfter, seed = name } = inputs;
  const version = versionPackage?.version;
  const { onlyAfter: _, [wing.packageField]: packageId, ...rest } = inputs;
  if (version === undefined || containsUnknown(rest)) return undefined;
  const selection = (targets: TargetsInputs): Selection => selectionIn(targets, wing.groupField);
  return {
    name,
    packageKind: wing.packageKind,
    packageId: String(packageId),
    version,
    reportedVersion: inputs.reportedVersion ?? version,
    sourceVersions: versionPackage?.sourceVersions,
    fromVersions: inputs.fromVersions,
    fleet: selection(fleet),
    exclude: selection(fleet.exclude ?? {}),
    waves:
      waves === undefined
        ? [{ name: "all" }]
        : waves.map((wave) => waveOf(wave, wing.groupField, selection)),
    approved,
    minSuccessPercent: inputs.minSuccessPercent,
    maxFailedDevices: inputs.maxFailedDevices,
    minReachedPercent: inputs.minReachedPercent,
    stopAtFailedPercent: inputs.stopAtFailedPercent,
    maxLostPercent: inputs.maxLostPercent,
    defaultMaxLostPercent: wing.defaultMaxLostPercent,
    maxInProgress: inputs.maxInProgress,
    deadlineSeconds: inputs.deadlineSeconds ?? DEADLINE_SECONDS,
    maxAttempts: inputs.maxAttempts ?? 1,
    rerunAfter: parseInstant(rerunAfter ?? ""),
    maxDevices: inputs.maxDevices ?? maxDevices,
    targetSelection: inputs.targetSelection ?? "snapshot",
    paused: inputs.paused ?? false,
    onFailure: onFailureOf(inputs),
    seed,
  };
}

function waveOf(
  wave: WaveInputs & TargetsInputs,
  groupField: string,
  selection: (targets: TargetsInputs) => Selection,
): WaveDeclaration {
  const { name, untilPercent, bakeSeconds, needsApproval, mayBeEmpty, ...rest } = wave;
  const isNamed = rest["devices"] !== undefined || rest[groupField] !== undefined;
  const { minSuccessPercent, maxFailedDevices, minReachedPercent } = rest;
  return {
    name,
    selection: isNamed ? selection(rest) : undefined,
    untilPercent,
    bakeSeconds,
    needsApproval,
    mayBeEmpty,
    minSuccessPercent,
    maxFailedDevices,
    minReachedPercent,
    stopAtFailedPercent: rest.stopAtFailedPercent,
    maxLostPercent: rest.maxLostPercent,
  };
}

function selectionIn(targets: TargetsInputs, groupField: string): Selection {
  const list = (value: unknown): readonly string[] =>
    Array.isArray(value) && isKnown(value) ? (value as string[]) : [];
  return { devices: list(targets["devices"]), groups: list(targets[groupField]) };
}

function onFailureOf(inputs: RolloutInputs): RolloutDeclaration["onFailure"] {
  const { onFailure } = inputs as { readonly onFailure?: RolloutDeclaration["onFailure"] };
  return onFailure ?? "stop";
}
