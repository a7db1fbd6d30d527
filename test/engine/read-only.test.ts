import { readFileSync } from "node:fs";
import { join } from "node:path";

import { pushes } from "./stack";
import { changes, namesInState, platformTime, story, there } from "./story";

describe("a run that may only read", () => {
  const tale = story({
    environment: { HUAWEI_OTA_READ_ONLY: "1" },
    program: `
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14, onDelete: "delete" });
    new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-001"] } });`,
  });

  test("previews like any other", async () => {
    const preview = await tale.stack.preview();
    expect(preview.code).toBe(0);
    expect(preview.output).toMatch(/3 to create/);
    expect(preview.output).not.toContain("warning");
  });

  test("refuses a push before anything is sent", async () => {
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toContain(
      "HUAWEI_OTA_READ_ONLY is set, so nothing was sent for creating the firmware upgrade task (POST /iodm/northbound/v1.5.0/operations/firmwareUpgrade). Unset it where changes are meant to be applied.",
    );
    expect(changes(tale.simulator)).toEqual([]);
    expect(await namesInState(tale.stack)).toEqual(["meter-1.4"]);
  });

  test("looks for drift", async () => {
    expect(await tale.stack.drift()).toMatchObject({ code: 0 });
  });

  test("refuses to delete a package", async () => {
    const destroy = await tale.stack.destroy();
    expect(destroy.code).not.toBe(0);
    expect(destroy.output).toContain(
      "HUAWEI_OTA_READ_ONLY is set, so nothing was sent for deleting version package firmware-nbm1-v1.4",
    );
    expect(changes(tale.simulator)).toEqual([]);
  });

  test("leaves nothing behind that the run which may write would trip over", async () => {
    delete tale.stack.environment["HUAWEI_OTA_READ_ONLY"];
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    expect(pushes(tale.simulator)).toBe(1);
  });
});

describe("a run with an audit log", () => {
  const tale = story();
  const lines = (): Record<string, unknown>[] =>
    readFileSync(join(tale.stack.directory, "audit.log"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  test("keeps a line before and a line after each call that changes the platform", async () => {
    tale.stack.environment["HUAWEI_OTA_AUDIT_LOG"] = join(tale.stack.directory, "audit.log");
    tale.stack.program(`
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14, onDelete: "delete" });
    new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-001"] } });`);
    expect(await tale.stack.up()).toMatchObject({ code: 0 });
    const { urn, id } = there(await tale.stack.resource("FirmwareUpgradeTask", "pilot"));
    const call = {
      urn,
      operation: "creating the firmware upgrade task",
      method: "POST",
      path: "/iodm/northbound/v1.5.0/operations/firmwareUpgrade",
    };
    expect(lines()).toEqual([
      { time: expect.any(String) as unknown, event: "before", ...call },
      {
        time: expect.any(String) as unknown,
        event: "after",
        ...call,
        outcome: "done",
        status: 200,
        id,
      },
    ]);
  });

  test("names what was refused, too, and never a secret", async () => {
    tale.stack.program(`
    const firmware = new northbound.VersionPackage("meter-1.4", { fileId: V14, onDelete: "delete" });
    new northbound.FirmwareUpgradeTask("pilot", { fileId: firmware.id, targets: { devices: ["meter-999"] }, rerunAfter: "${platformTime(tale.simulator, -60)}" });`);
    const up = await tale.stack.up();
    expect(up.code).not.toBe(0);
    expect(up.output).toContain(
      "The platform refused the upgrade task: package firmware-nbm1-v1.4 exists, so one of the devices does not (123002): meter-999. Nothing was pushed.",
    );
    expect(lines().at(-1)).toMatchObject({ event: "after", outcome: "refused", code: "123002" });
    expect(JSON.stringify(lines())).not.toContain("waterworks-secret");
  });
});
