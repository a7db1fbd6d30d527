import type { Dispatcher } from "undici";

import { systemClock } from "../clock";
import { messageOf } from "../errors";
import {
  type ClientCertificate,
  invalidityOf,
  settingOf,
  tlsOptionsOf,
} from "./client-certificate";
import { CompressionError, decompressed } from "./compression";
import type { HttpReply, HttpRequest, Send } from "./endpoint";
import { type Proxies, proxiesOf } from "./proxy";

/** How to reach a server. */
export interface Connection extends ClientCertificate {
  /** `https://host:port`, without a path. */
  readonly endpoint: string;
  readonly caCert?: string | undefined;
  /** As with `clientCert`: without the key there is no such setting to advise. */
  readonly serverName?: string | undefined;
  readonly connectTimeoutSeconds: number;
  readonly replyTimeoutSeconds: number;
}

/** No reply arrived. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** `false` when it is certain that the server never saw the request. */
  readonly maybeSent: boolean;
  /** `false` when trying again cannot help: an untrusted certificate, a wrong key. */
  readonly worthRepeating: boolean;

  constructor(reason: string, maybeSent: boolean, worthRepeating: boolean) {
    super(reason);
    this.maybeSent = maybeSent;
    this.worthRepeating = worthRepeating;
  }
}

/** A reply came that is larger than what is read of one. */
export class OversizedReply extends ConnectionError {
  constructor() {
    super(`the reply is larger than ${String(MAX_REPLY_BYTES / 1024 / 1024)} MiB`, true, false);
  }
}

/** The largest reply that is read; 100 tasks of 256 devices each are well below. */
const MAX_REPLY_BYTES = 16 * 1024 * 1024;

/** How many calls one server is sent at once. */
export const CONNECTIONS = 16;

/**
 * Sends over one pool of kept-alive connections, through the proxy that the environment names. Follows
 * no redirect.
 */
export function createSend(connection: Connection, environment = process.env): Send {
  const proxies = proxiesOf(connection.endpoint, environment);
  let agent: Dispatcher | undefined;
  return async (request) => {
    agent ??= agentOf(connection, proxies);
    const deadline = AbortSignal.timeout(
      (connection.connectTimeoutSeconds + connection.replyTimeoutSeconds) * 1000,
    );
    try {
      return await exchange(agent, connection, request, deadline);
    } catch (error) {
      throw toConnectionError(error, connection, deadline.aborted);
    }
  };
}

/* Loaded by the first call: a destroy may call nothing. */
/* eslint-disable @typescript-eslint/no-require-imports */
const undici = (): typeof import("undici") => require("undici") as typeof import("undici");

type Reply = Promise<Dispatcher.ResponseData>;
interface Direct {
  readonly Agent: typeof import("undici").Agent;
  readonly request: (agent: Dispatcher, options: Dispatcher.RequestOptions) => Reply;
}

/**
 * The two parts that send a call take a fifth of the time that all take. They stand in no contract, so
 * a release of undici that keeps them elsewhere is loaded whole.
 */
function direct(): Direct {
  try {
    const Agent = require("undici/lib/dispatcher/agent.js") as Direct["Agent"];
    const request = require("undici/lib/api/api-request.js") as typeof Dispatcher.prototype.request;
    return { Agent, request: (agent, options) => request.call(agent, options) as Reply };
  } catch {
    return { Agent: undici().Agent, request: (agent, options) => agent.request(options) };
  }
}
/* eslint-enable @typescript-eslint/no-require-imports */

function agentOf(connection: Connection, proxies: Proxies | undefined): Dispatcher {
  const { caCert, serverName } = connection;
  const timeout = connection.connectTimeoutSeconds * 1000;
  const connect = {
    timeout,
    ...(caCert === undefined ? {} : { ca: caCert }),
    ...tlsOptionsOf(connection),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
  const pooled = { connections: CONNECTIONS, connect };
  if (proxies === undefined) return new (direct().Agent)(pooled);
  return new (undici().EnvHttpProxyAgent)({
    ...pooled,
    ...proxies,
    requestTls: connect,
    proxyTls: { timeout },
    clientFactory: proxyPool,
  });
}

/** Connections to a proxy, whose failures and refusals are told as its own: nothing was sent beyond it. */
function proxyPool(proxy: URL, options: object): Dispatcher {
  const pool = new (undici().Pool)(proxy.origin, options);
  type Connect = (wanted: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>;
  const connect: Connect = pool.connect.bind(pool);
  const viaProxy = async (wanted: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> => {
    let tunnel: Dispatcher.ConnectData;
    try {
      tunnel = await connect(wanted);
    } catch (error) {
      const code = codeOf(error);
      const reason = NEVER_SENT.get(code) ?? LOST.get(code) ?? messageOf(error);
      throw new ConnectionError(
        `the proxy ${proxy.host} of HTTPS_PROXY did not connect: ${reason}`,
        false,
        code !== "ENOTFOUND" && !isCertificateProblem(code),
      );
    }
    const { statusCode, socket } = tunnel;
    if (statusCode === 200) return tunnel;
    socket.on("error", () => undefined).destroy();
    const advice =
      statusCode === 407
        ? "it wants another user and password in HTTPS_PROXY"
        : "ask who runs it, or name the platform's host in NO_PROXY";
    throw new ConnectionError(
      `the proxy ${proxy.host} refused to connect to the platform (status ${String(statusCode)}); ${advice}`,
      false,
      statusCode >= 500,
    );
  };
  return Object.assign(pool, { connect: viaProxy });
}

async function exchange(
  agent: Dispatcher,
  connection: Connection,
  request: HttpRequest,
  deadline: AbortSignal,
): Promise<HttpReply> {
  const cancelled = request.mutates ? undefined : request.context.signal;
  const { origin, pathname, search } = new URL(request.path, connection.endpoint);
  const reply = await direct().request(agent, {
    origin,
    path: `${pathname}${search}`,
    method: request.method,
    headers: request.headers,
    body: request.body ?? null,
    headersTimeout: connection.replyTimeoutSeconds * 1000,
    bodyTimeout: connection.replyTimeoutSeconds * 1000,
    signal: cancelled === undefined ? deadline : AbortSignal.any([deadline, cancelled]),
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REPLY_BYTES) {
      reply.body.destroy();
      throw new OversizedReply();
    }
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const encoding = headers["content-encoding"];
  const body = await decompressed(Buffer.concat(chunks), encoding, MAX_REPLY_BYTES);
  return { status: reply.statusCode, headers, text: body.toString("utf8") };
}

const NEVER_SENT = new Map([
  ["ECONNREFUSED", "the connection was refused"],
  ["ENOTFOUND", "the host name is not known"],
  ["EAI_AGAIN", "the host name could not be looked up"],
  ["EHOSTUNREACH", "the host cannot be reached"],
  ["ENETUNREACH", "the network cannot be reached"],
  ["UND_ERR_CONNECT_TIMEOUT", "the server did not accept a connection in time"],
]);

const LOST = new Map([
  ["ECONNRESET", "the connection was reset"],
  ["EPIPE", "the connection was reset"],
  ["UND_ERR_SOCKET", "the connection was closed before the reply was complete"],
  ["UND_ERR_HEADERS_TIMEOUT", "no reply came in time"],
  ["UND_ERR_BODY_TIMEOUT", "the reply stopped in the middle"],
]);

function toConnectionError(
  error: unknown,
  connection: Connection,
  timedOut: boolean,
): ConnectionError {
  if (error instanceof ConnectionError) return error;
  if (error instanceof CompressionError) return new ConnectionError(error.message, true, true);
  const code = codeOf(error);
  if (code === "ERR_BUFFER_TOO_LARGE") return new OversizedReply();
  const neverSent = NEVER_SENT.get(code);
  if (neverSent !== undefined && wasConnecting(error)) {
    const { host } = new URL(connection.endpoint);
    return new ConnectionError(`${neverSent} (${host})`, false, code !== "ENOTFOUND");
  }
  if (isCertificateProblem(code)) {
    return new ConnectionError(serverCertificateFault(code, connection), false, false);
  }
  const certificate = clientCertificateFault(code, connection);
  if (certificate !== undefined) return new ConnectionError(certificate, true, false);
  if (code.startsWith("ERR_SSL") || code.startsWith("ERR_OSSL")) {
    return new ConnectionError(
      `the TLS handshake failed (${code}); check ${knowsClientCertificate(connection) ? "clientCert, clientKey and clientKeyPassphrase, and " : ""}that the endpoint speaks TLS`,
      code.includes("ALERT"),
      false,
    );
  }
  if (timedOut) {
    const seconds = String(connection.replyTimeoutSeconds);
    return new ConnectionError(`no reply came within ${seconds} s`, true, true);
  }
  const lost = LOST.get(code) ?? messageOf(error);
  const advice = hasReadNothing(error) ? maybeClientCertificate(connection) : undefined;
  const isInvalid = advice !== undefined && settingOf(connection) !== undefined;
  return new ConnectionError([lost, advice].filter(Boolean).join("; "), true, !isInvalid);
}

function serverCertificateFault(code: string, connection: Connection): string {
  if (code === "CERT_HAS_EXPIRED") {
    return `the server's certificate, or that of its authority, has expired (${code}); who runs the platform must renew it, unless this machine's clock is wrong or caCert is an old one`;
  }
  if (code === "CERT_NOT_YET_VALID") {
    return `the server's certificate is not valid yet (${code}); check this machine's clock`;
  }
  const otherName = Object.hasOwn(connection, "serverName")
    ? "set serverName to the name in the server's certificate"
    : "the endpoint must be one of the names in the server's certificate";
  const advice =
    code === "ERR_TLS_CERT_ALTNAME_INVALID"
      ? otherName
      : "set caCert to the certificate of the authority that issued it";
  return `the server's certificate is not trusted (${code}); ${advice}`;
}

/** What an alert of the server says of the client's certificate. */
const REFUSALS = [
  ["CERTIFICATE_REQUIRED", "none was shown"],
  ["CERTIFICATE_EXPIRED", "it has expired"],
  ["CERTIFICATE_REVOKED", "it was revoked"],
  ["UNKNOWN_CA", "the server does not know the authority that issued it"],
  ["BAD_CERTIFICATE", "it is not in order"],
  ["UNSUPPORTED_CERTIFICATE", "it is of a kind that the server does not take"],
  ["CERTIFICATE_UNKNOWN", "the server does not say why"],
  ["ACCESS_DENIED", "its owner has no access"],
] as const;

/** Some servers say why they turn a client away. */
function clientCertificateFault(code: string, connection: Connection): string | undefined {
  const refusal = code.includes("ALERT") && REFUSALS.find(([name]) => code.endsWith(name));
  if (!refusal || !knowsClientCertificate(connection)) return undefined;
  const setting = settingOf(connection);
  if (setting === undefined) {
    return `the server refused the connection without a client certificate (${code}); set clientCert and clientKey, or clientPfx`;
  }
  const reason = invalidityOf(connection, systemClock.now()) ?? refusal[1];
  return `the server refused the client certificate of ${setting}: ${reason} (${code}); check that it is the one that the platform issued`;
}

/** With TLS 1.3 others just close the new connection. */
function maybeClientCertificate(connection: Connection): string | undefined {
  if (!connection.endpoint.startsWith("https:") || !knowsClientCertificate(connection))
    return undefined;
  const setting = settingOf(connection);
  if (setting === undefined) {
    return "if the platform demands a client certificate, set clientCert and clientKey, or clientPfx";
  }
  const invalid = invalidityOf(connection, systemClock.now());
  return invalid && `the client certificate of ${setting} ${invalid}: ask for a new one`;
}

function hasReadNothing(error: unknown): boolean {
  const { socket } = error as { socket?: { bytesRead?: unknown } | null };
  return socket?.bytesRead === 0;
}

function knowsClientCertificate(connection: Connection): boolean {
  return Object.hasOwn(connection, "clientCert");
}

/**
 * A connection that stands can break with the same codes as one that never came about, and only the
 * latter has sent nothing.
 */
function wasConnecting(error: unknown): boolean {
  return chainOf(error).some(
    ({ code, syscall }) =>
      code === "UND_ERR_CONNECT_TIMEOUT" || syscall === "connect" || syscall === "getaddrinfo",
  );
}

function codeOf(error: unknown): string {
  const codes = chainOf(error).map(({ code }) => code);
  return codes.find((code): code is string => typeof code === "string" && code !== "") ?? "";
}

/** By shape, not by class: under Jest the errors of Node.js are no instances of the test's `Error`. */
interface ErrorShape {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** The error and what led to it. */
function chainOf(error: unknown): readonly ErrorShape[] {
  if (typeof error !== "object" || error === null) return [];
  const shape = error as ErrorShape;
  const causes: unknown[] = Array.isArray(shape.errors) ? shape.errors : [shape.cause];
  return [shape, ...causes.flatMap(chainOf)];
}

/** Of the server's; an alert of it is about the client's. */
function isCertificateProblem(code: string): boolean {
  return (
    (code.includes("CERT") && !code.includes("ALERT")) ||
    code === "UNABLE_TO_VERIFY_LEAF_SIGNATURE" ||
    code === "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
  );
}
