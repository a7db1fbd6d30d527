import type { Failure } from "../pulumi/hooks";
import { isKnown } from "../pulumi/inputs";
import { UNKNOWN } from "../pulumi/unknown";
import { type Gate, type PackageKind, standingOf } from "../upgrade/gate";
import type { TaskInputs } from "./task-wing";

/**
 * Why a task may not be made yet: each gate that is closed. What is not known yet is no failure in a
 * preview, and is one at apply.
 */
export function gateFailures<Inputs extends TaskInputs>(
  wing: { readonly packageKind: PackageKind; readonly packageField: keyof Inputs & string },
  inputs: Inputs,
  when: "preview" | "apply",
): Failure[] {
  const { versionPackage } = inputs;
  const onlyAfter = gatesOf(inputs.onlyAfter);
  const wanted = {
    packageKind: wing.packageKind,
    version: versionPackage?.version,
    packageId: inputs[wing.packageField] as string | undefined,
  };
  return onlyAfter.flatMap((gate, index) => {
    const path = onlyAfter.length === 1 ? "onlyAfter" : `onlyAfter[${String(index)}]`;
    const standing = standingOf(isKnown(gate) ? gate : { outcome: UNKNOWN }, wanted, isKnown);
    if (standing.kind === "open" || (standing.kind === "unknown" && when === "preview")) return [];
    return [{ path, reason: `is closed: ${standing.because}` }];
  });
}

/** Where not even the number of gates is known, there is one that is not known. */
function gatesOf(onlyAfter: TaskInputs["onlyAfter"]): readonly Partial<Gate>[] {
  if (onlyAfter === undefined) return [];
  return isKnown(onlyAfter) ? onlyAfter : [{ outcome: UNKNOWN }];
}
