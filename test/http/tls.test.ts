import { readFileSync } from "node:fs";
import { createServer, type ServerOptions } from "node:https";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";

import { type Connection, ConnectionError, createSend } from "../../src/http/send";
import { base64, certificate } from "../certificates";
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

it("A server's certificate that has expired is told as that", async () => {
  const old = { cert: certificate("expired-server.pem"), key: certificate("expired-server.key") };
  const caCert = certificate("authority.pem");
  const error = await errorOf(sendTo("127.0.0.1", await server(old), { caCert })(aPost()));
  expect(error).toMatchObject({ maybeSent: false, worthRepeating: false });
  expect(error.message).toMatch(/^the server's certificate.* has expired \(CERT_HAS_EXPIRED\)/);
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

  const own: ServerOptions = { ...demanding, ca: certificate("authority.pem") };
  const trusting = { caCert: pem("authority.pem") };

  it("is given one out of a PKCS#12 file", async () => {
    const pfx = { clientPfx: base64("client.pfx"), clientKeyPassphrase: "open" };
    const send = sendTo("127.0.0.1", await server(own), { ...trusting, ...pfx });
    expect((await send(aPost())).status).toBe(200);
  });

  it.each([
    [
      "clientCert",
      {
        clientCert: certificate("expired-client.pem"),
        clientKey: certificate("expired-client.key"),
      },
    ],
    ["clientPfx", { clientPfx: base64("expired-client.pfx"), clientKeyPassphrase: "open" }],
  ])("and closes without a word: %s that has expired is told as that", async (name, client) => {
    const send = sendTo("127.0.0.1", await server(own), { ...trusting, ...client });
    const error = await errorOf(send(aPost()));
    expect(error).toMatchObject({ maybeSent: true, worthRepeating: false });
    expect(error.message).toContain(
      `the client certificate of ${name} expired on Jan  1 00:00:00 2021 GMT`,
    );
  });

  it.each([
    ["SSLV3_ALERT_CERTIFICATE_EXPIRED", "expired on Jan  1 00:00:00 2021 GMT", "expired-client"],
    ["TLSV1_ALERT_UNKNOWN_CA", "the server does not know the authority that issued it", "client"],
    ["SSLV3_ALERT_CERTIFICATE_REVOKED", "it was revoked", "client"],
  ])("and answers %s is heard: %s", async (alert, reason, name) => {
    const client = {
      clientCert: certificate(`${name}.pem`),
      clientKey: certificate(`${name}.key`),
    };
    const port = await server(own);
    const send = sendTo("127.0.0.1", port, { ...trusting, ...client });
    const refused = Object.assign(new Error("alert"), { code: `ERR_SSL_${alert}` });
    const onConnected = (message: unknown): void => {
      (message as { socket: Socket }).socket.destroy(refused);
    };
    subscribe("undici:client:connected", onConnected);
    const error = await errorOf(send(aPost()));
    unsubscribe("undici:client:connected", onConnected);
    expect(error).toMatchObject({ maybeSent: true, worthRepeating: false });
    expect(error.message).toContain(
      `the server refused the client certificate of clientCert: ${reason} (ERR_SSL_${alert})`,
    );
  });
});
