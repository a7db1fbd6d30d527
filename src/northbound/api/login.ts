import * as z from "zod/mini";

import type { Clock } from "../../clock";
import { OtaError, PlatformError } from "../../errors";
import type { HttpReply, HttpRequest, Send } from "../../http/endpoint";
import { fieldsOf } from "../../http/json";
import type { Token } from "../../http/token";
import { keepSecret } from "../../known-secrets";
import { filled } from "../../wing/reply";
import type { Account } from "../settings";
import { explain, faultOf, SECRET_REJECTED } from "./faults";

const BASE = "/iocm/app/sec/v1.1.0";
const DEFAULT_LIFE_SECONDS = 3600;

const tokenReply = z.looseObject({
  // It becomes part of a header, which takes no control characters.
  accessToken: z.string().check(z.regex(/^[\x20-\x7e]+$/)),
  refreshToken: filled,
  // A number in one place of the vendor's pages and text in another.
  expiresIn: z.nullish(z.union([z.number(), z.string()])),
});

interface NorthboundToken extends Token {
  readonly refreshToken: string | undefined;
}

/**
 * Logs in, or refreshes a token that grew old; a refresh that fails for any reason is a login. Where
 * two places give different secrets the second is tried when the first is refused: on `refresh` and
 * `destroy` a provider's own secret is that of the last `up`.
 */
export function createLogin(
  account: Account,
): (send: Send, old: Token | undefined, clock: Clock) => Promise<Token> {
  let secrets = account.secrets;
  return async (send, old, clock) => {
    const refreshToken = (old as NorthboundToken | undefined)?.refreshToken;
    if (refreshToken !== undefined && secrets[0] !== undefined) {
      const body = { appId: account.appId, secret: secrets[0], refreshToken };
      const reply = await send(refreshRequest(JSON.stringify(body))).catch(() => undefined);
      const token = reply && readToken(reply, account, clock);
      if (token !== undefined) return token;
    }
    for (const [index, secret] of secrets.entries()) {
      const request = loginRequest(
        new URLSearchParams({ appId: account.appId, secret }).toString(),
        account.appId,
      );
      const reply = await send(request);
      const token = readToken(reply, account, clock);
      if (token !== undefined) {
        secrets = [secret, ...secrets.filter((other) => other !== secret)];
        return token;
      }
      const fault = faultOf(reply);
      const another = index + 1 < secrets.length;
      if (fault?.code === SECRET_REJECTED && another) continue;
      if (fault !== undefined) {
        throw new PlatformError(explain(request, fault), fault.status, fault.code);
      }
      throw new OtaError(
        `The platform answered ${request.doing} without a token. Check the endpoint ${account.endpoint}.`,
      );
    }
    throw new OtaError(`No secret is set for application ${account.appId}.`);
  };
}

function readToken(reply: HttpReply, account: Account, clock: Clock): NorthboundToken | undefined {
  if (faultOf(reply) !== undefined) return undefined;
  const parsed = tokenReply.safeParse(fieldsOf(reply));
  if (!parsed.success) return undefined;
  const { accessToken, refreshToken } = parsed.data;
  for (const token of [accessToken, refreshToken ?? ""]) keepSecret("token", token);
  const life = Number(parsed.data.expiresIn ?? DEFAULT_LIFE_SECONDS);
  const seconds = Number.isFinite(life) && life > 0 ? life : DEFAULT_LIFE_SECONDS;
  return {
    // Never built from tokenType, which one page prints as "Bearer " with a blank.
    headers: { app_key: account.appId, authorization: `Bearer ${accessToken}` },
    renewAt: clock.now() + (seconds - Math.min(60, seconds / 10)) * 1000,
    refreshToken,
  };
}

function loginRequest(body: string, appId: string): HttpRequest {
  return authRequest(
    `logging in to application ${appId}`,
    "login",
    "application/x-www-form-urlencoded",
    body,
  );
}

function refreshRequest(body: string): HttpRequest {
  return authRequest("refreshing the token", "refreshToken", "application/json", body);
}

function authRequest(doing: string, name: string, contentType: string, body: string): HttpRequest {
  return {
    doing,
    method: "POST",
    path: `${BASE}/${name}`,
    headers: { accept: "application/json", "content-type": contentType },
    body,
    mutates: false,
    repeatable: true,
    priority: "mutate",
    shareSeconds: 0,
    context: {},
  };
}
