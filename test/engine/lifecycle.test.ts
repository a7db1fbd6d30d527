import { pushes } from "./stack";
import { changes, namesInState, story } from "./story";

describe("a package, a task and its completion", () => {
  const tale = story({
    behaviour: { waitSeconds: 0, upgradeSeconds: 0 },
    program: `
    const firmware = new northbound.VersionPackage("meter-1.4", { fileType: "firmwarePackage", model: "NBM1", version: "V1.4" });
    const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { deviceGroups: ["pilot"], ...kind } });
    const completion = new northbound.UpgradeCompletion("pilot", { operationId: task.id, timeoutSeconds: 60 });
    exports.firmware = firmware.id;
    exports.task = task.id;
    exports.counts = completion.deviceCounts;`,
  });

  test("a preview passes although the task's package is not taken over yet", async () => {
    const preview = await tale.stack.preview("--diff");
    expect(preview.code).toBe(0);
    expect(preview.output).toMatch(/fileId\s*: \[unknown\]/);
    expect(preview.output).toMatch(/operationId\s*: \[unknown\]/);
    expect(preview.output).toMatch(/4 to create/);
    expect(preview.output).not.toContain("warning");
    expect(preview.output).not.toMatch(/__urn|__provider/);
    expect(changes(tale.simulator)).toEqual([]);
  });

  test("an up takes the package over, pushes once and waits for the devices", async () => {
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(pushes(tale.simulator)).toBe(1);
    expect(up.output).toContain("firmware-nbm1-v1.4");
    expect(up.output).not.toContain("warning");
    const [operation] = tale.simulator.books().tasks;
    const { resources = [] } = (await tale.stack.state()).deployment;
    const byName = (type: string, name: string) =>
      resources.find(({ urn }) => urn.endsWith(`${type}::${name}`));
    expect(byName("VersionPackage", "meter-1.4")).toMatchObject({
      id: "firmware-nbm1-v1.4",
      inputs: { platformState: "asDeclared" },
      outputs: { fileId: "firmware-nbm1-v1.4", manufacturerName: "HZYB", account: "waterworks" },
    });
    expect(byName("FirmwareUpgradeTask", "pilot")).toMatchObject({
      id: operation?.operationId,
      outputs: {
        operationId: operation?.operationId,
        fileVersion: "V1.4",
        recordGone: false,
        account: "waterworks",
      },
    });
    expect(byName("UpgradeCompletion", "pilot")).toMatchObject({
      id: operation?.operationId,
      outputs: { outcome: "succeeded", status: "success", deviceCounts: { total: 5, success: 5 } },
    });
  });

  test("what a resource costs in the state is its data and a loader of at most 200 bytes", async () => {
    const { resources = [] } = (await tale.stack.state()).deployment;
    const loaders = resources.flatMap(({ inputs }) => inputs?.["__provider"] ?? []);
    expect(loaders).toHaveLength(3);
    for (const loader of loaders) expect(JSON.stringify(loader).length).toBeLessThanOrEqual(200);
  });

  test("nothing is to be done the second time", async () => {
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    const again = await tale.stack.up();
    expect(again.code).toBe(0);
    expect(again.output).toMatch(/4 unchanged/);
    expect(changes(tale.simulator)).toHaveLength(1);
  });

  test("a nightly refresh finds no drift", async () => {
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
  });

  test("a destroy says what stays on the platform, and changes nothing there", async () => {
    const destroy = await tale.stack.destroy();
    expect(destroy.code).toBe(0);
    expect(destroy.output).toMatch(
      /Version package firmware-nbm1-v1\.4 stays on the platform; this stack no longer watches it\./,
    );
    expect(destroy.output).toMatch(
      /Upgrade task \S+ is forgotten here; its record stays on the platform\.|the platform goes on with it/,
    );
    expect(changes(tale.simulator)).toHaveLength(1);
    expect(await namesInState(tale.stack)).toEqual([]);
  });
});

describe("software", () => {
  const tale = story({
    program: `
    const software = new northbound.VersionPackage("metering", { fileId: "software-nbm1-v2.0" });
    new northbound.SoftwareUpgradeTask("metering", { fileId: software.id, targets: { devices: ["meter-001"] } });`,
  });

  test("a software task is pushed with the call for software", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(changes(tale.simulator)).toEqual([
      "POST /iodm/northbound/v1.5.0/operations/softwareUpgrade",
    ]);
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("a destroy says that the platform goes on with an unfinished task", async () => {
    const destroy = await tale.stack.destroy();
    expect(destroy.code).toBe(0);
    expect(destroy.output).toMatch(
      /Upgrade task \S+ is forgotten here, and the platform goes on with it if it is not over: its API can neither stop nor delete a task\./,
    );
  });
});

describe("a rollout in waves", () => {
  const program = (firstWave: string): string => `
    let before;
    for (const [name, targets, thresholds] of [
      ["pilot", { devices: ["meter-019", "meter-020"] }, ${firstWave}],
      ["fleet", { devices: ["meter-006"] }, {}],
    ]) {
      const task = new northbound.FirmwareUpgradeTask(name, { fileId: V14, targets }, { dependsOn: before ? [before] : [] });
      before = new northbound.UpgradeCompletion(name, { operationId: task.id, timeoutSeconds: 60, ...thresholds });
    }`;
  const tale = story({
    behaviour: { waitSeconds: 0, upgradeSeconds: 0 },
    program: program("{}"),
  });

  test("a wave that fails stops the later ones", async () => {
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toMatch(
      /Upgrade task \S+ ended with status failed: 1 of 2 devices were upgraded, 1 failed \(all must succeed\)\./,
    );
    expect(pushes(tale.simulator)).toBe(1);
    expect(await namesInState(tale.stack)).toEqual(["pilot", "pilot"]);
  });

  test("the preview after it says that the wave is judged again and the next one waits", async () => {
    const preview = await tale.stack.preview();
    expect(preview.code).toBe(0);
    expect(preview.output).toMatch(/2 to create\n\s+~ 1 to update/);
  });

  test("once it is good enough the next up goes on with the next wave", async () => {
    tale.stack.program(program("{ maxFailedDevices: 1 }"));
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(pushes(tale.simulator)).toBe(2);
    expect(await namesInState(tale.stack)).toEqual(["pilot", "pilot", "fleet", "fleet"]);
  });
});
