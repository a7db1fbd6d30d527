"use strict";

/**
 * Water meters get a new firmware, and everything goes wrong that can: what a newcomer reads.
 */

const KIND = {
  fileType: "firmwarePackage",
  deviceType: "WaterMeter",
  model: "NBM1",
  manufacturerName: "HZYB",
};
/** Every task that the story declares. */
const DECLARED = ["pilot V1.4", "fleet V1.4", "pilot V1.5", "fleet V1.5"];

/** How many seconds each meter of the pilot takes for V1.4, so that its wait has something to tell. */
const PILOT = { "meter-001": 3, "meter-002": 3, "meter-003": 3, "meter-004": 9, "meter-005": 9 };

const SLOW_PILOT = Object.fromEntries(Object.keys(PILOT).map((deviceId) => [deviceId, 900]));

const UP = "up --yes --skip-preview";
const DRIFT = "refresh --preview-only --expect-no-changes";
const SUMMARY = /^[-+~ ]*\d+ (to \w+|\w+ed|unchanged)$/;
const WARNING = /^\S+: warning: /;

/** @typedef {import("./play.js").Actor} Actor */

/** @param {{ status: string } | undefined} task */
const isUnderWay = (task) => task?.status === "wait" || task?.status === "processing";

/**
 * @param {Actor} actor
 * @param {Record<string, number>} secondsOfDevices
 */
async function setUpgradeSeconds({ platform }, secondsOfDevices) {
  for (const [deviceId, upgradeSeconds] of Object.entries(secondsOfDevices)) {
    await platform.putDevice(deviceId, { upgradeSeconds });
  }
}

/**
 * @param {Actor} actor
 * @param {number} expected
 * @param {string} sentence
 */
async function provePosts({ platform, prove }, expected, sentence) {
  const books = await platform.books();
  const { taskPosts, taskPostsInEffect } = books.counts;
  prove(sentence, taskPosts === expected && taskPostsInEffect === expected);
}

/** @type {import("./play.js").Story} */
const northbound = {
  name: "northbound",
  title: "New firmware for water meters: the pilot first, then the fleet",
  introduction:
    "The program of examples/quick-start, real pulumi commands, and a simulated platform with 40 " +
    "meters. Of pulumi's output the lines that matter are shown, types and ids shortened; " +
    "--verbose shows all. ✓ marks what has been checked against the platform's own books.",
  setting: {
    project: ".",
    program: "examples/quick-start",
    simulator: ["--upgrade-seconds", "900"],
    environment: (url) => ({
      HUAWEI_OTA_NORTHBOUND_ENDPOINT: url,
      HUAWEI_OTA_NORTHBOUND_APP_ID: "waterworks",
      HUAWEI_OTA_NORTHBOUND_SECRET: "waterworks-secret",
    }),
  },

  async prepare(actor) {
    await setUpgradeSeconds(actor, PILOT);
  },

  steps: [
    {
      title: "A mistake is found by the preview, before anything is sent to a device.",
      async play(actor) {
        const { pulumi, prove } = actor;
        await pulumi("config set retryTimes 9", { show: [] });
        const output = await pulumi("preview", { show: [/^\S+: error: .*retryTimes/], code: 1 });
        prove(
          "The preview fails, and names the field and the platform's own code 123028.",
          output.includes("policy.retryTimes is 9") && output.includes("123028"),
        );
        await pulumi("config set retryTimes 2", { show: [] });
        const mended = await pulumi("preview", { show: [SUMMARY] });
        prove(
          "Mended: the stack and four resources are to be made.",
          mended.includes("+ 5 to create"),
        );
        await provePosts(actor, 0, "Two previews later no task has been asked for.");
      },
    },
    {
      title:
        "The pilot is upgraded, the completion waits for it, and only then the fleet is begun.",
      async play({ platform, prove, pulumi }) {
        const output = await pulumi(UP, { show: [/^\+ {2}[A-Z].*( created |of 5 done)/, SUMMARY] });
        const { tasks } = await platform.books();
        const [pilot, fleet] = tasks;
        prove(
          "The wait tells its progress on its own row: devices done, of five.",
          /pilot-done creating .*\d of 5 done/.test(output),
        );
        prove(
          "Two POSTs: the pilot, which succeeded, and after its end the fleet, which goes on.",
          tasks.length === 2 &&
            pilot?.status === "success" &&
            isUnderWay(fleet) &&
            String(pilot.stopTime) <= String(fleet?.createTime),
        );
      },
    },
    {
      title: "The same command again: there is nothing to do.",
      async play(actor) {
        const output = await actor.pulumi(UP, { show: [SUMMARY] });
        actor.prove("Nothing has changed.", /\n {4}5 unchanged/.test(output));
        await provePosts(actor, 2, "Still two POSTs: nothing is pushed twice.");
      },
    },
    {
      title:
        "Behind its back somebody stops the fleet's task and deletes the package. It is noticed.",
      async play({ platform, prove, pulumi, tell }) {
        const { tasks } = await platform.books();
        await platform.stopTask(tasks[1]?.operationId ?? "");
        await platform.deletePackage("firmware-nbm1-v1.4");
        tell("This is what a nightly run asks; anything but 0 is a difference.");
        const output = await pulumi(DRIFT, {
          show: [/^[-~] +\w+ +\w+ +(update|delete)/, WARNING, /^error: /],
          code: 7,
        });
        prove(
          "Both are found, and told in words: the task was stopped, the package was deleted.",
          /Upgrade task \S+ was stopped on the platform/.test(output) &&
            output.includes("firmware-nbm1-v1.4 was deleted on the platform"),
        );
      },
    },
    {
      title: "The next up takes note of it, and does not answer with a push.",
      async play(actor) {
        const { prove, pulumi } = actor;
        const output = await pulumi(UP, { show: [/: warning: .* noted now/, SUMMARY] });
        prove(
          "Two warnings, one for each, and two resources updated.",
          (output.match(/^ {4}warning: .*noted now; nothing was pushed/gm) ?? []).length === 2,
        );
        await provePosts(actor, 2, "Still two POSTs.");
        await pulumi(DRIFT, { show: [SUMMARY] });
        prove("What has been noted is no news: the nightly run is content again.", true);
      },
    },
    {
      title: "Version V1.5 is uploaded in the portal and declared. What would be pushed?",
      async play(actor) {
        const { platform, prove, pulumi } = actor;
        await platform.putPackage({
          appId: "waterworks",
          fileId: "firmware-nbm1-v1.5",
          version: "V1.5",
          ...KIND,
        });
        await pulumi("config set version V1.5", { show: [] });
        const output = await pulumi("preview", {
          show: [/^\+- .* replace /, WARNING, SUMMARY],
        });
        prove(
          "The reviewer is warned that both tasks will push firmware V1.5.",
          (output.match(/^ {4}warning: .*firmware V1.4 -> V1.5 will be pushed to/gm) ?? [])
            .length === 2,
        );
        await provePosts(actor, 2, "Still two POSTs.");
      },
    },
    {
      title:
        "The computer dies in the middle of the POST: the platform has the task, Pulumi does not.",
      async play(actor) {
        const { platform, prove, pulumi, start, state, tell } = actor;
        // However slow this computer is, the pilot is still under way two steps later.
        await setUpgradeSeconds(actor, SLOW_PILOT);
        tell("The platform does what it is asked, and its reply is still on its way.");
        // However slow this computer is, the pilot must still be under way when the wait begins.
        await platform.putDevice("meter-005", { upgradeSeconds: 900 });
        await platform.addFault({ kind: "hold", method: "POST", path: "**/firmwareUpgrade" });
        const up = start(UP, { show: [/ creat(ing|ed) replacement /] });
        await up.until("the POST of a task", async () =>
          (await platform.books()).requests.some(({ outcome }) => outcome === "held"),
        );
        await up.kill();
        const [{ deployment }, { tasks }] = [await state(), await platform.books()];
        const pilot = tasks[2];
        prove(
          "The platform has made a third task; the state knows only that its creation had begun.",
          tasks.length === 3 &&
            pilot !== undefined &&
            deployment.pending_operations?.length === 1 &&
            !JSON.stringify(deployment).includes(pilot.operationId),
        );
        await pulumi(UP, { show: [/^error: .*locked/], code: 1 });
        const output = await pulumi("cancel --yes", { show: [/canceled/] });
        prove("The lock that the dead command left is gone.", output.includes("canceled"));
      },
    },
    {
      title:
        "The next up finds its task again, and waits for it. Ctrl-C ends the wait, not the upgrade.",
      async play(actor) {
        const { platform, prove, start } = actor;
        const up = start(UP, {
          show: [/pilot-done +.*of 5 done/, /: warning: .* taken over/, /: warning: The wait for/],
          code: 1,
        });
        await up.until("the first figures of the wait", () => up.output().includes(" of 5 done"));
        up.interrupt();
        const output = await up.done();
        prove(
          "The task was taken over, with a warning.",
          /warning: \S+: Operation \S+ .*is exactly what is declared, so it was taken over/.test(
            output,
          ),
        );
        await provePosts(actor, 3, "Three POSTs: the task was not pushed a second time.");
        const { tasks } = await platform.books();
        prove(
          "The wait ended at once and says how to go on; the fleet was not begun.",
          /The wait for upgrade task \S+ was interrupted: .* the next `up` resumes it/.test(
            output,
          ) && isUnderWay(tasks[2]),
        );
      },
    },
    {
      title: "The next up goes on with the wait, and then with the fleet.",
      async play(actor) {
        const { platform, prove, start } = actor;
        await setUpgradeSeconds(actor, { "meter-001": 1, "meter-002": 1, "meter-003": 1 });
        const up = start(UP, {
          show: [/pilot-done +updat\w+ .*of 5 done/, /fleet +created replacement/, SUMMARY],
        });
        await up.until("the first figures of the wait", () => up.output().includes(" 3 of 5 done"));
        await setUpgradeSeconds(actor, { "meter-004": 1, "meter-005": 1 });
        await up.done();
        const { tasks } = await platform.books();
        prove(
          "The pilot has succeeded, and the fleet is under way.",
          tasks[2]?.status === "success" && isUnderWay(tasks[3]),
        );
        await provePosts(actor, 4, "Four POSTs: one for each task.");
      },
    },
    {
      title: "Destroy forgets: tasks and package stay on the platform, and each row says so.",
      async play({ platform, prove, pulumi, state }) {
        const output = await pulumi("destroy --yes --skip-preview", {
          show: [/^\S+: .*(forgotten|stays on the platform)/, SUMMARY],
        });
        prove(
          "Each says on its row what becomes of it: the tasks are forgotten, the package is kept.",
          /Upgrade task \S+ is forgotten here, and the platform goes on/.test(output) &&
            output.includes("firmware-nbm1-v1.5 stays on the platform"),
        );
        const { packages, tasks } = await platform.books();
        prove(
          "The platform still has all four tasks, the fleet's under way, and the package.",
          tasks.length === 4 &&
            isUnderWay(tasks[3]) &&
            packages.some(({ fileId }) => fileId === "firmware-nbm1-v1.5"),
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
      ["logins and token refreshes", counts.logins],
      ["reads of packages", count("GET", /\/category/)],
      ["reads of devices and groups", count("GET", /\/iocm\/app\/(dm|devgroup)\//)],
      ["searches for tasks", count("GET", /\/operations$/)],
      ["reads of one task (polls of waits included)", count("GET", /\/operations\//)],
      ["POSTs of tasks", counts.taskPosts],
      ["DELETEs", count("DELETE", /./)],
      ["all calls", counts.requests],
    ]);
    const sum = rows.slice(0, -1).reduce((total, [, value]) => total + value, 0);
    if (sum !== counts.requests) prove("The table counts every call.", false);
    return {
      title: "What the platform was asked",
      rows,
      sentence: `${DECLARED.length} tasks declared, ${counts.taskPosts} POSTs`,
    };
  },
};

module.exports = { northbound };
