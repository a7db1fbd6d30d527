import type { Clock } from "../clock";
import type { HttpReply, Policy, Send } from "./endpoint";
import { createRefusedLogin } from "./refused-login";
import { cancelledWhile, unlessCancelled } from "./unless-cancelled";

export interface Token {
  readonly headers: Readonly<Record<string, string>>;
  /** When to get the next one, some time before this one ends; milliseconds since the epoch. */
  readonly renewAt: number;
}

export interface TokenOptions {
  readonly clock: Clock;
  /** How often one call logs in again when its token is turned away. */
  readonly loginsPerCall: number;
  /** How long a login waits that replaces a token which was turned away. */
  readonly pauseMilliseconds: () => number;
  /** Gets a token; given the one before when it only grew old, so that it can be refreshed. */
  readonly obtain: (send: Send, old: Token | undefined) => Promise<Token>;
  readonly isRejection: (reply: HttpReply) => boolean;
}

/**
 * Puts the token on every call. One login at a time in a process; a token that the platform turns
 * away is replaced.
 */
export function createTokenPolicy(options: TokenOptions): Policy {
  const { clock, isRejection } = options;
  const unlessRefused = createRefusedLogin(clock);
  const obtain: TokenOptions["obtain"] = (send, old) =>
    unlessRefused(() => options.obtain(send, old));
  let token: Token | undefined;
  let login: Promise<Token> | undefined;

  function current(send: Send): Promise<Token> {
    if (token !== undefined && clock.now() < token.renewAt) {
      return Promise.resolve(token);
    }
    const old = token;
    return oneLogin(() => obtain(send, old));
  }

  function replace(send: Send, rejected: Token, signal?: AbortSignal): Promise<Token> {
    if (token !== rejected) return current(send);
    return oneLogin(async () => {
      await clock.sleep(options.pauseMilliseconds(), signal);
      if (signal?.aborted === true) {
        throw cancelledWhile("logging in again", signal);
      }
      return obtain(send, undefined);
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
    let used = await unlessCancelled(current(next), request);
    for (let logins = 0; ; logins += 1) {
      const reply = await next({ ...request, headers: { ...request.headers, ...used.headers } });
      if (!isRejection(reply) || logins >= options.loginsPerCall) return reply;
      used = await unlessCancelled(replace(next, used, request.context.signal), request);
    }
  };
}
