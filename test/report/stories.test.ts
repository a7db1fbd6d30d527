import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { gather } from "../../src/report/gather";
import { renderReport, upgradeReport } from "../../src/report/make";
import type { Platform } from "../../src/report/platform";
import type { ReportedDevice } from "../../src/report/report";
import { readState } from "../../src/report/state";

/*
 * The report of each story, made from the states that the real engine wrote (test/engine/review.test.ts
 * records them), and kept as files that people have read.
 */

const STORIES = join(__dirname, "stories");
const FORMATS = { html: "html", markdown: "md", csv: "csv" } as const;
const names = readdirSync(STORIES)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -".json".length));
const formats = Object.keys(FORMATS) as (keyof typeof FORMATS)[];

function stateOf(name: string): string {
  return readFileSync(join(STORIES, `${name}.json`), "utf8");
}

function expectKept(text: string, file: string): void {
  const path = join(STORIES, file);
  if (process.env["RECORD_REPORTS"] === "1") writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}

describe.each(names)("the report of the story %s", (name) => {
  test.each(formats)("is the kept one, from its state alone, as %s", async (format) => {
    const report = await upgradeReport(stateOf(name), { offline: true });
    expectKept(renderReport(report, format), `${name}.${FORMATS[format]}`);
  });

  test("is the same where the plugin made the resources", async () => {
    const throughPlugin = stateOf(name).replaceAll(
      /pulumi-nodejs:dynamic\/huawei-ota\/(\w+:\w+)/g,
      "huawei-ota:$1",
    );
    expect(throughPlugin).not.toContain("dynamic/huawei-ota");
    expect(await upgradeReport(throughPlugin, { offline: true })).toEqual(
      await upgradeReport(stateOf(name), { offline: true }),
    );
  });

  test("has nothing that is secret, nor what the provider needs to start", async () => {
    const report = await upgradeReport(stateOf(name), { offline: true });
    for (const format of formats) {
      const text = renderReport(report, format);
      expect(text).not.toMatch(/ciphertext|v1:|4dabf18193072939515e22adb298388d|exports\.handler/);
    }
  });
});

test("each kept report has a story", () => {
  const kept = readdirSync(STORIES).filter((file) => !file.endsWith(".json"));
  const endings = Object.values(FORMATS);
  expect(kept.sort()).toEqual(
    [...names, "through-iotda.asked", "red.asked"]
      .flatMap((name) => endings.map((ending) => `${name}.${ending}`))
      .sort(),
  );
});

describe("with what the platform tells", () => {
  type Made = Omit<ReportedDevice, "wave" | "task">;
  const meter = (dash: string, number: number, more: Partial<Made> = {}): Made => ({
    ...{ deviceId: `meter${dash}${String(number).padStart(2, "0")}`, result: "succeeded" },
    ...more,
  });
  const platformOf = (byWave: Readonly<Record<string, readonly Made[]>>): Platform => ({
    owns: () => Promise.resolve(true),
    devicesOf: (task, wave) =>
      Promise.resolve((byWave[wave] ?? []).map((one) => ({ ...one, wave, task }))),
    behind: () =>
      Promise.resolve([{ deviceId: "meter_07", version: "V1.4" }, { deviceId: "meter_09" }]),
  });
  const took = (seconds: number): Partial<Made> => ({
    ...{ status: "success", startTime: "2026-11-30T19:53:40Z", seconds },
    stopTime: `${new Date(Date.UTC(2026, 10, 30, 19, 53, 40 + seconds)).toISOString().slice(0, 19)}Z`,
  });
  const failed = (status: string, reason?: string): Partial<Made> => ({
    ...{ result: "failed", status },
    ...(reason === undefined ? {} : { reason }),
  });
  const platform = platformOf({
    lab: [meter("-", 1, took(12)), meter("-", 2, took(95))],
    canary: [meter("-", 8, failed("fail", "Low battery.")), meter("-", 14, failed("timeout"))],
  });
  const platforms: Readonly<Record<string, Platform>> = {
    red: platform,
    "through-iotda": platformOf({
      rest: [
        meter("_", 3, { status: "Success" }),
        meter("_", 7, { result: "under way", status: "Waitting" }),
        meter("_", 9, failed("Fail", "Firmware update failed (IOTDA.999113)")),
      ],
    }),
  };

  test.each(Object.entries(platforms))("the report of %s is the kept one", async (name, asked) => {
    const report = await gather(readState(stateOf(name)), () => asked);
    for (const format of formats) {
      expectKept(renderReport(report, format), `${name}.asked.${FORMATS[format]}`);
    }
  });

  test("another account's tasks are not asked for, and it is said", async () => {
    const elsewhere = { ...platform, owns: () => Promise.resolve(false) };
    const { notes, upgrades } = await gather(readState(stateOf("red")), () => elsewhere);
    expect(notes).toEqual([
      "The northbound platform was not asked about meters, which is in the account waterworks, and not in the account that the environment names.",
    ]);
    expect(upgrades[0]?.devices).toBeUndefined();
  });

  test("a task that is gone leaves what the state tells, and a note", async () => {
    const forgetful = { ...platform, devicesOf: () => Promise.resolve(undefined) };
    const { notes, upgrades } = await gather(readState(stateOf("red")), () => forgetful);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/^The platform has no record of the task \S+ of meters any more/);
    expect(upgrades[0]).toMatchObject({ devices: [], unnamedFailures: 0 });
    expect(upgrades[0]?.failures).toHaveLength(2);
  });

  test("a platform that fails is asked no more, and the state tells the rest", async () => {
    let calls = 0;
    const broken = {
      ...platform,
      devicesOf: () => {
        calls += 1;
        return Promise.reject(new Error("It is away."));
      },
    };
    const { notes, upgrades } = await gather(readState(stateOf("running-iotda")), () => broken);
    expect(calls).toBe(1);
    expect(notes).toEqual(["The IoTDA platform did not tell all that was asked: It is away."]);
    expect(upgrades).toEqual((await gather(readState(stateOf("running-iotda")))).upgrades);
  });

  test("missing credentials are a note, and no error", async () => {
    const { notes } = await upgradeReport(stateOf("red"), { environment: {} });
    expect(notes).toEqual([
      expect.stringMatching(
        /^The northbound platform was not asked, so this is what the state tells: .*HUAWEI_OTA_NORTHBOUND_ENDPOINT/,
      ),
    ]);
  });
});

test("the states of an earlier release have a report of all that they hold", async () => {
  for (const wing of ["northbound", "iotda"]) {
    const file = join(__dirname, `../upgrade/states/0.1.0/${wing}.json`);
    const { state } = JSON.parse(readFileSync(file, "utf8")) as { state: object };
    const { upgrades } = await upgradeReport(JSON.stringify(state), { offline: true });
    expect(upgrades.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["slow", undefined],
      ["pilot", "succeeded"],
      ["metering", "succeeded"],
    ]);
  }
});

test("the manual shows the kept summary of a rollout that is held", () => {
  const manual = readFileSync(join(__dirname, "../../docs/report.md"), "utf8");
  const quoted = (manual.match(/^>.*$/gm) ?? []).map((line) => line.replace(/^> ?/, ""));
  const kept = readFileSync(join(STORIES, "held.md"), "utf8");
  expect(plainly(quoted.join("\n"))).toBe(plainly(kept));
});

/** Without the time of the recording, and the blanks that keep a table straight. */
function plainly(text: string): string {
  return text
    .replaceAll(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}/g, "TIME")
    .replaceAll(/ *\| */g, "|")
    .replaceAll(/-{3,}/g, "---")
    .trim();
}
