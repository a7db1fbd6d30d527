import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import type { Api, ApiReply, ApiRequest } from "./api";
import type { OpenRecord } from "./books";
import { control, controlPath } from "./control";
import { takesEffect, type FaultOptions } from "./faults";
import { spoilt } from "./spoilt-page";
import type { SimulatorTls } from "./handle";
import type { Platform } from "./platform";
import { SimulatorInputError } from "./reading";
import { controlRefusal, largestBody, readRequest, tooLarge } from "./read-request";
import type { RequestLog } from "./request-log";
import { watchPage } from "./watch-page";

const page = (title: string): string =>
  `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;

interface Outgoing {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Exchange {
  readonly api: Api;
  readonly request: ApiRequest;
  readonly response: ServerResponse;
  readonly record: OpenRecord;
  reply: ApiReply | undefined;
  isLogged: boolean;
}

function outgoing(reply: ApiReply): Outgoing {
  const { status, headers = {} } = reply;
  if (reply.body === undefined) {
    // Huawei's Java client asks for the type of all but a 204, also where there is no body.
    return { status, type: status === 204 ? undefined : "application/json", text: "", headers };
  }
  return { status, type: "application/json", text: JSON.stringify(reply.body), headers };
}

/** The HTTP side of a simulator: reads calls, lets faults meet them and sends the replies. */
export class SimulatorServer {
  private readonly platform: Platform;
  private readonly log: RequestLog | undefined;
  private readonly server: Server;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(platform: Platform, tls: SimulatorTls | undefined, log: RequestLog | undefined) {
    this.platform = platform;
    this.log = log;
    const listener: RequestListener = (incoming, response) => {
      this.receive(incoming, response);
    };
    this.server = tls === undefined ? createServer(listener) : secureServer(tls, listener);
  }

  /** Listens; resolves to the port. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, () => {
        resolve();
      });
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
    this.log?.close();
  }

  private receive(incoming: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largestBody) chunks.push(chunk);
      else chunks.length = 0;
    });
    incoming.on("error", () => {
      response.destroy();
    });
    incoming.on("end", () => {
      const bytes = Buffer.concat(chunks);
      const request = readRequest(
        ...[incoming, bytes, size > largestBody, this.platform.clock.milliseconds()],
      );
      if (request.flaw === "too large") complain(new SimulatorInputError(tooLarge));
      try {
        this.answer(request, response);
      } catch (error) {
        complain(error);
        const sentence = "The simulator failed; its stderr says why.";
        this.send(response, outgoing({ status: 500, body: { error: sentence } }));
      }
    });
  }

  private answer(request: ApiRequest, response: ServerResponse): void {
    const { method, path } = request;
    if (path === controlPath || path.startsWith(`${controlPath}/`)) {
      const refused = controlRefusal(request.flaw);
      this.send(response, outgoing(refused ?? control(this.platform, request)));
      return;
    }
    if (path === "/" && (method === "GET" || method === "HEAD")) {
      this.send(response, { status: 200, type: "text/html; charset=utf-8", ...watchPage() });
      return;
    }
    const { faultList, requestBook } = this.platform;
    const api = this.platform.apiFor(path);
    const fault = faultList.take(method, path);
    const appId = api.applicationOf(request);
    const record = requestBook.enter(request, appId);
    record.fault = fault?.kind ?? null;
    const exchange: Exchange = {
      api,
      request,
      response,
      record,
      reply: undefined,
      isLogged: false,
    };
    response.once("close", () => {
      this.ended(exchange);
    });
    try {
      this.conduct(exchange, fault);
    } catch (error) {
      complain(error);
      this.finish(exchange, api.failed(500));
    }
  }

  private conduct(exchange: Exchange, fault: FaultOptions | undefined): void {
    const { appId } = exchange.record;
    if (fault?.kind === "tokenExpired" && appId !== null) exchange.api.endToken(appId, "expired");
    if (fault?.kind === "tokenTaken" && appId !== null) exchange.api.endToken(appId, "taken");
    if (fault === undefined || takesEffect(fault)) exchange.reply = this.carryOut(exchange);
    if (fault === undefined) this.finish(exchange, exchange.reply);
    else this.meet(exchange, fault);
  }

  private carryOut({ api, request, record }: Exchange): ApiReply {
    if (request.flaw === "too large") return api.failed(500);
    if (request.flaw === "not UTF-8") return api.malformed();
    const reply = api.handle(request);
    record.createdTask = reply.createdTask ?? null;
    record.createdPackage = reply.createdPackage ?? null;
    return reply;
  }

  /** Does to the reply what the fault wants. */
  private meet(exchange: Exchange, fault: FaultOptions): void {
    const { api, response, record } = exchange;
    // A call that is held or delayed without effect ends as a failure of the platform.
    const reply = exchange.reply ?? api.failed(503);
    switch (fault.kind) {
      case "throttle":
        this.finish(exchange, api.throttled());
        return;
      case "serverError":
        this.finish(exchange, api.failed(fault.status ?? 500));
        return;
      case "tokenExpired":
      case "tokenTaken":
        this.finish(exchange, reply);
        return;
      case "notJson":
        this.finishWith(exchange, 200, "Welcome");
        return;
      case "shortPage":
      case "noList":
      case "emptyObject":
        this.finish(exchange, spoilt(reply, fault.kind));
        return;
      case "proxyNotFound":
        this.finishWith(exchange, 404, "404 Not Found");
        return;
      case "drop":
        record.outcome = "dropped";
        if (fault.reset === true && !(response.socket instanceof TLSSocket)) {
          response.socket?.resetAndDestroy();
        } else response.socket?.destroy();
        return;
      case "cutReply":
        this.cut(exchange, outgoing(reply));
        return;
      case "slowReply":
        this.delay(exchange, reply, fault.seconds ?? 1);
        return;
      case "hold":
        this.hold(exchange, reply);
        return;
    }
  }

  private delay(exchange: Exchange, reply: ApiReply, seconds: number): void {
    exchange.record.outcome = "delayed";
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.finish(exchange, reply);
    }, seconds * 1000);
    this.timers.add(timer);
  }

  private hold(exchange: Exchange, reply: ApiReply): void {
    exchange.record.outcome = "held";
    const release = (): void => {
      this.platform.held.delete(release);
      this.finish(exchange, reply);
    };
    this.platform.held.add(release);
    exchange.response.once("close", () => this.platform.held.delete(release));
  }

  private cut({ response, record }: Exchange, { status, type, text, headers }: Outgoing): void {
    record.outcome = "cut";
    record.status = status;
    // An empty reply is announced with a body that never comes.
    this.head(response, status, type, Math.max(Buffer.byteLength(text), 2), headers);
    response.flushHeaders();
    if (text !== "") response.write(text.slice(0, Math.floor(text.length / 2)));
    setImmediate(() => response.socket?.destroySoon());
  }

  private finish(exchange: Exchange, reply: ApiReply | undefined): void {
    if (reply === undefined || exchange.response.destroyed) return;
    exchange.reply = reply;
    exchange.record.status = reply.status;
    exchange.record.errorCode = reply.errorCode ?? null;
    exchange.record.outcome = "replied";
    this.sendLogged(exchange, outgoing(reply));
  }

  private finishWith(exchange: Exchange, status: number, title: string): void {
    exchange.record.status = status;
    exchange.record.outcome = "replied";
    this.sendLogged(exchange, { status, type: "text/html", text: page(title) });
  }

  private head(
    response: ServerResponse,
    status: number,
    type: string | undefined,
    length: number,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.sendDate = false;
    response.setHeader("Date", this.platform.clock.now().toUTCString());
    if (type !== undefined) response.setHeader("Content-Type", type);
    if (status !== 204) response.setHeader("Content-Length", length);
    response.writeHead(status);
  }

  private send(response: ServerResponse, { status, type, text, headers }: Outgoing): void {
    this.head(response, status, type, Buffer.byteLength(text), headers);
    response.end(text);
  }

  /** Sends a reply once the log has it; a call that cannot be logged is answered with a failure. */
  private sendLogged(exchange: Exchange, reply: Outgoing): void {
    if (this.isKept(exchange)) {
      this.send(exchange.response, reply);
      return;
    }
    const failure = exchange.api.failed(500);
    exchange.record.status = failure.status;
    exchange.record.errorCode = failure.errorCode ?? null;
    this.send(exchange.response, outgoing(failure));
  }

  private isKept(exchange: Exchange): boolean {
    if (exchange.isLogged) return true;
    exchange.isLogged = true;
    try {
      this.log?.write(exchange.record, exchange.request, exchange.reply);
      return true;
    } catch (error) {
      complain(error);
      return false;
    }
  }

  private ended(exchange: Exchange): void {
    const { record } = exchange;
    if (["open", "held", "delayed"].includes(record.outcome)) record.outcome = "abandoned";
    this.isKept(exchange);
  }
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Tells whoever runs the simulator, and no client, what is wrong with it. */
function complain(error: unknown): void {
  const isTold = error instanceof SimulatorInputError;
  const problem = error instanceof Error && !isTold ? (error.stack ?? error.message) : told(error);
  process.stderr.write(`huawei-ota-simulator: ${problem}\n`);
}

function secureServer(tls: SimulatorTls, listener: RequestListener): Server {
  const demanded =
    tls.clientAuthority === undefined
      ? {}
      : { ca: tls.clientAuthority, requestCert: true, rejectUnauthorized: true };
  try {
    return createSecureServer({ cert: tls.certificate, key: tls.key, ...demanded }, listener);
  } catch (error) {
    throw new SimulatorInputError(`The certificate and key cannot be used: ${told(error)}.`);
  }
}
