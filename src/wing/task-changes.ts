import { createHash } from "node:crypto";

import { OtaError } from "../errors";
import { formatInstant, parseInstant } from "../instant";
import type { Failure } from "../pulumi/kind";
import { LONGEST_LEAD_MILLISECONDS } from "../upgrade/task";

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

/** Names whose order and repetitions mean nothing. */
export function sortedSet(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/** JSON with the keys in order, so that their order is no change. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What a text is known by where it may not be read, or is too long. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** What is made anew cannot be what it replaces. */
export function refuseToAdoptAgain(
  what: string,
  id: string,
  adopt: unknown,
  changed: readonly string[],
): void {
  if (adopt !== id) return;
  throw new OtaError(
    `${what} is what adopt names, and a change of ${changed.join(", ")} makes another one: take adopt away. Nothing was done.`,
  );
}

/** Why a task that `adopt` names is not the one that `rerunAfter` asks for, as a clause. */
export function madeTooEarly(
  rerunAfter: string | undefined,
  createdAt: number | undefined,
): string | undefined {
  const instant = parseInstant(rerunAfter ?? "");
  if (instant === undefined || createdAt === undefined || createdAt >= instant) return undefined;
  return `it was made at ${formatInstant(createdAt)}, before rerunAfter`;
}

/** An instant that must have passed: what happened after it is told from what happened before. */
export function inTheFuture(
  path: string,
  value: string | undefined,
  now: number,
): Failure | undefined {
  const instant = parseInstant(value ?? "");
  if (instant === undefined || instant - now <= LONGEST_LEAD_MILLISECONDS) return undefined;
  return {
    path,
    reason: `is ${formatInstant(instant)}, in the future; set it to an instant that has passed.`,
  };
}
