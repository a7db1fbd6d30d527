import { CancelledError } from "../errors";
import type { HttpRequest } from "./endpoint";

/** Work that others wait for, too: whoever is cancelled waits no longer, and the work goes on. */
export function unlessCancelled<Result>(
  work: Promise<Result>,
  request: Pick<HttpRequest, "doing" | "context">,
): Promise<Result> {
  const { signal } = request.context;
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(new CancelledError(`The operation was cancelled while ${request.doing}.`));
    };
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    const stay = (): void => {
      signal.removeEventListener("abort", leave);
    };
    work.then(resolve, reject).finally(stay);
  });
}
