import { pushes } from "./stack";
import { changes, story, there } from "./story";

const resources = `
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14 });
    const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-019", "meter-020"] } });
    const software = new northbound.SoftwareUpgradeTask("metering", { fileId: "software-nbm1-v2.0", targets: { devices: ["meter-001"] } });`;

describe("lookups in a program", () => {
  const tale = story({
    program: `
    ${resources}
    exports.version = northbound.getVersionPackageOutput({ fileId: firmware.id }).version;
    exports.packages = northbound.getVersionPackages().then((all) => all.length);`,
  });

  test("beside an up of resources end well, though each login ends the other's token", async () => {
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(/version\s*: "V1\.4"/);
    expect(up.output).toMatch(/packages\s*: 4/);
    expect(pushes(tale.simulator)).toBe(2);
    expect(tale.simulator.books().counts.logins).toBeGreaterThanOrEqual(2);
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("tell packages and tasks, plain and as outputs, and change nothing", async () => {
    tale.simulator.clock.advance(60);
    const id = there((await tale.stack.resource("FirmwareUpgradeTask", "pilot"))?.id);
    tale.stack.program(`
    ${resources}
    const shown = async () => ({
      package: await northbound.getVersionPackage({ fileType: "firmwarePackage", version: "V1.4", model: "NBM1" }),
      packages: (await northbound.getVersionPackages({ fileType: "softwarePackage" })).map(({ fileId }) => fileId),
      task: await northbound.getUpgradeTask({ operationId: "${id}" }),
      tasks: (await northbound.getUpgradeTasks({ operationType: "firmware_upgrade" })).map(({ operationId }) => operationId),
    });
    exports.plain = shown();
    exports.lifted = {
      package: northbound.getVersionPackageOutput({ fileId: V14 }).fileId,
      packages: northbound.getVersionPackagesOutput({ version: pulumi.output("V1.4") }).apply((all) => all.length),
      task: northbound.getUpgradeTaskOutput({ operationId: task.id }).status,
      tasks: northbound.getUpgradeTasksOutput().apply((all) => all.length),
    };`);
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    const { output } = await tale.stack.pulumi("stack", "output", "--json");
    expect(JSON.parse(output)).toMatchObject({
      plain: {
        package: { fileId: "firmware-nbm1-v1.4", uploadTime: "2026-04-21T07:30:00Z" },
        packages: ["software-nbm1-v2.0"],
        task: {
          operationId: id,
          status: "failed",
          fileVersion: "V1.4",
          deviceCounts: { total: 2, success: 1, fail: 1 },
          failures: [{ deviceId: "meter-020", reason: "The download broke off at block 118." }],
        },
        tasks: [id],
      },
      lifted: { package: "firmware-nbm1-v1.4", packages: 2, task: "failed", tasks: 2 },
    });
    expect(changes(tale.simulator)).toHaveLength(2);
  });

  test("that find nothing, or too much, say so in one sentence", async () => {
    tale.stack.program(`
    const said = (lookup) => lookup.then(() => "found", (error) => error.message);
    exports.several = said(northbound.getVersionPackage({ fileType: "firmwarePackage", version: "V1.4" }));
    exports.none = said(northbound.getUpgradeTask({ operationId: "no-such-task" }));
    exports.owned = said(northbound.getVersionPackage({ fileId: "laboratory-nbm1-v1.5" }));`);
    const preview = await tale.stack.preview();
    expect(preview.code).toBe(0);
    expect(preview.output).toContain("2 version packages match fileType");
    expect(preview.output).toContain(
      "firmware-nbm1-v1.4 (firmwarePackage V1.4, WaterMeter NBM1 of HZYB)",
    );
    expect(preview.output).toContain(
      "Application waterworks has no upgrade task no-such-task (123009). Check the operation id; old tasks are purged.",
    );
    expect(preview.output).toContain(
      "Application waterworks has no version package laboratory-nbm1-v1.5 (123002).",
    );
  });
});

describe("resources that are read and not owned", () => {
  const tale = story({ program: resources });

  test("tell all that the platform knows of them", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    const firmwareTask = there((await tale.stack.resource("FirmwareUpgradeTask", "pilot"))?.id);
    const softwareTask = there((await tale.stack.resource("SoftwareUpgradeTask", "metering"))?.id);
    tale.simulator.clock.advance(60);
    tale.stack.program(`
    ${resources}
    const got = {
      firmware: northbound.VersionPackage.get("got", V14),
      task: northbound.FirmwareUpgradeTask.get("got", "${firmwareTask}"),
      software: northbound.SoftwareUpgradeTask.get("got", "${softwareTask}"),
      completion: northbound.UpgradeCompletion.get("got", "${firmwareTask}"),
    };
    exports.got = {
      version: got.firmware.version,
      fileId: got.software.fileId,
      status: got.task.status,
      failures: got.task.failures,
      operationId: got.completion.operationId,
      software: got.software.fileVersion,
      outcome: got.completion.outcome,
      counts: got.completion.deviceCounts,
    };`);
    expect(await tale.stack.preview()).toMatchObject({ code: 0 });
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    const { output } = await tale.stack.pulumi("stack", "output", "--json");
    expect(JSON.parse(output)).toMatchObject({
      got: {
        version: "V1.4",
        fileId: "software-nbm1-v2.0",
        status: "failed",
        failures: [{ deviceId: "meter-020" }],
        operationId: firmwareTask,
        software: "V2.0",
        outcome: "failed",
        counts: { total: 2, success: 1, fail: 1 },
      },
    });
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
  });

  test("are let go without a trace when they are taken away", async () => {
    tale.stack.program(resources);
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(changes(tale.simulator)).toHaveLength(2);
  });

  test.each([
    ["VersionPackage", "Application waterworks has no version package missing (123002)."],
    [
      "FirmwareUpgradeTask",
      "Application waterworks has no firmware upgrade task missing (123009).",
    ],
    [
      "SoftwareUpgradeTask",
      "Application waterworks has no software upgrade task missing (123009).",
    ],
    ["UpgradeCompletion", "Application waterworks has no upgrade task missing (123009)."],
  ])("that do not exist are an error of the preview: %s", async (type, sentence) => {
    tale.stack.program(`
    northbound.${type}.get("got", "missing");`);
    const preview = await tale.stack.preview();
    expect(preview.code).not.toBe(0);
    expect(preview.output).toContain(sentence);
  });
});
