import { formatInstant, parseInstant } from "../../instant";
import { isOccurrence, isTimeOf, nextWindow, resolveText, type Room } from "../../upgrade/schedule";
import type { UpgradeTaskInputs } from "./schema";

type DeclaredPolicy = NonNullable<UpgradeTaskInputs["policy"]>;
type ResolvedPolicy = Omit<DeclaredPolicy, "window">;

const MINUTE = 60_000;
/** The platform wants a start in the future, and more than 5 minutes after it. */
const ROOM: Room = { lead: MINUTE, leastLeft: 5 * MINUTE + 1000 };
/** Between our resolving of the times and what the platform calls the making of the task. */
const TOLERANCE = 5 * MINUTE;

/** The policy of a task that is made now, with instants alone; for one that breaks no rule. */
export function resolvePolicy(policy: DeclaredPolicy, now: number): ResolvedPolicy {
  const { window, startTime, endTime, ...rest } = policy;
  if (window === undefined) {
    return {
      ...rest,
      ...(startTime === undefined ? {} : { startTime: resolveText(startTime, now) }),
      ...(endTime === undefined ? {} : { endTime: resolveText(endTime, now) }),
    };
  }
  const { start, end } = nextWindow(window, now, ROOM);
  const times = { startTime: formatInstant(start), endTime: formatInstant(end) };
  return { ...rest, executeType: "custom", ...times };
}

/** Whether a task's own times may be what the declared policy came to when it was made. */
export function mayHaveTimes(
  policy: DeclaredPolicy,
  told: { readonly startTime?: string | undefined; readonly endTime?: string | undefined },
  madeAt: number | undefined,
): boolean {
  const start = parseInstant(told.startTime ?? "");
  const end = parseInstant(told.endTime ?? "");
  if (policy.window !== undefined) {
    if (start === undefined || end === undefined) return false;
    return isOccurrence(policy.window, { start, end, madeAt }, TOLERANCE);
  }
  return (
    isTimeOf(policy.startTime, { time: start, madeAt }, TOLERANCE) &&
    isTimeOf(policy.endTime, { time: end, madeAt }, TOLERANCE)
  );
}
