import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import type { Simulator } from "../../src/simulator";
import { newStack, pushes, type Stack, startPlatform } from "./stack";

const certificates = join(__dirname, "../simulator/certificates");
const file = (name: string): string => join(certificates, name);
const pem = (name: string): string => readFileSync(file(name), "utf8");

const SERVER = { certificate: pem("server.pem"), key: pem("server.key") };
const TASK = `new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { deviceGroups: ["pilot"], ...kind } });`;
const CLIENT = "HUAWEI_OTA_NORTHBOUND_CLIENT_";

let simulator: Simulator;
let stack: Stack;

async function begin(
  tls: NonNullable<Parameters<typeof startPlatform>[0]>["tls"],
  environment: Record<string, string>,
): Promise<void> {
  simulator = await startPlatform({ tls: tls ?? SERVER });
  stack = await newStack({ simulator, program: TASK, environment });
}

afterEach(async () => {
  stack.remove();
  await simulator.close();
});

test.each([
  ["path of a file", file("authority.pem")],
  ["PEM text", pem("authority.pem")],
])("the platform's own authority is given as %s", async (_how, authority) => {
  await begin(SERVER, { HUAWEI_OTA_NORTHBOUND_CA_CERT: authority });

  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(pushes(simulator)).toBe(1);
});

test("a platform that demands a client certificate is given one", async () => {
  await begin(
    { ...SERVER, clientAuthority: pem("authority.pem") },
    {
      HUAWEI_OTA_NORTHBOUND_CA_CERT: file("authority.pem"),
      [`${CLIENT}CERT`]: file("client.pem"),
      [`${CLIENT}KEY`]: file("client.key"),
    },
  );

  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(pushes(simulator)).toBe(1);
});

test("a certificate that is not trusted is one sentence that names the remedy, after no second try", async () => {
  await begin(SERVER, {});
  let connections = 0;
  const untrusted = createServer({ cert: SERVER.certificate, key: SERVER.key });
  untrusted.on("connection", () => (connections += 1));
  await new Promise<void>((settle) => untrusted.listen(0, "127.0.0.1", settle));
  const { port } = untrusted.address() as AddressInfo;
  stack.environment["HUAWEI_OTA_NORTHBOUND_ENDPOINT"] = `https://127.0.0.1:${String(port)}`;

  const { code, output } = await stack.up();
  untrusted.close();

  expect(code).not.toBe(0);
  expect(output).toMatch(
    /error: The platform could not be reached for [^:]+: the server's certificate is not trusted \([A-Z_]+\); set caCert to the certificate of the authority that issued it\. Nothing was sent\./,
  );
  // One for the check, one for the create.
  expect(connections).toBe(2);
});
