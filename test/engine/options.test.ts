import { pushes } from "./stack";
import { changes, namesInState, story } from "./story";

describe("resource options on a task", () => {
  const tale = story();

  function program(options: string, devices: string[], retryTimes = 2): void {
    tale.stack.program(`
    new northbound.FirmwareUpgradeTask("pilot", {
      fileId: V14,
      targets: { devices: ${JSON.stringify(devices)} },
      policy: { retryType: true, retryTimes: ${String(retryTimes)} },
    }, ${options});`);
  }

  test("ignoreChanges of one nested field keeps that field as it was, and only that one", async () => {
    program("{}", ["meter-001"]);
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    program('{ ignoreChanges: ["policy.retryTimes"] }', ["meter-001"], 3);
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    program('{ ignoreChanges: ["policy.retryTimes"] }', ["meter-002"], 3);
    const preview = await tale.stack.preview();
    expect(preview.output).toMatch(/1 to replace/);
    expect(preview.output).toContain("A change of targets makes a new task");
  });

  test("ignoreChanges of a whole field ignores all that is in it", async () => {
    program('{ ignoreChanges: ["targets"] }', ["meter-002", "meter-003"]);
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).not.toContain("warning");
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("protect refuses its replacement before anything is pushed", async () => {
    program("{ protect: true }", ["meter-001"]);
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    program("{ protect: true }", ["meter-002"]);
    const preview = await tale.stack.preview();
    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(/unable to replace resource .*protect/s);
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("protect refuses its deletion", async () => {
    const destroy = await tale.stack.destroy();
    expect(destroy.code).not.toBe(0);
    expect(destroy.output).toMatch(/protect/);
    expect(await namesInState(tale.stack)).toEqual(["pilot"]);
  });
});

describe("resource options on a package and a completion", () => {
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });

  function program(timeoutSeconds: number): void {
    tale.stack.program(`
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14, onDelete: "delete" }, { retainOnDelete: true });
    const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-001"] } });
    new northbound.UpgradeCompletion("pilot", { operationId: task.id, timeoutSeconds: ${String(timeoutSeconds)} }, { replaceOnChanges: ["timeoutSeconds"] });`);
  }

  test("replaceOnChanges replaces where a change would only update", async () => {
    program(60);
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    program(90);
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(/1 replaced/);
    expect(up.output).toMatch(/UpgradeCompletion pilot .*replac/);
    expect(pushes(tale.simulator)).toBe(1);
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("retainOnDelete keeps a package that onDelete would delete", async () => {
    const destroy = await tale.stack.destroy();
    expect(destroy.code).toBe(0);
    expect(destroy.output).toMatch(/VersionPackage meter-1\.4 .*retain/);
    expect(changes(tale.simulator)).toHaveLength(1);
    expect(tale.simulator.books().packages.map(({ fileId }) => fileId)).toContain(
      "firmware-nbm1-v1.4",
    );
  });
});
