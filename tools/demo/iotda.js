"use strict";

/**
 * The same meters on IoTDA, whose tasks can be stopped, retried and deleted.
 */

const FIRST_OF_FLEET = "meter_006";
const UP = "up --yes --skip-preview";
const SUMMARY = /^[-+~ ]*\d+ (to \w+|\w+ed|unchanged)$/;
const WARNING = /^\S+: warning: /;

/** @typedef {import("./play.js").Actor} Actor */

/** @param {Actor} actor */
async function booksOf({ platform }) {
  const { counts, iotda } = await platform.books();
  return { counts, packages: iotda?.packages ?? [], tasks: iotda?.tasks ?? [] };
}

/**
 * @param {Actor} actor
 * @param {{ tasks: number, packages: number }} expected
 * @param {string} sentence
 */
async function provePosts(actor, expected, sentence) {
  const { counts } = await booksOf(actor);
  actor.prove(
    sentence,
    counts.taskPosts === expected.tasks && counts.packagePosts === expected.packages,
  );
}

/** @type {import("./play.js").Story} */
const iotda = {
  name: "iotda",
  title: "IoTDA v5: a package from object storage, a failed meter, a retry, and a stop",
  introduction:
    "The program of examples/iotda-quick-start, real pulumi commands, and a simulated platform " +
    "that verifies each signature. Of pulumi's output the lines that matter are shown, types and " +
    "ids shortened; --verbose shows all. ✓ marks what has been checked against the platform's own " +
    "books.",
  setting: {
    project: "examples/iotda-quick-start",
    program: "examples/iotda-quick-start",
    simulator: ["--upgrade-seconds", "1"],
    environment: (url) => ({
      HUAWEI_OTA_IOTDA_ENDPOINT: url,
      HW_REGION_NAME: "ap-southeast-1",
      HW_ACCESS_KEY: "WATERWORKSACCESSKEY1",
      HW_SECRET_KEY: "waterworks-secret-key",
    }),
  },

  async prepare({ platform }) {
    // The only meter that is not well is the one that loses its connection.
    await platform.putIotdaDevice("meter_031", { online: true });
  },

  steps: [
    {
      title: "A mistake is found by the preview, before anything is made.",
      async play(actor) {
        const { prove, pulumi } = actor;
        await pulumi("config set retryCount 9", { show: [] });
        const output = await pulumi("preview", { show: [/^\S+: error: .*retryCount/], code: 1 });
        prove(
          "The preview fails, and names the field and the platform's own code.",
          output.includes("taskPolicy.retryCount is 9") && output.includes("IOTDA.000006"),
        );
        await pulumi("config set retryCount 1", { show: [] });
        await provePosts(actor, { tasks: 0, packages: 0 }, "Nothing has been asked for.");
      },
    },
    {
      title: "The package is made, the pilot upgraded, then the fleet, of which one meter fails.",
      async play(actor) {
        const { prove, pulumi } = actor;
        const output = await pulumi(UP, {
          show: [
            /^\+ {2}[A-Z].*( created |done$)/,
            /: error: /,
            /\* .*(Upgrade task|meter_)/,
            SUMMARY,
          ],
          code: 1,
        });
        prove(
          "A partial success is not called green: the command fails with the count and the meter's own reason.",
          output.includes(
            "ended with status PartialSuccess: 34 of 35 devices were upgraded, 1 failed",
          ) && output.includes("meter_020: "),
        );
        const { packages, tasks } = await booksOf(actor);
        prove(
          "The platform has the package and two tasks: the pilot's succeeded, the fleet's in part.",
          packages.some(({ version }) => version === "1.4") &&
            tasks.map(({ status }) => status).join() === "Success,PartialSuccess",
        );
        await provePosts(actor, { tasks: 2, packages: 1 }, "One POST for each.");
      },
    },
    {
      title: "The same command again stays red, and pushes nothing.",
      async play(actor) {
        await actor.pulumi(UP, { show: [/\* .*Upgrade task/, SUMMARY], code: 1 });
        await provePosts(actor, { tasks: 2, packages: 1 }, "Still one POST for each.");
      },
    },
    {
      title: "The failed meter is tried again, in place: an instant in the program asks for it.",
      async play(actor) {
        const { prove, pulumi } = actor;
        const now = `${new Date().toISOString().slice(0, 19)}Z`;
        await pulumi(`config set retryFailed ${now}`, { show: [] });
        await pulumi("preview", { show: [/^~ /, WARNING, SUMMARY] });
        const output = await pulumi(UP, {
          show: [/^fleet: .*1 failed/, /fleet-done +updated/, SUMMARY],
        });
        prove("One device was tried again.", output.includes("1 failed device is tried again"));
        const { counts, tasks } = await booksOf(actor);
        prove(
          "One retry, no new task, and the fleet's task has succeeded.",
          counts.retryPosts === 1 && counts.taskPosts === 2 && tasks[1]?.status === "Success",
        );
      },
    },
    {
      title: "A new description would be a new package. What would be pushed?",
      async play(actor) {
        const { prove, pulumi } = actor;
        await pulumi("config set description Quieter", { show: [] });
        const output = await pulumi("preview", { show: [/^\+- .* replace /, WARNING, SUMMARY] });
        prove(
          "The reviewer is warned of the package and of both tasks, which would push again.",
          output.includes("every task of this program that names it will push it") &&
            (output.match(/^ {4}warning: .*firmware \S+ will be pushed again/gm) ?? []).length ===
              2,
        );
        await pulumi("config rm description", { show: [] });
        await provePosts(actor, { tasks: 2, packages: 1 }, "A preview only reads.");
      },
    },
    {
      title: "Version 1.5 goes out, and Ctrl-C ends the wait.",
      async play(actor) {
        const { platform, prove, pulumi, start } = actor;
        await platform.putIotdaObject({
          region: "ap-southeast-1",
          bucket: "waterworks-firmware",
          key: "nbm1/1.5.bin",
        });
        // The fleet is still under way when it is destroyed, however slow this computer is.
        await platform.putIotdaDevice(FIRST_OF_FLEET, { upgradeSeconds: 900 });
        await pulumi("config set version 1.5", { show: [] });
        await pulumi("config set objectKey nbm1/1.5.bin", { show: [] });
        await pulumi("config rm retryFailed", { show: [] });
        const up = start(UP, {
          show: [/ (deleted|created replacement) /, /: warning: The wait for/, SUMMARY],
          code: 1,
        });
        await up.until("the figures of the fleet", () =>
          /fleet-done .* of 35 done/.test(up.output()),
        );
        up.interrupt();
        const output = await up.done();
        prove(
          "The wait ended at once and says how to go on.",
          /The wait for upgrade task \S+ was interrupted: .* the next `up` resumes it/.test(output),
        );
        const { counts, packages, tasks } = await booksOf(actor);
        prove(
          "The platform has the two new tasks, the fleet's under way; the old ones go once all is well.",
          tasks.length === 4 && tasks[3]?.status === "Processing" && counts.taskPosts === 4,
        );
        prove(
          "The new package is there; the old one goes once nothing needs it.",
          packages.some(({ version }) => version === "1.5"),
        );
      },
    },
    {
      title: "Destroy stops what still runs, and deletes records and packages.",
      async play(actor) {
        const { prove, pulumi, state } = actor;
        const output = await pulumi("destroy --yes --skip-preview", {
          show: [/^\S+: .*(was stopped|was deleted|was over)/, SUMMARY],
        });
        prove(
          "The fleet's row says that its task was stopped.",
          /Upgrade task \S+ was stopped on the platform \(Stopped: /.test(output),
        );
        const { counts, packages, tasks } = await booksOf(actor);
        prove(
          "The platform has no task left, and only the package that was there before.",
          tasks.length === 0 &&
            counts.stopPosts === 1 &&
            packages.map(({ version }) => version).join() === "1.3",
        );
        const { resources = [] } = (await state()).deployment;
        prove("The stack is empty.", resources.length === 0);
      },
    },
  ],

  async close({ platform, prove }) {
    const { counts, requests } = await platform.books();
    /** @param {string} method @param {RegExp} path */
    const count = (method, path) =>
      requests.filter((each) => each.method === method && path.test(each.path)).length;
    const rows = /** @type {const} */ ([
      ["looks for the project", count("GET", /\/v3\/projects$/)],
      ["reads of packages", count("GET", /\/packages/)],
      [
        "reads of devices and groups",
        count("GET", /\/(devices|device-group)(\/|$)/) + count("POST", /\/query-devices$/),
      ],
      ["searches for tasks", count("GET", /\/batchtasks$/)],
      ["reads of one task (polls of waits included)", count("GET", /\/batchtasks\//)],
      ["POSTs of packages", counts.packagePosts],
      ["POSTs of tasks", counts.taskPosts],
      ["stops and retries", counts.stopPosts + counts.retryPosts],
      ["DELETEs", count("DELETE", /./)],
      ["all calls", counts.requests],
    ]);
    const sum = rows.slice(0, -1).reduce((total, [, value]) => total + value, 0);
    if (sum !== counts.requests) prove("The table counts every call.", false);
    return {
      title: "What the platform was asked",
      rows,
      sentence: `4 tasks declared, ${counts.taskPosts} POSTs; 2 packages declared, ${counts.packagePosts} POSTs`,
    };
  },
};

module.exports = { iotda };
