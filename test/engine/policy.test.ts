import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { previewed, WITH_EVENTS } from "./recorded";
import { pushes } from "./stack";
import { changes, fails, passes, story } from "./story";

/*
 * The policy pack on the real engine, as the package brings it. It is started by a file of its own here,
 * because the language host of the tests starts no folder of policies; what runs is the same.
 */

const PACK = resolve(__dirname, "../../policy");
const STARTER = `#!/bin/sh
cd "${PACK}" && exec node "$(node -p "require.resolve('@pulumi/pulumi/cmd/run-policy-pack')")" "$1" .
`;

const TASK = `const firmware = new northbound.VersionPackage("firmware", {
    fileType: "firmwarePackage", ...kind, version: "V1.4" });
  new northbound.FirmwareUpgradeTask("bare", {
    versionPackage: firmware, targets: { deviceGroups: ["pilot"], ...kind } });`;

/** Each rule has something to object to; whether the gate of `gated` opens is not known yet. */
const BROKEN = `${TASK}
  const few = new northbound.FirmwareUpgradeTask("few", {
    versionPackage: firmware, targets: { devices: ["meter-001"], ...kind } });
  const done = new northbound.UpgradeCompletion("done", { task: few });
  new northbound.FirmwareUpgradeTask("gated", {
    versionPackage: firmware, targets: { deviceGroups: ["fleet"], ...kind }, onlyAfter: done.gate });
  new iotda.VersionPackage("unsigned", { appId: "waterworks", packageType: "firmwarePackage",
    productId: "water-meter-nbm1", version: "9.9", fileLocation: { obsLocation: {
      regionName: "ap-southeast-1", bucketName: "waterworks-firmware", objectKey: "nbm1/1.4.bin" } } });
  new northbound.FirmwareRollout("meters", { versionPackage: { id: V14, version: "V1.4" },
    fleet: { deviceGroups: ["pilot"] }, waves: [
      { name: "first", untilPercent: 50 }, { name: "rest", needsApproval: true, minSuccessPercent: 10 } ],
    approved: { version: "V1.4", waves: ["rest"] }, waitSeconds: 0 });`;

const STRICT = {
  "max-devices": { most: 4 },
  versions: { blocked: ["9.*"] },
  "rollout-limits": { mostInFirstWave: 2, leastBakeSeconds: 60, leastSuccessPercent: 90 },
  "gate-required": { devices: 4 },
  "canary-required": { devices: 4 },
};

const OBJECTIONS = [
  ["max-devices", "bare reaches 5 devices; 4 are the most."],
  ["max-devices", "gated reaches 35 devices; 4 are the most."],
  ["max-devices", "meters reaches 5 devices; 4 are the most."],
  ["gate-required", "bare reaches 5 devices and has no onlyAfter; without one 4 are the most."],
  ["package-hash", "unsigned declares no SHA-256 of its file"],
  ["versions", "unsigned is of version 9.9, which is blocked."],
  ["rollout-limits", "meters begins with the wave first of 3 devices; 2 are the most."],
  ["rollout-limits", "meters watches the wave first for 0 s; 60 are the least."],
  ["rollout-limits", "meters lets the wave rest pass with 10 % of success; 90 are the least."],
  ["completion-required", "bare is a task that no UpgradeCompletion waits for"],
  ["canary-required", "bare brings a package to 5 devices at once"],
  ["approved-in-time", "meters has rest approved before the wave in front was over"],
] as const;

describe("the policy pack", () => {
  const told = story({ environment: { HUAWEI_OTA_LIST_SETTLE_SECONDS: "0", ...WITH_EVENTS } });
  const pack = (config: object): string[] => {
    const starter = join(told.stack.directory, "run.sh");
    writeFileSync(starter, STARTER);
    chmodSync(starter, 0o755);
    const file = join(told.stack.directory, "policies.json");
    writeFileSync(file, JSON.stringify(config));
    return ["--policy-pack", starter, "--policy-pack-config", file];
  };

  test("tells in the first preview, where ids are not known, what each rule objects to", async () => {
    told.stack.program(BROKEN);
    const { code, output } = await previewed("policies", told, ...pack(STRICT));
    expect(code).not.toBe(0);
    for (const [policy, objection] of OBJECTIONS) {
      const said = output.split("\n").filter((line) => line.includes(objection));
      expect(said).toEqual([expect.stringContaining(`"policyName":"${policy}"`)]);
    }
    expect(output).toMatch(/"outcome":"04da6b54-80e4-46f7-96ec-b56ff0331ba9"/);
    expect(output).not.toMatch(/(gated|few)[^"]* has no onlyAfter|gated brings a package/);
    // A rule that reads what is not known becomes advisory.
    expect(output).not.toContain("can't run policy");
  });

  test("refuses in an up without a preview before anything is pushed or made", async () => {
    const output = await fails(told.stack.up(...pack(STRICT)));
    expect(output).toMatch(/\[mandatory\] +[a-z-]+ +\(pulumi-nodejs:dynamic\/huawei-ota\//);
    expect(output).toMatch(/^ +(bare|few|gated|meters|unsigned) [a-z].*\.$/m);
    expect(changes(told.simulator)).toEqual([]);
  });

  test("lets be done what it only advises against, and says so", async () => {
    told.stack.program(TASK);
    const output = await passes(told.stack.up(...pack({})));
    expect(output).toContain("[advisory]  completion-required");
    expect(pushes(told.simulator)).toBe(1);
  });

  test("has nothing to say in a freeze, in which nothing can be pushed and unchanged resources stay", async () => {
    told.stack.environment["HUAWEI_OTA_READ_ONLY"] = "1";
    await passes(told.stack.up("--expect-no-changes", ...pack({})));
    expect(pushes(told.simulator)).toBe(1);
  });
});
