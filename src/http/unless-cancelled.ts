import { CancelledError } from "../errors";
import type { HttpRequest } from "./endpoint";

/** The sentence of whoever cancelled goes before that of whoever had to stop. */
export function cancelledWhile(doing: string, signal: AbortSignal | undefined): CancelledError {
  const reason: unknown = signal?.reason;
  return reason instanceof CancelledError
    ? reason
    : new CancelledError(`The operation was cancelled while ${doing}.`);
}

/** Work that others wait for, too: whoever is cancelled waits no longer, and the work goes on. */
export function unlessCancelled<Result>(
  work: Promise<Result>,
  request: Pick<HttpRequest, "doing" | "context">,
): Promise<Result> {
  const { signal } = request.context;
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(cancelledWhile(request.doing, signal));
    };
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    const stay = (): void => {
      signal.removeEventListener("abort", leave);
    };
    work.then(resolve, reject).finally(stay);
  });
}
