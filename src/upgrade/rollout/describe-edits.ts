import { listed, some } from "./describe";
import type { RolloutDeclaration } from "./declaration";

/** Why an edit is refused, before anything is pushed. */

export function describeLostWaves(names: readonly string[]): string {
  return `The ${some("wave", names)} ${names.length === 1 ? "has" : "have"} begun and ${names.length === 1 ? "is" : "are"} not over, so ${names.length === 1 ? "it" : "they"} can be neither removed nor renamed: declare ${listed(names)} again until then.`;
}

export function describeRebuilt(
  { version, packageId }: RolloutDeclaration,
  before: string,
): string {
  return `Package ${packageId} is a rebuild of ${version}, of which devices were pushed package ${before}: ${remedy(version)}`;
}

/** Of a package whose id a preview cannot know yet. */
export function describeMadeAnew(version: string, before: string): string {
  return `The package of ${version} is made anew. Unless it turns out to be ${before}, of which devices were pushed, this up fails here before it pushes anybody: ${remedy(version)}`;
}

function remedy(version: string): string {
  return `give the rebuild a version of its own; or set rerunAfter to an instant of now, and it goes to those alone that do not report ${version}.`;
}
