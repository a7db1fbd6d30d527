import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import type { Simulator } from "../../../src/simulator";
import { newStack, pushes, type Stack, startPlatform } from "../stack";
import { fails, passes, there } from "../story";
import { rolloutText, taskText, waitText } from "./program";
import type { Wing } from "./wing";
import { wings } from "./wings";

/*
 * Everything that a run writes is searched for everything that must not be in it, while the engine
 * and the provider processes log all they can. The tokens are seen by a gate before the platform.
 */

const PASSPHRASE = "a-passphrase-of-the-key";
const LOUD = ["--logtostderr", "-v=9", "--logflow"];
const certificates = join(__dirname, "../../simulator/certificates");
const pem = (name: string): string => readFileSync(join(certificates, name), "utf8");

interface Gate {
  readonly url: string;
  /** Every token that the platform has given out. */
  readonly tokens: Set<string>;
  close(): Promise<void>;
}

/** Demands a client certificate where there is one, hands all calls on and notes the tokens. */
async function openGate(wing: Wing, platform: Simulator): Promise<Gate> {
  const tokens = new Set<string>();
  const options = {
    cert: pem("server.pem"),
    key: pem("server.key"),
    ca: pem("authority.pem"),
    requestCert: wing.hasClientCertificates,
  };
  const server: Server = createServer(options, (incoming, response) => {
    const { method = "GET", url = "", headers } = incoming;
    const onward = request(platform.url + url, { method, headers }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.on("end", () => {
        const body = Buffer.concat(chunks);
        const head = Object.entries(reply.headers).map(
          ([name, value]) => `${name}: ${String(value)}`,
        );
        for (const [, token] of [...head, body.toString()].join("\n").matchAll(wing.login.token)) {
          if (token !== undefined) tokens.add(token);
        }
        response.writeHead(reply.statusCode ?? 500, reply.headers).end(body);
      });
    });
    incoming.pipe(onward);
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

/** A certificate and its key under a passphrase, for wings that have them. */
function clientCertificate(wing: Wing): Record<string, string> {
  if (!wing.hasClientCertificates) return {};
  const key = createPrivateKey(pem("client.key")).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: PASSPHRASE,
  });
  return { CERT: pem("client.pem"), KEY: key.toString(), KEY_PASSPHRASE: PASSPHRASE };
}

/** Lines with a secret, each cut to where it is. */
function leaks(text: string, secrets: Iterable<string>): string[] {
  return [...secrets].flatMap((secret) => {
    const at = text.indexOf(secret);
    return at < 0 ? [] : [text.slice(Math.max(0, at - 200), at + secret.length + 50)];
  });
}

describe.each(wings)("$name: no secret", (wing) => {
  const prefix = `HUAWEI_OTA_${wing.name.toUpperCase()}_`;
  const resources = (options: string): string => `
    ${rolloutText(wing, "pilot", { options })}
    ${waitText(wing, "pilot", "task.id", "", options)};`;
  let simulator: Simulator;
  let gate: Gate;
  let stack: Stack;

  beforeEach(async () => {
    simulator = await startPlatform({ clock: { speed: 60 } });
    gate = await openGate(wing, simulator);
    const certificate = Object.entries(clientCertificate(wing));
    stack = await newStack({
      simulator,
      program: resources("{}"),
      environment: {
        [`${prefix}ENDPOINT`]: gate.url,
        [`${prefix}CA_CERT`]: join(certificates, "authority.pem"),
        ...Object.fromEntries(certificate.map(([name, text]) => [`${prefix}CLIENT_${name}`, text])),
      },
    });
    stack.environment["HUAWEI_OTA_AUDIT_LOG"] = join(stack.directory, "audit.jsonl");
  });
  afterEach(async () => {
    stack.remove();
    await gate.close();
    await simulator.close();
  });

  /** All that was written while a stack lived, from its first `up` to its end. */
  async function everythingWritten(flags: readonly string[]): Promise<string> {
    const written = [
      await passes(stack.preview("--diff")),
      await passes(stack.preview("--json")),
      await passes(stack.up(...flags)),
      await passes(stack.refresh(...flags)),
      await passes(stack.pulumi("stack", "export")),
    ];
    simulator.addFault({ kind: "tokenTaken", method: "GET" });
    written.push(await passes(stack.destroy(...flags)));
    return [...written, readFileSync(join(stack.directory, "audit.jsonl"), "utf8")].join("\n");
  }

  test("of the environment and no token is in any output, state or log", async () => {
    Object.assign(stack.environment, wing.login.environment);
    const written = await everythingWritten(LOUD);

    expect(pushes(simulator)).toBe(1);
    expect(written).toContain(`"operation":"${wing.pushing.operation}"`);
    expect(written).toContain(wing.accountKey);
    expect(gate.tokens.size).toBeGreaterThanOrEqual(4);
    expect(leaks(written, [...wing.login.secrets, PASSPHRASE, ...gate.tokens])).toEqual([]);
  });

  // Not while Pulumi logs all it can: its own lines tell what a program passes to it, secrets included.
  test("of a Provider is in any output, preview, state or audit log", async () => {
    // All parts of a client certificate come from one place.
    const { CERT, KEY, KEY_PASSPHRASE } = clientCertificate(wing);
    const certificate = { clientCert: CERT, clientKey: KEY, clientKeyPassphrase: KEY_PASSPHRASE };
    const secrets = { ...wing.secrets, ...(CERT === undefined ? {} : certificate) };
    for (const part of ["CERT", "KEY", "KEY_PASSPHRASE"]) {
      stack.environment[`${prefix}CLIENT_${part}`] = "";
    }
    for (const [name, secret] of Object.entries(wing.secrets)) {
      stack.environment[there(wing.environment[name])] = "";
      stack.environment[`GIVEN_${name}`] = secret;
    }
    for (const [name, text] of Object.entries(certificate)) {
      if (text !== undefined) stack.environment[`GIVEN_${name}`] = text;
    }
    const settings = Object.keys(secrets).map((name) => `${name}: process.env.GIVEN_${name}`);
    stack.program(`
    const water = new Provider("water", { ${wing.name}: { ${settings.join(", ")} } });
    ${resources("{ provider: water }")}`);

    const written = await everythingWritten([]);

    expect(pushes(simulator)).toBe(1);
    // An access key is a name, and stands in every call, as a certificate does; their keys do not.
    const { accessKey: _a, clientCert: _c, ...secret } = secrets as Record<string, string>;
    const spellings = Object.values(secret).flatMap((text) => [text, JSON.stringify(text)]);
    expect(leaks(written, [...spellings, ...gate.tokens])).toEqual([]);
  });

  test("is in an error about a wrong one", async () => {
    const secretOf = there(Object.keys(wing.secrets).at(-1));
    const variable = there(wing.environment[secretOf]);
    const failures: Record<string, string>[] = [
      { [variable]: "a-wrong-secret" },
      { [variable]: "a-wrong-secret".repeat(20) },
    ];
    if (wing.hasClientCertificates) {
      failures.push({ [`${prefix}CLIENT_KEY_PASSPHRASE`]: "a-wrong-passphrase" });
      failures.push({ [`${prefix}CLIENT_KEY`]: "/no/such/file" });
    }
    const right = { ...stack.environment };
    for (const change of failures) {
      Object.assign(stack.environment, right, change);
      const up = await fails(stack.up());
      expect(up).toMatch(/(error|problem): (The platform|HUAWEI_OTA_)/);
      const secrets = ["a-wrong-secret", PASSPHRASE, "a-wrong-passphrase", "PRIVATE KEY"];
      expect(leaks(up, [...secrets, there(wing.secrets[secretOf])])).toEqual([]);
    }
    Object.assign(stack.environment, right, wing.login.environment);
    const more = `rerunAfter: pulumi.secret("2099-08-07T06:05:04Z")`;
    stack.program(taskText(wing, "hidden", { more }));
    const preview = await fails(stack.preview());
    expect(preview).toContain("[secret: rerunAfter]");
    expect(leaks(preview, ["2099"])).toEqual([]);
  });
});
