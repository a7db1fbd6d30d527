import { parseInstant } from "../instant";

/** Whether the task in the state is older than a `rerunAfter` that is new. */
export function isRerun(
  rerunAfter: string | undefined,
  state: { readonly rerunAfter?: string | undefined; readonly createTime?: string | undefined },
): boolean {
  if (rerunAfter === undefined || rerunAfter === state.rerunAfter) return false;
  const instant = parseInstant(rerunAfter);
  const madeAt = parseInstant(state.createTime ?? "");
  return instant === undefined || madeAt === undefined || madeAt < instant;
}

/** JSON with the keys in order, so that their order is no change. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
