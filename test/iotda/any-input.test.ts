import type { dynamic } from "@pulumi/pulumi";
import fc from "fast-check";

import { createProjects } from "../../src/iotda/api/platform";
import { upgradeCompletionKind } from "../../src/iotda/upgrade-completion/hooks";
import { upgradeTaskKind } from "../../src/iotda/upgrade-task/hooks";
import { versionPackageKind } from "../../src/iotda/version-package/hooks";
import { toResourceProvider } from "../../src/pulumi/hooks";
import { UNKNOWN } from "../../src/pulumi/unknown";
import { ScriptedPlatform } from "./scripted-platform";

const anything = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 2, arbitrary: fc.constantFrom(UNKNOWN, undefined, null, "", [], {}) },
  { weight: 1, arbitrary: fc.constantFrom("p-14", "meter_1", "2026-05-01T09:00:00Z", true, 3) },
);

const objectOf = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    { weight: 1, arbitrary: anything },
  );
const all = (...names: string[]) => Object.fromEntries(names.map((name) => [name, anything]));

const FIELDS: Record<string, fc.Arbitrary<unknown>> = {
  ...all("appId", "packageType", "productId", "moduleName", "version", "supportSourceVersions"),
  ...all("description", "customInfo", "adopt", "packageId", "taskName", "taskMode", "taskExtInfo"),
  ...all("needConfirm", "confirmed", "retryFailed", "rerunAfter", "onDelete", "taskId"),
  ...all("timeoutSeconds", "minSuccessPercent", "maxFailedDevices", "platformState", "__urn"),
  __file: fc.oneof(
    fc.constantFrom(UNKNOWN, undefined, { sign: "ab" }, { missing: "x cannot be read" }),
  ),
  fileLocation: objectOf({
    obsLocation: objectOf(all("regionName", "bucketName", "objectKey", "signMethod", "sign")),
  }),
  targets: objectOf(all("devices", "groupIds")),
  taskPolicy: objectOf(all("scheduleTime", "retryCount", "retryInterval")),
};
const inputs = fc.oneof(
  { weight: 4, arbitrary: fc.record(FIELDS, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.dictionary(fc.string(), anything) },
);

describe("No input at all makes check throw, and what it returns can be told to the engine", () => {
  const platform = new ScriptedPlatform();
  const projects = createProjects(
    {
      HW_ACCESS_KEY: "AK",
      HW_SECRET_KEY: "SK",
      HW_REGION_NAME: "region-1",
      HW_PROJECT_ID: "project-1",
    },
    () => platform.project(),
  );
  const kinds: [string, dynamic.ResourceProvider][] = [
    ["FirmwareUpgradeTask", toResourceProvider(upgradeTaskKind("firmware", projects), () => true)],
    ["SoftwareUpgradeTask", toResourceProvider(upgradeTaskKind("software", projects), () => true)],
    ["ModuleUpgradeTask", toResourceProvider(upgradeTaskKind("module", projects), () => true)],
    ["UpgradeCompletion", toResourceProvider(upgradeCompletionKind(projects), () => true)],
    ["VersionPackage", toResourceProvider(versionPackageKind(projects), () => true)],
  ];

  it.each(kinds)("of a %s", async (_name, provider) => {
    await fc.assert(
      fc.asyncProperty(inputs, fc.oneof(inputs, fc.constant(undefined)), async (news, olds) => {
        const checked = provider.check?.(olds, news);
        const result: { inputs?: unknown; failures?: dynamic.CheckFailure[] } =
          await platform.clock.run(checked ?? Promise.reject(new Error("none")));
        expect(JSON.parse(JSON.stringify(result.inputs))).toEqual(result.inputs);
        for (const { reason, property } of result.failures ?? []) {
          expect(property).toBe("");
          expect(reason).toMatch(/\S.*[.?]$/s);
        }
      }),
      { numRuns: 400 },
    );
  });
});
