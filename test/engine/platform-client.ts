import type { Simulator } from "../../src/simulator";
import { APP_ID, SECRET } from "./stack";

/** The attributes of the simulated water meters. */
export const kind = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };

/** A firmware task that somebody else made, over HTTP; gives its operationId. */
export async function taskMadeElsewhere(
  simulator: Simulator,
  fileId = "firmware-nbm1-v1.4",
): Promise<string> {
  const login = await fetch(`${simulator.url}/iocm/app/sec/v1.1.0/login`, {
    method: "POST",
    body: new URLSearchParams({ appId: APP_ID, secret: SECRET }),
  });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const created = await fetch(
    `${simulator.url}/iodm/northbound/v1.5.0/operations/firmwareUpgrade`,
    {
      method: "POST",
      headers: {
        "content-type": "application/json",
        app_key: APP_ID,
        authorization: `Bearer ${accessToken}`,
      },
      body: JSON.stringify({ fileId, targets: { deviceGroups: ["pilot"], ...kind } }),
    },
  );
  const { operationId } = (await created.json()) as { operationId: string };
  return operationId;
}

/** The instant by the platform's clock as people write it. */
export function platformTime(simulator: Simulator): string {
  return `${simulator.clock.now().toISOString().slice(0, 19)}Z`;
}

/** The ids of all tasks on the platform. */
export function taskIds(simulator: Simulator): string[] {
  return simulator.books().tasks.map(({ operationId }) => operationId);
}
