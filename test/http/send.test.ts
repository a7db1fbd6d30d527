import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";

import { type Connection, ConnectionError, createSend } from "../../src/http/send";
import { aPost, aRequest } from "./requests";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function listening(handler: Handler): Promise<{ url: string; server: Server }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: urlOf(server.address() as AddressInfo), server };
}

function urlOf({ port }: AddressInfo): string {
  return `http://127.0.0.1:${String(port)}`;
}

function sendTo(endpoint: string, change: Partial<Connection> = {}) {
  return createSend({ endpoint, connectTimeoutSeconds: 5, replyTimeoutSeconds: 5, ...change });
}

async function failureOf(work: Promise<unknown>): Promise<ConnectionError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}

function lasting(response: ServerResponse, text: string): void {
  response.writeHead(200, { "content-type": "application/json" }).end(text);
}

describe("Sending", () => {
  it("loads undici whole where a release of it keeps its parts elsewhere", async () => {
    const { url } = await listening((_request, response) => {
      lasting(response, "{}");
    });
    const part = "undici/lib/dispatcher/agent.js";
    let isAsked = false;
    await jest.isolateModulesAsync(async () => {
      jest.doMock(part, () => {
        if (isAsked) return jest.requireActual<object>(part);
        isAsked = true;
        throw new Error(`Cannot find module "${part}"`);
      });
      const { createSend: createOwn } = await import("../../src/http/send.js");
      const send = createOwn({ endpoint: url, connectTimeoutSeconds: 5, replyTimeoutSeconds: 5 });
      expect(await send(aRequest())).toMatchObject({ status: 200, text: "{}" });
    });
    jest.dontMock(part);
    expect(isAsked).toBe(true);
  });

  it("carries method, path, headers and body as they are, and the reply back", async () => {
    const seen: unknown[] = [];
    const { url } = await listening((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method, url: path, headers } = request;
        seen.push(method, path, headers["app_key"], Buffer.concat(chunks).toString());
        response.writeHead(404, { "X-Trace": "a" }).end('{"error_code":"123002"}');
      });
    });
    const reply = await sendTo(url)(
      aPost({ path: "/a%2Fb?c=%26", headers: { app_key: "app" }, body: '{"é":1}' }),
    );
    expect(seen).toEqual(["POST", "/a%2Fb?c=%26", "app", '{"é":1}']);
    expect(reply).toMatchObject({ status: 404, text: '{"error_code":"123002"}' });
    expect(reply.headers["x-trace"]).toBe("a");
  });

  it("keeps connections for the next calls", async () => {
    const { url, server } = await listening((_request, response) => lasting(response, "{}"));
    let connections = 0;
    server.on("connection", () => (connections += 1));
    const send = sendTo(url);
    for (let call = 0; call < 20; call += 1) await send(aRequest());
    expect(connections).toBeLessThanOrEqual(2);
  });

  it("follows no redirect", async () => {
    let calls = 0;
    const { url } = await listening((_request, response) => {
      calls += 1;
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    expect((await sendTo(url)(aRequest())).status).toBe(302);
    expect(calls).toBe(1);
  });

  it("reads a reply of 16 MiB and refuses a longer one", async () => {
    const size = { bytes: 16 * 1024 * 1024 };
    const { url } = await listening((_request, response) =>
      lasting(response, "x".repeat(size.bytes)),
    );
    const send = sendTo(url);
    expect((await send(aRequest())).text).toHaveLength(size.bytes);
    size.bytes += 1;
    const error = await failureOf(send(aRequest()));
    expect(error).toMatchObject({ maybeSent: true, worthRepeating: false });
    expect(error.message).toBe("the reply is larger than 16 MiB");
  });
});

describe("A reply that is compressed", () => {
  const text = '{"operationId":"öp-1"}';
  it.each<[string, (text: string) => Buffer]>([
    ["gzip", gzipSync],
    ["X-GZIP", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["br", brotliCompressSync],
    ["gzip, br", (plain) => brotliCompressSync(gzipSync(plain))],
    ["identity", (plain) => Buffer.from(plain)],
  ])("by %s is understood", async (encoding, compress) => {
    const { url } = await listening((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(compress(text));
    });
    expect((await sendTo(url)(aPost())).text).toBe(text);
  });

  it("is bounded by what it comes to", async () => {
    const { url } = await listening((_request, response) => {
      const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024 + 1));
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
    });
    const error = await failureOf(sendTo(url)(aPost()));
    expect(error.message).toBe("the reply is larger than 16 MiB");
  });

  it("and cannot be read may have taken effect", async () => {
    const { url } = await listening((request, response) => {
      response.writeHead(200, { "content-encoding": request.url?.slice(1) }).end("plain");
    });
    const read = (path: string) => failureOf(sendTo(url)(aPost({ path })));
    const spoilt = await read("/gzip");
    expect(spoilt).toMatchObject({ maybeSent: true, worthRepeating: true });
    expect(spoilt.message).toBe("the reply says that it is compressed as gzip, and is not");
    expect((await read("/zstd")).message).toContain('compressed as "zstd"');
  });
});

describe("No reply", () => {
  it("because the connection was refused means that nothing was sent", async () => {
    const { url, server } = await listening(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    const error = await failureOf(sendTo(url)(aPost()));
    expect(error).toMatchObject({ maybeSent: false, worthRepeating: true });
    expect(error.message).toBe(`the connection was refused (${new URL(url).host})`);
  });

  it.each(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"])(
    "because a connection that stood broke with %s may have taken effect",
    async (code) => {
      let own: Socket | undefined;
      const onConnected = (message: unknown): void => {
        own = (message as { socket: Socket }).socket;
      };
      const { url } = await listening(() => {
        own?.destroy(Object.assign(new Error(`read ${code}`), { code, syscall: "read" }));
      });
      subscribe("undici:client:connected", onConnected);
      try {
        const error = await failureOf(sendTo(url)(aPost()));
        expect(error).toMatchObject({ maybeSent: true, worthRepeating: true });
      } finally {
        unsubscribe("undici:client:connected", onConnected);
      }
    },
  );

  it("because no such host is known means that nothing was sent, nor ever will be", async () => {
    const error = await failureOf(sendTo("http://no-such-host.invalid:1")(aPost()));
    expect(error.maybeSent).toBe(false);
    expect(error.message).toMatch(/host name .*\(no-such-host\.invalid:1\)/);
  });

  it("because the server closed the connection may have taken effect", async () => {
    const { url } = await listening((request) => request.socket.destroy());
    const error = await failureOf(sendTo(url)(aPost()));
    expect(error).toMatchObject({ maybeSent: true, worthRepeating: true });
  });

  it("because it was cut in the middle of its body may have taken effect", async () => {
    const { url } = await listening((request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"operationId":', () => request.socket.destroy());
    });
    const error = await failureOf(sendTo(url)(aPost()));
    expect(error).toMatchObject({ maybeSent: true, worthRepeating: true });
  });

  it("within the time may have taken effect, and the error says so in words", async () => {
    const { url } = await listening(() => undefined);
    const send = sendTo(url, { connectTimeoutSeconds: 0.1, replyTimeoutSeconds: 0.1 });
    const error = await failureOf(send(aPost()));
    expect(error).toMatchObject({ maybeSent: true, worthRepeating: true });
    expect(error.message).toMatch(/no reply came (in time|within 0.1 s)/);
  });

  it("that ends may have taken effect: a body that trickles for ever is cut off too", async () => {
    const { url } = await listening((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(" "), 10);
      response.on("close", () => {
        clearInterval(timer);
      });
    });
    const send = sendTo(url, { connectTimeoutSeconds: 0.1, replyTimeoutSeconds: 0.1 });
    expect((await failureOf(send(aPost()))).maybeSent).toBe(true);
  });

  it("from something that does not speak TLS fails at once, and says what to look at", async () => {
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    });
    const url = urlOf(server.address() as AddressInfo).replace("http:", "https:");
    const error = await failureOf(sendTo(url)(aPost()));
    expect(error.worthRepeating).toBe(false);
    expect(error.message).toContain("TLS handshake failed");
  });
});

describe("Cancelling", () => {
  it("breaks off a read at once", async () => {
    const controller = new AbortController();
    const { url } = await listening(() => {
      controller.abort();
    });
    const request = aRequest({ context: { signal: controller.signal } });
    await failureOf(sendTo(url)(request));
  });

  it("never breaks off a change that was sent: its reply is worth knowing", async () => {
    const controller = new AbortController();
    const { url } = await listening((_request, response) => {
      controller.abort();
      setImmediate(() => lasting(response, '{"operationId":"op-1"}'));
    });
    const reply = await sendTo(url)(aPost({ context: { signal: controller.signal } }));
    expect(reply.text).toBe('{"operationId":"op-1"}');
  });
});
