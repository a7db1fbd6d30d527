import type { dynamic } from "@pulumi/pulumi";

import * as provider from "../../src/provider";
import { loaderOf } from "../../src/pulumi/loader";

/*
 * A program may keep any input secret; the engine tells the provider its bare value, and the program
 * which names are secret. Every input of every kind is given what its rules refuse.
 */

const NAMES = [
  ...["fileId", "fileType", "version", "deviceType", "model", "manufacturerName", "onDelete"],
  ...["packageId", "packageType", "packageKind", "productId", "moduleName", "description"],
  ...["supportSourceVersions", "customInfo", "appId", "fileLocation", "targets", "policy", "adopt"],
  ...["taskName", "taskMode", "taskPolicy", "taskExtInfo", "needConfirm", "confirmed"],
  ...["retryFailed", "rerunAfter", "maxDevices", "onlyAfter", "operationId", "taskId", "waitFor"],
  ...["timeoutSeconds", "minSuccessPercent", "maxFailedDevices", "devices", "waves", "approvals"],
  ...["freeze", "window", "maxAttempts", "preflight", "__file"],
];
const SECRET = "s3cret value";
const SPOILT: readonly unknown[] = [
  `${SECRET}\u0007`,
  ` ${SECRET} `,
  SECRET.repeat(200),
  [SECRET, `"${SECRET}"`, SECRET],
  { devices: [`${SECRET} `], executeType: SECRET, startTime: SECRET, scheduleTime: SECRET },
  { obsLocation: { regionName: SECRET, bucketName: SECRET, objectKey: SECRET, sign: SECRET } },
  { from: SECRET, to: SECRET, timeZone: SECRET, [SECRET]: 1 },
  987654.5,
];
const kinds = Object.entries<Required<dynamic.ResourceProvider>>(provider);

it.each(kinds)("%s says no value of a secret input in a check failure", async (kind, hooks) => {
  const said: string[] = [];
  for (const spoilt of SPOILT) {
    const news = {
      ...Object.fromEntries(NAMES.map((name) => [name, spoilt])),
      __secrets: NAMES,
      __provider: loaderOf(kind),
    };
    const { failures } = await hooks.check({}, news);
    said.push(...(failures ?? []).map(({ reason }) => reason));
    for (const name of NAMES) {
      const one = await hooks.check({}, { ...news, ...only(name, spoilt) });
      said.push(...(one.failures ?? []).map(({ reason }) => reason));
    }
  }
  expect(said.length).toBeGreaterThan(NAMES.length);
  expect(said.filter((reason) => /s3cret|987654/.test(reason))).toEqual([]);
});

/** The one input alone, beside those that a task needs to be looked at further. */
function only(name: string, value: unknown): Record<string, unknown> {
  const others = Object.fromEntries(NAMES.map((each) => [each, undefined]));
  const usual = { fileId: "F1", packageId: "p1", operationId: "o1", taskId: "t1", version: "V1" };
  return { ...others, ...usual, targets: { devices: ["d1"] }, [name]: value };
}
