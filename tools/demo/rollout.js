"use strict";

/**
 * A rollout in waves: a canary that fails, a mend, an approval, a way back.
 */

/**
 * How large a story is. The canary is a tenth of what the pilot leaves, rounded up.
 * @typedef {object} Size
 * @property {readonly string[]} pilot
 * @property {readonly string[]} fleet
 * @property {readonly string[]} faulty those of the fleet that fail until they are mended
 * @property {number} canary
 * @property {RegExp} failure what is said of the canary
 * @property {number} waitSeconds that are enough for all of it
 * @property {string} callsPerMinute of the quota
 */

/** @type {Size} */
const SMALL = {
  pilot: numbers(1, 5, 3),
  fleet: numbers(6, 40, 3),
  faulty: numbers(6, 40, 3),
  canary: 4,
  failure: /The wave canary has failed for V1\.4: 0 of 4 devices succeeded/,
  waitSeconds: 60,
  callsPerMinute: "100",
};
/** To watch. @type {Size} */
const LARGE = {
  pilot: numbers(1, 40, 4),
  fleet: numbers(41, 2000, 4),
  faulty: numbers(901, 1500, 4),
  canary: 196,
  failure: /The wave canary has failed for V1\.4: \d+ of 196 devices succeeded/,
  waitSeconds: 200,
  // With 100, as the platform has it, the pages of 2,000 devices would take most of the time.
  callsPerMinute: "300",
};

const METER = { deviceType: "WaterMeter", model: "NBM1", manufacturerName: "HZYB" };
/** The platform with the 2,000 meters: most take some seconds, and each cell lets ten at once. */
const LARGE_WORLD = {
  applications: [
    {
      appId: "waterworks",
      secret: "waterworks-secret",
      packages: ["V1.3", "V1.4"].map((version) => ({
        fileId: `firmware-nbm1-${version.toLowerCase()}`,
        version,
        fileType: "firmwarePackage",
        ...METER,
      })),
      deviceDefaults: { ...METER, firmwareVersion: "V1.3" },
      devices: [...LARGE.pilot, ...LARGE.fleet].map((deviceId, index) => ({
        deviceId,
        groups: [index < LARGE.pilot.length ? "pilot" : "fleet"],
        upgradeSeconds: 2 + ((index * 7) % 5),
      })),
    },
  ],
};

const UP = "up --yes --skip-preview";
const SUMMARY = /^[-+~ ]*\d+ (to \w+|\w+ed|unchanged)$/;
const ROW =
  /^[+~ ]+FirmwareRollout +meters +(\*\*|(created|updated) \(|(creating|updating) \(\d+s\) (pilot|canary|rest|back): )/;
const WHY = /\* The wave \w+ has failed/;
const SAID = /^meters: (?!warning: nothing)./;

/** @typedef {import("./play.js").Actor} Actor */

/** @param {number} first @param {number} last @param {number} digits */
function numbers(first, last, digits) {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    return `meter-${String(first + index).padStart(digits, "0")}`;
  });
}

/**
 * How often devices were pushed a version, by the platform's books.
 * @param {Actor} actor
 * @param {string} version
 */
async function pushed({ platform }, version) {
  const { tasks } = await platform.books();
  return tasks
    .filter(({ extendPara }) => extendPara.fileVersion === version)
    .reduce((sum, { subTasks }) => sum + subTasks.length, 0);
}

/** @param {number} number as messages spell it */
function count(number) {
  return number.toLocaleString("en");
}

/**
 * @param {Size} size
 * @param {object} [world] what the platform holds, in place of examples/simulator-data.json
 * @returns {import("./play.js").Story}
 */
function rolloutOf(size, world) {
  const { pilot, fleet, faulty, canary, failure, waitSeconds, callsPerMinute } = size;
  const total = pilot.length + fleet.length;
  const all = count(total);
  const rest = fleet.length - canary;
  const beforeTheRest = pilot.length + canary;
  return {
    name: "rollout",
    title: "A rollout in waves: a canary that fails, a mend, an approval, a way back",
    introduction:
      `The program of examples/staged-rollout, real pulumi commands, and a simulated platform with ${all} ` +
      `meters: a pilot of ${pilot.length}, a canary of ${canary} and the rest, which needs approval. Of pulumi's output the ` +
      "lines that matter are shown; --verbose shows all. ✓ marks what has been checked against the " +
      "platform's own books.",
    setting: {
      project: "examples/staged-rollout",
      program: "examples/staged-rollout",
      simulator: ["--upgrade-seconds", "2", "--calls-per-minute", callsPerMinute],
      ...(world === undefined ? {} : { world }),
      environment: (url) => ({
        HUAWEI_OTA_NORTHBOUND_ENDPOINT: url,
        HUAWEI_OTA_NORTHBOUND_APP_ID: "waterworks",
        HUAWEI_OTA_NORTHBOUND_SECRET: "waterworks-secret",
        HUAWEI_OTA_NORTHBOUND_CALLS_PER_MINUTE: callsPerMinute,
        HUAWEI_OTA_LIST_SETTLE_SECONDS: "1",
      }),
    },

    async prepare({ platform, pulumi }) {
      const meter = { firmwareVersion: "V1.3", online: true };
      for (const deviceId of world === undefined ? pilot : []) {
        await platform.putDevice(deviceId, { ...meter, outcome: "success" });
      }
      for (const deviceId of faulty)
        await platform.putDevice(deviceId, { ...meter, outcome: "fail" });
      await pulumi("config set bakeSeconds 3", { show: [] });
      await pulumi(`config set waitSeconds ${waitSeconds}`, { show: [] });
    },

    steps: [
      {
        title: "The preview says who is in which wave, and how far the merge reaches.",
        async play(actor) {
          const output = await actor.pulumi("preview", { show: [SAID, SUMMARY] });
          actor.prove(
            `Of ${all} meters it reaches ${beforeTheRest} at most: the rest needs approval.`,
            new RegExp(
              `on ${total} devices: pilot ${pilot.length}\\b.*, canary ${canary}\\b.*, rest ${rest}; approved: none`,
            ).test(output) &&
              output.includes(`This merge reaches at most ${beforeTheRest} devices.`),
          );
          actor.prove("Nothing has been pushed.", (await pushed(actor, "V1.4")) === 0);
        },
      },
      {
        title: "The pilot goes well. The canary fails, and holds up all that comes after it.",
        async play(actor) {
          const output = await actor.pulumi(UP, { show: [ROW, WHY], code: 1 });
          actor.prove("The up is red, with counts, reasons and the ways on.", failure.test(output));
          actor.prove(
            `${beforeTheRest} of ${all} meters were pushed: the other ${count(rest)} never saw the faulty firmware.`,
            (await pushed(actor, "V1.4")) === beforeTheRest,
          );
        },
      },
      {
        title: "Another up pushes nobody: it is red until somebody decides.",
        async play(actor) {
          await actor.pulumi(UP, { show: [WHY], code: 1 });
          actor.prove(
            `Still ${beforeTheRest}: no device is pushed a version twice.`,
            (await pushed(actor, "V1.4")) === beforeTheRest,
          );
        },
      },
      {
        title: "The meters are mended, and rerunAfter says so: the canary is pushed again.",
        async play(actor) {
          const { platform, pulumi, prove } = actor;
          const { time, tasks } = await platform.books();
          const failed = tasks.reduce((sum, { staResult }) => sum + staResult.fail, 0);
          for (const deviceId of faulty) await platform.putDevice(deviceId, { outcome: "success" });
          await pulumi(`config set rerunAfter ${time}`, { show: [] });
          const output = await pulumi(UP, { show: [ROW, SAID, SUMMARY] });
          prove(
            `The ${failed} of the canary that had failed were pushed again, nobody else; it baked, and is over.`,
            (await pushed(actor, "V1.4")) === beforeTheRest + failed,
          );
          prove(
            "The rest waits for its approval; the row says so, and the up is green.",
            output.includes("The wave rest waits for its approval"),
          );
        },
      },
      {
        title: "Somebody has second thoughts, and reverts: what was reached goes back.",
        async play(actor) {
          const { pulumi, prove } = actor;
          await pulumi("config set version V1.3", { show: [] });
          const output = await pulumi("preview", { show: [SAID, SUMMARY] });
          prove(
            "The preview tells who goes back first.",
            output.includes(
              `${beforeTheRest} devices that came from V1.3 go back first, as the wave back.`,
            ),
          );
          await pulumi(UP, { show: [ROW, SUMMARY] });
          prove(
            `${beforeTheRest} meters were pushed V1.3: those that ran V1.4, and no other.`,
            (await pushed(actor, "V1.3")) === beforeTheRest,
          );
        },
      },
      {
        title:
          "V1.4 once more, and this time approved: a line in approved.yaml, reviewed by itself.",
        async play(actor) {
          const { platform, pulumi, prove, write } = actor;
          await pulumi("config set version V1.4", { show: [] });
          write("approved.yaml", "version: V1.4\nwaves: [rest]\n");
          const output = await pulumi("preview", { show: [SAID, SUMMARY] });
          prove(
            `The merge reaches all ${all}.`,
            output.includes(`This merge reaches at most ${total} devices.`),
          );
          await pulumi(UP, { show: [ROW, SUMMARY] });
          const { devices } = await platform.books();
          const ours = new Set([...pilot, ...fleet]);
          const runs = devices.filter(
            ({ deviceId, firmwareVersion }) => ours.has(deviceId) && firmwareVersion === "V1.4",
          );
          prove(`All ${all} meters run V1.4.`, runs.length === total);
        },
      },
    ],

    async close(actor) {
      const { counts } = await actor.platform.books();
      const again = await pushed(actor, "V1.4");
      return {
        title: "What the platform was asked",
        rows: [
          ["POSTs of tasks", counts.taskPosts],
          ["devices pushed V1.4, the reruns included", again],
          ["devices pushed V1.3", await pushed(actor, "V1.3")],
          ["all calls", counts.requests],
        ],
        sentence: `A canary that failed, a mend, a way back, an approval: ${all} meters on V1.4`,
      };
    },
  };
}

/** @type {import("./play.js").Story} */
const rollout = { ...rolloutOf(SMALL), watched: rolloutOf(LARGE, LARGE_WORLD) };

module.exports = { rollout };
