import { readFileSync } from "node:fs";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { type Connection, ConnectionError, createSend } from "../../src/http/send";
import { aPost, errorOf } from "./requests";

const pem = (name: string): string =>
  readFileSync(join(__dirname, "..", "simulator", "certificates", name), "utf8");

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function server(options: ServerOptions = {}): Promise<number> {
  const https = createServer(
    { cert: pem("server.pem"), key: pem("server.key"), ...options },
    (_request, response) => response.end("{}"),
  );
  https.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => https.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    https.closeAllConnections();
    await new Promise((resolve) => https.close(resolve));
  });
  return (https.address() as AddressInfo).port;
}

/** By settings that know a client's certificate and another name. */
function sendTo(host: string, port: number, change: Partial<Connection>) {
  return createSend({
    clientCert: undefined,
    serverName: undefined,
    endpoint: `https://${host}:${String(port)}`,
    connectTimeoutSeconds: 5,
    replyTimeoutSeconds: 5,
    ...change,
  });
}

describe("A server's certificate", () => {
  it("is trusted when its authority is given", async () => {
    const send = sendTo("127.0.0.1", await server(), { caCert: pem("authority.pem") });
    expect((await send(aPost())).status).toBe(200);
  });

  it("is otherwise refused before anything is sent, and the error says what to set", async () => {
    const error = await errorOf(sendTo("127.0.0.1", await server(), {})(aPost()));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ maybeSent: false, worthRepeating: false });
    expect(error.message).toContain("set caCert");
  });

  it("for another name is refused, and serverName is what to set", async () => {
    const caCert = pem("authority.pem");
    const port = await server();
    const wrong = sendTo("127.0.0.1", port, { caCert, serverName: "other.example" });
    const error = await errorOf(wrong(aPost()));
    expect(error).toMatchObject({ maybeSent: false, worthRepeating: false });
    expect(error.message).toContain("set serverName");
    const right = sendTo("127.0.0.1", port, { caCert, serverName: "localhost" });
    expect((await right(aPost())).status).toBe(200);
  });
});

describe("A server that demands a client certificate", () => {
  const demanding: ServerOptions = {
    ca: pem("authority.pem"),
    requestCert: true,
    rejectUnauthorized: true,
  };

  it("is given one", async () => {
    const send = sendTo("127.0.0.1", await server(demanding), {
      caCert: pem("authority.pem"),
      clientCert: pem("client.pem"),
      clientKey: pem("client.key"),
    });
    expect((await send(aPost())).status).toBe(200);
  });

  it("refuses a client without one, and the error says what to set", async () => {
    const send = sendTo("127.0.0.1", await server(demanding), { caCert: pem("authority.pem") });
    const error = await errorOf(send(aPost()));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain("set clientCert and clientKey");
  });

  it("is no matter of a platform whose settings know no such certificate", async () => {
    const endpoint = `https://127.0.0.1:${String(await server(demanding))}`;
    const seconds = { connectTimeoutSeconds: 5, replyTimeoutSeconds: 5 };
    const send = createSend({ endpoint, caCert: pem("authority.pem"), ...seconds });
    const error = await errorOf(send(aPost()));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).not.toContain("clientCert");
  });
});
