import { pushes } from "./stack";
import { changes, namesInState, story, there } from "./story";

const STOPPED = /stopped on the platform at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/;

describe("a task that makes its way", () => {
  const tale = story({
    program: `
    new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { devices: ["meter-019", "meter-020"] } });`,
  });

  const outputs = async () =>
    there(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).outputs;

  test("shows no drift while its devices wait, upgrade, succeed and fail", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(await outputs()).toMatchObject({ status: "wait", deviceCounts: { total: 2, wait: 2 } });
    tale.simulator.clock.advance(2);
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
    tale.simulator.clock.advance(60);
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
  });

  test("tells its last known truth after a refresh, with the devices' own reasons", async () => {
    expect(await tale.stack.refresh()).toMatchObject({ code: 0 });
    expect(await outputs()).toMatchObject({
      status: "failed",
      deviceCounts: { total: 2, success: 1, fail: 1 },
      failures: [{ deviceId: "meter-020", reason: "The download broke off at block 118." }],
    });
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe("a task that somebody stops", () => {
  const tale = story({
    program: `
    new northbound.FirmwareUpgradeTask("one", { fileId: V14, targets: { devices: ["meter-001"] } });
    new northbound.FirmwareUpgradeTask("two", { fileId: V14, targets: { devices: ["meter-002"] } });`,
  });

  const stop = async (name: string): Promise<void> => {
    const { id } = there(await tale.stack.resource("FirmwareUpgradeTask", name));
    tale.simulator.stopTask(there(id));
  };

  test("is drift, in words that a reviewer can read", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    await stop("one");
    const drift = await tale.stack.drift();
    expect(drift.code).not.toBe(0);
    expect(drift.output).toMatch(STOPPED);
    expect(drift.output).toMatch(/one .*\[diff: .*~platformState/);
    expect(drift.output).not.toMatch(/two .*platformState/);
  });

  test("is announced by the preview, noted by the up with a warning, and not pushed again", async () => {
    const preview = await tale.stack.preview();
    expect(preview.code).toBe(0);
    expect(preview.output).toMatch(
      /warning: Upgrade task \S+ was stopped on the platform at \S+\. The next `pulumi up` takes note of it and pushes nothing; to push again, set rerunAfter\./,
    );
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(
      /warning: Upgrade task \S+ was stopped on the platform at \S+\. This is noted now; nothing was pushed\./,
    );
    expect(up.output).toMatch(/1 updated/);
    expect(pushes(tale.simulator)).toBe(2);
  });

  test("is no drift any more once it was noted", async () => {
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
    const preview = await tale.stack.preview("--expect-no-changes");
    expect(preview.code).toBe(0);
    expect(preview.output).not.toContain("warning");
  });

  test("can be noted after a refresh that wrote the drift into the state", async () => {
    await stop("two");
    const refresh = await tale.stack.refresh();
    expect(refresh.code).toBe(0);
    expect(await tale.stack.resource("FirmwareUpgradeTask", "two")).toMatchObject({
      inputs: { platformState: expect.stringMatching(STOPPED) as unknown },
      outputs: { platformState: expect.stringMatching(STOPPED) as unknown, status: "stop" },
    });
    const preview = await tale.stack.preview("--diff");
    expect(preview.code).toBe(0);
    expect(preview.output).toMatch(
      /~ platformState: "stopped on the platform at \S+" => "asDeclared"/,
    );
    expect(preview.output).toContain("The next `pulumi up` takes note of it and pushes nothing");
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toContain("This is noted now; nothing was pushed.");
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(pushes(tale.simulator)).toBe(2);
  });
});

describe("a task whose record the platform purges", () => {
  const tale = story({
    program: `
    const task = new northbound.FirmwareUpgradeTask("pilot", { fileId: V14, targets: { devices: ["meter-001"] } });
    exports.gone = task.recordGone;`,
  });

  test("stays in the state with what is known of it, and is not pushed again", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    tale.simulator.clock.advance(60);
    expect(await tale.stack.refresh()).toMatchObject({ code: 0 });
    const { id } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    tale.simulator.purgeTask(there(id));
    const drift = await tale.stack.drift();
    expect(drift.code).toBe(0);
    const refresh = await tale.stack.refresh();
    expect(refresh.code).toBe(0);
    expect(refresh.output).toMatch(
      /warning: Upgrade task \S+: the platform keeps no record of it any more \(123009\)\. What is known of it stays here, and nothing is pushed again\./,
    );
    expect(await tale.stack.resource("FirmwareUpgradeTask", "pilot")).toMatchObject({
      id,
      outputs: { recordGone: true, status: "success", deviceCounts: { success: 1 } },
    });
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe("a package that somebody changes or deletes", () => {
  const tale = story({
    program: `
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14 });
    new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-001"] } });`,
  });

  test("is drift that says what is another now", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    const known = there(
      tale.simulator.books().packages.find(({ fileId }) => fileId === "firmware-nbm1-v1.4"),
    );
    const { appId, ...data } = known;
    tale.simulator.putPackage({ ...data, version: "V1.4b" }, appId);
    const drift = await tale.stack.drift();
    expect(drift.code).not.toBe(0);
    expect(drift.output).toMatch(
      /warning: Version package firmware-nbm1-v1\.4 was changed on the platform: version from "V1\.4" to "V1\.4b"\./,
    );
  });

  test("is noted by the up with a warning, and nothing is pushed", async () => {
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(
      /warning: Version package firmware-nbm1-v1\.4 was changed on the platform: version from "V1\.4" to "V1\.4b"\. This is noted now; nothing was pushed\./,
    );
    expect(pushes(tale.simulator)).toBe(1);
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
    expect(await tale.stack.resource("VersionPackage", "meter-1.4")).toMatchObject({
      outputs: { version: "V1.4b" },
    });
  });

  test("is drift when it was deleted", async () => {
    tale.simulator.deletePackage("firmware-nbm1-v1.4");
    const drift = await tale.stack.drift();
    expect(drift.code).not.toBe(0);
    expect(drift.output).toMatch(/meter-1\.4.* delete/);
    expect(drift.output).toContain(
      "Version package firmware-nbm1-v1.4 was deleted on the platform.",
    );
  });

  test("is noted as deleted by the up, and is clean afterwards", async () => {
    const up = await tale.stack.up();
    expect(up.code).toBe(0);
    expect(up.output).toMatch(
      /warning: Version package firmware-nbm1-v1\.4 was deleted on the platform\. This is noted now; nothing was pushed\./,
    );
    expect(await namesInState(tale.stack)).toEqual(["meter-1.4", "pilot"]);
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
    expect(await tale.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(changes(tale.simulator)).toHaveLength(1);
  });
});

describe("a package that was deleted, and a refresh that is applied", () => {
  const tale = story({
    program: `
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14 });
    new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-001"] } });`,
  });

  test("drop the package from the state, and the next up says that it is missing", async () => {
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    tale.simulator.deletePackage("firmware-nbm1-v1.4");
    expect(await tale.stack.refresh()).toMatchObject({ code: 0 });
    expect(await namesInState(tale.stack)).toEqual(["pilot"]);
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toContain(
      "Application waterworks has no version package firmware-nbm1-v1.4 (123002). Check the id in the portal.",
    );
    expect(await namesInState(tale.stack)).toEqual(["pilot"]);
    expect(changes(tale.simulator)).toHaveLength(1);
  });
});
