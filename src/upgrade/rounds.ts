/**
 * Milliseconds until the next multiple of a pause. Where each pause divides the longer ones, waits that
 * began at different times look in the same moments, and can share what they are told.
 *
 * @param looks - how many looks were in vain; beyond the list its last pause stands
 */
export function untilRound(pausesSeconds: readonly number[], looks: number, now: number): number {
  const pause = (pausesSeconds[looks] ?? pausesSeconds.at(-1) ?? 1) * 1000;
  return pause - (now % pause);
}
