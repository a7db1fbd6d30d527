import type { Clock } from "../clock";
import { CancelledError } from "../errors";
import type { HttpReply, Policy } from "./endpoint";

export interface Token {
  readonly headers: Readonly<Record<string, string>>;
  /** When to get the next one, some time before this one ends; milliseconds since the epoch. */
  readonly renewAt: number;
}

export interface TokenOptions {
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** Gets a token; given the one before when it only grew old, so that it can be refreshed. */
  readonly obtain: (old: Token | undefined) => Promise<Token>;
  readonly isRejection: (reply: HttpReply) => boolean;
}

/** How often one call logs in again when its token is turned away. */
const LOGINS_PER_CALL = 5;

/**
 * Puts the token on every call. One login at a time in a process; a token that the platform turns
 * away is replaced after a random pause of 1 to 10 s, because the usual reason is another client of
 * the same application, whose login ended ours as ours ended theirs.
 */
export function createTokenPolicy(options: TokenOptions): Policy {
  const { clock, random, obtain, isRejection } = options;
  let token: Token | undefined;
  let login: Promise<Token> | undefined;

  function current(): Promise<Token> {
    if (token !== undefined && clock.now() < token.renewAt) {
      return Promise.resolve(token);
    }
    const old = token;
    return oneLogin(() => obtain(old));
  }

  function replace(rejected: Token, signal: AbortSignal | undefined): Promise<Token> {
    if (token !== rejected) return current();
    return oneLogin(async () => {
      await clock.sleep(1_000 + random() * 9_000, signal);
      if (signal?.aborted === true) {
        throw new CancelledError("The operation was cancelled while logging in again.");
      }
      return obtain(undefined);
    });
  }

  function oneLogin(start: () => Promise<Token>): Promise<Token> {
    login ??= start()
      .then((fresh) => (token = fresh))
      .finally(() => {
        login = undefined;
      });
    return login;
  }

  return (next) => async (request) => {
    let used = await current();
    for (let logins = 0; ; logins += 1) {
      const reply = await next({ ...request, headers: { ...request.headers, ...used.headers } });
      if (!isRejection(reply) || logins >= LOGINS_PER_CALL) return reply;
      used = await replace(used, request.context.signal);
    }
  };
}
