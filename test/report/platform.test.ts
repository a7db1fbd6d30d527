import { readFileSync } from "node:fs";
import { join } from "node:path";

import { upgradeReport } from "../../src/report/make";
import { type Simulator, startSimulator } from "../../src/simulator";
import { postElsewhere } from "../engine/platform-client";
import { fleet, wings } from "../engine/rollouts/fleet";
import { STANDING_STILL, there } from "../engine/story";
import { IOTDA, world } from "../engine/world";

/* What the platforms add to the state that they have filled, each asked as it answers. */

const KIND = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };

let simulator: Simulator;
beforeAll(async () => {
  const { iotda = { projects: [] }, ...data } = fleet();
  const users = world().iotda?.users;
  simulator = await startSimulator({
    data: { ...data, iotda: { ...iotda, ...(users === undefined ? {} : { users }) } },
    clock: { speed: 0 },
    behaviour: { ...STANDING_STILL, upgradeSeconds: 10, waitSeconds: 0 },
  });
});
afterAll(() => simulator.close());

const environment = (): Record<string, string> => ({
  HUAWEI_OTA_NORTHBOUND_ENDPOINT: simulator.url,
  HUAWEI_OTA_NORTHBOUND_APP_ID: "waterworks",
  HUAWEI_OTA_NORTHBOUND_SECRET: "waterworks-secret",
  HUAWEI_OTA_IOTDA_ENDPOINT: simulator.url,
  HW_REGION_NAME: IOTDA.region,
  HW_PROJECT_ID: IOTDA.projectId,
  HW_ACCESS_KEY: IOTDA.accessKey,
  HW_SECRET_KEY: IOTDA.secretKey,
});

const FIRMWARE = "/iodm/northbound/v1.5.0/operations/firmwareUpgrade";

async function push(wing: string, devices: readonly string[]): Promise<string> {
  if (wing === "northbound") {
    const body = { fileId: "firmware-V1.5", targets: { devices, ...KIND } };
    return ((await postElsewhere(simulator, FIRMWARE, body)) as { operationId: string })
      .operationId;
  }
  const body = {
    ...{ app_id: "waterworks", task_name: "rest", task_type: "firmwareUpgrade" },
    ...{ targets: devices, document: { package_ids: ["698dc5a4a1b2c3d4e5000202"] } },
  };
  const path = `/v5/iot/${IOTDA.projectId}/batchtasks`;
  return ((await postElsewhere(simulator, path, body)) as { task_id: string }).task_id;
}

/** A rollout that is through, as the engine wrote it, of that wing and with that task in its last wave. */
function stateOf(wing: string, task: string): string {
  const text = readFileSync(join(__dirname, "stories/through-iotda.json"), "utf8")
    .replaceAll("6b0de3178b9b3a76ed00001a", task)
    .replaceAll("iotda:FirmwareRollout", `${wing}:FirmwareRollout`);
  if (wing === "iotda") return text;
  return text
    .replaceAll(IOTDA.projectId, "waterworks")
    .replaceAll('"groupIds"', '"deviceGroups"')
    .replaceAll('"productId": "water-meter-nbm1"', '"model": "NBM1"');
}

test.each(wings)("$name tells each device, and who is behind", async (wing) => {
  const numbers = Array.from({ length: 18 }, (_, index) => index + 1);
  wing.putDevice(simulator, 9, { outcome: "fail" });
  wing.putDevice(simulator, 7, { online: false });
  const task = await push(wing.name, numbers.map(wing.device));
  simulator.clock.advance(30);
  const { notes, upgrades } = await upgradeReport(stateOf(wing.name, task), {
    environment: environment(),
  });
  expect(notes).toEqual([]);
  const { devices = [], behind, failures } = there(upgrades[0]);
  const those = (result: string): string[] =>
    devices.filter((device) => device.result === result).map(({ deviceId }) => deviceId);
  expect(devices).toHaveLength(18);
  expect(those("under way")).toEqual([wing.device(7)]);
  expect(those("failed")).toEqual([wing.device(9)]);
  expect(failures.map(({ deviceId }) => deviceId)).toContain(wing.device(9));
  expect(new Set(devices.map(({ seconds }) => seconds))).toEqual(
    new Set(wing.name === "northbound" ? [10, undefined] : [undefined]),
  );
  expect(behind).toEqual(
    [7, 9, 19, 20].map((number) => ({ deviceId: wing.device(number), version: "V1.4" })),
  );
});

test("a wrong secret is a note, and stays a secret", async () => {
  const { notes } = await upgradeReport(stateOf("northbound", "1"), {
    environment: { ...environment(), HUAWEI_OTA_NORTHBOUND_SECRET: "not-the-secret" },
  });
  expect(notes).toEqual([
    expect.stringMatching(
      /^The northbound platform did not tell all that was asked: The platform refused logging in/,
    ),
  ]);
  expect(notes.join(" ")).not.toContain("not-the-secret");
});
