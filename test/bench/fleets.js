"use strict";

const { step } = require("../../tools/terminal.js");
const { openStack } = require("./stack.js");
const { floorSeconds } = require("./statistics.js");
const { fleetPlatformFor, settingsFor } = require("./workloads.js");

/*
 * Rollouts over large fleets, measured once each: what a preview that draws the waves, an `up` and the
 * preview of a settled fleet ask the platform, how long that takes at the quota, and what a device costs
 * in the state.
 */

/** The quota is the account's by default; to wait for it is measured where it is smallest. */
const FLEETS = /** @type {const} */ ([
  { wing: "northbound", devices: 40_000, callsPerMinute: 100, isQuotaOn: true },
  { wing: "iotda", devices: 100_000, callsPerMinute: 600, isQuotaOn: false },
]);
const MOST_BYTES_A_DEVICE = 24;
const MOST_TIMES_FLOOR = 1.1;
const MEBIBYTE = 1024 * 1024;

/**
 * @typedef {import("./report.js").Section} Section
 * @typedef {import("./report.js").Row} Row
 * @typedef {import("./stack.js").Stack} Stack
 * @typedef {(typeof FLEETS)[number]} Fleet
 * @typedef {import("../../src/simulator").Simulator} Simulator
 */

/**
 * @param {string} engineDirectory
 * @param {(options: import("../../src/simulator").SimulatorOptions) => Promise<Simulator>} openSimulator
 * @returns {Promise<Section[]>}
 */
async function measureFleets(engineDirectory, openSimulator) {
  /** @type {Section[]} */
  const sections = [];
  for (const fleet of FLEETS) {
    const simulator = await openSimulator(fleetPlatformFor(fleet.devices));
    const stack = await openStack({
      engineDirectory,
      settings: { ...settingsFor(simulator.url), HUAWEI_OTA_LIST_SETTLE_SECONDS: "0" },
      program: programOf(fleet.wing, "V2"),
    });
    try {
      sections.push(await measureFleet(fleet, simulator, stack));
    } finally {
      stack.remove();
      await simulator.close();
    }
  }
  return sections;
}

/**
 * @param {Fleet} fleet
 * @param {Simulator} simulator
 * @param {Stack} stack
 * @returns {Promise<Section>}
 */
async function measureFleet(fleet, simulator, stack) {
  const { wing, devices, callsPerMinute, isQuotaOn } = fleet;
  const quota = `HUAWEI_OTA_${wing.toUpperCase()}_CALLS_PER_MINUTE`;
  /** @type {Row[]} */
  const rows = [];
  /**
   * @param {string} name
   * @param {() => Promise<{ seconds: number }>} command
   * @param {(measured: { calls: number, minutes: number, floor: number }) => import("./report.js").Aim | undefined} aimOf
   */
  const measure = (name, command, aimOf) =>
    step(`${devices.toLocaleString("en")} of ${wing}: ${name}`, async () => {
      const before = simulator.books().counts.requests;
      const watch = stack.watchProviders();
      const { seconds } = await command().finally(() => watch.stop());
      const calls = simulator.books().counts.requests - before;
      const [minutes, floor] = [seconds / 60, floorSeconds(calls, callsPerMinute) / 60];
      const cells = [
        calls.toLocaleString("en"),
        minutes.toFixed(1),
        floor.toFixed(1),
        (watch.stop() / MEBIBYTE).toFixed(0),
      ];
      const aim = aimOf({ calls, minutes, floor });
      rows.push({ name, cells, ...(aim === undefined ? {} : { aim }) });
      return `${calls.toLocaleString("en")} calls`;
    });

  if (isQuotaOn) stack.environment[quota] = String(callsPerMinute);
  await measure(
    "preview that draws",
    () => stack.pulumi("preview"),
    ({ minutes, floor }) =>
      isQuotaOn
        ? {
            text: `at most ${MOST_TIMES_FLOOR} times the floor`,
            isMet: minutes <= floor * MOST_TIMES_FLOOR,
          }
        : undefined,
  );
  stack.environment[quota] = "1000000";
  // All devices run it: nobody is pushed, and each stands in the book.
  stack.program(programOf(wing, "V1"));
  await measure(
    "up",
    () => stack.pulumi("up", "--yes", "--skip-preview"),
    () => undefined,
  );
  await measure(
    "preview, settled",
    () => stack.pulumi("preview", "--expect-no-changes"),
    ({ calls }) => ({ text: "0 calls", isMet: calls === 0 }),
  );
  const { exported } = await stack.sizes();
  const bytes = exported / devices;
  rows.push({
    name: "state, bytes a device",
    cells: ["", "", "", bytes.toFixed(1)],
    aim: {
      text: `at most ${MOST_BYTES_A_DEVICE}, and 12 kB`,
      isMet: exported <= devices * MOST_BYTES_A_DEVICE + 12_288,
    },
  });
  return {
    title: `a rollout over ${devices.toLocaleString("en")} devices of ${wing}, and the floor of ${callsPerMinute} calls a minute`,
    heading: ["", "calls", "minutes", "floor", "provider's MiB", "aim"],
    rows,
  };
}

/**
 * @param {Fleet["wing"]} wing
 * @param {"V1" | "V2"} version
 */
function programOf(wing, version) {
  const own =
    wing === "northbound"
      ? `versionPackage: { id: "firmware-${version}" }, fleet: { deviceGroups: ["fleet"] },`
      : `versionPackage: { id: "698dc5a4a1b2c3d4e500000${version.slice(1)}" }, appId: "waterworks", fleet: { groupIds: ["fleet"] },`;
  return `const { ${wing} } = require("pulumi-huawei-ota");
new ${wing}.FirmwareRollout("meters", { ${own}
  waves: [{ name: "canary", untilPercent: 1 }, { name: "early", untilPercent: 10 }, { name: "rest" }],
  waitSeconds: 0, maxDevices: 1_000_000,
});
`;
}

module.exports = { measureFleets };
