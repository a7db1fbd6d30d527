"use strict";

/**
 * A rollout in waves: a canary that fails, a mend, an approval, a way back.
 */

const PILOT = numbers(1, 5);
const FLEET = numbers(6, 40);
/** Five of the pilot, and a tenth of the others. */
const BEFORE_THE_REST = 9;

const UP = "up --yes --skip-preview";
const SUMMARY = /^[-+~ ]*\d+ (to \w+|\w+ed|unchanged)$/;
const ROW =
  /^[+~ ]+FirmwareRollout +meters +(\*\*|(created|updated) \(|(creating|updating) \(\d+s\) (pilot|canary|rest|back): )/;
const WHY = /\* The wave \w+ has failed/;
const SAID = /^meters: (?!warning: nothing)./;

/** @typedef {import("./play.js").Actor} Actor */

/** @param {number} first @param {number} last */
function numbers(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    return `meter-${String(first + index).padStart(3, "0")}`;
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

/** @type {import("./play.js").Story} */
const rollout = {
  name: "rollout",
  title: "A rollout in waves: a canary that fails, a mend, an approval, a way back",
  introduction:
    "The program of examples/staged-rollout, real pulumi commands, and a simulated platform with 40 " +
    "meters: a pilot of 5, a canary of 4 and the rest, which needs approval. Of pulumi's output the " +
    "lines that matter are shown; --verbose shows all. ✓ marks what has been checked against the " +
    "platform's own books.",
  setting: {
    project: "examples/staged-rollout",
    program: "examples/staged-rollout",
    simulator: ["--upgrade-seconds", "2"],
    environment: (url) => ({
      HUAWEI_OTA_NORTHBOUND_ENDPOINT: url,
      HUAWEI_OTA_NORTHBOUND_APP_ID: "waterworks",
      HUAWEI_OTA_NORTHBOUND_SECRET: "waterworks-secret",
      HUAWEI_OTA_LIST_SETTLE_SECONDS: "1",
    }),
  },

  async prepare({ platform, pulumi }) {
    const meter = { firmwareVersion: "V1.3", online: true };
    for (const deviceId of PILOT) {
      await platform.putDevice(deviceId, { ...meter, outcome: "success" });
    }
    for (const deviceId of FLEET) await platform.putDevice(deviceId, { ...meter, outcome: "fail" });
    await pulumi("config set bakeSeconds 3", { show: [] });
    await pulumi("config set waitSeconds 60", { show: [] });
  },

  steps: [
    {
      title: "The preview says who is in which wave, and how far the merge reaches.",
      async play(actor) {
        const output = await actor.pulumi("preview", { show: [SAID, SUMMARY] });
        actor.prove(
          "Of 40 meters it reaches 9 at most: the rest needs approval.",
          /on 40 devices: pilot 5 .*, canary 4 .*, rest 31; approved: none/.test(output) &&
            output.includes(`This merge reaches at most ${BEFORE_THE_REST} devices.`),
        );
        actor.prove("Nothing has been pushed.", (await pushed(actor, "V1.4")) === 0);
      },
    },
    {
      title: "The pilot goes well. The canary fails, and holds up all that comes after it.",
      async play(actor) {
        const output = await actor.pulumi(UP, { show: [ROW, WHY], code: 1 });
        actor.prove(
          "The up is red, with counts, reasons and the ways on.",
          output.includes("The wave canary has failed for V1.4: 0 of 4 devices succeeded"),
        );
        actor.prove(
          "9 of 40 meters were pushed: the other 31 never saw the faulty firmware.",
          (await pushed(actor, "V1.4")) === BEFORE_THE_REST,
        );
      },
    },
    {
      title: "Another up pushes nobody: it is red until somebody decides.",
      async play(actor) {
        await actor.pulumi(UP, { show: [WHY], code: 1 });
        actor.prove(
          "Still 9: no device is pushed a version twice.",
          (await pushed(actor, "V1.4")) === BEFORE_THE_REST,
        );
      },
    },
    {
      title: "The meters are mended, and rerunAfter says so: the canary is pushed again.",
      async play(actor) {
        const { platform, pulumi, prove } = actor;
        for (const deviceId of FLEET) await platform.putDevice(deviceId, { outcome: "success" });
        const { time } = await platform.books();
        await pulumi(`config set rerunAfter ${time}`, { show: [] });
        const output = await pulumi(UP, { show: [ROW, SAID, SUMMARY] });
        prove(
          "The four of the canary were pushed again, nobody else; it baked, and is over.",
          (await pushed(actor, "V1.4")) === BEFORE_THE_REST + 4,
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
          output.includes("9 devices that came from V1.3 go back first, as the wave back."),
        );
        await pulumi(UP, { show: [ROW, SUMMARY] });
        prove(
          "Nine meters were pushed V1.3: those that ran V1.4, and no other.",
          (await pushed(actor, "V1.3")) === BEFORE_THE_REST,
        );
      },
    },
    {
      title: "V1.4 once more, and this time approved: a line in approved.yaml, reviewed by itself.",
      async play(actor) {
        const { platform, pulumi, prove, write } = actor;
        await pulumi("config set version V1.4", { show: [] });
        write("approved.yaml", "version: V1.4\nwaves: [rest]\n");
        const output = await pulumi("preview", { show: [SAID, SUMMARY] });
        prove(
          "The merge reaches all 40.",
          output.includes("This merge reaches at most 40 devices."),
        );
        await pulumi(UP, { show: [ROW, SUMMARY] });
        const { devices } = await platform.books();
        const runs = devices.filter(
          ({ deviceId, firmwareVersion }) =>
            [...PILOT, ...FLEET].includes(deviceId) && firmwareVersion === "V1.4",
        );
        prove("All 40 meters run V1.4.", runs.length === 40);
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
      sentence: "A canary that failed, a mend, a way back, an approval: 40 meters on V1.4",
    };
  },
};

module.exports = { rollout };
