import { some } from "./describe";
import type { WaveDeclaration } from "./declaration";

/** The sentences of a draw: what fails a preview, and what it tells beside its line. */

export function describeMissingGroups(wave: string, groups: readonly string[]): string {
  const where = wave === "" ? "The fleet names" : `The wave ${wave} names`;
  return `${where} ${some("device group", groups)}, which the platform does not know: create it, or correct its name.`;
}

export function describeUnknownDevices(ids: readonly string[]): string {
  return `The platform does not know ${some("device", ids)}: correct or remove what is listed.`;
}

export function describeNobodyAtAll(otherKind: number, excluded: number): string {
  const parts = [
    ...(otherKind > 0 ? [`${otherKind} of another model or product`] : []),
    ...(excluded > 0 ? [`${excluded} excluded`] : []),
  ];
  const why = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  return `The fleet has no device that this package is for${why}: check fleet, exclude and the package's model.`;
}

export function describeEmptyWave(wave: string): string {
  return `The wave ${wave} finds no device in the fleet: correct its devices or groups, or set mayBeEmpty.`;
}

export function describePercentOfNobody({ name, untilPercent }: WaveDeclaration): string {
  return untilPercent === undefined
    ? `Nobody is left for the wave ${name}, so it will be over at once.`
    : `The wave ${name}, up to ${untilPercent} %, has no device of its own, so it will be over at once.`;
}

export function describeTooMany(count: number, most: number): string {
  return `The rollout has ${count} devices, and maxDevices is ${most}: raise maxDevices if they are meant, or narrow the fleet.`;
}

export function describeOutsiders(ids: readonly string[]): string {
  return `The waves name ${some("device", ids)} outside the fleet, which will not be pushed.`;
}

/** Why the waves cannot be drawn at all, whatever the platform says; for `check`. */
export function describeWaves(waves: readonly WaveDeclaration[]): string[] {
  const refusals: string[] = [];
  let before: WaveDeclaration | undefined;
  for (const [index, wave] of waves.entries()) {
    const { name, selection, untilPercent } = wave;
    const isLast = index === waves.length - 1;
    if (selection === undefined && untilPercent === undefined && !isLast) {
      refusals.push(
        `The wave ${name} takes all that is left, so nobody is left for the waves behind it: give it devices, groups or untilPercent, or make it the last one.`,
      );
    }
    if (untilPercent === undefined) continue;
    const bound = before?.untilPercent ?? 0;
    if (untilPercent <= bound) {
      refusals.push(
        `The wave ${name} goes up to ${untilPercent} % of all devices, and ${before?.name ?? "nobody"} before it has gone up to ${bound} % already, so it would have no device of its own: untilPercent counts from the first device on (10 behind 1 takes the next 9 of 100) and must rise.`,
      );
    }
    before = wave;
  }
  return refusals;
}
