import { readFileSync } from "node:fs";
import { request, type RequestOptions } from "node:https";
import { join } from "node:path";
import type { SimulatorTls } from "../../src/simulator";
import { startSimulator } from "../../src/simulator";
import { world } from "./client";

function pem(name: string): string {
  return readFileSync(join(__dirname, "certificates", name), "utf8");
}

const authority = pem("authority.pem");
const server = { certificate: pem("server.pem"), key: pem("server.key") };

async function statusOf(tls: SimulatorTls, client: RequestOptions): Promise<number | undefined> {
  const simulator = await startSimulator({ data: world, tls });
  expect(simulator.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  try {
    return await new Promise((resolve, reject) => {
      const options = { agent: false as const, ca: authority, ...client };
      request(`${simulator.url}/_control/clock`, options, (response) => {
        response.resume();
        response.on("end", () => {
          resolve(response.statusCode);
        });
        response.on("error", reject);
      })
        .on("error", reject)
        .end();
    });
  } finally {
    await simulator.close();
  }
}

test("with a certificate the simulator speaks HTTPS", async () => {
  expect(await statusOf(server, {})).toBe(200);
});

test("a client certificate can be demanded", async () => {
  const demanding = { ...server, clientAuthority: authority };
  const certificate = { cert: pem("client.pem"), key: pem("client.key") };
  expect(await statusOf(demanding, certificate)).toBe(200);
  await expect(statusOf(demanding, {})).rejects.toThrow();
});

test("a key that does not fit is refused with a sentence", async () => {
  const tls = { ...server, key: pem("client.key") };
  await expect(startSimulator({ data: world, tls })).rejects.toThrow(
    "The certificate and key cannot be used",
  );
});
