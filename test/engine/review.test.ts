import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { SimulatorData } from "../../src/simulator";
import { fleet, type RolloutWing, wings } from "./rollouts/fleet";
import { approvedText, rolloutText } from "./rollouts/program";
import { nodeIn } from "./stack";
import { fails, passes, type Story, story } from "./story";

/*
 * The review's command behind the real engine. The logs from which the quick tests make their comments
 * are recorded here, all of them with RECORD_REVIEWS=1.
 */

const STORIES = join(__dirname, "../review/stories");
const isRecording = process.env["RECORD_REVIEWS"] === "1";

const WAVES = (wing: RolloutWing): string => `[
  { name: "lab", ${wing.groups}: ["lab"] },
  { name: "canary", untilPercent: 10, bakeSeconds: 60 },
  { name: "early", untilPercent: 40, minSuccessPercent: 99, needsApproval: true },
  { name: "rest", needsApproval: true },
]`;

const [northbound, iotda] = wings as [RolloutWing, RolloutWing];
const KIND_OF_TASK = {
  northbound: ["devices", ", ...kind"],
  iotda: ["deviceIds", ""],
} as const;

function told(data: SimulatorData): Story {
  return story({
    data,
    environment: {
      HUAWEI_OTA_LIST_SETTLE_SECONDS: "0",
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
      PULUMI_DEBUG_COMMANDS: "true",
    },
    behaviour: { upgradeSeconds: 10, waitSeconds: 0 },
  });
}

/** The events that a log has for a person, without what differs from machine to machine. */
function recorded(text: string, { stack, simulator }: Story): string {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{") && !line.includes('"severity":"debug"'))
    .map((line) => line.replaceAll(stack.directory, "/project").replaceAll(simulator.url, "https://platform"))
    .join("\n");
}

/** A preview's events, which are kept where stories are recorded. */
async function preview(name: string, at: Story, ...args: string[]): Promise<string> {
  const { output } = await at.stack.preview("--json", ...args);
  if (isRecording) writeFileSync(join(STORIES, `${name}.jsonl`), `${recorded(output, at)}\n`);
  return output;
}

async function run(name: string, at: Story, ...command: string[]): Promise<void> {
  const file = join(at.stack.directory, `${name}.jsonl`);
  await at.stack.pulumi(...command, "--event-log", file);
  if (isRecording) {
    writeFileSync(join(STORIES, `${name}.jsonl`), `${recorded(readFileSync(file, "utf8"), at)}\n`);
  }
}

describe("x", () => {
  const meters = told(fleet());
  const declare = (approved?: string, more = ""): void => {
    const text = { waves: WAVES(northbound), more, ...(approved === undefined ? {} : { approved }) };
    meters.stack.program(rolloutText(northbound, text));
  };
  test("first", async () => {
    declare();
    await preview("first-preview", meters);
    declare(undefined, "maxDevices: 10,");
    await preview("refused-max-devices", meters);
    declare();
    await passes(meters.stack.up());
    meters.simulator.clock.advance(30);
    await passes(meters.stack.up());
    meters.simulator.clock.advance(30);
    await passes(meters.stack.up());
    meters.simulator.clock.advance(60);
    await run("held", meters, "up", "--yes", "--skip-preview");
    declare(approvedText("V1.5", "early"));
    await preview("approval", meters);
    declare();
    await preview("nothing", meters);
  });
});

describe("red", () => {
  const meters = told(fleet());
  test("red", async () => {
    for (const number of Array.from({ length: 18 }, (_, index) => index + 3)) northbound.putDevice(meters.simulator, number, { outcome: "fail" });
    meters.stack.program(rolloutText(northbound, { waves: WAVES(northbound) }));
    await passes(meters.stack.up());
    meters.simulator.clock.advance(30);
    await passes(meters.stack.up());
    meters.simulator.clock.advance(30);
    await run("red-up", meters, "up", "--yes", "--skip-preview");
    await preview("red", meters);
    meters.stack.program(rolloutText(northbound, { waves: WAVES(northbound), version: "V1.4" }));
    await preview("way-back", meters);
  });
});

describe.each([northbound, iotda])("removed $name", (wing) => {
  const meters = told(fleet());
  test("removed", async () => {
    const [devices, kind] = KIND_OF_TASK[wing.name as "iotda"];
    const target = wing.name === "iotda" ? { software: "packageId", id: "698dc5a4a1b2c3d4e5000209" } : { software: "fileId", id: "software-V2" };
    meters.stack.program(`${rolloutText(wing, { waves: WAVES(wing) })};
      new ${wing.name}.SoftwareUpgradeTask("metering", { ${target.software}: "${target.id}", ${wing.more} targets: { ${devices}: ["${wing.device(9)}", "${wing.device(10)}"]${kind} } });`);
    await passes(meters.stack.up());
    meters.stack.program("");
    await preview(`removed-${wing.name}`, meters);
  });
});
