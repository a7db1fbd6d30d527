import { canonicalInstant } from "../instant";
import { isKnown } from "../pulumi/inputs";
import { containsUnknown } from "../pulumi/unknown";
import type { RolloutFields, WaveInputs } from "./rollout-fields";
import { sortedSet } from "./task-changes";

/** Devices and groups, the latter under the wing's own name for them. */
export type TargetsInputs = Readonly<Record<string, unknown>>;

/** A rollout as every wing declares it. */
export interface DeclaredRollout extends RolloutFields {
  readonly fleet: TargetsInputs & { readonly exclude?: TargetsInputs | undefined };
  readonly waves?: readonly (WaveInputs & TargetsInputs)[] | undefined;
  readonly onDelete?: string | undefined;
}

/**
 * The one form in which a rollout is kept and compared: sets in order, instants in one spelling; the
 * order of waves says something and stays.
 */
export function canonicalRollout<Inputs extends DeclaredRollout>(inputs: Inputs): Inputs {
  const { fleet, waves, approved, fromVersions, rerunAfter } = inputs;
  const whole = isKnown(fleet) ? { ...setsOf(fleet), ...excluded(fleet.exclude) } : fleet;
  return {
    ...inputs,
    fleet: whole,
    ...(waves === undefined
      ? {}
      : {
          waves: isKnown(waves)
            ? waves.map((wave) => (isKnown(wave) ? setsOf(wave) : wave))
            : waves,
        }),
    ...(approved === undefined || !isKnown(approved)
      ? {}
      : { approved: { ...approved, waves: setOf(approved.waves) } }),
    ...(fromVersions === undefined ? {} : { fromVersions: setOf(fromVersions) }),
    ...(rerunAfter === undefined ? {} : { rerunAfter: canonicalInstant(rerunAfter) }),
  };
}

/** Excluding nobody by an empty list is excluding nobody. */
function excluded(exclude: TargetsInputs | undefined): { exclude?: TargetsInputs | undefined } {
  if (exclude === undefined || !isKnown(exclude)) return {};
  const sets = Object.entries(setsOf(exclude)).filter(
    ([, list]) => !Array.isArray(list) || list.length > 0,
  );
  return { exclude: sets.length === 0 ? undefined : Object.fromEntries(sets) };
}

function setsOf<Fields extends TargetsInputs>(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      Array.isArray(value) ? setOf(value as string[]) : value,
    ]),
  ) as Fields;
}

/** Sorting around a leaf that is not known yet would show a different order once it is. */
function setOf(list: readonly string[]): string[] {
  return !isKnown(list) || containsUnknown(list) ? (list as string[]) : sortedSet(list);
}
