import { OtaError } from "../errors";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What one kind of call is: data, so that each platform call is one declaration. */
export interface Endpoint<Reply> {
  /** What the call does, as a gerund for messages: "querying version package". */
  readonly doing: string;
  readonly method: Method;
  /** Path with `{parameters}`. */
  readonly path: string;
  /** Whether the call changes the platform: refused when read-only, and audited. */
  readonly mutates: boolean;
  /**
   * Whether the call may be sent again when nobody knows if it took effect, because two of it lead to
   * the same as one: a read, a deletion, a create that names its id. Any verb may be.
   */
  readonly repeatable: boolean;
  /**
   * Of a call that changes the platform: the paths whose shared replies, and those of all below them,
   * are not true any more once it was sent. Absent: all. None, for a create that its caller keeps a
   * record of: it counts only while its reply is known.
   */
  readonly outdates?: readonly string[];
  /** Calls wait for their turn in this order when the quota is short. */
  readonly priority: Priority;
  /** Whether the platform counts these calls by themselves, too: to be turned away says nothing of others. */
  readonly isApart?: boolean;
  /** How old a reply may be that several callers share; 0 or absent: every caller asks anew. */
  readonly shareSeconds?: number;
  /** Turns the parsed JSON body (`undefined` when empty) into the reply; throws when it does not fit. */
  readonly parse: (body: unknown) => Reply;
}

/** Mutating calls go before reads, reads before polls. */
export type Priority = "mutate" | "read" | "poll";

/** One call of an endpoint. */
export interface CallArguments {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** For a further page of a list: the query of its first one, which it must not be older than. */
  readonly firstPage?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** What belongs to whoever calls, not to the call. */
export interface CallContext {
  /** Whose call it is, for the audit log. */
  readonly urn?: string | undefined;
  /** Which wave of a rollout it is for, for the audit log. */
  readonly wave?: string | undefined;
  /** Ends waiting and reading early; a mutating call that was sent is never cut off. */
  readonly signal?: AbortSignal | undefined;
  /** Runs right before a mutating call is sent; throws when it must not be. */
  readonly beforeMutation?: (() => Promise<void>) | undefined;
  /** How old a shared reply may be for this caller, where the endpoint allows more; 0 asks anew. */
  readonly maxAgeSeconds?: number;
  readonly priority?: Priority;
}

/** How old the reply to a call may be that others share. */
export type HowFresh = Pick<CallContext, "maxAgeSeconds">;

/** A call as it goes through the policies. */
export interface HttpRequest {
  readonly doing: string;
  readonly method: Method;
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly mutates: boolean;
  /** Whether the call may be sent again when nobody knows if it took effect. */
  readonly repeatable: boolean;
  /** Paths whose shared replies the call makes untrue; absent: all. */
  readonly outdates?: readonly string[];
  readonly priority: Priority;
  /** Whether the platform counts the call apart from others, too. */
  readonly isApart?: boolean | undefined;
  readonly shareSeconds: number;
  /** Path and query of the first page of the list that this call goes on with. */
  readonly firstPage?: string;
  readonly context: CallContext;
  /** Reads a successful reply; throws when it is not the documented one. */
  readonly parse?: (body: unknown) => unknown;
  /**
   * Headers that are made right before sending, by the platform's clock: a signature is good for some
   * minutes only, and a call may wait longer for the quota.
   */
  readonly sign?: (request: HttpRequest, now: number) => Readonly<Record<string, string>>;
  /** Called when the platform may have seen the request. */
  readonly onSent?: () => void;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export type Send = (request: HttpRequest) => Promise<HttpReply>;

/** A policy is a function from "send" to "send". */
export type Policy = (next: Send) => Send;

/** Path and query of a call, every value encoded, so that an id can never become another path. */
export function pathOf(path: string, call: CallArguments): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = call.parameters?.[name] ?? "";
    // URLs read "%2E%2E" as ".." too, and a list has the path of an empty id.
    if (["", ".", ".."].includes(value)) {
      throw new OtaError(
        `${name} is "${value}", which is no id of the platform; nothing was sent.`,
      );
    }
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  // A form's "+" is a blank only to servers that read a query as a form.
  const text = query.toString().replaceAll("+", "%20");
  return text === "" ? filled : `${filled}?${text}`;
}
