import type { IncomingHttpHeaders } from "node:http";

/** What makes a request unreadable: larger than the bound, or not UTF-8. */
export type RequestFlaw = "too large" | "not UTF-8";

/** A call as it reached the simulator, its body read to the end. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as it came. */
  readonly bytes: Buffer;
  /** Why the call is refused whatever it asks for. */
  readonly flaw?: RequestFlaw | undefined;
  /** The simulated time in milliseconds. */
  readonly now: number;
}

/** What the platform answers; a body that is `undefined` goes without Content-Type. */
export interface ApiReply {
  readonly status: number;
  readonly body?: unknown;
  readonly errorCode?: string;
  /** Headers beside those that every reply has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The task that the call has made. */
  readonly createdTask?: string;
  /** The package that the call has made. */
  readonly createdPackage?: string;
}

/** One API of the platform. The server knows no more of it than this. */
export interface Api {
  /** Takes the call into account and answers it. */
  handle(request: ApiRequest): ApiReply;
  /** The application, access key or user that the call says it comes from. */
  applicationOf(request: ApiRequest): string | null;
  /** The answer to a call above the quota. */
  throttled(): ApiReply;
  /** The answer when the platform itself fails. */
  failed(status: number): ApiReply;
  /** The answer to a call that is not UTF-8. */
  malformed(): ApiReply;
  /** Ends what clients of the application or user hold, by time or because another one logged in. */
  endToken(appId: string, reason: "expired" | "taken"): void;
}
