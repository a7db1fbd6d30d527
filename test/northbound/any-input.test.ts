import type { dynamic } from "@pulumi/pulumi";
import fc from "fast-check";

import { upgradeCompletionKind } from "../../src/northbound/upgrade-completion/hooks";
import { upgradeTaskKind } from "../../src/northbound/upgrade-task/hooks";
import { canonical, upgradeTaskInputs } from "../../src/northbound/upgrade-task/schema";
import { versionPackageKind } from "../../src/northbound/version-package/hooks";
import { toResourceProvider } from "../../src/pulumi/hooks";
import { UNKNOWN } from "../../src/pulumi/unknown";
import { KIND, ScriptedPlatform } from "./scripted-platform";

const anything = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 2, arbitrary: fc.constantFrom(UNKNOWN, undefined, null, "", [], {}) },
  { weight: 1, arbitrary: fc.constantFrom("custom", "F1", "2026-05-01T09:00:00Z", true, 3) },
);

const objectOf = (...names: string[]) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record(Object.fromEntries(names.map((name) => [name, anything])), {
        requiredKeys: [],
      }),
    },
    { weight: 1, arbitrary: anything },
  );

const FIELDS: Record<string, fc.Arbitrary<unknown>> = {
  fileId: anything,
  fileType: anything,
  version: anything,
  onDelete: anything,
  operationId: anything,
  timeoutSeconds: anything,
  minSuccessPercent: anything,
  maxFailedDevices: anything,
  targets: objectOf("devices", "deviceGroups", "deviceType", "model", "manufacturerName"),
  policy: objectOf("executeType", "startTime", "endTime", "retryType", "retryTimes"),
  rerunAfter: anything,
  adopt: anything,
  platformState: anything,
  __urn: anything,
  __provider: anything,
  __proto__extra: anything,
};
const inputs = fc.oneof(
  { weight: 4, arbitrary: fc.record(FIELDS, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.dictionary(fc.string(), anything) },
);

describe("No input at all makes check throw, and what it returns can be told to the engine", () => {
  const platform = new ScriptedPlatform();
  const applications = platform.applications();
  const kinds: [string, dynamic.ResourceProvider][] = [
    [
      "FirmwareUpgradeTask",
      toResourceProvider(upgradeTaskKind("firmware", applications), () => true),
    ],
    [
      "SoftwareUpgradeTask",
      toResourceProvider(upgradeTaskKind("software", applications), () => true),
    ],
    ["UpgradeCompletion", toResourceProvider(upgradeCompletionKind(applications), () => true)],
    ["VersionPackage", toResourceProvider(versionPackageKind(applications), () => true)],
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

describe("The canonical form of a task", () => {
  const names = fc.array(fc.constantFrom("b", "a", "c", "ä", "10", "9", UNKNOWN), {
    maxLength: 6,
  });
  const time = fc.constantFrom(
    "2026-05-01T09:00:00Z",
    "2026-05-01T11:00:00+02:00",
    "20260501T090000Z",
    "2026-05-01T09:00:00.999Z",
    "9999-12-31T23:59:59-23:59",
    "0100-01-01T00:00:00+23:59",
    "soon",
    UNKNOWN,
  );
  const declared = fc.record(
    {
      fileId: fc.constantFrom("F1", UNKNOWN),
      targets: fc.oneof(
        fc.record(
          { devices: names, deviceGroups: names, model: fc.string() },
          { requiredKeys: [] },
        ),
        fc.constant(UNKNOWN),
      ),
      policy: fc.oneof(
        fc.record(
          { executeType: fc.constantFrom("now", "custom"), startTime: time, endTime: time },
          { requiredKeys: [] },
        ),
        fc.constant(UNKNOWN),
      ),
      rerunAfter: time,
    },
    { requiredKeys: ["fileId", "targets"] },
  );
  const form = (news: unknown): unknown =>
    JSON.parse(JSON.stringify(canonical(upgradeTaskInputs.parse(news))));

  it("is its own canonical form", () => {
    fc.assert(
      fc.property(declared, (news) => {
        expect(form(form(news))).toEqual(form(news));
      }),
    );
  });

  it("does not depend on the order and the repetition of what is known", () => {
    const known = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(known, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (list, order) => {
        const shuffled = list
          .flatMap((name) => (name.length % 2 === 0 ? [name, name] : [name]))
          .map((name, index) => ({ name, at: order[index] ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ name }) => name);
        const declare = (devices: string[]) => ({ fileId: "F1", targets: { devices, ...KIND } });
        expect(form(declare(shuffled))).toEqual(form(declare(list)));
      }),
    );
  });

  it("has one spelling for an instant", () => {
    const spellings = ["2026-05-01T09:00:00Z", "2026-05-01T11:00:00+02:00", "20260501T090000Z"];
    const forms = spellings.map((startTime) =>
      form({ fileId: "F1", targets: {}, policy: { startTime }, rerunAfter: startTime }),
    );
    expect(forms[1]).toEqual(forms[0]);
    expect(forms[2]).toEqual(forms[0]);
  });
});
