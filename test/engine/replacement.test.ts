import { pushes } from "./stack";
import { namesInState, platformTime, story, there } from "./story";

const AGAIN = /warning: A change of .* makes a new task: firmware will be pushed again\./;

describe("a task that goes on", () => {
  const tale = story();
  const day = 24 * 3600;

  function program(args: Record<string, unknown> = {}): void {
    tale.stack.program(`
    new northbound.FirmwareUpgradeTask("pilot", ${JSON.stringify({
      fileId: "firmware-nbm1-v1.4",
      targets: { devices: ["meter-001", "meter-002"] },
      policy: {
        executeType: "custom",
        startTime: platformTime(tale.simulator, day),
        endTime: platformTime(tale.simulator, 2 * day),
      },
      ...args,
    })});`);
  }

  async function expectNoChanges(): Promise<void> {
    const preview = await tale.stack.preview("--expect-no-changes");
    expect(preview.output).not.toContain("warning");
    expect(preview.code).toBe(0);
  }

  test("is pushed once", async () => {
    program();
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is unchanged by the order and the repetition of its devices", async () => {
    program({ targets: { devices: ["meter-002", "meter-001", "meter-002"] } });
    await expectNoChanges();
  });

  test("is unchanged by another spelling of the same times", async () => {
    const basic = (time: string): string => time.replaceAll(/[-:]/g, "");
    const elsewhere = (seconds: number): string =>
      platformTime(tale.simulator, seconds + 2 * 3600).replace("Z", "+02:00");
    program({
      policy: {
        executeType: "custom",
        startTime: elsewhere(day),
        endTime: basic(platformTime(tale.simulator, 2 * day)),
      },
    });
    await expectNoChanges();
  });

  test("is unchanged by an adopt that names it, at a preview and at an up", async () => {
    const [operation] = tale.simulator.books().tasks;
    program({ adopt: operation?.operationId });
    await expectNoChanges();
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    program();
    await expectNoChanges();
  });

  test("is unchanged by a rerunAfter before its making, and by its removal", async () => {
    program({ rerunAfter: platformTime(tale.simulator, -60) });
    await expectNoChanges();
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    program();
    await expectNoChanges();
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is replaced by other devices, and the preview shows which and what that means", async () => {
    program({ targets: { devices: ["meter-001", "meter-003"] } });
    const preview = await tale.stack.preview("--diff");
    expect(preview.code).toBe(0);
    expect(preview.output).toMatch(/\+-.*FirmwareUpgradeTask: \(replace\)/);
    expect(preview.output).toMatch(
      /~ targets\s*: \{\s+~ devices: \[\s+~ \[1\]: "meter-002" => "meter-003"/,
    );
    expect(preview.output).toMatch(AGAIN);
    expect(preview.output).toContain("A change of targets makes a new task");
    const [operation] = tale.simulator.books().tasks;
    expect(preview.output).toContain(
      `The platform goes on with the old task ${there(operation).operationId}, which is not over: it cannot be stopped.`,
    );
    expect(pushes(tale.simulator)).toBe(1);
  });

  test("is forgotten once its replacement is pushed", async () => {
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(/1 replaced/);
    expect(pushes(tale.simulator)).toBe(2);
    const [, operation] = tale.simulator.books().tasks;
    expect(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).toMatchObject({
      id: operation?.operationId,
      inputs: { targets: { devices: ["meter-001", "meter-003"] } },
    });
    expect(await namesInState(tale.stack)).toEqual(["pilot"]);
    await expectNoChanges();
  });

  test("is replaced by another policy", async () => {
    program({ targets: { devices: ["meter-001", "meter-003"] }, policy: { executeType: "now" } });
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toContain("A change of policy makes a new task");
    expect(up.output).toContain("it cannot be stopped");
    expect(pushes(tale.simulator)).toBe(3);
  });
});

describe("a task that is over", () => {
  const tale = story();

  function program(args: Record<string, unknown> = {}): void {
    tale.stack.program(`
    new northbound.FirmwareUpgradeTask("pilot", ${JSON.stringify({
      fileId: "firmware-nbm1-v1.4",
      targets: { devices: ["meter-001"] },
      ...args,
    })});`);
  }

  test("is replaced by another package, and nothing is said of the old one", async () => {
    program({ fileId: "firmware-nbm1-v1.3" });
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    tale.simulator.clock.advance(60);
    expect(await tale.stack.refresh()).toMatchObject({ code: 0 });
    program();
    const preview = await tale.stack.preview();
    expect(preview.code).toBe(0);
    expect(preview.output).toMatch(/replace\s+\[diff: ~fileId\]; warning:/);
    expect(preview.output).toContain("A change of fileId makes a new task");
    expect(preview.output).not.toContain("goes on with the old task");
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("is known to be over even where no refresh has said so", async () => {
    tale.simulator.clock.advance(60);
    program({ fileId: "firmware-nbm1-v1.3" });
    const preview = await tale.stack.preview();
    expect(preview.output).toMatch(AGAIN);
    expect(preview.output).not.toContain("goes on with the old task");
  });

  test("is pushed again by a rerunAfter that is later than it", async () => {
    tale.simulator.clock.advance(2 * 3600);
    program({ rerunAfter: platformTime(tale.simulator, -60) });
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toContain("A change of rerunAfter makes a new task");
    expect(pushes(tale.simulator)).toBe(3);
    const again = await tale.stack.preview("--expect-no-changes");
    expect(again).toMatchObject({ code: 0 });
  });

  test("stays when the rerunAfter that made it is taken away", async () => {
    program();
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(pushes(tale.simulator)).toBe(3);
  });
});
