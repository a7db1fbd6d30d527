import type { Failure } from "../pulumi/kind";
import { isKnown } from "../pulumi/inputs";
import { UNKNOWN } from "../pulumi/unknown";
import { type Gate, type GateStanding, type UpgradeKind, standingOf } from "../upgrade/gate";
import type { TaskInputs } from "./task-wing";

/** What is to begin behind gates, under the wing's own name for its package's id. */
interface Gated<Inputs> {
  readonly packageKind: UpgradeKind;
  readonly packageField: keyof Inputs & string;
}

/** A gate of which not even the leaves are known: it may yet say for which version it succeeds. */
const NOTHING_KNOWN: Gate = { outcome: UNKNOWN, version: UNKNOWN };

type GatedInputs = Pick<TaskInputs, "onlyAfter" | "versionPackage">;

/** How each gate stands, with the path of the input that names it. */
export function standings<Inputs extends GatedInputs>(
  wing: Gated<Inputs>,
  inputs: Inputs,
): { readonly path: string; readonly standing: GateStanding }[] {
  const { versionPackage } = inputs;
  const onlyAfter = gatesOf(inputs.onlyAfter);
  const wanted = {
    packageKind: wing.packageKind,
    version: versionPackage?.version,
    packageId: inputs[wing.packageField] as string | undefined,
  };
  return onlyAfter.map((gate, index) => ({
    path: onlyAfter.length === 1 ? "onlyAfter" : `onlyAfter[${String(index)}]`,
    standing: standingOf(isKnown(gate) ? gate : NOTHING_KNOWN, wanted, isKnown),
  }));
}

/**
 * Why a task may not be made yet: each gate that is closed. What is not known yet is no failure in a
 * preview, and is one at apply.
 */
export function gateFailures<Inputs extends GatedInputs>(
  wing: Gated<Inputs>,
  inputs: Inputs,
  when: "preview" | "apply",
): Failure[] {
  return standings(wing, inputs).flatMap(({ path, standing }) => {
    if (standing.kind === "open" || (standing.kind === "unknown" && when === "preview")) return [];
    return [{ path, reason: `is closed: ${standing.because}` }];
  });
}

/** Where not even the number of gates is known, there is one that is not known. */
function gatesOf(onlyAfter: TaskInputs["onlyAfter"]): readonly Partial<Gate>[] {
  if (onlyAfter === undefined) return [];
  return isKnown(onlyAfter) ? onlyAfter : [NOTHING_KNOWN];
}
