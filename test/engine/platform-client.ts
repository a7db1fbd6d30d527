import type { Simulator } from "../../src/simulator";
import { APP_ID, SECRET } from "./stack";
import { IOTDA } from "./world";

/** The attributes of the simulated water meters. */
export const kind = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };

/** A firmware task that somebody else made, over HTTP; gives its operationId. */
export async function taskMadeElsewhere(
  simulator: Simulator,
  fileId = "firmware-nbm1-v1.4",
): Promise<string> {
  const { operationId } = (await postElsewhere(
    simulator,
    "/iodm/northbound/v1.5.0/operations/firmwareUpgrade",
    { fileId, targets: { deviceGroups: ["pilot"], ...kind } },
  )) as { operationId: string };
  return operationId;
}

/** What somebody else posts, over HTTP, to either generation of the platform; gives the reply. */
export async function postElsewhere(
  simulator: Simulator,
  path: string,
  body: unknown,
): Promise<unknown> {
  const credentials = path.startsWith("/v5/") ? await iamToken(simulator) : await login(simulator);
  const reply = await fetch(simulator.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...credentials },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`POST ${path} was answered ${String(reply.status)}: ${text}`);
  return JSON.parse(text);
}

async function login(simulator: Simulator): Promise<Record<string, string>> {
  const reply = await fetch(`${simulator.url}/iocm/app/sec/v1.1.0/login`, {
    method: "POST",
    body: new URLSearchParams({ appId: APP_ID, secret: SECRET }),
  });
  const { accessToken } = (await reply.json()) as { accessToken: string };
  return { app_key: APP_ID, authorization: `Bearer ${accessToken}` };
}

async function iamToken(simulator: Simulator): Promise<Record<string, string>> {
  const domain = { name: "waterworks" };
  const user = { name: "waterworks-pipeline", password: "waterworks-password", domain };
  const reply = await fetch(`${simulator.url}/v3/auth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      auth: {
        identity: { methods: ["password"], password: { user } },
        scope: { project: { name: IOTDA.region } },
      },
    }),
  });
  return { "x-auth-token": reply.headers.get("x-subject-token") ?? "" };
}

/** The instant by the platform's clock as people write it. */
export function platformTime(simulator: Simulator): string {
  return `${simulator.clock.now().toISOString().slice(0, 19)}Z`;
}

/** The ids of all tasks on the platform. */
export function taskIds(simulator: Simulator): string[] {
  return simulator.books().tasks.map(({ operationId }) => operationId);
}
