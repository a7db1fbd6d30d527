import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import { type Connection, createSend } from "../../src/http/send";
import { proxiesOf } from "../../src/http/proxy";
import { base64, certificate } from "../certificates";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { aPost, aRequest, errorOf } from "./requests";

const pem = (name: string): string =>
  readFileSync(join(__dirname, "..", "simulator", "certificates", name), "utf8");

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => undefined);
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** Tells whose certificate it was shown. */
async function platform(options: ServerOptions = {}): Promise<number> {
  const server = createHttpsServer(
    { cert: pem("server.pem"), key: pem("server.key"), ...options },
    (request, response) => {
      const socket = request.socket as unknown as Pick<TLSSocket, "getPeerCertificate">;
      const { subject } = socket.getPeerCertificate();
      response.end(JSON.stringify({ shown: (subject as { CN?: string } | undefined)?.CN ?? null }));
    },
  );
  server.on("tlsClientError", () => undefined);
  return listen(server);
}

/** Leads every tunnel to the port, whatever host was asked for, unless it answers with a status. */
async function proxy(
  port: number,
  status?: number,
): Promise<{ port: number; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer();
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    seen.push(request);
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${String(status)} No\r\n\r\n`);
      return;
    }
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => undefined);
    socket.on("close", () => onward.destroy());
  });
  return { port: await listen(server), seen };
}

const trusting = { caCert: pem("authority.pem"), serverName: "localhost", clientCert: undefined };

function through(environment: Record<string, string>, change: Partial<Connection> = {}) {
  const endpoint = "https://platform.example:8743";
  const seconds = { connectTimeoutSeconds: 5, replyTimeoutSeconds: 5 };
  return createSend({ endpoint, ...trusting, ...seconds, ...change }, environment);
}

describe("A proxy", () => {
  it.each(["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"])(
    "that %s names is led through, and the platform's certificate is still asked for",
    async (name) => {
      const { port, seen } = await proxy(await platform());
      const environment = { [name]: `http://127.0.0.1:${String(port)}` };
      expect((await through(environment)(aPost())).status).toBe(200);
      expect(seen.map(({ url }) => url)).toEqual(["platform.example:8743"]);
      const error = await errorOf(through(environment, { caCert: undefined })(aPost()));
      expect(error.message).toContain("the server's certificate is not trusted");
      const other = await errorOf(through(environment, { serverName: "other.example" })(aPost()));
      expect(other.message).toContain("set serverName");
    },
  );

  it("may stand without its scheme, and is told the user and the password", async () => {
    const { port, seen } = await proxy(await platform());
    await through({ HTTPS_PROXY: `user:pa%3Ass@127.0.0.1:${String(port)}` })(aRequest());
    expect(seen[0]?.headers["proxy-authorization"]).toBe(
      `Basic ${Buffer.from("user:pa:ss").toString("base64")}`,
    );
  });

  it.each([
    ["as PEM", { clientCert: certificate("client.pem"), clientKey: certificate("client.key") }],
    ["as PKCS#12", { clientPfx: base64("client.pfx"), clientKeyPassphrase: "open" }],
  ])("lets the client's certificate pass to the platform, %s", async (_how, client) => {
    const demanding = { ca: certificate("authority.pem"), requestCert: true };
    const { port } = await proxy(await platform(demanding));
    const send = through({ HTTPS_PROXY: `http://127.0.0.1:${String(port)}` }, client);
    expect((await send(aPost())).text).toBe('{"shown":"client"}');
  });

  it.each([
    [407, false, "it wants another user and password in HTTPS_PROXY"],
    [403, false, "NO_PROXY"],
    [503, true, "NO_PROXY"],
  ])(
    "that answers %i is told as what refused, and nothing was sent",
    async (status, again, advice) => {
      const { port } = await proxy(0, status);
      const address = `127.0.0.1:${String(port)}`;
      const error = await errorOf(
        through({ HTTPS_PROXY: `http://user:pa-ss@${address}` })(aPost()),
      );
      expect(error).toMatchObject({ maybeSent: false, worthRepeating: again });
      expect(error.message).toContain(
        `the proxy ${address} refused to connect to the platform (status ${String(status)}); `,
      );
      expect(error.message).toContain(advice);
      expect(error.message).not.toContain("pa-ss");
    },
  );

  it("that is not there is told as what is not there", async () => {
    const error = await errorOf(through({ HTTPS_PROXY: "http://u:pa-ss@127.0.0.1:1" })(aPost()));
    expect(error).toMatchObject({ maybeSent: false, worthRepeating: true });
    expect(error.message).toBe(
      "the proxy 127.0.0.1:1 of HTTPS_PROXY did not connect: the connection was refused",
    );
  });

  it.each(["127.0.0.1", "localhost"])(
    "is not between this machine and itself, %s",
    async (host) => {
      const port = await platform();
      const endpoint = `https://${host}:${String(port)}`;
      const send = through({ HTTPS_PROXY: "http://127.0.0.1:1" }, { endpoint });
      expect((await send(aRequest())).status).toBe(200);
    },
  );

  it.each(["platform.invalid", ".invalid", "a, platform.invalid:8743", "*"])(
    "is passed by for the hosts of NO_PROXY: %s",
    async (hosts) => {
      for (const name of ["NO_PROXY", "no_proxy"]) {
        const { port, seen } = await proxy(0, 503);
        const environment = { HTTPS_PROXY: `http://127.0.0.1:${String(port)}`, [name]: hosts };
        const endpoint = "https://platform.invalid:8743";
        const error = await errorOf(through(environment, { endpoint })(aRequest()));
        expect(error.message).toMatch(/host name .* \(platform\.invalid:8743\)/);
        expect(seen).toEqual([]);
      }
    },
  );

  it("whose address is none is refused before any call, without its password", () => {
    for (const wrong of [
      "socks5://u:pa-ss@host:1",
      "http://u:pa-ss@",
      "http://u:pa-ss@host:port",
    ]) {
      expect(() => proxiesOf("https://platform.example", { HTTPS_PROXY: wrong })).toThrow(
        /^(?!.*pa-ss)HTTPS_PROXY is not the address of a proxy; it must be http:\/\/host:port/,
      );
    }
  });
});
