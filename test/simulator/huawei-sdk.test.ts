import { join } from "node:path";

import { pythonWith, run } from "../python";
import { iotdaBench, projectId } from "./iotda-client";

/* Huawei's own client signs, asks and reads as the vendor means it; the simulator must please it. */

const VERSION = "3.1.219";
const PACKAGES = [`huaweicloudsdkcore==${VERSION}`, `huaweicloudsdkiotda==${VERSION}`];
const SCRIPT = join(__dirname, "huawei_sdk.py");

let python: string;
beforeAll(async () => {
  python = await pythonWith(`huawei-sdk-${VERSION}`, PACKAGES);
});

async function drive(url: string, signing: string, secretKey: string, project = projectId) {
  const { code, output, errors } = await run(python, SCRIPT, url, signing, secretKey, project);
  if (code !== 0) throw new Error(`Huawei's client broke off:\n${errors}`);
  return JSON.parse(output) as unknown;
}

const TOLD = {
  sign: "ab".repeat(32),
  packages: [true],
  first: "PartialSuccess",
  reasons: ["Firmware update failed"],
  retried: [["once", "success"]],
  "after the retry": "Success",
  stopped: [["lost", "success"]],
  "after the stop": "Stopped",
  tasks: ["fleet_2", "流量计_1"],
  gone: 404,
};

// As in real use: the client signs by the computer's clock.
const clock = { speed: 0 };

test("Huawei's client makes, shows, lists, retries, stops and deletes with plain signatures", async () => {
  const { simulator } = await iotdaBench({}, { clock });
  expect(await drive(simulator.url, "plain", "secret-key")).toEqual(TOLD);
});

test("on a private host it does the same with derived signatures", async () => {
  const { simulator } = await iotdaBench({ iotdaPrivateHost: true }, { clock });
  expect(await drive(simulator.url, "derived", "secret-key")).toEqual(TOLD);
});

test("it finds out the project's id by the region", async () => {
  const { simulator } = await iotdaBench({}, { clock });
  expect(await drive(simulator.url, "plain", "secret-key", "ask")).toEqual(TOLD);
});

test("on a private host its plain signature is refused", async () => {
  const { simulator } = await iotdaBench({ iotdaPrivateHost: true }, { clock });
  const told = await drive(simulator.url, "plain", "secret-key");
  expect(told).toEqual({ refused: [401, "IOTDA.000002"] });
});

test.each(["plain", "derived"])("a %s signature with the wrong key is refused", async (signing) => {
  const { simulator } = await iotdaBench({}, { clock });
  const told = await drive(simulator.url, signing, "another-key");
  expect(told).toEqual({ refused: [401, "APIGW.0301"] });
});
