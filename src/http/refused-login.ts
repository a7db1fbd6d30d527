import type { Clock } from "../clock";
import { PlatformError, RefusedLoginError } from "../errors";

/** Longer than a run goes on after it; a program that lives on may be let in again some day. */
const HOLDS_MILLISECONDS = 10 * 60_000;

/**
 * A login that is not tried again for a while once the platform has refused it: an account is locked
 * by many. One that could not be sent or read is tried by the next call.
 */
export function createRefusedLogin(
  clock: Clock,
): <Result>(login: () => Promise<Result>) => Promise<Result> {
  let refused: { readonly error: PlatformError; readonly until: number } | undefined;
  return async (login) => {
    if (refused !== undefined && clock.elapsed() < refused.until) throw refused.error;
    try {
      return await login();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const refusal = new RefusedLoginError(error.message, error.status, error.code);
      refused = { error: refusal, until: clock.elapsed() + HOLDS_MILLISECONDS };
      throw refusal;
    }
  };
}

function isRefusal(error: unknown): error is PlatformError {
  return error instanceof PlatformError && error.status < 500 && ![408, 429].includes(error.status);
}
