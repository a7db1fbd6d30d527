import { randomInt } from "node:crypto";

import type { AuditLog } from "../audit-log";
import type { Clock } from "../clock";
import { LostReplyError, messageOf, OtaError, PlatformError } from "../errors";
import { withoutSecrets } from "../known-secrets";
import { createAudit } from "./audit";
import {
  type CallArguments,
  type CallContext,
  type Endpoint,
  type HttpReply,
  type HttpRequest,
  pathOf,
  type Policy,
  type Send,
} from "./endpoint";
import { bodyOf } from "./json";
import { createPlatformClock } from "./platform-clock";
import { createQuota } from "./quota";
import { createRetry, type ReplyKind } from "./retry";
import { type Connection, ConnectionError, CONNECTIONS, createSend } from "./send";
import { createSharedQuota } from "./shared-quota";
import { createShare, type Outcome } from "./share";

/** What a platform says about its own replies. */
export interface Dialect {
  /** The error that a reply carries, if any, whatever its status is. */
  readonly faultOf: (reply: HttpReply) => Fault | undefined;
  readonly isThrottled: (fault: Fault) => boolean;
  /** The whole sentence for a refusal. */
  readonly explain: (request: HttpRequest, fault: Fault) => string;
  readonly idOf: (reply: HttpReply) => string | undefined;
  /** Says on each call who we are; calls of its own go on to the same policies as all others. */
  readonly authenticate: (tools: AuthenticationTools) => Policy;
}

export interface AuthenticationTools {
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

export interface Fault {
  readonly status: number;
  /** The platform's code; absent when the reply is not in the platform's form. */
  readonly code: string | undefined;
  readonly description: string;
}

export interface ClientOptions {
  readonly connection: Connection;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly callsPerMinute: number;
  /** The Redis server on which runners of one account share its quota. */
  readonly redisUrl: string | undefined;
  /** Whose quota it is. */
  readonly quotaOf: () => Promise<string>;
  readonly readOnly: boolean;
  readonly auditLog: AuditLog | undefined;
  readonly random?: () => number;
  readonly send?: Send;
  /** Says what concerns all calls, such as a quota that is not shared. Default: to stderr. */
  readonly warn?: (text: string) => void;
}

export interface Client {
  call<Reply>(endpoint: Endpoint<Reply>, call: CallArguments, context: CallContext): Promise<Reply>;
  /** The platform's clock, from the `Date` of its latest reply; ours until there was one. */
  platformNow(): number;
}

export function createClient(options: ClientOptions): Client {
  const { dialect, clock, readOnly, auditLog, callsPerMinute } = options;
  const random = options.random ?? (() => randomInt(1_000_000) / 1_000_000);
  const platformClock = createPlatformClock(clock);
  const judged = createJudge(dialect);
  const codeOf = (reply: HttpReply): string | undefined => dialect.faultOf(reply)?.code;
  const classify = (reply: HttpReply, request: HttpRequest): ReplyKind =>
    judged(reply, request).kind;
  const isThrottled = (reply: HttpReply, request: HttpRequest): boolean =>
    classify(reply, request) === "throttled";
  const policies: readonly Policy[] = [
    createAudit({ clock, readOnly, auditLog, idOf: dialect.idOf, codeOf }),
    createShare(clock, (reply, request) => outcomeOf(judged(reply, request))),
    dialect.authenticate({ clock, random }),
    createRetry({ clock, random, classify }),
    createQuota({ callsPerMinute, atOnce: CONNECTIONS, clock, random, isThrottled }),
    sharedQuota(options, random),
    announced,
    platformClock.policy,
  ];
  const send = policies.reduceRight(
    (next, policy) => policy(next),
    options.send ?? createSend(options.connection),
  );
  return {
    async call<Reply>(endpoint: Endpoint<Reply>, call: CallArguments, context: CallContext) {
      const request = toRequest(endpoint, call, context);
      const reply = await send(request);
      return resultOf(request, judged(reply, request), dialect) as Reply;
    },
    platformNow: () => platformClock.now(),
  };
}

/** Asks right before a change is sent whether it may be, and tells when the platform may have seen it. */
const announced: Policy = (next) => async (request) => {
  if (request.mutates) await request.context.beforeMutation?.();
  try {
    const reply = await next(request);
    request.onSent?.();
    return reply;
  } catch (error) {
    if (!(error instanceof ConnectionError) || error.maybeSent) request.onSent?.();
    throw error;
  }
};

function sharedQuota(options: ClientOptions, random: () => number): Policy {
  const { redisUrl: url, quotaOf, connection, callsPerMinute, clock } = options;
  if (url === undefined) return (next) => next;
  const account = async (): Promise<string> => `${connection.endpoint} ${await quotaOf()}`;
  const warn =
    options.warn ?? ((text: string) => void process.stderr.write(`${withoutSecrets(text)}\n`));
  return createSharedQuota({ url, account, callsPerMinute, clock, random, warn });
}

function toRequest(
  endpoint: Endpoint<unknown>,
  call: CallArguments,
  context: CallContext,
): HttpRequest {
  const { parameters = {} } = call;
  return {
    doing: endpoint.doing,
    method: endpoint.method,
    path: pathOf(endpoint.path, call),
    headers: { accept: "application/json", "content-type": "application/json" },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    mutates: endpoint.mutates,
    repeatable: endpoint.repeatable,
    isApart: endpoint.isApart,
    ...(endpoint.outdates === undefined
      ? {}
      : { outdates: endpoint.outdates.map((path) => pathOf(path, { parameters })) }),
    parse: (body) => endpoint.parse(body),
    priority: context.priority ?? endpoint.priority,
    shareSeconds: endpoint.shareSeconds ?? 0,
    ...(call.firstPage === undefined
      ? {}
      : { firstPage: pathOf(endpoint.path, { ...call, query: call.firstPage }) }),
    context,
  };
}

/** What a reply says. */
type Verdict =
  | { readonly kind: "answer"; readonly result: unknown }
  | { readonly kind: ReplyKind; readonly fault: Fault }
  | { readonly kind: "unreadable" | "broken"; readonly wrong: string };

type Judge = (reply: HttpReply, request: HttpRequest) => Verdict;

/** Reads each reply once: a hundred callers may share a listing; they asked the same endpoint. */
function createJudge(dialect: Dialect): Judge {
  const verdicts = new WeakMap<HttpReply, Verdict>();
  return (reply, request) => {
    const verdict = verdicts.get(reply) ?? judge(reply, request, dialect);
    verdicts.set(reply, verdict);
    return verdict;
  };
}

function judge(
  reply: HttpReply,
  { parse = (body) => body }: HttpRequest,
  dialect: Dialect,
): Verdict {
  const fault = dialect.faultOf(reply);
  if (fault !== undefined) {
    if (dialect.isThrottled(fault)) return { kind: "throttled", fault };
    const isBroken = reply.status >= 500 || reply.status === 408;
    return { kind: isBroken ? "broken" : "answer", fault };
  }
  let body: unknown;
  try {
    body = bodyOf(reply);
  } catch (error) {
    return { kind: "broken", wrong: messageOf(error) };
  }
  try {
    return { kind: "answer", result: parse(body) };
  } catch (error) {
    return { kind: "unreadable", wrong: messageOf(error) };
  }
}

function outcomeOf(verdict: Verdict): Outcome {
  if (verdict.kind === "broken" || verdict.kind === "unreadable") return "unknown";
  return "fault" in verdict ? "refusal" : "answer";
}

function resultOf(request: HttpRequest, verdict: Verdict, dialect: Dialect): unknown {
  if ("result" in verdict) return verdict.result;
  if ("fault" in verdict) {
    const { kind, fault } = verdict;
    const refusal = dialect.explain(request, fault);
    if (request.mutates && kind === "broken") throw new LostReplyError(refusal);
    throw new PlatformError(refusal, fault.status, fault.code);
  }
  const unreadable = `The platform answered ${request.doing} with something that is not its documented reply: ${verdict.wrong}`;
  throw request.mutates ? new LostReplyError(unreadable) : new OtaError(unreadable);
}
