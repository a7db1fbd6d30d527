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
  const device = (number: number, more: Partial<ReportedDevice>): ReportedDevice => ({
    ...{ deviceId: `meter-${String(number).padStart(2, "0")}`, result: "succeeded" },
    ...{ status: "success", wave: "", task: "", ...more },
  });
  const failed = {
    ...{ result: "failed", status: "fail", reason: "Low battery." },
    ...{ startTime: "2026-11-30T19:54:10Z" },
  } as const;
  const platform: Platform = {
    owns: () => Promise.resolve(true),
    devicesOf: (task, wave) => {
      const took = (seconds: number) => ({ startTime: "2026-11-30T19:53:40Z", seconds });
      const devices =
        wave === "lab"
          ? [device(1, took(12)), device(2, took(95))]
          : [device(8, failed), device(14, failed)];
      return Promise.resolve(devices.map((one) => ({ ...one, wave, task })));
    },
    behind: () =>
      Promise.resolve([{ deviceId: "meter-07", version: "V1.4" }, { deviceId: "meter-09" }]),
  };

  test.each(["red", "through-iotda"])("the report of %s is the kept one", async (name) => {
    const report = await gather(readState(stateOf(name)), () => platform);
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
    const forgetful = {
      ...platform,
      devicesOf: () => Promise.reject(new Error("There is no such task.")),
    };
    const { notes, upgrades } = await gather(readState(stateOf("red")), () => forgetful);
    expect(notes).toEqual([
      "The devices of a task of meters are not known: There is no such task.",
    ]);
    expect(upgrades[0]?.failures).toHaveLength(2);
    expect(upgrades[0]?.devices).toBeUndefined();
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
