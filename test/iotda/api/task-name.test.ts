import fc from "fast-check";

import {
  fingerprintIn,
  fingerprintOf,
  isSameTask,
  taskNameOf,
} from "../../../src/iotda/api/task-name";

const URN =
  "urn:pulumi:prod::fleet::pulumi-nodejs:dynamic/huawei-ota/iotda:FirmwareUpgradeTask::pilot";
const content = { packageId: "p1", appId: "a1", targets: { devices: ["d1", "d2"] } };
const fingerprint = fingerprintOf(URN, "firmwareUpgrade", content);

describe("The name of a task", () => {
  it("begins with what the user calls it, and ends with a fingerprint", () => {
    expect(taskNameOf("night_shift", URN, fingerprint)).toMatch(
      /^night_shift_[0-9a-f]{10}_[0-9a-f]{20}_[0-9a-f]{6}$/,
    );
  });

  it("begins with the resource's name where the user gives none", () => {
    expect(taskNameOf(undefined, URN, fingerprint)).toMatch(/^pilot_/);
  });

  it("is one that the platform takes, and is recognised, whatever the user calls it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (wanted) => {
        const name = taskNameOf(wanted, URN, fingerprint);
        expect(name).toMatch(/^[A-Za-z0-9_\u4e00-\u9fff]{1,128}$/);
        expect(fingerprintIn(name)).toEqual(fingerprint);
      }),
    );
  });

  it("that this library did not give tells nothing", () => {
    expect(fingerprintIn("upgrade_2026")).toBeUndefined();
    expect(fingerprintIn(undefined)).toBeUndefined();
    expect(isSameTask("upgrade_2026", fingerprint)).toBe(false);
  });
});

describe("A fingerprint", () => {
  const same = (urn: string | undefined, other: Parameters<typeof fingerprintOf>[2]): boolean =>
    isSameTask(taskNameOf("x", urn, fingerprintOf(urn, "firmwareUpgrade", other)), fingerprint);

  it("is the same for another order of keys and devices, and repeated devices", () => {
    expect(
      same(URN, { targets: { devices: ["d2", "d1", "d2"] }, appId: "a1", packageId: "p1" }),
    ).toBe(true);
  });

  it.each([
    ["another package", { ...content, packageId: "p2" }],
    ["another resource space", { ...content, appId: "a2" }],
    ["another device", { ...content, targets: { devices: ["d1", "d3"] } }],
    ["groups in place of devices", { ...content, targets: { groupIds: ["d1", "d2"] } }],
    ["a policy", { ...content, taskPolicy: { retryCount: 1, retryInterval: 5 } }],
    ["a confirmation", { ...content, needConfirm: true }],
  ])("is another one for %s", (_what, other) => {
    expect(same(URN, other)).toBe(false);
  });

  it("is another one for another stack and another project", () => {
    expect(same(URN.replace(":prod:", ":test:"), content)).toBe(false);
    expect(same(URN.replace(":fleet:", ":other:"), content)).toBe(false);
  });

  it("is another one for software", () => {
    const software = fingerprintOf(URN, "softwareUpgrade", content);
    expect(isSameTask(taskNameOf("x", URN, software), fingerprint)).toBe(false);
  });

  it("is found again after the resource got another name", () => {
    expect(same(URN.replace("::pilot", "::first-wave"), content)).toBe(true);
  });
});
