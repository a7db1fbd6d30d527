/**
 * Drift is shown as an input, because a refresh trips on nothing else: `check` says "asDeclared",
 * `read` says in words what happened on the platform. The next `up` takes note of it, and from then
 * on the same words are no news.
 */
export const AS_DECLARED = "asDeclared";

export interface Acknowledgeable {
  readonly platformState: string;
  /** The drift that an `up` has taken note of. */
  readonly acknowledged: string | undefined;
}

export function unacknowledged(
  drift: string | undefined,
  state: { readonly acknowledged?: string | undefined },
): string | undefined {
  return drift === state.acknowledged ? undefined : drift;
}

/** Drift that a refresh wrote into the state and no `up` has noted yet. */
export function recordedDrift(state: {
  readonly platformState?: string | undefined;
}): string | undefined {
  return state.platformState === AS_DECLARED ? undefined : state.platformState;
}
