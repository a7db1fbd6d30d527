import { formatInstant, parseInstant } from "../../instant";
import { isOccurrence, isTimeOf, nextWindow, resolveText, type Room } from "../../upgrade/schedule";
import type { UpgradeTaskInputs } from "./schema";

type DeclaredPolicy = NonNullable<UpgradeTaskInputs["taskPolicy"]>;
type ResolvedPolicy = Omit<DeclaredPolicy, "window">;

const MINUTE = 60_000;
/** The end of a window is the latest begin: the platform stops nothing. */
const ROOM: Room = { lead: MINUTE, leastLeft: 0 };
/** Between our resolving of the time and what the platform calls the making of the task. */
const TOLERANCE = 5 * MINUTE;

/** The policy of a task that is made now, with instants alone; for one that breaks no rule. */
export function resolvePolicy(policy: DeclaredPolicy, now: number): ResolvedPolicy {
  const { window, scheduleTime, ...rest } = policy;
  if (window !== undefined) {
    return { ...rest, scheduleTime: formatInstant(nextWindow(window, now, ROOM).start) };
  }
  return scheduleTime === undefined
    ? rest
    : { ...rest, scheduleTime: resolveText(scheduleTime, now) };
}

/** Whether a task's own time may be what the declared policy came to when it was made. */
export function mayHaveTime(
  policy: DeclaredPolicy,
  scheduleTime: string | undefined,
  madeAt: number | undefined,
): boolean {
  const time = parseInstant(scheduleTime ?? "");
  if (policy.window === undefined) {
    return isTimeOf(policy.scheduleTime, { time, madeAt }, TOLERANCE);
  }
  return time !== undefined && isOccurrence(policy.window, { start: time, madeAt }, TOLERANCE);
}
