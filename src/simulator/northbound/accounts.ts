import { randomBytes } from "node:crypto";
import type { Behaviour } from "../behaviour";
import type { CheckedApplication } from "../data";
import type { ErrorCode } from "./error-codes";
import { CallQuota } from "../quota";

interface Token {
  readonly appId: string;
  readonly endsAt: number;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly tokenType: string;
  readonly expiresIn: number | string;
  readonly refreshToken: string;
  readonly scope: "default";
}

export type Answer<Value> = { readonly value: Value } | { readonly refused: ErrorCode };

/** Who is logged in, and how much each application has called. */
export class Accounts {
  private readonly tokens = new Map<string, Token>();
  private readonly refreshTokens = new Map<string, Token>();
  private readonly quota = new CallQuota();
  private readonly applications: ReadonlyMap<string, CheckedApplication>;

  constructor(applications: ReadonlyMap<string, CheckedApplication>) {
    this.applications = applications;
  }

  login(appId: string, secret: string, now: number, behaviour: Behaviour): Answer<IssuedToken> {
    const refused = this.refusal(appId, secret);
    if (refused !== undefined) return { refused };
    if (behaviour.newLoginEndsOldToken) this.endTokens(appId);
    return { value: this.issue(appId, now, behaviour) };
  }

  refresh(
    appId: string,
    secret: string,
    refreshToken: string,
    now: number,
    behaviour: Behaviour,
  ): Answer<IssuedToken> {
    const refused = this.refusal(appId, secret);
    if (refused !== undefined) return { refused };
    const held = this.refreshTokens.get(refreshToken);
    if (held?.appId !== appId || held.endsAt <= now) return { refused: "100208" };
    this.refreshTokens.delete(refreshToken);
    if (behaviour.refreshEndsOldToken) forget(this.tokens, appId);
    return { value: this.issue(appId, now, behaviour) };
  }

  logout(accessToken: string): void {
    this.tokens.delete(accessToken);
  }

  /** Ends what the application's clients hold, access and refresh tokens alike. */
  endTokens(appId: string): void {
    forget(this.tokens, appId);
    forget(this.refreshTokens, appId);
  }

  /** Ends the access tokens only, as time does. */
  expireTokens(appId: string): void {
    forget(this.tokens, appId);
  }

  /** Whether the token was issued to the application and still works. */
  holds(appId: string, accessToken: string, now: number): boolean {
    const token = this.tokens.get(accessToken);
    return token?.appId === appId && token.endsAt > now;
  }

  /** Whether the application has calls left in this minute. */
  hasQuota(appId: string, now: number, behaviour: Behaviour): boolean {
    return this.quota.hasRoom(appId, now, behaviour.callsPerMinute, behaviour.quotaWindow);
  }

  /** How many calls of the application there were in this minute. */
  callsWithin(appId: string, now: number, behaviour: Behaviour): number {
    return this.quota.within(appId, now, behaviour.quotaWindow);
  }

  count(appId: string, now: number): void {
    this.quota.count(appId, now);
  }

  private refusal(appId: string, secret: string): ErrorCode | undefined {
    const application = this.applications.get(appId);
    if (application?.secret !== secret) return "100208";
    return application.blocked ? "100247" : undefined;
  }

  private issue(appId: string, now: number, behaviour: Behaviour): IssuedToken {
    const accessToken = randomBytes(16).toString("hex");
    const refreshToken = randomBytes(16).toString("hex");
    const { tokenLifeSeconds, refreshTokenLifeSeconds, tokenType, expiresInAsText } = behaviour;
    this.tokens.set(accessToken, { appId, endsAt: now + tokenLifeSeconds * 1000 });
    this.refreshTokens.set(refreshToken, { appId, endsAt: now + refreshTokenLifeSeconds * 1000 });
    const expiresIn = expiresInAsText ? String(tokenLifeSeconds) : tokenLifeSeconds;
    return { accessToken, tokenType, expiresIn, refreshToken, scope: "default" };
  }
}

function forget(tokens: Map<string, Token>, appId: string): void {
  for (const [text, token] of tokens) if (token.appId === appId) tokens.delete(text);
}
