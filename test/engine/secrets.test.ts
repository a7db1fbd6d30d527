import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import type { Simulator } from "../../src/simulator";
import { APP_ID, newStack, pushes, SECRET, type Stack, startPlatform } from "./stack";

/*
 * Everything that a run writes is searched for everything that must not be in it, while the engine
 * and the provider processes log all they can. The tokens are seen by a gate before the platform.
 */

const PASSPHRASE = "a-passphrase-of-the-key";
const LOUD = ["--logtostderr", "-v=9", "--logflow"];
const certificates = join(__dirname, "../simulator/certificates");
const pem = (name: string): string => readFileSync(join(certificates, name), "utf8");
const RESOURCES = (options = ""): string => `
  const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14 }${options});
  const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { deviceGroups: ["pilot"], ...kind } }${options});
  new northbound.UpgradeCompletion("pilot", { operationId: task.id }${options});`;

let simulator: Simulator;
let gate: Gate;
let stack: Stack;

beforeEach(async () => {
  simulator = await startPlatform({ clock: { speed: 60 } });
  gate = await openGate(simulator);
  const key = createPrivateKey(pem("client.key"));
  stack = await newStack({
    simulator,
    program: RESOURCES(),
    environment: {
      HUAWEI_OTA_NORTHBOUND_ENDPOINT: gate.url,
      HUAWEI_OTA_NORTHBOUND_CA_CERT: join(certificates, "authority.pem"),
      HUAWEI_OTA_NORTHBOUND_CLIENT_CERT: pem("client.pem"),
      HUAWEI_OTA_NORTHBOUND_CLIENT_KEY: key
        .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: PASSPHRASE })
        .toString(),
      HUAWEI_OTA_NORTHBOUND_CLIENT_KEY_PASSPHRASE: PASSPHRASE,
    },
  });
  stack.environment["HUAWEI_OTA_AUDIT_LOG"] = join(stack.directory, "audit.jsonl");
});
afterEach(async () => {
  stack.remove();
  await gate.close();
  await simulator.close();
});

interface Gate {
  readonly url: string;
  /** Every access and refresh token that the platform has given out. */
  readonly tokens: Set<string>;
  close(): Promise<void>;
}

/** Demands a client certificate, hands all calls on to the platform and notes the tokens. */
async function openGate(platform: Simulator): Promise<Gate> {
  const tokens = new Set<string>();
  const options = {
    cert: pem("server.pem"),
    key: pem("server.key"),
    ca: pem("authority.pem"),
    requestCert: true,
  };
  const server: Server = createServer(options, (request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const reply = await fetch(platform.url + (request.url ?? ""), {
        method: request.method ?? "GET",
        headers: headers as Record<string, string>,
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      });
      const text = await reply.text();
      for (const [, token] of text.matchAll(/"(?:access|refresh)Token":\s*"([^"]+)"/g)) {
        if (token !== undefined) tokens.add(token);
      }
      response.writeHead(reply.status, { date: reply.headers.get("date") ?? "" }).end(text);
    })();
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  return {
    url: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    tokens,
    close: async () => {
      server.closeAllConnections();
      await new Promise((settle) => server.close(settle));
    },
  };
}

/** All that was written while a stack lived, from its first `up` to its end. */
async function everythingWritten(flags: readonly string[]): Promise<string> {
  const written = [(await stack.preview("--diff")).output, (await stack.preview("--json")).output];
  for (const operation of ["up", "refresh"] as const) {
    const result = await stack[operation](...flags);
    if (result.code !== 0) throw new Error(result.output.slice(-4_000));
    written.push(result.output);
  }
  written.push((await stack.pulumi("stack", "export")).output);
  simulator.addFault({ kind: "tokenTaken", method: "GET" });
  const destroyed = await stack.destroy(...flags);
  expect(destroyed.code).toBe(0);
  written.push(destroyed.output, readFileSync(join(stack.directory, "audit.jsonl"), "utf8"));
  return written.join("\n");
}

/** Lines with a secret, each cut to where it is. */
function leaks(text: string, secrets: Iterable<string>): string[] {
  return [...secrets].flatMap((secret) => {
    const at = text.indexOf(secret);
    return at < 0 ? [] : [text.slice(Math.max(0, at - 200), at + secret.length + 50)];
  });
}

test("no secret of the environment and no token is in any output, state or log", async () => {
  const written = await everythingWritten(LOUD);

  expect(pushes(simulator)).toBe(1);
  expect(written).toContain('"operation":"creating the firmware upgrade task"');
  expect(written).toContain(APP_ID);
  expect(gate.tokens.size).toBeGreaterThanOrEqual(4);
  expect(leaks(written, [SECRET, PASSPHRASE, ...gate.tokens])).toEqual([]);
});

// Not while Pulumi logs all it can: its own lines tell what a program passes to it, secrets included.
test("no secret of a Provider is in any output, preview, state or audit log", async () => {
  stack.environment["HUAWEI_OTA_NORTHBOUND_SECRET"] = "";
  stack.environment["HUAWEI_OTA_NORTHBOUND_CLIENT_KEY_PASSPHRASE"] = "";
  stack.environment["SECRET"] = SECRET;
  stack.environment["PASSPHRASE"] = PASSPHRASE;
  stack.program(`
    const water = new Provider("water", { northbound: { secret: process.env.SECRET, clientKeyPassphrase: process.env.PASSPHRASE } });
    ${RESOURCES(", { provider: water }")}`);

  const written = await everythingWritten([]);

  expect(pushes(simulator)).toBe(1);
  expect(gate.tokens.size).toBeGreaterThanOrEqual(4);
  expect(leaks(written, [SECRET, PASSPHRASE, ...gate.tokens])).toEqual([]);
});

test("no error message has a secret in it", async () => {
  const failures: Record<string, string>[] = [
    { HUAWEI_OTA_NORTHBOUND_SECRET: "a-wrong-secret" },
    { HUAWEI_OTA_NORTHBOUND_SECRET: "a-wrong-secret".repeat(20) },
    { HUAWEI_OTA_NORTHBOUND_CLIENT_KEY_PASSPHRASE: "a-wrong-passphrase" },
    { HUAWEI_OTA_NORTHBOUND_CLIENT_KEY: "/no/such/file" },
  ];
  const right = { ...stack.environment };
  for (const change of failures) {
    Object.assign(stack.environment, right, change);
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/error: (The platform|HUAWEI_OTA_NORTHBOUND_)/);
    const secrets = [SECRET, PASSPHRASE, "a-wrong-secret", "a-wrong-passphrase", "PRIVATE KEY"];
    expect(leaks(output, secrets)).toEqual([]);
  }
});
