import { fingerprintOf, taskNameOf } from "../../../src/iotda/api/task-name";
import {
  isOfRollout,
  rolloutTaskName,
  saidBy,
  seededUrn,
} from "../../../src/iotda/rollout/task-name";

const URN =
  "urn:pulumi:dev::meters::pulumi-nodejs:dynamic/huawei-ota/iotda:FirmwareRollout::meters";
const content = { packageId: "P1", targets: { devices: ["d1"] } };

function nameFor(seed: string, version: string, wave: string, urn = URN): string {
  const own = seededUrn(urn, seed);
  const fingerprint = fingerprintOf(own, "firmwareUpgrade", content);
  return taskNameOf(rolloutTaskName(seed, version, wave), own, fingerprint);
}

describe("The name of a rollout's task", () => {
  it.each([
    ["1.4", "canary"],
    ["V1.5_rc-1", "early 10 %"],
    ["1.4", "第一波"],
    ["_", "a_b"],
    ["..", "é😀"],
  ])("says version %s and wave %s in the platform's characters", (version, wave) => {
    const name = nameFor("meters", version, wave);
    expect(name).toMatch(/^[A-Za-z0-9_\u4e00-\u9fa5]{1,128}$/);
    expect(saidBy(name)).toEqual({ version, wave });
  });

  it("is never too long, and does not say what was cut", () => {
    const name = nameFor("a".repeat(200), "1.".repeat(100), "w ".repeat(100));
    expect(name).toMatch(/^[A-Za-z0-9_\u4e00-\u9fa5]{1,128}$/);
    expect(saidBy(name)).toEqual({});
    expect(saidBy(nameFor("meters", "1".repeat(60), "rest"))).toEqual({ wave: "rest" });
  });

  it("says nothing where a task or somebody else gave it", () => {
    const fingerprint = fingerprintOf(URN, "firmwareUpgrade", content);
    expect(saidBy(taskNameOf(undefined, URN, fingerprint))).toEqual({});
    expect(saidBy("by__hand__here")).toEqual({});
    expect(saidBy(undefined)).toEqual({});
  });

  it("tells whose it is by stack and seed, whatever the resource is called now", () => {
    const name = nameFor("meters", "1.4", "canary");
    const renamed = URN.replace(/meters$/, "water");
    expect(isOfRollout(name, seededUrn(renamed, "meters"))).toBe(true);
    expect(isOfRollout(name, seededUrn(URN, "water"))).toBe(false);
    expect(isOfRollout(name, seededUrn(URN.replace("dev", "prod"), "meters"))).toBe(false);
    expect(isOfRollout("by hand", seededUrn(URN, "meters"))).toBe(false);
  });
});
