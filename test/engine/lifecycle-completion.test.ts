import { pushes } from "./stack";
import { story, there } from "./story";

describe("the outcome of a task of which a device fails", () => {
  const tale = story({ behaviour: { waitSeconds: 0, upgradeSeconds: 0 } });
  const FAILED =
    /Upgrade task \S+ ended with status failed: 1 of 2 devices were upgraded, 1 failed \(all must succeed\)\./;

  const program = (args: string, devices = '["meter-019", "meter-020"]'): void => {
    tale.stack.program(`
    const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { devices: ${devices} } });
    const done = new northbound.UpgradeCompletion("pilot", { operationId: task.id, timeoutSeconds: 60, ${args} });
    exports.outcome = done.outcome;`);
  };

  test("is an error with the counts and the device's own reason", async () => {
    program("");
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toMatch(FAILED);
    expect(up.output).toContain("meter-020: The download broke off at block 118.");
    const { id, outputs } = there(await tale.stack.resource("UpgradeCompletion", "pilot"));
    expect(id).toBe(tale.simulator.books().tasks[0]?.operationId);
    expect(outputs).toMatchObject({
      outcome: "failed",
      status: "failed",
      deviceCounts: { total: 2, success: 1, fail: 1 },
      failures: [{ deviceId: "meter-020", reason: "The download broke off at block 118." }],
    });
  });

  test("stays red at the next up, also after a refresh, and nothing is pushed for it", async () => {
    expect(await tale.stack.refresh()).toMatchObject({ code: 0 });
    const preview = await tale.stack.preview();
    expect(preview.output).toMatch(/~ .*UpgradeCompletion pilot update/);
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toMatch(FAILED);
    expect(up.output).toMatch(/~ .*UpgradeCompletion pilot \*{0,2}updating failed/);
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is still red under a threshold that it does not reach, and says which", async () => {
    program("minSuccessPercent: 60");
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toContain("1 failed (at least 60 % must succeed).");
  });

  test("is green once the threshold says that it is good enough", async () => {
    program("minSuccessPercent: 50, maxFailedDevices: 1");
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(/outcome: "succeeded"/);
    expect(pushes(tale.simulator)).toBe(1);
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
  });

  test("is that of the new task once the task is replaced", async () => {
    program("", '["meter-001"]');
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(/2 replaced/);
    const [, operation] = tale.simulator.books().tasks;
    expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
      id: operation?.operationId,
      outputs: { outcome: "succeeded", deviceCounts: { total: 1, success: 1 } },
    });
    expect(pushes(tale.simulator)).toBe(2);
  });
});

describe("a wait that times out", () => {
  const tale = story({
    program: `
    const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { devices: ["meter-001", "meter-002"] } });
    new northbound.UpgradeCompletion("pilot", { operationId: task.id, timeoutSeconds: 1 });`,
  });
  const NOT_OVER =
    /Upgrade task \S+ is not over after 1 s: 0 of 2 done\. The platform goes on with it, and the next `pulumi up` goes on waiting; raise timeoutSeconds to wait longer\./;

  test("is an error that says how far the task is, and keeps its place in the state", async () => {
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toMatch(NOT_OVER);
    expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
      id: tale.simulator.books().tasks[0]?.operationId,
      outputs: { outcome: "open", deviceCounts: { total: 2, success: 0 } },
    });
  });

  test("is no drift while it is open", async () => {
    tale.simulator.clock.advance(2);
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
  });

  test("goes on in the next up, which updates it and pushes nothing", async () => {
    const still = await tale.stack.up();
    expect(still.code).not.toBe(0);
    expect(still.output).toMatch(NOT_OVER);
    tale.simulator.clock.advance(60);
    const preview = await tale.stack.preview();
    expect(preview.output).toMatch(/~ .*UpgradeCompletion pilot update/);
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(/1 updated/);
    expect(pushes(tale.simulator)).toBe(1);
    expect(await tale.stack.resource("UpgradeCompletion", "pilot")).toMatchObject({
      outputs: { outcome: "succeeded" },
    });
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });
});

describe("a task that is stopped while something waits for it", () => {
  const tale = story({
    program: `
    const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { devices: ["meter-001"] } });
    new northbound.UpgradeCompletion("pilot", { operationId: task.id, timeoutSeconds: 1 });`,
  });

  test("fails its completion with the status and the count of stopped devices", async () => {
    expect((await tale.stack.up()).code).not.toBe(0);
    tale.simulator.stopTask(there(tale.simulator.books().tasks[0]).operationId);
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toMatch(
      /ended with status stop: 0 of 1 devices were upgraded, 1 were stopped \(all must succeed\)\./,
    );
    expect(up.output).toContain("This is noted now; nothing was pushed.");
    expect(pushes(tale.simulator)).toBe(1);
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
  });
});
