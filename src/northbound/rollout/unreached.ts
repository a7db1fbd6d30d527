/*
 * What the platform says of a device that had not begun when its part of a task ended: it was never
 * online, reported no version, had another task, or its cell was not known. The vendor's pages give
 * these in several wordings; a text that is none of them is of a device that had begun.
 */
const NOT_BEGUN = [
  /\b(is|was) (not online|offline)\b/i,
  /\bnot (come|came|gone|get) online\b/i,
  /\bwaiting for the device to (come|go|get) online\b/i,
  /\b(not|never) (report|reported) (its|the|a|any) (firmware |software )?version\b/i,
  /\bwaiting for the device to report (its|the) (firmware |software )?version\b/i,
  /\bconflict/i,
  /\banother (upgrade )?task\b/i,
  /\bcell (id |information )?(is |was )?not reported\b/i,
  /\bnot reported (its|the) cell\b/i,
];

export function isUnreached(detail: string | undefined): boolean {
  return detail !== undefined && NOT_BEGUN.some((pattern) => pattern.test(detail));
}
