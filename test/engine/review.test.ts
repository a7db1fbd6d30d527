import { execFile, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { SimulatorData } from "../../src/simulator";
import {
  exported,
  isRecording,
  isRecordingReports,
  logged,
  previewed,
  STORIES,
  WITH_EVENTS,
} from "./recorded";
import { fleet, type RolloutWing, wings } from "./rollouts/fleet";
import { approvedText, rolloutText } from "./rollouts/program";
import { fails, passes, story, type Story } from "./story";

/* The review's command behind the real engine. What it says of each story is kept in test/review. */

const COMMAND = resolve(__dirname, "../../dist/review/command.js");
const REPORT = resolve(__dirname, "../../dist/report/command.js");
const [northbound, iotda] = wings as [RolloutWing, RolloutWing];
const UP = ["up", "--yes", "--skip-preview"] as const;

const wavesOf = (wing: RolloutWing): string => `[
  { name: "lab", ${wing.groups}: ["lab"] },
  { name: "canary", untilPercent: 10, bakeSeconds: 60 },
  { name: "early", untilPercent: 40, minSuccessPercent: 99, needsApproval: true },
  { name: "rest", needsApproval: true },
]`;

function tale(data?: SimulatorData): Story {
  return story({
    ...(data === undefined ? {} : { data }),
    environment: { HUAWEI_OTA_LIST_SETTLE_SECONDS: "0", ...WITH_EVENTS },
    behaviour: { upgradeSeconds: 10, waitSeconds: 0 },
  });
}

/** What the command makes of events, and its exit code must be 0 whatever became of the run. */
function review(events: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    input: events,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The review failed: ${stderr}`);
  return stdout;
}

/** What the report's command makes of a state, while the platform answers it. */
function report({ stack }: Story, state: string, ...args: string[]): Promise<string> {
  return new Promise((done, fail) => {
    const command = execFile(
      process.execPath,
      [REPORT, ...args],
      { env: stack.environment },
      (error, stdout, stderr) => {
        if (error === null && stderr === "") done(stdout);
        else fail(new Error(`The report failed: ${stderr}`));
      },
    );
    command.stdin?.end(state);
  });
}

/** Without what differs from run to run. */
function timeless(text: string): string {
  return text
    .replaceAll(/\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}Z| UTC)?/g, "TIME")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID");
}

function expectKept(comment: string, name: string): void {
  if (isRecording) return;
  const kept = readFileSync(join(STORIES, `${name}.md`), "utf8");
  expect(timeless(comment)).toBe(timeless(kept));
}

describe("the review of a rollout", () => {
  const meters = tale(fleet());
  const declare = (approved?: string, more = ""): void => {
    const given = approved === undefined ? {} : { approved };
    meters.stack.program(rolloutText(northbound, { waves: wavesOf(northbound), more, ...given }));
  };

  test("is that of its kept comment for the first preview, and for one that is refused", async () => {
    declare();
    const first = await previewed("first-preview", meters);
    expect(first.code).toBe(0);
    expectKept(review(first.output), "first-preview");
    declare(undefined, "maxDevices: 10,");
    const refused = await previewed("refused-max-devices", meters);
    expect(refused.code).not.toBe(0);
    expectKept(review(refused.output), "refused-max-devices");
  });

  test("proposes the approval of the next wave once the one in front is over and baked", async () => {
    declare();
    await passes(meters.stack.up());
    meters.simulator.clock.advance(30);
    await passes(meters.stack.up());
    meters.simulator.clock.advance(30);
    const baking = await logged("baking", meters, ...UP);
    expect(review("", "--propose-approval", "--event-log", baking.file)).toBe("");
    meters.simulator.clock.advance(90);
    const { file } = await logged("held", meters, ...UP);
    expectKept(review("", "--event-log", file), "held");

    const approvals = join(meters.stack.directory, "approved.yaml");
    writeFileSync(approvals, "# Who may: CODEOWNERS.\nversion: V1.4\nwaves: [rest]\n");
    const proposal = ["--propose-approval", "--approvals", approvals, "--event-log", file];
    expectKept(review("", ...proposal), "proposal");
    expect(readFileSync(approvals, "utf8")).toBe(
      "# Who may: CODEOWNERS.\nversion: V1.5\nwaves: [early]\n",
    );
  });

  test("has a report beside it, with the devices as the platform tells them", async () => {
    const state = await exported("held", meters);
    const kept = resolve(STORIES, "../../report/stories/held.md");
    const summary = await report(meters, state, "--format", "markdown", "--offline");
    if (!isRecordingReports) expect(timeless(summary)).toBe(timeless(readFileSync(kept, "utf8")));
    const [head, ...rows] = (await report(meters, state, "--csv")).trimEnd().split("\r\n");
    expect(head).toMatch(/^upgrade,.*,seconds$/);
    expect(rows).toHaveLength(4);
    for (const row of rows) {
      expect(row).toMatch(/^meters,northbound FirmwareRollout,V1\.5,.*,succeeded,success,.*,10$/);
    }
    const page = await report(meters, state);
    expect(page).toContain("Of 4 upgraded devices half took at most 10 s");
    expect(page).not.toContain("What this report was not told");
    await expect(report(meters, "")).rejects.toThrow("There is no state: the text is empty.");
  });

  test("says in the preview of the approval what it adds", async () => {
    declare(approvedText("V1.5", "early"));
    const { output } = await previewed("approval", meters);
    expectKept(review(output), "approval");
  });
});

/** More logs for the quick tests, which cost more commands than they would prove here. */
function recordTheOthers(): void {
  describe("a rollout that fails", () => {
    const meters = tale(fleet());
    test("is recorded", async () => {
      for (let number = 3; number <= 20; number += 1) {
        northbound.putDevice(meters.simulator, number, { outcome: "fail" });
      }
      meters.stack.program(rolloutText(northbound, { waves: wavesOf(northbound) }));
      await passes(meters.stack.up());
      meters.simulator.clock.advance(30);
      await passes(meters.stack.up());
      await previewed("running", meters);
      meters.simulator.clock.advance(30);
      await logged("red-up", meters, ...UP);
      await previewed("red", meters);
      await exported("red", meters);
      meters.stack.program(
        rolloutText(northbound, { waves: wavesOf(northbound), version: "V1.4" }),
      );
      await previewed("way-back", meters);
    });
  });

  describe("a rollout that is through, but for who sleeps", () => {
    const meters = tale(fleet());
    test("is recorded", async () => {
      iotda.putDevice(meters.simulator, 7, { online: false });
      iotda.putDevice(meters.simulator, 9, { outcome: "fail" });
      const waves = '[{ name: "lab", groupIds: ["lab"], bakeSeconds: 3600 }, { name: "rest" }]';
      meters.stack.program(
        rolloutText(iotda, { waves, more: "deadlineSeconds: 86400, minSuccessPercent: 90," }),
      );
      for (const seconds of [30, 3_700, 86_500, 0]) {
        await passes(meters.stack.up());
        meters.simulator.clock.advance(seconds);
      }
      await exported("through-iotda", meters);
    });
  });

  describe.each([northbound, iotda])("what is taken away on $name", (wing) => {
    const meters = tale(fleet());
    test("is recorded", async () => {
      const isIotda = wing.name === "iotda";
      const software = isIotda ? 'packageId: "698dc5a4a1b2c3d4e5000209"' : 'fileId: "software-V2"';
      const targets = `devices: ["${wing.device(9)}", "${wing.device(10)}"]${isIotda ? "" : ", ...kind"}`;
      meters.stack.program(`${rolloutText(wing, { waves: wavesOf(wing) })};
        new ${wing.name}.SoftwareUpgradeTask("metering", {
          ${software}, ${wing.more} targets: { ${targets} } });`);
      await passes(meters.stack.up());
      if (isIotda) await exported("running-iotda", meters);
      meters.stack.program("");
      await previewed(`removed-${wing.name}`, meters);
    });
  });

  describe("packages and tasks", () => {
    const meters = tale();
    const program = (version: string): string => `
      const firmware = new northbound.VersionPackage("firmware", {
        fileType: "firmwarePackage", ...kind, version: "${version}" });
      const pilot = new northbound.FirmwareUpgradeTask("pilot", {
        versionPackage: firmware, targets: { devices: ["meter-001", "meter-020"], ...kind } });
      const pilotDone = new northbound.UpgradeCompletion("pilot-done", { task: pilot, timeoutSeconds: 5 });
      new northbound.FirmwareUpgradeTask("fleet", {
        versionPackage: firmware, targets: { deviceGroups: ["fleet"], ...kind }, onlyAfter: pilotDone.gate });
      exports.fileId = firmware.id;`;
    test("are recorded", async () => {
      meters.stack.program(program("V1.4"));
      await previewed("tasks", meters);
      const up = meters.stack.start(...UP);
      for (let round = 0; round < 40; round += 1) {
        await new Promise((settle) => setTimeout(settle, 500));
        meters.simulator.clock.advance(30);
      }
      await fails(up.done.then((result) => result));
      await previewed("completion-red", meters);
      await exported("completion-red", meters);
      meters.stack.program(program("V1.3"));
      await previewed("tasks-replaced", meters);
      meters.simulator.deletePackage("firmware-nbm1-v1.4");
      await logged("drift", meters, "refresh", "--preview-only");
    });
  });
}

if (isRecording || isRecordingReports) recordTheOthers();
