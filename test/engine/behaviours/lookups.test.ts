import { pushes } from "../stack";
import { changes, fails, passes, story, there } from "../story";
import { packageText, taskText } from "./program";
import { wings } from "./wings";

/** Well formed in every wing. */
const MISSING = "000000000000000000000404";

describe.each(wings)("$name: lookups in a program", (wing) => {
  const space = wing.name;
  const resources = `
    const firmware = ${packageText(wing, "meter-1.4")};
    const task = ${taskText(wing, "pilot", { of: "firmware.id", devices: [19, 20] })};
    const metering = ${taskText(wing, "metering", { kind: "Software", of: JSON.stringify(wing.packages.software) })};`;
  const tale = story({
    program: `
    ${resources}
    exports.found = ${space}.getVersionPackageOutput({ ${wing.packageField}: firmware.id }).${wing.packageField};
    exports.packages = ${space}.getVersionPackages(${wing.firmwarePackages}).then((all) => all.length > 0);`,
  });
  const outputs = async (): Promise<unknown> =>
    JSON.parse(await passes(tale.stack.pulumi("stack", "output", "--json"))) as unknown;
  const idOf = async (type: string, name: string) =>
    there((await tale.stack.resource(type, name))?.id);
  const failed = {
    status: wing.status.someFailed,
    deviceCounts: { total: 2, success: 1, fail: 1 },
    failures: [{ deviceId: wing.device(20), reason: wing.failure }],
  };

  test("beside an up of resources end well", async () => {
    await passes(tale.stack.up());
    expect(await outputs()).toMatchObject({
      found: await idOf("VersionPackage", "meter-1.4"),
      packages: true,
    });
    expect(pushes(tale.simulator)).toBe(2);
    await passes(tale.stack.preview("--expect-no-changes"));
  });

  test("tell packages and tasks, plain and as outputs, and change nothing", async () => {
    const made = changes(tale.simulator);
    tale.simulator.clock.advance(60);
    const id = await idOf("FirmwareUpgradeTask", "pilot");
    tale.stack.program(`
    ${resources}
    const ids = (field) => (all) => all.map((one) => one[field]);
    exports.plain = {
      task: ${space}.getUpgradeTask({ ${wing.taskField}: "${id}" }),
      tasks: ${space}.getUpgradeTasks(${wing.firmwareTasks}).then(ids("${wing.taskField}")),
    };
    exports.lifted = {
      packages: ${space}.getVersionPackagesOutput(${wing.firmwarePackages}).apply(ids("${wing.packageField}")),
      task: ${space}.getUpgradeTaskOutput({ ${wing.taskField}: task.id }).status,
      tasks: ${space}.getUpgradeTasksOutput(${wing.firmwareTasks}).apply(ids("${wing.taskField}")),
    };`);
    await passes(tale.stack.up());
    expect(await outputs()).toMatchObject({
      plain: { task: { [wing.taskField]: id, ...failed }, tasks: [id] },
      lifted: {
        packages: expect.arrayContaining([await idOf("VersionPackage", "meter-1.4")]) as unknown,
        task: wing.status.someFailed,
        tasks: [id],
      },
    });
    expect(changes(tale.simulator)).toEqual(made);
  });

  test("that find nothing, or too much, say so in one sentence", async () => {
    tale.stack.program(`
    const said = (lookup) => lookup.then(() => "found", (error) => error.message);
    exports.several = said(${space}.getVersionPackage(${wing.firmwarePackages}));
    exports.noPackage = said(${space}.getVersionPackage({ ${wing.packageField}: "${MISSING}" }));
    exports.noTask = said(${space}.getUpgradeTask({ ${wing.taskField}: "${MISSING}" }));
    exports.another = said(${space}.getVersionPackage({ ${wing.packageField}: "${wing.packages.firmware}", version: "0.0" }));
    exports.argument = said(${space}.getVersionPackages({ ...${wing.firmwarePackages}, versoin: "0.0" }));
    exports.type = said(${space}.getVersionPackages({ ...${wing.firmwarePackages}, version: 1.4 }));
    exports.nothing = said(${space}.getUpgradeTask({ ${wing.taskField}: undefined }));
    exports.setting = said(${space}.getUpgradeTasks(${wing.firmwareTasks}, { endpiont: "https://elsewhere.example" }));`);
    const preview = await passes(tale.stack.preview());
    expect(preview).toMatch(/several *: "[^\n]*\d version packages/);
    expect(preview).toContain(
      `${wing.accountKey} has no version package ${MISSING} ${wing.noSuchPackage}.`,
    );
    expect(preview).toContain(
      `${wing.accountKey} has no upgrade task ${MISSING} ${wing.noSuchTask}.`,
    );
    expect(preview).toMatch(
      /another *: "Version package \S+ has version [^\n]*0\.0[^\n]* Correct /,
    );
    expect(preview).toMatch(/argument *: "getVersionPackages has no argument [^\n]*versoin/);
    expect(preview).toMatch(/type *: "getVersionPackages: version is 1\.4; it must be text\."/);
    expect(preview).toMatch(/nothing *: "getUpgradeTask needs \w+\."/);
    expect(preview).toMatch(/setting *: "A lookup has no setting [^\n]*endpiont/);
  });

  test("tell devices, groups and what a push would reach, plain and as outputs, and change nothing", async () => {
    const made = changes(tale.simulator);
    const inPilot = space === "iotda" ? "groupId" : "deviceGroup";
    tale.stack.program(`
    ${resources}
    const counted = (all) => all.length;
    exports.plain = {
      device: ${space}.getDevice({ deviceId: "${wing.device(1)}" }).then(({ firmwareVersion }) => firmwareVersion),
      pilots: ${space}.getDevices({ ${inPilot}: "pilot" }).then(counted),
      group: ${space}.getDeviceGroup({ name: "pilot" }).then(({ devices }) => devices),
      groups: ${space}.getDeviceGroups().then((all) => all.map(({ name }) => name).includes("pilot")),
      reach: ${space}.getReach({ versionPackage: { id: "${wing.packages.firmware}" }, targets: ${wing.pilotGroup} }),
    };
    exports.lifted = {
      device: ${space}.getDeviceOutput({ deviceId: "${wing.device(1)}" }).status,
      pilots: ${space}.getDevicesOutput({ ${inPilot}: "pilot" }).apply(counted),
      group: ${space}.getDeviceGroupOutput({ name: "pilot" }).devices,
      reach: ${space}.getReachOutput({ versionPackage: firmware, targets: ${wing.pilotGroup} }).devices,
      tasks: ${space}.getUpgradeTaskDevicesOutput({ ${wing.taskField}: task.id })
        .apply((all) => [...all].sort((one, other) => (one.deviceId < other.deviceId ? -1 : 1))),
    };`);
    await passes(tale.stack.up());
    const reach = { devices: 5, from: [wing.versions.before], online: 5 };
    expect(await outputs()).toMatchObject({
      plain: { device: wing.versions.before, pilots: 5, group: 5, groups: true, reach },
      lifted: {
        ...{ device: "ONLINE", pilots: 5, group: 5, reach: 5 },
        tasks: [{ deviceId: wing.device(19) }, { deviceId: wing.device(20), reason: wing.failure }],
      },
    });
    expect(changes(tale.simulator)).toEqual(made);
  });

  test("by `get` tell all that the platform knows, and are let go without a trace", async () => {
    const made = changes(tale.simulator);
    const id = await idOf("FirmwareUpgradeTask", "pilot");
    const software = await idOf("SoftwareUpgradeTask", "metering");
    tale.stack.program(`
    ${resources}
    const ready = ${space}.VersionPackage.get("ready", "${wing.packages.firmware}");
    const got = ${space}.FirmwareUpgradeTask.get("got", "${id}");
    const other = ${space}.SoftwareUpgradeTask.get("got", "${software}");
    const completion = ${space}.UpgradeCompletion.get("got", "${id}");
    exports.got = {
      package: ready.${wing.packageField},
      of: other.${wing.packageField},
      task: { status: got.status, deviceCounts: got.deviceCounts, failures: got.failures },
      awaited: completion.${wing.taskField},
      outcome: completion.outcome,
    };`);
    await passes(tale.stack.preview());
    await passes(tale.stack.up());
    expect(await outputs()).toMatchObject({
      got: {
        package: wing.packages.firmware,
        of: wing.packages.software,
        task: failed,
        awaited: id,
        outcome: "failed",
      },
    });
    await passes(tale.stack.drift());
    tale.stack.program(resources);
    await passes(tale.stack.up());
    expect(changes(tale.simulator)).toEqual(made);
  });

  test.each([
    ["VersionPackage", "version package", wing.noSuchPackage],
    ["FirmwareUpgradeTask", "firmware upgrade task", wing.noSuchTask],
    ["SoftwareUpgradeTask", "software upgrade task", wing.noSuchTask],
    ["UpgradeCompletion", "upgrade task", wing.noSuchTask],
  ])(
    "by `get` of what does not exist are an error of the preview: %s",
    async (type, noun, code) => {
      tale.stack.program(`${space}.${type}.get("got", "${MISSING}");`);
      expect(await fails(tale.stack.preview())).toContain(
        `${wing.accountKey} has no ${noun} ${MISSING} ${code}.`,
      );
    },
  );
});
